//! 临时监护: civil affairs takes over guardianship for a time, and gives the child back or on.
//!
//! The clock of the whole stay is the moment of taking over. A change of place, a stay in hospital
//! or an absence never restarts it; a child that comes back after a relapse begins anew (guard c).
//! What 法发〔2014〕24号 sets (a year, a conference, three days to collect) holds only where a
//! guardian did the harm; else the assessment of 未成年人保护法 第93条第2款 decides, and the county's
//! own limits run (guard a).
//!
//! The steps stand in the order of the matter: [`decision`], [`placement`], [`identity`], [`stay`],
//! [`assessment`], [`going_home`], [`going_elsewhere`].
//!
//! Sources: 未成年人保护法 第92条至第96条; recalled, and for harm only:
//! 《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第13条至第21条;
//! 民政部令第84号 (its articles were not seen).

pub mod assessment;
pub mod data;
pub mod decision;
mod duties;
pub mod going_elsewhere;
pub mod going_home;
pub mod guards;
pub mod identity;
pub mod placement;
mod state;
pub mod stay;

#[cfg(test)]
mod tests;

use self::data::{ELEVEN_MONTHS, GuardianshipData, NINE_MONTHS};
pub use self::state::GuardianshipState;
use crate::{
    care::{
        chain::DEATH_REVIEW,
        codes::LifeEvent,
        life::{Lives, RecordChildView, RecordLifeEvent},
        mechanisms::{
            custody_ledger::{CustodyEnd, CustodyRecord, KeepsCustody, end_custody},
            linked_data::OpenReview,
        },
        roles::{CIVIL_AFFAIRS_BUREAU, MINOR_PROTECTION_CENTER},
    },
    procedure::{Define, Guard, Handoff, Procedure, Refusal, Roles, StepContext, Timing},
    terms::{area::AreaPurpose, facts::SubjectKind, label::Label},
};

/// The name of the procedure, for those who look beside.
pub const TEMPORARY_GUARDIANSHIP: &str = "temporary_guardianship";

/// The attribute that says which notice of a long stay was given last.
const STAY_NOTICE: &str = "stay_notice";

/// 临时监护.
#[derive(Clone, Copy, Debug)]
pub struct TemporaryGuardianship;

impl Procedure for TemporaryGuardianship {
    const NAME: &'static str = TEMPORARY_GUARDIANSHIP;
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("临时监护", "temporary guardianship");
    const MECHANISM: Option<&'static str> = Some("guardianship");
    const SUBJECT: SubjectKind = SubjectKind::Child;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Incident, AreaPurpose::Residence];
    const GUARDS: &'static [&'static Guard] = guards::ALL;

    type State = GuardianshipState;
    type Data = GuardianshipData;

    fn define(define: Define<Self>) -> Define<Self> {
        duties::duties(define)
            .transition::<decision::Request>()
            .transition::<decision::Approve>()
            .transition::<decision::Refuse>()
            .transition::<placement::Place>()
            .transition::<placement::RecordIntake>()
            .transition::<placement::SignCustodyTransfer>()
            .transition::<placement::ChangePlacement>()
            .transition::<stay::ReviewStay>()
            .transition::<stay::StayWarning>()
            .transition::<identity::MarkUnidentified>()
            .transition::<identity::RecordComparison>()
            .transition::<identity::PublishSearch>()
            .transition::<stay::Hospitalise>()
            .transition::<stay::HospitalNote>()
            .transition::<stay::BackFromHospital>()
            .transition::<stay::Abscond>()
            .transition::<stay::Found>()
            .transition::<assessment::AssessGuardian>()
            .transition::<assessment::CallConference>()
            .transition::<assessment::DecideReturn>()
            .transition::<assessment::DecideContinue>()
            .transition::<assessment::ConcludeReturn>()
            .transition::<assessment::ConcludeContinue>()
            .transition::<assessment::ConcludeRevocation>()
            .transition::<assessment::FileRevocation>()
            .transition::<going_home::CollectChild>()
            .transition::<going_home::RecordNotCollected>()
            .transition::<going_home::WithdrawNotice>()
            .transition::<going_home::RecordVisit>()
            .transition::<going_home::Relapse>()
            .transition::<going_home::EndFollowUp>()
            .transition::<going_elsewhere::HandToRelative>()
            .transition::<going_elsewhere::OfferTransfer>()
            .transition::<going_elsewhere::TransferAccepted>()
            .transition::<going_elsewhere::TransferRefused>()
            .transition::<going_elsewhere::ConvertLongTerm>()
            .transition::<going_elsewhere::GuardianAppointed>()
            .transition::<RecordLifeEvent>()
            .transition::<RecordChildView>()
    }

    fn timing(duty: &str, data: &GuardianshipData) -> Timing {
        data.timing(duty)
    }

    /// Civil affairs decides; the minor protection center cares.
    fn holders(state: GuardianshipState, _: &GuardianshipData) -> Roles {
        match state {
            GuardianshipState::Requested => &[CIVIL_AFFAIRS_BUREAU],
            _ => &[MINOR_PROTECTION_CENTER],
        }
    }
}

/// It ends when the child is of age, and by death, which opens a review. A child that moves stays
/// until the other county takes it over by `offer_transfer`.
impl Lives for TemporaryGuardianship {
    const LIFE_STATES: &'static [GuardianshipState] =
        &[GuardianshipState::EndedAdult, GuardianshipState::EndedDeceased];
    const LIFE_HANDOFFS: &'static [Handoff] = &[DEATH_REVIEW];

    fn live(
        event: LifeEvent,
        step: &mut StepContext<'_, Self>,
    ) -> Result<Option<GuardianshipState>, Refusal> {
        let at = step.occurred_at();
        match event {
            LifeEvent::Turned18 => {
                end_custody(step, CustodyEnd::OfAge, at);
                Ok(Some(GuardianshipState::EndedAdult))
            }
            LifeEvent::Died => {
                end_custody(step, CustodyEnd::Died, at);
                let what = step.data.facts.clone();
                let review = OpenReview::of(step.facts(), what, at);
                step.hand_off(DEATH_REVIEW.id, &review)?;
                Ok(Some(GuardianshipState::EndedDeceased))
            }
            LifeEvent::Turned16 | LifeEvent::MovedAway => Ok(None),
        }
    }
}

impl KeepsCustody for TemporaryGuardianship {
    fn custody(data: &mut GuardianshipData) -> &mut Vec<CustodyRecord> {
        &mut data.custody
    }

    fn last(data: &GuardianshipData) -> Option<&CustodyRecord> {
        data.last_line()
    }
}

/// The child is with its carer, by whichever step: a notice of a long stay that was given is not
/// given again, for the stay goes on.
fn with_the_carer(step: &mut StepContext<'_, TemporaryGuardianship>) {
    match step.attribute_before(STAY_NOTICE) {
        Some(NINE_MONTHS) => step.hold_back(NINE_MONTHS),
        Some(ELEVEN_MONTHS) => {
            step.hold_back(NINE_MONTHS);
            step.hold_back(ELEVEN_MONTHS);
        }
        _ => {}
    }
}
