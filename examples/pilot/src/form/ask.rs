//! Asking a person at the terminal for a form, field by field, from its JSON Schema.

use std::fmt::Write as _;

use std::{
    io::{BufRead, Write},
    path::Path,
};

use hexacase::terms::time::{CivilDate, Timestamp};

use serde_json::{Map, Number, Value};

use super::{files, labels};
use crate::{
    error::PilotError,
    failure::Failure,
    output::{Lang, Words},
    strict_json,
};

/// How often a field that was not understood is asked again.
const TRIES: usize = 5;

/// Whether the form has a field that must be filled in.
pub fn asks_anything(schema: &Value) -> bool {
    !required(schema).is_empty()
}

/// The fields that must be filled in.
pub fn required(schema: &Value) -> Vec<&str> {
    let list = schema.get("required").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Asks for every field: required ones first. An empty answer leaves an optional field out.
///
/// # Errors
/// [`PilotError::FormLeft`] when the input ends, or a required field is not answered.
pub fn ask(
    schema: &Value,
    words: &Words,
    mut input: impl BufRead,
    output: &mut impl Write,
) -> Result<Map<String, Value>, Failure> {
    let mut form = Map::new();
    let must = required(schema);
    let fields = schema.get("properties").and_then(Value::as_object);
    let fields: Vec<_> = fields.into_iter().flatten().collect();
    let (first, then): (Vec<_>, Vec<_>) =
        fields.into_iter().partition(|(name, _)| must.contains(&name.as_str()));
    for (name, field) in first.into_iter().chain(then) {
        let must = must.contains(&name.as_str());
        let mut asking = Asking { lang: words.lang(), input: &mut input, output };
        if let Some(value) = asking.field(name, field, must)? {
            form.insert(name.clone(), value);
        }
    }
    Ok(form)
}

struct Asking<'a, R, W> {
    lang: Lang,
    input: &'a mut R,
    output: &'a mut W,
}

impl<R: BufRead, W: Write> Asking<'_, R, W> {
    fn field(&mut self, name: &str, schema: &Value, must: bool) -> Result<Option<Value>, Failure> {
        let choices = choices(schema, self.lang);
        for _ in 0..TRIES {
            self.prompt(name, schema, must, &choices)?;
            let answer = self.line()?;
            if answer.is_empty() {
                if must {
                    self.tell("必填", "must be filled in")?;
                    continue;
                }
                return Ok(None);
            }
            match understood(&answer, schema, &choices) {
                Some(value) => return Ok(Some(value)),
                None => self.tell("不符合要求，请重填", "not understood, please again")?,
            }
        }
        Err(PilotError::FormLeft.into())
    }

    fn prompt(
        &mut self,
        name: &str,
        schema: &Value,
        must: bool,
        choices: &[(Value, String)],
    ) -> Result<(), Failure> {
        let described = files::present(schema);
        let mark = if must { self.lang.of("（必填）", " (required)") } else { "" };
        let form = if choices.is_empty() {
            kind(described, self.lang)
        } else {
            self.lang.of("选一项，填序号或名称", "one of these, by number or name").to_owned()
        };
        let title = match (self.lang, labels::zh(name)) {
            (Lang::Zh, Some(zh)) => format!("{zh}（{name}）"),
            (Lang::Zh | Lang::En, _) => {
                let texts = [schema, described];
                let text = texts.iter().find_map(|place| place.get("description")?.as_str());
                format!("{name}: {}", text.unwrap_or_default())
            }
        };
        let mut lines = format!("{title}{mark} [{form}]\n");
        for (at, (value, label)) in choices.iter().enumerate() {
            let code = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let _ = writeln!(lines, "  {}. {label}（{code}）", at + 1);
        }
        self.write(&format!("{lines}> "))
    }

    fn tell(&mut self, zh: &str, en: &str) -> Result<(), Failure> {
        let text = format!("{}\n", self.lang.of(zh, en));
        self.write(&text)
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        let written = self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush());
        written.map_err(|error| PilotError::Output(error.to_string()).into())
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        match self.input.read_line(&mut line) {
            Ok(0) | Err(_) => Err(PilotError::FormLeft.into()),
            Ok(_) => Ok(line.trim().to_owned()),
        }
    }
}

/// The closed list of a field, each value with its label.
pub(crate) fn choices(schema: &Value, lang: Lang) -> Vec<(Value, String)> {
    let schema = files::present(schema);
    if let Some(list) = schema.get("enum").and_then(Value::as_array) {
        let values = list.iter().filter(|value| !value.is_null());
        return values.map(|value| (value.clone(), shown(value))).collect();
    }
    let list = schema.get("oneOf").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|choice| {
            let value = choice.get("const")?.clone();
            let text = choice.get("description").and_then(Value::as_str);
            let label = text.map_or_else(|| shown(&value), |text| label(text, lang));
            Some((value, label))
        })
        .collect()
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The side of `中文: English.` that is asked for.
fn label(text: &str, lang: Lang) -> String {
    let (zh, en) = text.split_once(": ").unwrap_or((text, text));
    lang.of(zh, en.trim_end_matches('.')).to_owned()
}

/// What kind of answer is wanted.
fn kind(schema: &Value, lang: Lang) -> String {
    let format = schema.get("format").and_then(Value::as_str);
    let (zh, en) = match (type_of(schema), format) {
        _ if files::wants_file(schema) => ("文件的路径", "the path of a file"),
        (_, Some("date")) => ("日期 2026-05-03", "a date, 2026-05-03"),
        (_, Some("date-time")) => ("时间 2026-05-03 14:05", "a time, 2026-05-03 14:05"),
        (_, Some("uuid")) => ("编号", "an id"),
        (Some("boolean"), _) => ("是/否", "yes/no"),
        (Some("integer"), _) => ("整数", "a whole number"),
        (Some("array"), _) => ("列表，用顿号分隔，或 JSON", "a list with commas, or JSON"),
        (Some("object"), _) if takes_name(schema) => ("姓名，或 JSON", "a name, or JSON"),
        (Some("object"), _) => ("JSON", "JSON"),
        _ => ("文字", "text"),
    };
    lang.of(zh, en).to_owned()
}

/// The type of what a place of a form holds.
pub(crate) fn type_of(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    }
}

/// Whether an object may be given by its name alone, as a person.
fn takes_name(schema: &Value) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|fields| matches!(fields.as_slice(), [only] if only == "name"))
}

/// Whether a text is what its format says, as far as the form would refuse it later: whoever fills
/// in a form hears of a wrong date at once and not after the last field.
fn well_formed(answer: &str, schema: &Value) -> bool {
    match schema.get("format").and_then(Value::as_str) {
        Some("date") => answer.parse::<CivilDate>().is_ok(),
        Some("date-time") => answer.parse::<Timestamp>().is_ok(),
        // A child may be given by its register number.
        Some(_) | None => true,
    }
}

/// An answer as the form wants it.
fn understood(answer: &str, schema: &Value, choices: &[(Value, String)]) -> Option<Value> {
    if !choices.is_empty() {
        let by_number = answer.parse::<usize>().ok().and_then(|at| choices.get(at.checked_sub(1)?));
        let by_name =
            || choices.iter().find(|(value, label)| shown(value) == answer || label == answer);
        // The beginning of a label, if it is the beginning of one only.
        let by_part = || {
            let mut fits = choices.iter().filter(|(_, label)| label.starts_with(answer));
            fits.next().filter(|_| fits.next().is_none())
        };
        return by_number.or_else(by_name).or_else(by_part).map(|(value, _)| value.clone());
    }
    let schema = files::present(schema);
    match type_of(schema) {
        Some("boolean") => match answer.to_lowercase().as_str() {
            "是" | "y" | "yes" | "true" => Some(Value::Bool(true)),
            "否" | "n" | "no" | "false" => Some(Value::Bool(false)),
            _ => None,
        },
        Some("integer") => {
            answer.parse::<i64>().ok().map(|number| Value::Number(Number::from(number)))
        }
        Some("array") if answer.starts_with('[') => strict_json::parse(answer).ok(),
        Some("array") => {
            let inner = schema.get("items").cloned().unwrap_or_default();
            let inner_choices = self::choices(&inner, Lang::Zh);
            let items = answer.split(['、', ',', '，', ';', '；']).map(str::trim);
            items.map(|item| understood(item, &inner, &inner_choices)).collect()
        }
        Some("object") if answer.starts_with('{') => strict_json::parse(answer).ok(),
        _ if files::wants_file(schema) => {
            let path = answer.strip_prefix('@').unwrap_or(answer);
            Path::new(path).is_file().then(|| Value::String(format!("@{path}")))
        }
        Some("object") if !takes_name(schema) => None,
        Some("string") if !well_formed(answer, schema) => None,
        // A person by the name: the form takes the text.
        _ => Some(Value::String(answer.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(schema: &Value, answers: &str) -> (Result<Map<String, Value>, Failure>, String) {
        let mut prompts = Vec::new();
        let words = Words::new(Lang::Zh, Vec::new());
        let form = ask(schema, &words, answers.as_bytes(), &mut prompts);
        (form, String::from_utf8(prompts).unwrap())
    }

    fn schema() -> Value {
        json!({
            "required": ["result", "met"],
            "properties": {
                "met": { "type": "boolean" },
                "note": { "type": ["string", "null"], "description": "备注." },
                "result": { "oneOf": [
                    { "const": "met", "description": "见到儿童本人: met the child." },
                    { "const": "moved", "description": "已搬离: moved away." },
                ] },
                "tags": { "type": "array", "items": { "type": "string" } },
            },
        })
    }

    #[test]
    fn fields_are_asked_for_required_ones_first() {
        let (form, prompts) = asked(&schema(), "是\n已搬离\n\n甲、乙\n");
        assert_eq!(
            Value::Object(form.unwrap()),
            json!({ "met": true, "result": "moved", "tags": ["甲", "乙"] })
        );
        assert!(prompts.contains("1. 见到儿童本人（met）"), "{prompts}");
    }

    #[test]
    fn what_is_not_understood_is_asked_again() {
        let (form, prompts) = asked(&schema(), "也许\nyes\n1\n\n\n");
        assert_eq!(form.unwrap().len(), 2);
        assert!(prompts.contains("不符合要求"), "{prompts}");
    }

    #[test]
    fn a_wrong_date_or_a_missing_file_is_asked_again_at_once() {
        let schema = json!({
            "required": ["at", "carer", "file"],
            "properties": {
                "at": { "type": "string", "format": "date-time" },
                "carer": { "type": "object", "required": ["name"] },
                "file": { "type": "object", "properties": { "sha256": {} } },
            },
        });
        let file = file!();
        let here = std::path::Path::new(file).is_file();
        let file = if here { file } else { "src/form/ask.rs" };
        let answers = format!("2026-13-45\n2026-05-03 14:05\n林例山\n没有的文件\n{file}\n");
        let (form, prompts) = asked(&schema, &answers);
        let expected =
            json!({ "at": "2026-05-03 14:05", "carer": "林例山", "file": format!("@{file}") });
        assert_eq!(Value::Object(form.unwrap()), expected);
        assert_eq!(prompts.matches("不符合要求").count(), 2, "{prompts}");
        assert!(prompts.contains("姓名，或 JSON"), "{prompts}");
    }

    #[test]
    fn the_beginning_of_a_choice_is_enough_where_it_is_only_one() {
        let (form, _) = asked(&schema(), "是\n见到\n\n\n");
        assert_eq!(form.unwrap()["result"], "met");
    }

    #[test]
    fn an_input_that_ends_leaves_the_form() {
        let (form, _) = asked(&schema(), "是\n");
        assert_eq!(form.unwrap_err().code, "usage.form_left");
    }
}
