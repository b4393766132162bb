//! What is asked of a store.

use crate::terms::{
    actor::Role,
    id::{ActorId, CaseId, CommandId, IncidentId, SubjectId, UnitId},
    time::Timestamp,
};

use super::Scope;

/// What steps need to be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Cases by id.
    pub cases: Vec<CaseId>,
    /// Of these cases, also the open cases of the same child or incident. What is about a unit or
    /// the county stands beside too much to be loaded with it; a step names what it must see.
    pub beside: Vec<CaseId>,
    /// Of these cases, also the cases of the same child that ended at this time or later. Whoever
    /// looks back says how far, so that a child's whole past is never loaded.
    pub ended_beside: Vec<(CaseId, Timestamp)>,
    /// The open cases of these subjects.
    pub subjects: Vec<SubjectId>,
    /// The open cases of these incidents.
    pub incidents: Vec<IncidentId>,
    /// Commands that may have been carried out before.
    pub commands: Vec<CommandId>,
    /// Scopes, besides those of the wanted cases.
    pub scopes: Vec<Scope>,
}

impl Wanted {
    /// Whether more cases are wanted than those named by id.
    pub fn looks_beside(&self) -> bool {
        !(self.beside.is_empty()
            && self.ended_beside.is_empty()
            && self.subjects.is_empty()
            && self.incidents.is_empty())
    }
}

/// Where a page of cases ended.
pub type CaseCursor = CaseId;

/// A list of cases, in order of id (which is the order they were opened in, to the millisecond).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseQuery {
    /// Of this procedure.
    pub procedure: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// In this area or within it, as the range of codes `[from, to)`.
    pub area: Option<(String, String)>,
    /// About this subject.
    pub subject: Option<SubjectId>,
    /// Of this incident.
    pub incident: Option<IncidentId>,
    /// Open cases only.
    pub open_only: bool,
    /// With this human number: year and number.
    pub number: Option<(i32, i64)>,
    /// With this attribute.
    pub attribute: Option<(String, String)>,
    /// After this case.
    pub after: Option<CaseCursor>,
    /// At most so many. A page comes in one piece, so this is for pages and not for all there are.
    pub limit: u32,
}

/// Where a page of entries ended: recorded at, case, number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryCursor {
    /// When the last entry was recorded.
    pub recorded_at: Timestamp,
    /// Its case.
    pub case: CaseId,
    /// Its number.
    pub seq: i64,
}

/// A list of entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryQuery {
    /// Of this case, in order of number; else of all cases, in the order of [`EntryCursor`].
    pub case: Option<CaseId>,
    /// Where no case is named: of the cases from the first to the last of these, both among them,
    /// case by case, and each in order of number. A cursor's time says nothing then.
    pub cases: Option<(CaseId, CaseId)>,
    /// Recorded at or before.
    pub until: Option<Timestamp>,
    /// With their bodies.
    pub bodies: bool,
    /// After this entry.
    pub after: Option<EntryCursor>,
    /// At most so many.
    pub limit: u32,
}

impl EntryQuery {
    /// All entries of a case, with their bodies.
    pub fn whole(case: CaseId) -> Self {
        Self { case: Some(case), bodies: true, limit: u32::MAX, ..Self::default() }
    }
}

/// One way an actor sees duties: a role, for a range of areas or for a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenAs {
    /// Cases whose area lies in `[from, to)`.
    InArea {
        /// The role.
        role: Role,
        /// The first area.
        from: String,
        /// The first area past the last.
        to: String,
    },
    /// Duties shown to a unit.
    InUnit {
        /// The role.
        role: Role,
        /// The unit.
        unit: UnitId,
    },
}

/// Which duties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DutyFilter {
    /// Open duties shown to one of these, each once. The worklist.
    SeenAs(Vec<SeenAs>),
    /// Open duties past their date, by area range if given.
    Overdue {
        /// Now.
        now: Timestamp,
        /// The range of areas.
        area: Option<(String, String)>,
    },
    /// Open duties whose next rung is due. The sweep.
    RungDue {
        /// Now.
        now: Timestamp,
    },
    /// Open duties held by nobody: the list of gaps.
    Gaps,
    /// All open duties; of one person, those held in his or her name 本人承办.
    Open {
        /// The person.
        person: Option<ActorId>,
    },
    /// All duties of a case, ended ones too.
    OfCase(CaseId),
    /// All duties of the cases from the first to the last of these, both among them, ended ones too.
    OfCases(CaseId, CaseId),
    /// Open duties with a deadline that rests on a year without its notice, or on this year.
    Deadlines,
    /// Every duty, ended ones too.
    All,
}

/// Where a page of duties ended. Duties without a date come first (立即), then by date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DutyCursor {
    /// The date the list is ordered by, in milliseconds; `i64::MIN` for none. For the sweep it is
    /// the next rung's.
    pub order: i64,
    /// The case.
    pub case: CaseId,
    /// The duty's number.
    pub no: u32,
}

/// A page of a worklist, in the order of [`DutyCursor`].
#[derive(Clone, Copy, Debug)]
pub struct WorklistQuery<'q> {
    /// As what somebody sees duties: each that is shown in one of these ways.
    pub seen: &'q [SeenAs],
    /// After this one.
    pub after: Option<DutyCursor>,
    /// At most so many.
    pub limit: u32,
}

/// A list of duties, in the order of [`DutyCursor`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyQuery {
    /// Which.
    pub filter: DutyFilter,
    /// After this one.
    pub after: Option<DutyCursor>,
    /// At most so many.
    pub limit: u32,
}
