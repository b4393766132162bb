//! The custody ledger of a child 照料人台账: who has the child, at every instant since it was first
//! taken along.
//!
//! It is one thing over two procedures. [`WRITERS`] keep a part of it each, in the data of their
//! cases, and nothing else writes it; [`ChildLedger`] reads the parts of all cases of a child as
//! one. Each line says to whom the child went and when, and holds until the next one. So there is
//! never more than one holder, and after the first line never none. Lines are only ever added, in
//! the order of time over all cases of the child; signing one later adds its paper.
//!
//! A guardian is not a holder: civil affairs has guardianship from the moment it takes over, while
//! the carer who had the child keeps it until it is placed.

mod of_child;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::of_child::{CaseLedger, ChildLedger, ChildLine};
use crate::{
    care::codes::PlacementKind,
    procedure::{Guard, Procedure, Refusal, StepContext},
    terms::{
        evidence::{Attachment, Person},
        facts::ANNULLED,
        id::{ActorId, UnitId},
        text::Text,
        time::Timestamp,
    },
};

/// The procedures that write the ledger. Their steps that write a line look beside at both.
pub const WRITERS: &[&str] = &["emergency_response", "temporary_guardianship"];

/// The attribute that says where the child is cared for; never by whom.
pub(super) const CARER_NOW: &str = "carer_now";
/// The attribute that says since when, so that the other cases of the child can see it.
pub(super) const CUSTODY_SINCE: &str = "custody_since";
/// Value of the attribute `carer_now`: at home, with whoever the case names.
pub(super) const AT_HOME: &str = "at_home";
/// Value of the attribute `carer_now`: with the organ that took the child along.
pub(super) const ON_THE_WAY: &str = "on_the_way";
/// Value of the attribute `carer_now`: with the county that took the child over.
pub(super) const ELSEWHERE: &str = "elsewhere";
/// Value of the attribute `carer_now`: with nobody any more.
pub(super) const NOBODY: &str = "nobody";

/// Exactly one holder of custody at every instant: no line lies before another one of the child.
pub static CUSTODY_GOES_BACK: Guard = Guard::new(
    "guard.custody_goes_back",
    "交接时间早于该儿童上一次交接，照料人台账不能倒退；如上一次有误，请先更正",
    "this hand-over lies before the child's last one in the custody ledger; correct that one first",
    "设计约定：带离之后任一时刻有且只有一个照料责任人",
);

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
    /// A unit, of another county too.
    Unit(UnitId),
    /// Nobody any more.
    Nobody(CustodyEnd),
}

/// Why nobody has custody any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustodyEnd {
    /// The child is of age.
    OfAge,
    /// The child is dead.
    Died,
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
    /// Which kind of placement it is; nothing on the way, at home, and back with the same carer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PlacementKind>,
    /// From when.
    pub at: Timestamp,
    /// Whether it was put in writing then.
    pub written: bool,
    /// The paper, handed in then or signed later.
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

    /// The child goes to this holder with a signed paper.
    pub(super) fn signed(to: CustodyHolder, at: Timestamp, paper: Attachment) -> Self {
        Self { written: true, document: Some(paper), ..Self::to(to, at) }
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

/// A procedure that writes the ledger.
pub(super) trait KeepsCustody: Procedure {
    /// The lines that the case wrote itself.
    fn custody(data: &mut Self::Data) -> &mut Vec<CustodyRecord>;

    /// The last line the case knows of: its own, or one it was brought.
    fn last(data: &Self::Data) -> Option<&CustodyRecord>;
}

/// Writes a line: the child goes from whoever has it to the record's holder. `place` is what the
/// attribute says of it.
pub(super) fn hand_over<P: KeepsCustody>(
    step: &mut StepContext<'_, P>,
    record: CustodyRecord,
    place: &'static str,
) -> Result<(), Refusal> {
    step.demand_past("at", record.at)?;
    let known = P::last(&step.data).map(|last| last.at);
    let beside = WRITERS
        .iter()
        .flat_map(|procedure| step.beside(procedure))
        .filter(|case| case.facts.state != ANNULLED)
        .filter_map(|case| case.attributes.get(CUSTODY_SINCE)?.parse().ok());
    let last: Option<Timestamp> = beside.chain(known).max();
    step.demand(last.is_none_or(|last| last <= record.at), &CUSTODY_GOES_BACK)?;
    write(step, record, place);
    Ok(())
}

/// The child is dead or of age: nobody has custody any more. A fact of life is never refused for
/// its time; it takes effect no earlier than what was known before.
pub(super) fn end_custody<P: KeepsCustody>(
    step: &mut StepContext<'_, P>,
    end: CustodyEnd,
    at: Timestamp,
) {
    if let Some(last) = P::last(&step.data).map(|last| last.at) {
        write(step, CustodyRecord::to(CustodyHolder::Nobody(end), at.max(last)), NOBODY);
    }
}

fn write<P: KeepsCustody>(
    step: &mut StepContext<'_, P>,
    mut record: CustodyRecord,
    place: &'static str,
) {
    record.from = P::last(&step.data).map(|last| last.to.clone());
    step.attribute(CUSTODY_SINCE, record.at.to_string());
    step.attribute(CARER_NOW, place);
    P::custody(&mut step.data).push(record);
}

/// The paper of what was handed over by word of mouth. Every open one is signed with it.
pub(super) fn sign<P: KeepsCustody>(step: &mut StepContext<'_, P>, paper: &Attachment) {
    for record in P::custody(&mut step.data).iter_mut().filter(|record| record.is_unsigned()) {
        record.document = Some(paper.clone());
    }
}

/// Whoever acts in this step, as a holder of custody: the organ outside, else whoever records it.
pub(super) fn acting<P: Procedure>(step: &StepContext<'_, P>) -> CustodyHolder {
    match step.facts().acted_by {
        Some(acted) => CustodyHolder::Organ(acted.organ.clone()),
        None => CustodyHolder::Actor(step.actor().clone()),
    }
}
