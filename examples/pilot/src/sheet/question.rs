//! A step as a sheet asks for it: the fields of its form, one cell each. What a cell cannot hold
//! (a file, a table) is not asked; a step that must have it is not offered.

use hexacase::{
    procedure::{Definition, wide::WideStep},
    terms::{actor::Role, time::Timestamp},
};
use serde_json::{Map, Value};

use super::SheetFault;
use crate::{
    county::cell,
    form::{ask, files, labels},
    output::{Lang, Words},
};

/// Fields that say when it happened: the row's own day and time.
const WHEN: [&str; 3] = ["at", "on", "time"];

/// What kind of answer is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Day,
    Instant,
    Bool,
    Int,
    Choice(Vec<(Value, String)>),
    Person,
    List(Box<Kind>),
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its name in the form.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// Whether it must be answered.
    pub required: bool,
    kind: Kind,
}

/// A step that a row may become.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its name.
    pub step: String,
    /// What people call it.
    pub label: String,
    /// What it asks, required fields first.
    pub questions: Vec<Question>,
    /// Who may have acted, where the person who records it may not act alone.
    pub acted: Vec<Role>,
    /// The fields that the row's day and time fill, and whether a day is wanted.
    when: Vec<(String, bool)>,
    /// The form.
    pub schema: Value,
}

impl Asked {
    /// A step as a sheet asks for it; nothing if a sheet cannot hold its form. `held` are the
    /// roles of the person whose sheet it is.
    pub fn of(words: &Words, definition: &Definition, step: &str, held: &[Role]) -> Option<Self> {
        let spec = definition.transition(step);
        let wide = || WideStep::named(step).filter(|step| step.name() == "record_follow_up");
        let schema = match spec {
            Some(spec) => spec.schema.clone(),
            None => wide()?.schema(),
        };
        let acted = spec.map(|spec| spec.acted_by.clone()).unwrap_or_default();
        let alone = acted.is_empty() || acted.iter().any(|role| held.contains(role));
        let mut asked = Self {
            step: step.to_owned(),
            label: words.transition(definition.name(), step),
            questions: Vec::new(),
            acted: if alone { Vec::new() } else { acted },
            when: Vec::new(),
            schema,
        };
        let must: Vec<String> =
            ask::required(&asked.schema).iter().map(|s| (*s).to_owned()).collect();
        let fields = asked.schema.get("properties").and_then(Value::as_object).cloned();
        for (field, schema) in fields.unwrap_or_default() {
            let required = must.contains(&field);
            match Kind::of(&schema) {
                Some(Kind::Instant) if WHEN.contains(&field.as_str()) => {
                    asked.when.push((field, false));
                }
                Some(Kind::Day) if WHEN.contains(&field.as_str()) => asked.when.push((field, true)),
                Some(kind) => {
                    let label = labels::zh(&field).map_or_else(|| field.clone(), str::to_owned);
                    asked.questions.push(Question { field, label, required, kind });
                }
                None if required => return None,
                None => {}
            }
        }
        asked.questions.sort_by_key(|question| !question.required);
        Some(asked)
    }

    /// What the row's day and time fill in of the form.
    pub fn fill_when(&self, form: &mut Map<String, Value>, at: Timestamp) {
        for (field, day) in &self.when {
            let value = if *day { at.date().to_string() } else { at.to_string() };
            form.insert(field.clone(), Value::String(value));
        }
    }

    /// What it asks, in words.
    pub fn text(&self) -> String {
        let questions: Vec<String> = self.questions.iter().map(Question::text).collect();
        if questions.is_empty() {
            return self.label.clone();
        }
        format!("{}：{}", self.label, questions.join("；"))
    }
}

impl Kind {
    fn of(schema: &Value) -> Option<Self> {
        let schema = files::present(schema);
        if files::wants_file(schema) {
            return None;
        }
        let choices = ask::choices(schema, Lang::Zh);
        if !choices.is_empty() {
            return Some(Self::Choice(choices));
        }
        let format = schema.get("format").and_then(Value::as_str);
        Some(match (ask::type_of(schema)?, format) {
            ("string", Some("date")) => Self::Day,
            ("string", Some("date-time")) => Self::Instant,
            ("string", _) => Self::Text,
            ("boolean", _) => Self::Bool,
            ("integer", _) => Self::Int,
            ("object", _) => {
                let part = |name: &str| schema.pointer(&format!("/properties/{name}")).is_some();
                if !(part("name") && part("relation") && part("phone")) {
                    return None;
                }
                Self::Person
            }
            ("array", _) => match Self::of(schema.get("items")?)? {
                Self::List(_) => return None,
                kind => Self::List(Box::new(kind)),
            },
            _ => return None,
        })
    }

    /// What is asked for, in Chinese and in English.
    fn wanted(&self) -> (String, String) {
        let said = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        match self {
            Self::Text => said("文字", "text"),
            Self::Day => said("日期，如 2026-05-03", "a date such as 2026-05-03"),
            Self::Instant => said("时间，如 2026-05-03 14:05", "a time such as 2026-05-03 14:05"),
            Self::Bool => said("“是”或“否”", "`是` or `否`"),
            Self::Int => said("整数", "a whole number"),
            Self::Person => said("姓名，可写“姓名（关系）”", "a name, or `name（relation）`"),
            Self::Choice(choices) => {
                let labels: Vec<&str> = choices.iter().map(|(_, label)| label.as_str()).collect();
                let zh = format!("其中之一：{}", labels.join("、"));
                let en = format!("one of {}", labels.join(", "));
                (zh, en)
            }
            Self::List(kind) => {
                let (zh, en) = kind.wanted();
                (
                    format!("列表，用顿号分隔；每项为{zh}"),
                    format!("a list, separated by `、`, each {en}"),
                )
            }
        }
    }

    fn read(&self, text: &str) -> Option<Value> {
        let text = text.trim();
        match self {
            Self::Text => Some(Value::String(text.to_owned())),
            Self::Day => cell::date(text).map(|day| Value::String(day.to_string())),
            Self::Instant => cell::time(text).map(|at| Value::String(at.to_string())),
            Self::Bool => match text {
                "是" | "有" | "TRUE" | "true" | "1" | "√" | "✓" => Some(Value::Bool(true)),
                "否" | "无" | "没有" | "FALSE" | "false" | "0" | "×" => {
                    Some(Value::Bool(false))
                }
                _ => None,
            },
            Self::Int => text.parse::<i64>().ok().map(Value::from),
            Self::Choice(choices) => choices
                .iter()
                .find(|(value, label)| label == text || value.as_str() == Some(text))
                .map(|(value, _)| value.clone()),
            Self::Person => person(text),
            Self::List(kind) => {
                let items = text.split(['、', '，', ',', '；', ';']).map(|item| kind.read(item));
                items.collect::<Option<Vec<_>>>().map(Value::Array)
            }
        }
    }
}

/// `姓名（关系）`, or the name alone.
fn person(text: &str) -> Option<Value> {
    let plain = text.replace('(', "（").replace(')', "）");
    let Some((name, rest)) = plain.split_once('（') else {
        return (!text.is_empty()).then(|| Value::String(text.to_owned()));
    };
    let relation = rest.strip_suffix('）')?.trim();
    let name = name.trim();
    if name.is_empty() || relation.is_empty() {
        return None;
    }
    let mut person = Map::new();
    person.insert("name".to_owned(), Value::String(name.to_owned()));
    person.insert("relation".to_owned(), Value::String(relation.to_owned()));
    Some(Value::Object(person))
}

impl Question {
    /// The answer in a cell.
    ///
    /// # Errors
    /// [`SheetFault::Value`] with what is asked for.
    pub fn read(&self, text: &str) -> Result<Value, SheetFault> {
        let (zh, en) = self.kind.wanted();
        self.kind.read(text).ok_or(SheetFault::Value { zh, en })
    }

    /// The choices of the question, if it has any.
    pub fn choices(&self) -> Vec<String> {
        match &self.kind {
            Kind::Choice(choices) => choices.iter().map(|(_, label)| label.clone()).collect(),
            Kind::Bool => vec!["是".to_owned(), "否".to_owned()],
            _ => Vec::new(),
        }
    }

    /// Whether the answer is words of somebody's own, which want room.
    pub fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text)
    }

    fn text(&self) -> String {
        let choices = self.choices();
        let must = if self.required { "（必填）" } else { "" };
        if choices.is_empty() {
            return format!("{}{must}", self.label);
        }
        format!("{}{must}：{}", self.label, choices.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_are_read_as_people_write_them() {
        let kind = |schema: Value| Kind::of(&schema).unwrap();
        let choice = kind(json!({ "oneOf": [
            { "const": "met", "description": "见到儿童本人: met.", "type": "string" },
        ] }));
        assert_eq!(choice.read("见到儿童本人"), Some(json!("met")));
        assert_eq!(choice.read("met"), Some(json!("met")));
        assert_eq!(choice.read("见到"), None);
        let day = kind(json!({ "type": "string", "format": "date" }));
        assert_eq!(day.read("2026年5月3日"), Some(json!("2026-05-03")));
        assert_eq!(day.read("5月3日"), None);
        assert_eq!(kind(json!({ "type": ["boolean", "null"] })).read("是"), Some(json!(true)));
        let named = json!({ "type": "object", "properties": {
            "name": {}, "relation": {}, "phone": {} } });
        let people = kind(json!({ "type": "array", "items": named }));
        assert_eq!(
            people.read("林例山(祖父)、何例枫"),
            Some(json!([{ "name": "林例山", "relation": "祖父" }, "何例枫"]))
        );
        assert_eq!(people.read("林例山（祖父"), None);
    }

    #[test]
    fn what_a_cell_cannot_hold_is_not_asked() {
        assert_eq!(Kind::of(&json!({ "type": "object", "properties": { "sha256": {} } })), None);
        assert_eq!(Kind::of(&json!({ "type": "object", "properties": { "a": {} } })), None);
    }
}
