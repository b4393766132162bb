//! Filling in a form from its JSON Schema, so that every form there is can be filled in.

use hexacase::terms::{evidence::Attachment, time::Timestamp};
use serde_json::{Map, Value, json};

use super::phrases;
use crate::random::Random;

/// Fills in forms with plausible, invented content.
#[derive(Debug)]
pub struct Filler {
    random: Random,
    files: Vec<Attachment>,
    units: Vec<String>,
    areas: Vec<String>,
}

impl Filler {
    /// A filler with evidence to attach and units and areas to name.
    pub fn new(seed: u64, files: Vec<Attachment>, units: Vec<String>, areas: Vec<String>) -> Self {
        Self { random: Random::new(seed, "forms"), files, units, areas }
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
            Some("uuid") => return Value::Null,
            _ => {}
        }
        // Only another county can be asked to take a child.
        if name == "to_county" {
            return json!("999998");
        }
        if schema.get("pattern").is_some() {
            return self.random.pick(&self.areas).map_or(Value::Null, |area| json!(area));
        }
        if matches!(
            name,
            "unit"
                | "units"
                | "to_unit"
                | "new_unit"
                | "better_unit"
                | "accepted_by"
                | "informed"
                | "members"
        ) {
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
