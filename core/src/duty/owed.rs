//! A duty that runs: who owes what in one case, by when, and how far its ladder was climbed.

use serde::{Deserialize, Serialize};

use super::time_limit::LimitId;
use crate::terms::{
    actor::Role,
    id::{ActorId, Digest, UnitId},
    time::Timestamp,
};

/// Where a duty comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// A state declares it; leaving the state ends it.
    State,
    /// Every open state declares it.
    Open,
    /// A step opened it beside the states.
    Side,
    /// Time alone ends it.
    Wait,
}

/// How a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyState {
    /// It is owed.
    Open,
    /// A step that names it was taken.
    Fulfilled,
    /// The case left the state that declared it.
    Cancelled,
    /// A unit leader said with reasons that it need not or cannot be done 免办.
    Excused,
}

impl DutyState {
    /// The name used in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fulfilled => "fulfilled",
            Self::Cancelled => "cancelled",
            Self::Excused => "excused",
        }
    }
}

/// Who is accountable for a duty 承办.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// In which role the unit holds it.
    pub role: Role,
    /// The unit.
    pub unit: Option<UnitId>,
    /// The person, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<ActorId>,
    /// Whether no unit with an active account was found: the duty stands on the list of gaps of
    /// the coordinating body, which may reassign it.
    pub gap: bool,
}

/// A running time limit: what holds now. How it came to be stands in the ledger lines of the
/// entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Which limit runs, of the duty's candidates.
    pub limit: LimitId,
    /// From when.
    pub from: Timestamp,
    /// Until when; nothing where the law says only 立即 or 及时.
    pub due: Option<Timestamp>,
    /// Whether the date rests on a year without its holiday notice.
    pub provisional: bool,
    /// The hash of the calendar it was reckoned with.
    pub calendar: Digest,
    /// How often it was extended, suspended or reckoned anew. Each begins the ladder anew.
    pub generation: u32,
    /// Until when its clock stands still, if it does 中止.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_until: Option<Timestamp>,
}

/// Why a deadline is what it is: one line of its ledger, written with the entry that caused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerLine {
    /// It began with the duty.
    Granted,
    /// A step that opens the duty was taken again while it was open.
    Renewed,
    /// It was extended 延期.
    Extended,
    /// Its clock was stopped 中止计时.
    Suspended,
    /// A fact it is reckoned from was corrected, or cases were merged.
    Recomputed,
    /// A holiday notice was loaded.
    Reprojected,
    /// A person gave the next date.
    Dated,
}

/// A duty of one case, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedDuty {
    /// Counted from 1 within the case.
    pub no: u32,
    /// Its name in the procedure.
    pub name: String,
    /// Where it comes from.
    pub kind: DutyKind,
    /// How it stands.
    pub state: DutyState,
    /// When it began (`occurred_at` of the step that opened it).
    pub opened_at: Timestamp,
    /// When it ended (`occurred_at` of the step that ended it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Who is accountable.
    pub holder: Holder,
    /// The limit that runs, if the duty has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// How many rungs of its ladder were climbed in this generation.
    pub rung: u32,
    /// When the next rung is due: the sweep's index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_rung_at: Option<Timestamp>,
}

impl OwedDuty {
    /// Whether it is owed.
    pub fn is_open(&self) -> bool {
        self.state == DutyState::Open
    }

    /// Ends it.
    pub fn close(&mut self, state: DutyState, at: Timestamp) {
        self.state = state;
        self.closed_at = Some(at);
        self.next_rung_at = None;
    }

    /// When it is due, if its limit has a number.
    pub fn due(&self) -> Option<Timestamp> {
        self.deadline.as_ref().and_then(|deadline| deadline.due)
    }

    /// Whether it is, or was when it ended, past its date. Computed, never stored.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.due().is_some_and(|due| self.closed_at.unwrap_or(now) > due)
    }
}

/// What a step does to one duty.
#[expect(clippy::large_enum_variant, reason = "a step has a handful; a box each would cost more")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyChange {
    /// It began or changed, as it stands after the step, with the ledger line if its deadline
    /// changed. A duty that began and ended in one step is told like this too.
    Set {
        /// The duty after the step.
        duty: OwedDuty,
        /// What happened to its deadline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<LedgerLine>,
    },
    /// It ended.
    Closed {
        /// Its number.
        no: u32,
        /// Its name.
        name: String,
        /// How.
        state: DutyState,
        /// When (`occurred_at`).
        at: Timestamp,
    },
}

impl DutyChange {
    /// The number of the duty.
    pub fn no(&self) -> u32 {
        match self {
            Self::Set { duty, .. } => duty.no,
            Self::Closed { no, .. } => *no,
        }
    }

    /// Applies the change to the duties of a case, which are kept in order of number.
    pub fn apply(&self, duties: &mut Vec<OwedDuty>) {
        let at = duties.iter().position(|duty| duty.no == self.no());
        let at = at.and_then(|at| duties.get_mut(at));
        match (self, at) {
            (Self::Set { duty, .. }, Some(known)) => known.clone_from(duty),
            (Self::Set { duty, .. }, None) => duties.push(duty.clone()),
            (Self::Closed { state, at, .. }, Some(known)) => known.close(*state, *at),
            // A closing of what is not there: the trail is at fault, and `verify` says so.
            (Self::Closed { .. }, None) => {}
        }
    }
}
