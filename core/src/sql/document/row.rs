//! A row of each document, with the names by which the statements of a batch know its fields.

use serde::Serialize;

#[derive(Debug, Serialize)]
pub(super) struct CaseRow<'g> {
    pub(super) id: String,
    pub(super) procedure: &'g str,
    pub(super) definition: String,
    pub(super) rule_pack: String,
    pub(super) subject_kind: &'static str,
    pub(super) subject: String,
    pub(super) incident: String,
    pub(super) areas: String,
    pub(super) area: &'g str,
    pub(super) opened_by: Option<&'g str>,
    pub(super) state: &'g str,
    pub(super) revision: i64,
    pub(super) opened_at: i64,
    pub(super) closed_at: Option<i64>,
    pub(super) recorded_at: i64,
    pub(super) head: String,
    pub(super) duties: u32,
    /// What the case is expected to be at; for a case that exists.
    pub(super) expected: i64,
    /// In which year a new case is numbered, and as which of the batch's, from 1.
    pub(super) year: Option<i32>,
    pub(super) rank: i64,
}

#[derive(Debug, Serialize)]
pub(super) struct EntryRow<'g> {
    pub(super) id: String,
    pub(super) seq: i64,
    pub(super) at: i64,
    /// Where the bytes stand, from 1.
    pub(super) from: usize,
    pub(super) size: usize,
    pub(super) hash: String,
    pub(super) body_from: usize,
    pub(super) body_size: usize,
    pub(super) key: &'g str,
}

#[derive(Debug, Serialize)]
pub(super) struct DutyRow<'g> {
    pub(super) id: String,
    pub(super) no: u32,
    pub(super) name: &'g str,
    pub(super) kind: &'static str,
    pub(super) state: &'static str,
    pub(super) opened_at: i64,
    pub(super) closed_at: Option<i64>,
    pub(super) role: &'g str,
    pub(super) unit: Option<&'g str>,
    pub(super) person: Option<&'g str>,
    pub(super) gap: bool,
    pub(super) limit: Option<&'g str>,
    pub(super) from: Option<i64>,
    pub(super) due: i64,
    pub(super) provisional: Option<bool>,
    pub(super) calendar: Option<String>,
    pub(super) generation: Option<u32>,
    pub(super) suspended: Option<i64>,
    pub(super) rung: u32,
    pub(super) next: Option<i64>,
}

#[derive(Debug, Serialize)]
pub(super) struct MatchRow<'g> {
    pub(super) role: &'g str,
    pub(super) unit: &'g str,
    pub(super) area: &'g str,
    pub(super) due: i64,
    pub(super) id: String,
    pub(super) no: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct AttributeRow<'g> {
    pub(super) id: String,
    pub(super) name: &'g str,
    pub(super) value: Option<&'g str>,
}

#[derive(Debug, Serialize)]
pub(super) struct CommandRow<'g> {
    pub(super) id: String,
    pub(super) hash: String,
    pub(super) case: String,
    pub(super) seq: i64,
    pub(super) state: &'g str,
}

#[derive(Debug, Serialize)]
pub(super) struct ScopeRow {
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) expected: i64,
}

#[derive(Debug, Serialize)]
pub(super) struct MessageRow<'g> {
    pub(super) id: String,
    pub(super) case: String,
    pub(super) seq: i64,
    /// Where it stands among the messages of its group, from 1.
    pub(super) no: i64,
    pub(super) kind: &'g str,
    pub(super) content: String,
    pub(super) at: i64,
}

#[derive(Debug, Serialize)]
pub(super) struct RungRow<'g> {
    pub(super) case: String,
    pub(super) no: u32,
    pub(super) generation: u32,
    pub(super) rung: u32,
    pub(super) duty: &'g str,
    pub(super) addressee: &'g str,
    pub(super) unit: Option<&'g str>,
    pub(super) due: i64,
    pub(super) climbed_at: i64,
    pub(super) late: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct StaffDocument<'g> {
    pub(super) id: &'g str,
    pub(super) name: &'g str,
    pub(super) grants: String,
    pub(super) unit: &'g str,
    pub(super) leader: bool,
    pub(super) active: bool,
    pub(super) absences: String,
}

#[derive(Debug, Serialize)]
pub(super) struct YearRow {
    pub(super) year: i32,
    pub(super) count: i64,
}
