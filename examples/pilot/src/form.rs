//! What a person gives for a step: JSON with a few reserved keys, files by their paths.
//!
//! | key | in | becomes |
//! |---|---|---|
//! | `acted_by` | every step | who really acted |
//! | `child` | forms with a `child`, and `open` | the child: a register number or an id |
//! | `areas` | `open`, as an object | the areas of the case, by purpose |
//! | `incident` | `open` | the incident the case belongs to |

pub mod ask;
pub(crate) mod files;
pub mod labels;

use std::{
    fs, io,
    io::{IsTerminal as _, Read as _, Write as _},
    path::Path,
};

use hexacase::{
    engine::{Command, Engine},
    procedure::Refusal,
    terms::{
        area::{AreaCode, AreaPurpose},
        evidence::ActedBy,
        facts::{Subject, SubjectKind},
        id::IncidentId,
    },
};
use serde_json::{Map, Value};

use crate::{
    blobs::DirBlobs, demo::subject_of, error::PilotError, failure::Failure, ids, index::REGISTER,
    output::Words, strict_json,
};

/// A form that is ready to be sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// The form itself.
    pub payload: Value,
    acted_by: Option<ActedBy>,
    subject: Option<Subject>,
    incident: Option<IncidentId>,
    areas: Vec<(AreaPurpose, AreaCode)>,
}

impl Form {
    /// Gives a command what stands beside the form.
    pub fn beside(self, mut command: Command) -> Command {
        if let Some(acted_by) = self.acted_by {
            command = command.acted_by(acted_by);
        }
        if let Some(subject) = self.subject {
            command = command.about(subject);
        }
        if let Some(incident) = self.incident {
            command = command.of_incident(incident);
        }
        self.areas
            .into_iter()
            .fold(command, |command, (purpose, area)| command.in_area(purpose, area))
    }
}

/// The data that a command gives, or that a person at the terminal is asked for.
///
/// # Errors
/// What is no JSON object; a required form without data where nobody can be asked.
pub fn data(
    given: Option<&str>,
    schema: &Value,
    words: &Words,
) -> Result<Map<String, Value>, Failure> {
    match given {
        Some(text) => Ok(object(&source(text)?)?),
        None if !ask::asks_anything(schema) => Ok(Map::new()),
        None if io::stdin().is_terminal() => {
            let (input, mut prompts) = (io::stdin().lock(), io::stderr());
            let how = words.lang().of(
                "逐项填写；没有标“必填”的可直接回车略过；Ctrl-C 退出，不写入任何内容",
                "field by field; Enter passes over what is not required; Ctrl-C leaves, nothing is written",
            );
            // Whoever cannot read the prompts finds out at the first of them.
            drop(writeln!(prompts, "{how}"));
            ask::ask(schema, words, input, &mut prompts)
        }
        None => {
            let fields = ask::required(schema);
            let named = |name: &&str| match labels::zh(name) {
                Some(zh) => format!("{name}（{zh}）"),
                None => (*name).to_owned(),
            };
            let zh: Vec<_> = fields.iter().map(named).collect();
            let (zh, en) = (zh.join("、"), fields.join(", "));
            Err(Failure::from(PilotError::DataMissing)
                .with_hint(format!("必填：{zh}"), format!("required: {en}")))
        }
    }
}

/// What was filled in by hand, so that a refusal does not cost it. Nothing where it was given.
pub fn answers(given: Option<&str>, data: &Map<String, Value>) -> Option<String> {
    (given.is_none() && !data.is_empty()).then(|| Value::Object(data.clone()).to_string())
}

/// The failure of a form that was filled in by hand, with the answers to use again.
pub fn with_answers(failure: Failure, answers: Option<String>) -> Failure {
    match answers {
        None => failure,
        Some(answers) => failure.with_hint(
            format!("已填的内容可改后再用：--data '{answers}'"),
            format!("what was filled in can be used again: --data '{answers}'"),
        ),
    }
}

/// The text behind `JSON`, `@file` or `-`.
fn source(text: &str) -> Result<String, PilotError> {
    if text == "-" {
        let mut read = String::new();
        io::stdin()
            .read_to_string(&mut read)
            .map_err(|error| PilotError::io("read", Path::new("-"), &error))?;
        return Ok(read);
    }
    match text.strip_prefix('@') {
        Some(path) => fs::read_to_string(path)
            .map_err(|error| PilotError::io("read", Path::new(path), &error)),
        None => Ok(text.to_owned()),
    }
}

/// A JSON object; an editor's byte order mark before it does not matter.
fn object(text: &str) -> Result<Map<String, Value>, PilotError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: Value = strict_json::parse(text).map_err(|problem| PilotError::DataNotJson {
        line: problem.line(),
        column: problem.column(),
        reason: problem.to_string(),
    })?;
    match value {
        Value::Object(fields) => Ok(fields),
        Value::Null => Err(PilotError::DataNoObject("null")),
        Value::Bool(_) => Err(PilotError::DataNoObject("true or false")),
        Value::Number(_) => Err(PilotError::DataNoObject("a number")),
        Value::String(_) => Err(PilotError::DataNoObject("a text")),
        Value::Array(_) => Err(PilotError::DataNoObject("a list")),
    }
}

/// Takes the reserved keys out, finds the child, keeps the files. `opens` is the procedure of
/// which a case is to be opened.
///
/// # Errors
/// A reserved key that is not what it should be; a child nobody knows; a file that cannot be read.
pub async fn prepare(
    engine: &Engine,
    blobs: &DirBlobs,
    schema: &Value,
    mut data: Map<String, Value>,
    opens: Option<&str>,
) -> Result<Form, Failure> {
    let (registers, opens) = (opens == Some(REGISTER), opens.is_some());
    let mut form = Form::default();
    let asks_for = |field: &str| schema.pointer(&format!("/properties/{field}")).is_some();
    if let Some(mut acted_by) = data.remove("acted_by") {
        let own = serde_json::to_value(schemars::schema_for!(ActedBy)).unwrap_or_default();
        files::keep(blobs, &with_definitions(own), &mut acted_by).await?;
        form.acted_by = Some(read("acted_by", acted_by)?);
    }
    if let Some(child) = data.get("child").and_then(Value::as_str).map(str::to_owned)
        && (opens || asks_for("child"))
    {
        let found = ids::known_subject(engine, &child).await;
        let (id, known) = match found {
            // Whoever gets a file need not be known before.
            Err(failure) if registers && failure.code == "input.unknown_child" => {
                (subject_of(&engine.meta().realm, &child), None)
            }
            Err(mut failure) => {
                failure.place.field = Some("child".to_owned());
                return Err(failure);
            }
            Ok(found) => found,
        };
        if asks_for("child") {
            data.insert("child".to_owned(), Value::String(id.to_string()));
        } else {
            data.remove("child");
        }
        if opens {
            form.subject = Some(known.unwrap_or(Subject { kind: SubjectKind::Child, id }));
        }
    }
    if opens {
        if !asks_for("incident")
            && let Some(incident) = data.remove("incident")
        {
            let text: String = read("incident", incident)?;
            form.incident = Some(ids::incident(engine, &text).await?);
        }
        // Some forms have a list of their own under this name.
        if data.get("areas").is_some_and(Value::is_object)
            && let Some(Value::Object(areas)) = data.remove("areas")
        {
            for (purpose, area) in areas {
                let field = format!("areas.{purpose}");
                let purpose = read(&field, Value::String(purpose))?;
                form.areas.push((purpose, read(&field, area)?));
            }
        }
    }
    let mut payload = Value::Object(data);
    files::keep(blobs, schema, &mut payload).await?;
    form.payload = payload;
    Ok(form)
}

/// A schema whose parts stand where they are used.
fn with_definitions(schema: Value) -> Value {
    fn put(value: &mut Value, definitions: &Value) {
        let name = value.get("$ref").and_then(Value::as_str).and_then(|at| at.rsplit('/').next());
        if let Some(definition) = name.and_then(|name| definitions.get(name)) {
            *value = definition.clone();
        }
        match value {
            Value::Object(fields) => {
                fields.values_mut().for_each(|field| put(field, definitions));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| put(item, definitions)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let Some(definitions) = schema.get("$defs").cloned() else { return schema };
    let mut schema = schema;
    put(&mut schema, &definitions);
    schema
}

/// Reads a reserved key.
fn read<T: serde::de::DeserializeOwned>(field: &str, value: Value) -> Result<T, Failure> {
    serde_json::from_value(value)
        .map_err(|problem| Refusal::field(field, problem.to_string()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_a_json_object_and_faults_have_a_place() {
        assert_eq!(object("\u{feff}{\"a\":1}").unwrap().len(), 1);
        assert!(matches!(
            object("{\n \"a\": }").unwrap_err(),
            PilotError::DataNotJson { line: 2, column: 7, .. }
        ));
        assert_eq!(object("[1]").unwrap_err(), PilotError::DataNoObject("a list"));
    }
}
