//! What stands against a good row: another sheet, another step, or its own earlier reading.

use hexacase::{
    duty::owed::{DutyChange, OwedDuty},
    engine::{Engine, EngineError, HistoryEntry},
    procedure::wide::WideStep,
    terms::{
        evidence::ActedBy,
        id::{CaseId, CommandId},
        time::Timestamp,
    },
};
use serde_json::Value;

use super::SheetFault;
use crate::{form::labels, output::Words, paper::Names};

/// What a row is about to record.
#[derive(Clone, Debug)]
pub struct Claim<'c> {
    /// The case.
    pub case: CaseId,
    /// The procedure.
    pub procedure: &'c str,
    /// The state it is in now.
    pub state: &'c str,
    /// The duty as it stands now.
    pub duty: &'c OwedDuty,
    /// The state when the sheet was printed.
    pub printed: &'c str,
    /// The command the row becomes.
    pub command: CommandId,
    /// The step.
    pub step: &'c str,
    /// When it happened.
    pub at: Timestamp,
    /// Who acted.
    pub acted_by: Option<&'c ActedBy>,
    /// The form.
    pub form: &'c Value,
}

/// Whether the row may be recorded.
#[derive(Clone, Debug)]
pub enum Judged {
    /// It may.
    Free,
    /// It was recorded in this entry, with the same content.
    Before(Box<HistoryEntry>),
    /// Something stands against it.
    Against(SheetFault),
}

/// Compares a row with what the case's trail says.
///
/// # Errors
/// [`EngineError`] when the case cannot be read.
pub async fn judge(
    engine: &Engine,
    words: &Words,
    names: &Names,
    claim: &Claim<'_>,
) -> Result<Judged, EngineError> {
    let history = engine.history(claim.case).await?;
    let own = history.iter().find(|entry| entry.envelope.command == Some(claim.command));
    if let Some(entry) = own {
        let differences = differences(words, claim, entry);
        if differences.is_empty() {
            return Ok(Judged::Before(Box::new(entry.clone())));
        }
        let (zh, en): (Vec<String>, Vec<String>) = differences.into_iter().unzip();
        let (zh, en) = (zh.join("；"), en.join("; "));
        return Ok(Judged::Against(SheetFault::Changed { zh, en }));
    }
    if !claim.duty.is_open() {
        let by = history.iter().rfind(|entry| closes(entry, claim.duty.no));
        let (zh, en) = match by {
            Some(entry) => told(words, names, claim.procedure, entry),
            None => (String::new(), String::new()),
        };
        return Ok(Judged::Against(SheetFault::Done { zh, en }));
    }
    if claim.state != claim.printed {
        let from = words.state(claim.procedure, claim.printed);
        let to = words.state(claim.procedure, claim.state);
        return Ok(Judged::Against(SheetFault::MovedOn { from, to }));
    }
    Ok(Judged::Free)
}

fn closes(entry: &HistoryEntry, no: u32) -> bool {
    entry.envelope.duties.iter().any(|change| match change {
        DutyChange::Closed { no: closed, .. } => *closed == no,
        DutyChange::Set { duty, .. } => duty.no == no && !duty.is_open(),
    })
}

/// Which entry it was, and whose.
fn told(words: &Words, names: &Names, procedure: &str, entry: &HistoryEntry) -> (String, String) {
    let envelope = &entry.envelope;
    let (seq, step) = (envelope.seq, words.transition(procedure, &envelope.transition));
    // An alias stands for whoever is kept secret; it is nobody's name.
    let who = names.person(&envelope.actor).map_or_else(
        || envelope.role.as_ref().map_or_else(String::new, |role| words.role(role)),
        |row| format!("{}（{}）", row.name, row.id),
    );
    let (occurred, recorded) = (envelope.occurred_at, envelope.recorded_at);
    let zh = format!(
        "第 {seq} 步“{step}”，{who}，发生于 {}，登记于 {}",
        occurred.chinese(),
        recorded.chinese()
    );
    let transition = &envelope.transition;
    let en = format!("entry {seq} `{transition}` by {who}, of {occurred}, recorded {recorded}");
    (zh, en)
}

/// Where the row differs from the entry it became.
fn differences(words: &Words, claim: &Claim<'_>, entry: &HistoryEntry) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut differ = |zh: &str, en: &str, before: String, now: String| {
        if before != now {
            found.push((
                format!("{zh}：已登记“{before}”，表上为“{now}”"),
                format!("{en}: recorded `{before}`, on the sheet `{now}`"),
            ));
        }
    };
    let envelope = &entry.envelope;
    let label = |step: &str| words.transition(claim.procedure, step);
    differ("办理", "step", label(&envelope.transition), label(claim.step));
    differ("日期", "day", envelope.occurred_at.chinese(), claim.at.chinese());
    let Some(body) = &entry.body else { return found };
    let who = |acted: Option<&ActedBy>| acted.map_or_else(String::new, |by| by.organ.to_string());
    differ("实际办理人", "acted by", who(body.acted_by.as_ref()), who(claim.acted_by));
    if envelope.transition != claim.step {
        return found;
    }
    let spec = words.definition(claim.procedure).and_then(|d| d.transition(claim.step));
    let schema = spec.map(|spec| spec.schema.clone());
    let schema = schema.or_else(|| WideStep::named(claim.step).map(WideStep::schema));
    let empty = serde_json::Map::new();
    let (before, now) =
        (body.payload.as_object().unwrap_or(&empty), claim.form.as_object().unwrap_or(&empty));
    let mut fields: Vec<&String> = before.keys().chain(now.keys()).collect();
    fields.sort();
    fields.dedup();
    for field in fields {
        let place = schema.as_ref().and_then(|s| s.pointer(&format!("/properties/{field}")));
        let shown = |value: Option<&Value>| value.map_or_else(String::new, |v| shown(place, v));
        let zh = labels::zh(field).unwrap_or(field);
        differ(zh, field, shown(before.get(field)), shown(now.get(field)));
    }
    found
}

/// A value with the label of its code.
fn shown(schema: Option<&Value>, value: &Value) -> String {
    let choices = schema.map(|schema| crate::form::ask::choices(schema, crate::output::Lang::Zh));
    let label = choices.into_iter().flatten().find(|(code, _)| code == value);
    match (label, value) {
        (Some((_, label)), _) => label,
        (None, Value::String(text)) => text.clone(),
        (None, Value::Bool(yes)) => if *yes { "是" } else { "否" }.to_owned(),
        (None, other) => other.to_string(),
    }
}
