//! `referral` 转介单: one need of one child handed to one receiving unit, with its answer.
//!
//! The receiving unit is entrusted with the case: what is owed there is on its list. Where it
//! refuses, the lead unit 牵头单位 (whichever sent the referral) is, and decides by somebody other
//! than who refused: redirect to another unit, the unit must accept, or the need stays unserved
//! with a reason. A need that was refused three times is put before the joint meeting, as a
//! proposal that a person takes up.
//!
//! Sources: 未成年人保护法 第六章 (what each organ owes a child); 《困境儿童个人信息保护工作办法》 (no more
//! than needed); the form follows the practice of other counties, and the county decides.

pub mod adjudication;
pub mod answer;
pub mod data;
mod duties;
pub mod guards;
pub mod sending;
pub mod service;
mod state;

#[cfg(test)]
mod tests;

pub use self::{data::ReferralData, state::ReferralState};
use crate::{
    care::{
        codes::{LifeEvent, PlanNeed},
        life::{Lives, RecordChildView, RecordLifeEvent},
        roles::{CIVIL_AFFAIRS_BUREAU, TOWN_STATION},
    },
    procedure::{Beside, Define, Guard, Procedure, Refusal, Roles, StepContext, Timing},
    terms::{area::AreaPurpose, facts::SubjectKind, id::UnitId, label::Label},
};

/// The name of the procedure, for those who look beside.
pub const REFERRAL: &str = "referral";

/// The attribute that names the need.
const NEED: &str = "need";
/// The attribute that names the unit which is to meet it. Who the case is entrusted to changes when
/// the unit refuses.
const RECEIVING_UNIT: &str = "receiving_unit";
/// The attribute that counts how often the need was refused, by units asked before too.
const REFUSALS: &str = "refusals";
/// The attribute of a referral whose need was put before the joint meeting.
const PUT_TO_MEETING: &str = "put_to_meeting";

/// 转介单.
#[derive(Clone, Copy, Debug)]
pub struct Referral;

impl Procedure for Referral {
    const NAME: &'static str = REFERRAL;
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("转介单", "referral");
    const MECHANISM: Option<&'static str> = Some("assessment");
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Residence];
    const GUARDS: &'static [&'static Guard] = guards::ALL;

    type State = ReferralState;
    type Data = ReferralData;

    fn define(define: Define<Self>) -> Define<Self> {
        duties::duties(define)
            .transition::<sending::SendReferral>()
            .transition::<answer::AcceptReferral>()
            .transition::<answer::RefuseReferral>()
            .transition::<answer::CannotStart>()
            .transition::<adjudication::Redirect>()
            .transition::<adjudication::MustAccept>()
            .transition::<adjudication::AcceptRefusal>()
            .transition::<service::StartService>()
            .transition::<service::LogService>()
            .transition::<service::CompleteService>()
            .transition::<service::StopService>()
            .transition::<service::ReportDanger>()
            .transition::<sending::WithdrawReferral>()
            .transition::<RecordLifeEvent>()
            .transition::<RecordChildView>()
    }

    fn timing(duty: &str, data: &ReferralData) -> Timing {
        data.timing(duty)
    }

    /// The unit that the case is entrusted to comes before these. Where it has no account, the
    /// town goes on, as the one who asked.
    fn holders(_: ReferralState, _: &ReferralData) -> Roles {
        &[TOWN_STATION, CIVIL_AFFAIRS_BUREAU]
    }
}

/// A death withdraws the referral; coming of age lets the service run to its day, and a move until
/// the plan is received elsewhere.
impl Lives for Referral {
    const LIFE_STATES: &'static [ReferralState] = &[ReferralState::Withdrawn];

    fn live(
        event: LifeEvent,
        _: &mut StepContext<'_, Self>,
    ) -> Result<Option<ReferralState>, Refusal> {
        Ok(match event {
            LifeEvent::Died => Some(ReferralState::Withdrawn),
            LifeEvent::Turned16 | LifeEvent::Turned18 | LifeEvent::MovedAway => None,
        })
    }
}

fn need_of(referral: &Beside) -> Option<PlanNeed> {
    let name = referral.attributes.get(NEED)?;
    PlanNeed::ALL.iter().copied().find(|need| need.name() == name)
}

fn receiving_unit(referral: &Beside) -> Option<UnitId> {
    UnitId::new(referral.attributes.get(RECEIVING_UNIT)?.as_str()).ok()
}

/// The lead unit 牵头单位: whichever sent the referral.
fn lead_unit(step: &StepContext<'_, Referral>) -> Option<UnitId> {
    step.facts().case.and_then(|case| case.opened_by.clone())
}
