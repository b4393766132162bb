//! 应急处置: bringing a child out of danger, from the alarm to a named safe carer.
//!
//! What happens depends on what is found (guard h): a child alone, and the parents are ordered
//! back; nobody to be reached, and the child is escorted to a carer; missing, and it is searched
//! for; violence, and it is stopped and the child placed. From the removal on, the child's
//! [`custody_ledger`](super::custody_ledger) says at every instant who has the child.
//!
//! The steps stand in the order of the matter: [`alarm`], [`scene`], [`search`], [`medical`],
//! [`custody`], [`guardianship`], [`closing`].
//!
//! Sources: 反家庭暴力法 第15条; 未成年人保护法 第92条; recalled, or seen in parts only:
//! 《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第7条、
//! 第11条至第13条, 国发〔2016〕13号; 民发〔2021〕5号 for guardians lost to a sudden event.

pub mod alarm;
pub mod closing;
pub mod custody;
pub mod data;
mod duties;
pub mod guardianship;
pub mod guards;
pub mod medical;
pub mod scene;
pub mod search;

#[cfg(test)]
mod tests;

use self::data::EmergencyData;
use super::{
    custody_ledger::{CUSTODY_GOES_BACK, CustodyEnd, CustodyRecord, KeepsCustody, end_custody},
    linked_data::OpenReview,
};
use crate::{
    care::{
        chain::DEATH_REVIEW,
        codes::LifeEvent,
        life::{Lives, RecordChildView, RecordLifeEvent},
        roles::{MINOR_PROTECTION_CENTER, TOWN_STATION},
    },
    procedure::{Define, Guard, Handoff, Procedure, Refusal, Roles, State, StepContext, Timing},
    terms::{area::AreaPurpose, facts::SubjectKind, label::Label},
};

/// The name of the procedure, for those who look beside.
pub const EMERGENCY_RESPONSE: &str = "emergency_response";

/// The attribute that says that a guardian did the harm.
pub(super) const GUARDIAN_DID_HARM: &str = "guardian_did_harm";
/// The attribute that says when civil affairs took over the guardianship.
pub(super) const TAKEN_OVER_AT: &str = "taken_over_at";
/// The attribute that says since when the child was missing last.
const LAST_MISSING: &str = "last_missing";

/// 应急处置.
#[derive(Clone, Copy, Debug)]
pub struct EmergencyResponse;

/// The states of an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EmergencyState {
    /// The alarm came in.
    EmergencyReceived,
    /// Somebody is on the way.
    Dispatched,
    /// Somebody is with the child.
    OnScene,
    /// The child is missing.
    Searching,
    /// The child is in hospital.
    MedicalFirst,
    /// The guardian was ordered back.
    GuardianOrderedBack,
    /// The child was taken along.
    ChildRemoved,
    /// The child is on the way to a carer.
    Escorting,
    /// A carer has the child for now.
    InEmergencyCare,
    /// Civil affairs was asked to take over.
    GuardianshipRequested,
    /// Settled; the child stayed at home.
    ResolvedOnSite,
    /// The danger is over.
    DangerCleared,
    /// Ended.
    Closed,
    /// Nothing was the matter.
    FalseAlarm,
    /// The child is dead.
    ClosedDeceased,
}

impl EmergencyState {
    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::EmergencyReceived => ("emergency_received", "接报", "alarm received"),
            Self::Dispatched => ("dispatched", "已出警、已派员", "somebody on the way"),
            Self::OnScene => ("on_scene", "到场处置", "on the scene"),
            Self::Searching => ("searching", "查找中", "searching"),
            Self::MedicalFirst => ("medical_first", "先行送医", "in hospital first"),
            Self::GuardianOrderedBack => {
                ("guardian_ordered_back", "责令返回", "guardian ordered back")
            }
            Self::ChildRemoved => ("child_removed", "带离", "child removed"),
            Self::Escorting => ("escorting", "护送中", "escorting"),
            Self::InEmergencyCare => ("in_emergency_care", "临时照料中", "in emergency care"),
            Self::GuardianshipRequested => {
                ("guardianship_requested", "已提请临时监护", "temporary guardianship requested")
            }
            Self::ResolvedOnSite => {
                ("resolved_on_site", "现场化解、留在家中", "settled on the spot")
            }
            Self::DangerCleared => ("danger_cleared", "险情解除", "danger over"),
            Self::Closed => ("closed", "办结", "closed"),
            Self::FalseAlarm => ("false_alarm", "误报", "false alarm"),
            Self::ClosedDeceased => ("closed_deceased", "儿童死亡终止", "ended by death"),
        }
    }
}

impl State for EmergencyState {
    const ALL: &'static [Self] = &[
        Self::EmergencyReceived,
        Self::Dispatched,
        Self::OnScene,
        Self::Searching,
        Self::MedicalFirst,
        Self::GuardianOrderedBack,
        Self::ChildRemoved,
        Self::Escorting,
        Self::InEmergencyCare,
        Self::GuardianshipRequested,
        Self::ResolvedOnSite,
        Self::DangerCleared,
        Self::Closed,
        Self::FalseAlarm,
        Self::ClosedDeceased,
    ];

    fn name(self) -> &'static str {
        self.names().0
    }

    fn label(self) -> Label {
        let (_, zh, en) = self.names();
        Label::new(zh, en)
    }

    fn is_terminal(self) -> bool {
        matches!(self, Self::Closed | Self::FalseAlarm | Self::ClosedDeceased)
    }
}

impl Procedure for EmergencyResponse {
    const NAME: &'static str = EMERGENCY_RESPONSE;
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("应急处置", "emergency response");
    const MECHANISM: Option<&'static str> = Some("emergency_response");
    const URGENT: bool = true;
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Incident];
    const GUARDS: &'static [&'static Guard] = &[
        &CUSTODY_GOES_BACK,
        &guards::CHILD_NOT_SEEN,
        &guards::MISSING_TWICE,
        &guards::CARER_NOT_IN_LEDGER,
        &guards::NOT_TAKEN_OVER,
        &guards::DECIDED_ELSEWHERE,
    ];

    type State = EmergencyState;
    type Data = EmergencyData;

    fn define(define: Define<Self>) -> Define<Self> {
        duties::duties(define)
            .transition::<alarm::RaiseAlarm>()
            .transition::<alarm::Dispatch>()
            .transition::<alarm::LocalFirstResponse>()
            .transition::<alarm::Arrive>()
            .transition::<search::StartSearch>()
            .transition::<search::WidenSearch>()
            .transition::<search::FoundSafe>()
            .transition::<search::FoundInjured>()
            .transition::<search::FoundDead>()
            .transition::<medical::SendToHospital>()
            .transition::<medical::HospitalReport>()
            .transition::<medical::DischargeToGuardian>()
            .transition::<scene::ResolveOnSite>()
            .transition::<scene::OrderGuardianBack>()
            .transition::<scene::GuardianReturned>()
            .transition::<scene::CarerArranged>()
            .transition::<scene::GuardianNotBack>()
            .transition::<scene::RemoveChild>()
            .transition::<alarm::RecordFalseAlarm>()
            .transition::<custody::Escort>()
            .transition::<custody::ReceiverRefuses>()
            .transition::<custody::CustodyTransfer>()
            .transition::<custody::SignCustodyTransfer>()
            .transition::<custody::NotifyRights>()
            .transition::<custody::RecordIntake>()
            .transition::<custody::SupplyCaseStatement>()
            .transition::<custody::ReviewCare>()
            .transition::<custody::ChangeCarer>()
            .transition::<guardianship::RequestTemporaryGuardianship>()
            .transition::<guardianship::GuardianshipTakenOver>()
            .transition::<guardianship::GuardianshipRefused>()
            .transition::<closing::ConfirmDangerCleared>()
            .transition::<scene::DangerAgain>()
            .transition::<alarm::NotifyTown>()
            .transition::<guardianship::GuardianIsOffender>()
            .transition::<closing::ReportUnlawfulAct>()
            .transition::<closing::Close>()
            .transition::<RecordLifeEvent>()
            .transition::<RecordChildView>()
    }

    fn timing(duty: &str, data: &EmergencyData) -> Timing {
        data.timing(duty)
    }

    /// The town until the police arrive, then the county's minor protection center.
    fn holders(_: EmergencyState, data: &EmergencyData) -> Roles {
        if data.police_arrived { &[MINOR_PROTECTION_CENTER] } else { &[TOWN_STATION] }
    }
}

/// A death ends the emergency and opens a review; a grown-up victim is brought out of danger like
/// a child.
impl Lives for EmergencyResponse {
    const LIFE_STATES: &'static [EmergencyState] = &[EmergencyState::ClosedDeceased];
    const LIFE_HANDOFFS: &'static [Handoff] = &[DEATH_REVIEW];

    fn live(
        event: LifeEvent,
        step: &mut StepContext<'_, Self>,
    ) -> Result<Option<EmergencyState>, Refusal> {
        match event {
            LifeEvent::Died => {
                let at = step.occurred_at();
                end_custody(step, CustodyEnd::Died, at);
                let what = step.data.danger.clone();
                let review = OpenReview::of(step.facts(), what, step.occurred_at());
                step.hand_off(DEATH_REVIEW.id, &review)?;
                Ok(Some(EmergencyState::ClosedDeceased))
            }
            LifeEvent::Turned16 | LifeEvent::Turned18 | LifeEvent::MovedAway => Ok(None),
        }
    }
}

impl KeepsCustody for EmergencyResponse {
    fn custody(data: &mut EmergencyData) -> &mut Vec<CustodyRecord> {
        &mut data.custody
    }

    fn last(data: &EmergencyData) -> Option<&CustodyRecord> {
        data.custody.last()
    }
}

/// A guardian did the harm: what is owed, and what civil affairs is asked for, depends on it.
fn guardian_did_harm(step: &mut StepContext<'_, EmergencyResponse>) {
    step.data.harm_by_guardian = true;
    step.attribute(GUARDIAN_DID_HARM, "true");
}
