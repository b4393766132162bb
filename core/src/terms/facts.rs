//! What is known of a case outside its sealed body.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    area::{AreaCode, AreaPurpose, Realm},
    id::{CaseId, Digest, IncidentId, Revision, SubjectId, UnitId},
    time::Timestamp,
};

/// What kind of subject a case is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// 儿童.
    Child,
    /// 身份不明儿童: a description until somebody says who it is.
    UnidentifiedChild,
    /// 单位.
    Unit,
    /// 村.
    Village,
    /// 镇.
    Town,
    /// 县.
    County,
}

impl SubjectKind {
    /// The name used in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::UnidentifiedChild => "unidentified_child",
            Self::Unit => "unit",
            Self::Village => "village",
            Self::Town => "town",
            Self::County => "county",
        }
    }

    /// Whether the subject is a child, known by name or not.
    pub fn is_child(self) -> bool {
        matches!(self, Self::Child | Self::UnidentifiedChild)
    }
}

/// Whom a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// What kind it is.
    pub kind: SubjectKind,
    /// Which one.
    pub id: SubjectId,
}

impl Subject {
    /// The county itself 县.
    pub fn county(realm: &Realm) -> Self {
        Self::derived(SubjectKind::County, realm, "")
    }

    /// A unit 单位, by the id the directory knows it by.
    pub fn unit(realm: &Realm, unit: &UnitId) -> Self {
        Self::derived(SubjectKind::Unit, realm, unit.as_str())
    }

    /// What has a name of its own needs no id by chance: every case about it finds the others.
    fn derived(kind: SubjectKind, realm: &Realm, name: &str) -> Self {
        let parts = ["hexacase/subject/", kind.name(), "/", realm.as_str(), "/", name];
        let digest = Digest::of_parts(&parts.map(str::as_bytes));
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(digest.as_bytes()) {
            *to = *from;
        }
        Self { kind, id: SubjectId::from_bytes(id) }
    }
}

/// The facts of a case that are neither personal nor free text: all a worklist, a list or a
/// permission needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// The county.
    pub realm: Realm,
    /// The case.
    pub id: CaseId,
    /// Which procedure it follows.
    pub procedure: String,
    /// The hash of the definition it was opened under.
    pub definition: Digest,
    /// The hash of the rule pack its last step was decided under.
    pub rule_pack: Digest,
    /// Whom it is about.
    pub subject: Subject,
    /// The facts it shares with other cases.
    pub incident: IncidentId,
    /// Its areas by purpose.
    pub areas: BTreeMap<AreaPurpose, AreaCode>,
    /// The area that counts for permission.
    pub area: AreaCode,
    /// The unit that opened it.
    pub opened_by: Option<UnitId>,
    /// Its state, by name.
    pub state: String,
    /// How many entries it has.
    pub revision: Revision,
    /// When it was opened (`occurred_at` of its first step).
    pub opened_at: Timestamp,
    /// When it ended, if it has (`occurred_at` of the step that ended it).
    pub closed_at: Option<Timestamp>,
    /// `recorded_at` of its last entry; it never goes back.
    pub recorded_at: Timestamp,
    /// The hash of its last entry, which the next one names.
    pub head: Digest,
    /// How many duties it has had. The next one takes this number plus one.
    pub duties: u32,
}

impl CaseFacts {
    /// Whether the case goes on.
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// Whether these facts, after some steps, differ from those before in nothing but what every
    /// step moves: the state, the revision and the head, the times of the last entry and of the
    /// end, the rule pack, and how many duties there were.
    pub fn only_moved(&self, before: &Self) -> bool {
        let Self {
            realm,
            id,
            procedure,
            definition,
            subject,
            incident,
            areas,
            area,
            opened_by,
            opened_at,
            // Each is named, so that a new fact is thought of here.
            rule_pack: _,
            state: _,
            revision: _,
            closed_at: _,
            recorded_at: _,
            head: _,
            duties: _,
        } = self;
        (realm, id, procedure, definition, subject)
            == (&before.realm, &before.id, &before.procedure, &before.definition, &before.subject)
            && (incident, areas, area, opened_by, opened_at)
                == (
                    &before.incident,
                    &before.areas,
                    &before.area,
                    &before.opened_by,
                    &before.opened_at,
                )
    }
}

/// State of a case that was opened by mistake 作废. It is an end of every procedure.
pub const ANNULLED: &str = "annulled";
/// State of a case whose facts went on in another one 并入. It is an end of every procedure.
pub const MERGED: &str = "merged";

/// The human number of a case: realm, year, number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CaseNumber {
    /// The county.
    pub realm: Realm,
    /// The year it was recorded in.
    pub year: i32,
    /// Counted from 1 within realm and year; gaps are allowed.
    pub number: i64,
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:06}", self.realm, self.year, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_and_the_county_are_the_same_subject_whoever_asks() {
        let realm: Realm = "999999".parse().unwrap();
        let unit = |name| Subject::unit(&realm, &UnitId::constant(name));
        assert_eq!(unit("education"), unit("education"));
        assert_ne!(unit("education"), unit("health"));
        assert_eq!(Subject::county(&realm), Subject::county(&realm));
        assert_ne!(Subject::county(&realm).id, unit("").id);
        let other: Realm = "999998".parse().unwrap();
        assert_ne!(Subject::county(&realm), Subject::county(&other));
    }
}
