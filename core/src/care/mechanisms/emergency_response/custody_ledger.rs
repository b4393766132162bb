//! The custody ledger of a child 照料人台账: who has the child, at every instant since the removal.
//!
//! Each line says to whom the child went and when; it holds until the next one. So there is never
//! more than one holder, and after the first line never none (guard a). On the way it is the
//! escorting organ. Lines are only ever added; signing one later adds its paper.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CARER_NOW, EmergencyResponse, guards::CUSTODY_GOES_BACK};
use crate::{
    care::codes::PlacementKind,
    procedure::{Refusal, StepContext},
    terms::{
        evidence::{Attachment, Person},
        id::ActorId,
        text::Text,
        time::Timestamp,
    },
};

/// Value of the attribute `carer_now`: at home, with whoever the case names.
pub(super) const AT_HOME: &str = "at_home";
/// Value of the attribute `carer_now`: with the organ that took the child along.
pub(super) const ON_THE_WAY: &str = "on_the_way";
/// Value of the attribute `carer_now`: in the temporary guardianship of civil affairs.
pub(super) const CIVIL_AFFAIRS: &str = "civil_affairs";

/// Who has the child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustodyHolder {
    /// A person.
    Person(Person),
    /// An organ outside, by its name.
    Organ(Text),
    /// Somebody of ours, by the host's id: the office follows from it.
    Actor(ActorId),
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustodyRecord {
    /// From whom; nothing when the child was with nobody who had custody here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<CustodyHolder>,
    /// To whom.
    pub to: CustodyHolder,
    /// Which kind of placement it is; nothing on the way, at home, or with civil affairs as
    /// guardian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PlacementKind>,
    /// From when.
    pub at: Timestamp,
    /// Whether it was put in writing then.
    pub written: bool,
    /// The paper that was signed later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Attachment>,
    /// Who was present.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<Person>,
}

impl CustodyRecord {
    /// The child goes to this holder, without a hand-over paper.
    pub(super) fn to(to: CustodyHolder, at: Timestamp) -> Self {
        Self {
            from: None,
            to,
            kind: None,
            at,
            written: false,
            document: None,
            witnesses: Vec::new(),
        }
    }

    /// Whether it was a hand-over to a carer by word of mouth whose paper is still to be signed.
    pub fn is_unsigned(&self) -> bool {
        self.kind.is_some() && !self.written && self.document.is_none()
    }
}

/// Who had the child at this instant.
pub fn carer_at(ledger: &[CustodyRecord], at: Timestamp) -> Option<&CustodyHolder> {
    ledger.iter().rfind(|record| record.at <= at).map(|record| &record.to)
}

/// Whether the child was with this person then, by name.
pub(super) fn is_with(ledger: &[CustodyRecord], at: Timestamp, person: &Person) -> bool {
    matches!(carer_at(ledger, at), Some(CustodyHolder::Person(holder)) if holder.name == person.name)
}

/// Whether a line at this time may follow: the ledger never goes back.
pub(super) fn may_follow(ledger: &[CustodyRecord], at: Timestamp) -> bool {
    ledger.last().is_none_or(|last| last.at <= at)
}

/// Writes a line: the child goes from whoever has it to the record's holder.
pub(super) fn hand_over(
    step: &mut StepContext<'_, EmergencyResponse>,
    mut record: CustodyRecord,
) -> Result<(), Refusal> {
    step.demand_past("at", record.at)?;
    step.demand(may_follow(&step.data.custody, record.at), &CUSTODY_GOES_BACK)?;
    record.from = step.data.custody.last().map(|last| last.to.clone());
    step.data.custody.push(record);
    Ok(())
}

/// Hands the child to a carer.
pub(super) fn place(
    step: &mut StepContext<'_, EmergencyResponse>,
    to: Person,
    kind: PlacementKind,
    at: Timestamp,
    written: bool,
) -> Result<(), Refusal> {
    let to = CustodyRecord::to(CustodyHolder::Person(to), at);
    hand_over(step, CustodyRecord { kind: Some(kind), written, ..to })?;
    step.data.removed_at = None;
    step.attribute(CARER_NOW, kind.name());
    Ok(())
}

/// The child is taken along by whoever acts.
pub(super) fn take_along(
    step: &mut StepContext<'_, EmergencyResponse>,
    at: Timestamp,
) -> Result<(), Refusal> {
    let to = acting(step);
    hand_over(step, CustodyRecord::to(to, at))?;
    step.data.removed_at = Some(at);
    step.attribute(CARER_NOW, ON_THE_WAY);
    Ok(())
}

/// The child stays at home. Where it was taken along before, that custody ends with this line;
/// where it never was, there is no ledger to write.
pub(super) fn stay_home(
    step: &mut StepContext<'_, EmergencyResponse>,
    carer: Person,
    at: Timestamp,
) -> Result<(), Refusal> {
    if step.data.custody.is_empty() {
        return Ok(());
    }
    hand_over(step, CustodyRecord::to(CustodyHolder::Person(carer), at))?;
    step.attribute(CARER_NOW, AT_HOME);
    Ok(())
}

/// Whoever acts in this step, as a holder of custody: the organ outside, else whoever records it.
pub(super) fn acting(step: &StepContext<'_, EmergencyResponse>) -> CustodyHolder {
    match step.facts().acted_by {
        Some(acted) => CustodyHolder::Organ(acted.organ.clone()),
        None => CustodyHolder::Actor(step.actor().clone()),
    }
}
