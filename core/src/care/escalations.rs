//! The links by which the last rungs of a ladder reach a person who signs: a listed oversight, an
//! item of the joint meeting's agenda, a request for procuratorial oversight.
//!
//! The engine proposes, and nothing else: what becomes of a proposal a person decides, in the
//! receiving procedure. What they propose and in what order the rule pack says. The texts name
//! the case by its number and the duty by its name, and no child.

use serde_json::Value;

use super::{
    codes::AgendaSource, mechanisms::joint_meeting::agenda_item::ProposeItem,
    scheme::listed_oversight::ProposeOversight,
};
use crate::{
    procedure::{Escalation, Overdue, Refusal},
    terms::{
        actor::{Account, RoleSpec},
        evidence::CaseRef,
        id::UnitId,
        label::Label,
        text::Text,
    },
};

/// Every link, by the id that rule packs name it by.
pub fn escalations() -> [Escalation; 3] {
    [
        Escalation {
            id: "X01",
            label: Label::new("督办建议", "proposal of a listed oversight"),
            to: "listed_oversight",
            opens_by: "propose_oversight",
            judicial: false,
            fill: propose_oversight,
        },
        Escalation {
            id: "X02",
            label: Label::new("议题建议", "proposed agenda item"),
            to: "agenda_item",
            opens_by: "propose_item",
            judicial: false,
            fill: propose_item,
        },
        Escalation {
            id: "X03",
            label: Label::new("提请检察监督建议", "proposal to request procuratorial oversight"),
            to: "listed_oversight",
            opens_by: "propose_oversight",
            judicial: true,
            fill: propose_inquiry,
        },
    ]
}

/// A demand on the unit that owes the duty.
fn propose_oversight(overdue: &Overdue<'_>) -> Result<Value, Refusal> {
    let owing = overdue.owing.clone().ok_or_else(nobody_owes)?;
    oversight(overdue, owing, overdue.told().zh.into_owned())
}

/// A letter, or a request to the procuratorate, about the organ outside that owes the duty. Where
/// one of our units owes it as well, that one is not who is written to.
fn propose_inquiry(overdue: &Overdue<'_>) -> Result<Value, Refusal> {
    let outside = overdue.owed_by.iter().find(|spec| spec.account == Account::No);
    let outside = outside.and_then(|spec| Some((UnitId::new(spec.role.as_str()).ok()?, *spec)));
    let owing = outside.or_else(|| overdue.owing.clone()).ok_or_else(nobody_owes)?;
    oversight(overdue, owing, format!("函询或提请检察监督：{}", overdue.told().zh))
}

fn oversight(
    overdue: &Overdue<'_>,
    (unit, owing): (UnitId, &RoleSpec),
    obligation: String,
) -> Result<Value, Refusal> {
    form(&ProposeOversight {
        unit,
        owed_by: owing.role.clone(),
        obligation: text("obligation", obligation)?,
        overdue_since: overdue.due,
        case: overdue.case.id,
        duty: text("duty", overdue.duty.name.clone())?,
        limit: overdue.limit.map(|limit| limit.id.clone()),
    })
}

/// The matter itself, put before the joint meeting. The unit that holds the duty learns what
/// became of it.
fn propose_item(overdue: &Overdue<'_>) -> Result<Value, Refusal> {
    let holder = overdue.duty.holder.unit.clone();
    let reply_to = holder.or_else(|| overdue.coordinating.clone()).ok_or_else(nobody_owes)?;
    let title = format!("“{}”逾期{}日未办结", overdue.label.zh, overdue.days());
    form(&ProposeItem {
        title: text("title", title)?,
        problem: text("problem", overdue.told().zh.into_owned())?,
        asked_of: overdue.owing.iter().map(|(unit, _)| unit.clone()).collect(),
        source: AgendaSource::Escalation,
        cases: Some(vec![CaseRef::Case(overdue.case.id)]),
        reply_to,
        limit: overdue.limit.map(|limit| limit.id.clone()),
    })
}

fn nobody_owes() -> Refusal {
    Refusal::NotApplicable {
        what: "escalate",
        reason: Label::new(
            "没有登记应办单位，也没有承办单位，不能提出建议",
            "neither a unit that owes the duty nor one that holds it is known",
        ),
    }
}

fn text(field: &str, text: String) -> Result<Text, Refusal> {
    Text::new(text).map_err(|problem| Refusal::field(field, problem.to_string()))
}

fn form(form: &impl serde::Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(form).map_err(|problem| Refusal::field("form", problem.to_string()))
}
