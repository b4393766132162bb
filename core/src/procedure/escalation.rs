//! Escalation links: how the last rungs of a ladder open a case that a person signs or declines.
//!
//! The engine knows which duty is overdue and nothing of law. What is proposed about it, where,
//! and in what words says the floor that knows the law: a link names the receiving procedure and
//! fills its form from the facts.

use serde_json::Value;

use super::Refusal;
use crate::{
    duty::{mark::Mark, owed::OwedDuty, time_limit::TimeLimit},
    terms::{
        actor::RoleSpec,
        facts::{CaseFacts, CaseNumber},
        id::UnitId,
        label::Label,
        time::Timestamp,
    },
};

/// An overdue duty at the moment its ladder proposes something about it.
#[derive(Clone, Debug)]
pub struct Overdue<'a> {
    /// The case it is owed in.
    pub case: &'a CaseFacts,
    /// The case's human number.
    pub number: Option<&'a CaseNumber>,
    /// The procedure of the case.
    pub procedure: &'a Label,
    /// The duty as it stands: holder, deadline, generation.
    pub duty: &'a OwedDuty,
    /// What people call the duty.
    pub label: &'a Label,
    /// Who owes it, with their parties.
    pub owed_by: Vec<&'a RoleSpec>,
    /// The unit that owes it, and in which role: the first in `owed_by` with an account for the
    /// case's area, else the outside organ by the name of its role, else the holder's unit.
    pub owing: Option<(UnitId, &'a RoleSpec)>,
    /// The limit that ran, with its basis.
    pub limit: Option<&'a TimeLimit>,
    /// Since when it is overdue.
    pub due: Timestamp,
    /// When the rung is climbed.
    pub now: Timestamp,
    /// The card it shows, if any.
    pub mark: Option<Mark>,
    /// The unit of the coordinating body 统筹协调机构.
    pub coordinating: Option<UnitId>,
    /// The unit in whose name a listed oversight goes out.
    pub oversight: Option<UnitId>,
}

impl Overdue<'_> {
    /// Whole days past the date, counted by civil days.
    pub fn days(&self) -> i64 {
        self.now.date().days().saturating_sub(self.due.date().days())
    }

    /// Whether the limit that ran may be shown as 法定.
    pub fn is_statutory(&self) -> bool {
        self.limit.is_some_and(|limit| limit.basis.is_statutory())
    }

    /// Which duty of which case is overdue, since when, and by which limit, in one sentence that
    /// names no person.
    pub fn told(&self) -> Label {
        let number = self.number.map(ToString::to_string).unwrap_or_default();
        let limit = self.limit.map(|limit| {
            let (amount, basis) = (limit.shown_amount(), limit.shown_basis());
            let zh = format!("（时限{}，{}）", amount.zh, basis.zh);
            Label::owned(zh, format!(" (limit {}, {})", amount.en, basis.en))
        });
        let limit = limit.as_ref();
        Label::owned(
            format!(
                "案号{number}“{}”中的“{}”应于{}办结，已逾期{}日{}",
                self.procedure.zh,
                self.label.zh,
                self.due.date().chinese(),
                self.days(),
                limit.map_or("", |limit| &limit.zh),
            ),
            format!(
                "case {number} ({}): duty \"{}\" was due on {} and is {} days overdue{}",
                self.procedure.en,
                self.label.en,
                self.due.date(),
                self.days(),
                limit.map_or("", |limit| &limit.en),
            ),
        )
    }
}

/// A link from a rung to the procedure in which a person decides.
#[derive(Clone, Debug)]
pub struct Escalation {
    /// Its id, as rule packs name it, e.g. `X01`.
    pub id: &'static str,
    /// What it proposes.
    pub label: Label,
    /// The receiving procedure.
    pub to: &'static str,
    /// The transition that opens a case there.
    pub opens_by: &'static str,
    /// Whether it is a letter or a request to judicial organs: only their ladders propose it, and
    /// they propose nothing else.
    pub judicial: bool,
    /// Fills the form of that transition.
    pub fill: fn(&Overdue<'_>) -> Result<Value, Refusal>,
}
