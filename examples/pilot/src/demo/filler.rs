//! Filling in a form from its JSON Schema, so that every form there is can be filled in.

use std::collections::BTreeMap;

use hexacase::terms::{evidence::Attachment, id::CaseId, time::Timestamp};
use serde_json::{Map, Value, json};

use super::phrases;
use crate::random::Random;

/// The states of a meeting that is still to be held.
pub(super) const MEETING_AHEAD: &[&str] = &["proposed", "scheduled", "notified"];

/// The fields that name units.
const UNITS: &[&str] = &[
    "unit",
    "to_unit",
    "accepted_by",
    "informed",
    "asked_of",
    "reply_to",
    "attendees",
    "present",
    "absent",
    "assist",
    "proposed",
    "units",
    "new_unit",
    "better_unit",
    "members",
    "lead",
    "told",
    "confirmed_by",
];

/// Fills in forms with plausible, invented content.
#[derive(Debug)]
pub struct Filler {
    random: Random,
    files: Vec<Attachment>,
    units: Vec<String>,
    areas: Vec<String>,
    members: Vec<String>,
    cases: BTreeMap<String, (String, String)>,
}

impl Filler {
    /// A filler with evidence to attach and units and areas to name.
    pub fn new(seed: u64, files: Vec<Attachment>, units: Vec<String>, areas: Vec<String>) -> Self {
        let random = Random::new(seed, "forms");
        Self { random, files, units, areas, members: Vec::new(), cases: BTreeMap::new() }
    }

    /// The units that have a liaison, to whom a task can be given.
    #[must_use]
    pub fn with_members(mut self, members: Vec<String>) -> Self {
        self.members = members;
        self
    }

    /// A unit with a liaison; any unit where none is known.
    pub(super) fn member(&mut self) -> Option<String> {
        let units = if self.members.is_empty() { &self.units } else { &self.members };
        self.random.pick(units).cloned()
    }

    /// Learns of a case that forms may name, and how it stands.
    pub fn know(&mut self, case: CaseId, procedure: &str, state: &str) {
        self.cases.insert(case.to_string(), (procedure.to_owned(), state.to_owned()));
    }

    /// Whether a case is known to be of this procedure, in one of these states.
    pub(super) fn stands(&self, case: &str, procedure: &str, states: &[&str]) -> bool {
        let known = self.cases.get(case);
        known.is_some_and(|(of, state)| of == procedure && states.contains(&state.as_str()))
    }

    /// A case of this procedure in one of these states, if one is known.
    pub(super) fn case_of(&mut self, procedure: &str, states: &[&str]) -> Option<String> {
        let fits = |(_, (of, state)): &(&String, &(String, String))| {
            of == procedure && states.contains(&state.as_str())
        };
        let ids: Vec<String> = self.cases.iter().filter(fits).map(|(id, _)| id.clone()).collect();
        self.random.pick(&ids).cloned()
    }

    /// The id of a case for a field that names one.
    fn case_for(&mut self, name: &str) -> Option<String> {
        match name {
            "meeting" => self.case_of("meeting", MEETING_AHEAD),
            "item" | "items" | "decisions" => {
                self.case_of("agenda_item", &["accepted", "discussed"])
            }
            "case" => {
                let ids: Vec<String> = self.cases.keys().cloned().collect();
                self.random.pick(&ids).cloned()
            }
            _ => None,
        }
    }

    /// A form of a schema, as somebody would fill it in at `at`.
    pub fn fill(&mut self, schema: &Value, at: Timestamp) -> Value {
        self.value(schema, "", at, 0)
    }

    fn value(&mut self, schema: &Value, name: &str, at: Timestamp, depth: usize) -> Value {
        if let Some(fixed) = schema.get("const") {
            return fixed.clone();
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return self.random.pick(values).cloned().unwrap_or(Value::Null);
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(ways) = schema.get(key).and_then(Value::as_array) {
                let ways: Vec<&Value> =
                    ways.iter().filter(|way| way.get("type") != Some(&json!("null"))).collect();
                let way = self.random.pick(&ways).map(|way| (*way).clone());
                return way.map_or(Value::Null, |way| self.value(&way, name, at, depth + 1));
            }
        }
        match kind(schema) {
            "object" => self.object(schema, at, depth),
            "array" => {
                let item = schema.get("items").cloned().unwrap_or_default();
                let count = self.random.between(1, 2);
                (0..count).map(|_| self.value(&item, name, at, depth + 1)).collect()
            }
            "boolean" => Value::Bool(self.random.chance(30)),
            "integer" => json!(self.random.between(1, 9)),
            "string" => self.text(schema, name, at),
            _ => Value::Null,
        }
    }

    fn object(&mut self, schema: &Value, at: Timestamp, depth: usize) -> Value {
        let none = Map::new();
        let fields = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        if fields.contains_key("sha256") {
            let file = self.random.pick(&self.files);
            return file.map_or(Value::Null, |file| json!(file));
        }
        if fields.contains_key("relation") && fields.contains_key("phone") {
            return json!(self.random.word(phrases::PERSONS));
        }
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut object = Map::new();
        for (name, field) in fields {
            let wanted = required.contains(&name.as_str());
            // Whom a form is about comes from the case; what is optional is often left empty.
            let skipped = matches!(name.as_str(), "child" | "register" | "assessment" | "custody");
            if !wanted && (skipped || depth > 4 || !self.random.chance(40)) {
                continue;
            }
            object.insert(name.clone(), self.value(field, name, at, depth + 1));
        }
        object.retain(|name, value| required.contains(&name.as_str()) || !value.is_null());
        Value::Object(object)
    }

    fn text(&mut self, schema: &Value, name: &str, at: Timestamp) -> Value {
        match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => return json!(at),
            Some("date") => return json!(at.date()),
            Some("uuid") => return self.case_for(name).map_or(Value::Null, Value::String),
            _ => {}
        }
        // Only another county can be asked to take a child.
        if name == "to_county" {
            return json!("999998");
        }
        if schema.get("pattern").is_some() {
            return self.random.pick(&self.areas).map_or(Value::Null, |area| json!(area));
        }
        if name == "lead" {
            return json!(self.member());
        }
        if UNITS.contains(&name) {
            return self.random.pick(&self.units).map_or(Value::Null, |unit| json!(unit));
        }
        json!(self.random.word(phrases::for_field(name)))
    }

    /// A file to attach.
    pub(super) fn file(&mut self) -> Option<Attachment> {
        self.random.pick(&self.files).cloned()
    }

    /// Chance, for whoever shapes a form further.
    pub(super) fn random(&mut self) -> &mut Random {
        &mut self.random
    }
}

fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if schema.get("properties").is_some() => "object",
        _ => "null",
    }
}
