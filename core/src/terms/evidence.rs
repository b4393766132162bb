//! What stands in the fields of a form besides plain text: files, persons, other cases, and the
//! outside act that a step records.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    actor::Role,
    id::{CaseId, Digest},
    text::Text,
    time::CivilDate,
};

/// Who may see a field or a file.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FieldClass {
    /// Whoever may see the case.
    #[default]
    Case,
    /// Health, injuries, forensic matter.
    Medical,
    /// Whatever could tell who reported.
    Reporter,
}

/// Evidence 附件. Its bytes are in the host's blob store; the trail holds the digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// The digest of the bytes.
    pub sha256: Digest,
    /// The file's name.
    pub name: Text,
    /// Its media type, e.g. `application/pdf`.
    pub media_type: Text,
    /// Its size in bytes.
    pub size: u64,
    /// Who may see it.
    #[serde(default)]
    pub class: FieldClass,
}

/// A person named in a form. Read from an object, or from the name alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Person {
    /// The person's name.
    pub name: Text,
    /// In which relation or office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Text>,
    /// How to reach the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Text>,
}

impl<'de> Deserialize<'de> for Person {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Full {
            name: Text,
            relation: Option<Text>,
            phone: Option<Text>,
        }
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a name, or an object with `name`, `relation`, `phone`")]
        enum Form {
            Name(Text),
            Full(Full),
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Name(name) => Self { name, relation: None, phone: None },
            Form::Full(Full { name, relation, phone }) => Self { name, relation, phone },
        })
    }
}

/// Another case: one of ours by id, or by the number another system gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub enum CaseRef {
    /// A case of this engine.
    Case(CaseId),
    /// A number given elsewhere.
    Number(Text),
}

impl From<CaseRef> for String {
    fn from(case: CaseRef) -> Self {
        case.to_string()
    }
}

impl fmt::Display for CaseRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(id) => id.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for CaseRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Ok(CaseId::from_str(text.as_str()).map_or_else(|_| Self::Number(text), Self::Case))
    }
}

impl JsonSchema for CaseRef {
    fn schema_name() -> Cow<'static, str> {
        "CaseRef".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

/// Who really acted, when the person who records a step is not the one who took it: the police,
/// a court, a parent. The envelope keeps the role; organ, document and person stay in the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActedBy {
    /// In which capacity.
    #[schemars(with = "String")]
    pub role: Role,
    /// Which organ, unit or household.
    pub organ: Text,
    /// The number of its document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_no: Option<Text>,
    /// The date of its document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_date: Option<CivilDate>,
    /// The person who acted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Text>,
    /// A scan of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Attachment>,
}
