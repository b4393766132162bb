//! A command as JSON text, for hosts that do not link this library.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;
use serde_json::Value;

use super::{Action, Command, command::Open};
use crate::{
    procedure::Refusal,
    terms::{
        actor::Actor,
        area::{AreaCode, AreaPurpose},
        evidence::ActedBy,
        facts::Subject,
        id::{ActorId, CaseId, IncidentId, Revision},
        strict_json,
        time::Timestamp,
    },
};

/// A command as `docs/inbox.md` describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    actor: WrittenActor,
    open: Option<WrittenOpen>,
    act: Option<WrittenAct>,
    occurred_at: Option<Timestamp>,
    acted_by: Option<ActedBy>,
    expect_revision: Option<Revision>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenActor {
    id: ActorId,
    purpose: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOpen {
    procedure: String,
    transition: String,
    form: Value,
    subject: Option<Subject>,
    incident: Option<IncidentId>,
    #[serde(default)]
    areas: BTreeMap<AreaPurpose, AreaCode>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAct {
    case: CaseId,
    transition: String,
    form: Value,
}

impl Command {
    /// Reads a command from JSON text, as hosts in other languages write it (`docs/inbox.md`).
    ///
    /// It is read strictly: an unknown field, and a key that stands twice, would be something that
    /// somebody wrote and nobody read.
    ///
    /// ```
    /// # use hexacase::engine::Command;
    /// let command = Command::from_json(
    ///     r#"{ "actor": { "id": "u-7" }, "occurred_at": "2026-05-03 14:05",
    ///          "act": { "case": "0190a000-0000-7000-8000-000000000001",
    ///                   "transition": "start_verification", "form": { "verifier": "示例甲" } } }"#,
    /// )?;
    /// assert_eq!(command.transition(), "start_verification");
    /// # Ok::<_, hexacase::procedure::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// [`Refusal::Field`] with the place.
    pub fn from_json(text: &str) -> Result<Self, Refusal> {
        let value =
            strict_json::parse(text).map_err(|problem| Refusal::field(".", problem.to_string()))?;
        let written: Written = serde_path_to_error::deserialize(value).map_err(|problem| {
            Refusal::field(problem.path().to_string(), problem.inner().to_string())
        })?;
        let Written { actor, open, act, occurred_at, acted_by, expect_revision } = written;
        let action = match (open, act) {
            (Some(open), None) => Action::Open(Open {
                procedure: open.procedure,
                transition: open.transition,
                payload: open.form,
                subject: open.subject,
                incident: open.incident,
                areas: open.areas,
            }),
            (None, Some(act)) => {
                Action::Fire { case: act.case, transition: act.transition, payload: act.form }
            }
            (Some(_), Some(_)) => {
                return Err(Refusal::field("act", "expected either `open` or `act`, found both"));
            }
            (None, None) => return Err(Refusal::field(".", "expected `open` or `act`")),
        };
        let actor = match actor.purpose {
            Some(purpose) => Actor { id: actor.id, purpose: Cow::Owned(purpose) },
            None => Actor::at_work(actor.id),
        };
        Ok(Self { occurred_at, acted_by, expect: expect_revision, ..Self::new(actor, action) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACT: &str = r#""act": { "case": "0190a000-0000-7000-8000-000000000001",
        "transition": "go", "form": {} }"#;
    const OPEN: &str = r#""open": { "procedure": "p", "transition": "start", "form": { "a": 1 },
        "areas": { "residence": "999999101" } }"#;

    fn read(fields: &str) -> Result<Command, Refusal> {
        Command::from_json(&format!(r#"{{ "actor": {{ "id": "u-7" }}, {fields} }}"#))
    }

    #[test]
    fn what_is_written_is_what_the_builder_makes() {
        let actor = || Actor::at_work(ActorId::new("u-7").unwrap());
        let case: CaseId = "0190a000-0000-7000-8000-000000000001".parse().unwrap();
        let at: Timestamp = "2026-05-03 14:05".parse().unwrap();
        let expected = Command::fire_named(actor(), case, "go", serde_json::json!({}))
            .occurred_at(at)
            .expecting(Revision::new(3));
        let written = format!(r#"{ACT}, "occurred_at": "2026-05-03 14:05", "expect_revision": 3"#);
        assert_eq!(read(&written).unwrap(), expected);
        let expected = Command::open_named(actor(), "p", "start", serde_json::json!({ "a": 1 }))
            .in_area(AreaPurpose::Residence, "999999101".parse().unwrap());
        assert_eq!(read(OPEN).unwrap(), expected);
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_place() {
        for (fields, place) in [
            (r#""act": {}"#, "act"),
            (&*format!(r#"{ACT}, "when": 1"#), "when"),
            (&format!("{ACT}, {OPEN}"), "act"),
            (r#""occurred_at": "tomorrow""#, "occurred_at"),
            (&format!("{ACT}, {ACT}"), "."),
            (r#""expect_revision": 1"#, "."),
        ] {
            let Err(Refusal::Field { field, .. }) = read(fields) else { panic!("{fields}") };
            assert_eq!(field, place, "{fields}");
        }
        assert!(Command::from_json("[]").is_err() && Command::from_json("").is_err());
    }
}
