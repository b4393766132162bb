//! `listed_oversight` 督办: a signed demand on a unit to do an overdue thing; to judicial organs a
//! letter of inquiry.
//!
//! The ladder may only write the proposal. A person signs it, and it goes out in the name of the
//! county government's inspection office or of the joint meeting. Courts, procuratorates and the
//! police in an investigation are asked in a letter or reported to the procuratorate, never
//! demanded anything of.
//!
//! **Who is a judicial organ.** Two facts say so, and either is enough: the role in which the unit
//! owes it is of the party `judicial_organ`, or the county's rules list the unit among its
//! `judicial_units`. The role is no free choice: it has to be one of those that owe the named duty
//! in the named case. For the police the case says whether they investigate.

mod data;
mod deciding;
mod guards;
mod proposal;
mod replying;
mod state;
#[cfg(test)]
mod tests;

pub use data::{Answer, OversightData};
pub use deciding::{Decline, SendInquiry, SignOversight};
pub use proposal::ProposeOversight;
pub use replying::{AskProcuratorate, RecordAnswer, Release, Reply, ReturnReply};
pub use state::OversightState;

use crate::{
    care::{
        mechanisms::emergency_response::EMERGENCY_RESPONSE,
        owed,
        roles::{
            self, CIVIL_AFFAIRS_BUREAU, CONVENER, COUNTY_LEADER, GOVERNMENT_INSPECTION_OFFICE,
            JOINT_MEETING_OFFICE, MEMBER_LIAISON, POLICE, TOWN_LEADER,
        },
        told::EVERY_CASE,
    },
    duty::ladder::Over,
    procedure::{Define, Duty, Guard, Procedure, StepContext, Timing},
    terms::{actor::Role, area::AreaPurpose, facts::SubjectKind, label::Label, time::CivilDate},
};

/// The name of the procedure, for those who hand over to it.
pub const LISTED_OVERSIGHT: &str = "listed_oversight";

/// The procedures in whose cases something may be overdue.
const LOOKED_AT: &[&str] = EVERY_CASE;

/// 督办.
#[derive(Clone, Copy, Debug)]
pub struct ListedOversight;

impl Procedure for ListedOversight {
    const NAME: &'static str = LISTED_OVERSIGHT;
    const VERSION: u32 = 1;
    const LABEL: Label = Label::new("督办", "listed oversight");
    const MECHANISM: Option<&'static str> = None;
    const SUBJECT: SubjectKind = SubjectKind::Unit;
    const AREA: &'static [AreaPurpose] = &[AreaPurpose::Unit];
    const GUARDS: &'static [&'static Guard] = guards::ALL;

    type State = OversightState;
    type Data = OversightData;

    fn define(define: Define<Self>) -> Define<Self> {
        duties(define)
            .transition::<ProposeOversight>()
            .transition::<SignOversight>()
            .transition::<SendInquiry>()
            .transition::<Decline>()
            .transition::<Reply>()
            .transition::<RecordAnswer>()
            .transition::<AskProcuratorate>()
            .transition::<ReturnReply>()
            .transition::<Release>()
    }

    /// The body in whose name it goes out, as the rule pack named it when it was proposed. A village
    /// replies through the leader of its town; a bureau through its liaison, who is found before,
    /// as the case is entrusted to the bureau.
    fn holders(_: OversightState, data: &OversightData) -> &'static [&'static [Role]] {
        match &data.issuing {
            Some(body) if JOINT_MEETING_OFFICE.contains(body) => {
                &[JOINT_MEETING_OFFICE, TOWN_LEADER]
            }
            Some(body) if CONVENER.contains(body) => &[CONVENER, TOWN_LEADER],
            Some(_) | None => &[GOVERNMENT_INSPECTION_OFFICE, TOWN_LEADER],
        }
    }

    fn timing(duty: &str, data: &OversightData) -> Timing {
        match duty {
            "reply_oversight" => Timing::default().due(data.due.map(CivilDate::end)),
            _ => Timing::default(),
        }
    }
}

fn duties(define: Define<ListedOversight>) -> Define<ListedOversight> {
    use OversightState as In;
    define
        .duty(
            Duty::new("sign_or_decline", "签批", "sign or decline")
                .on(&[In::Proposed])
                .owed_by(&[COUNTY_LEADER, CONVENER])
                .recorded_by(&[GOVERNMENT_INSPECTION_OFFICE, CONVENER, JOINT_MEETING_OFFICE])
                .limits(&["C12"])
                .ladder("office")
                .fulfilled_by(&["sign_oversight", "send_inquiry", "decline"]),
        )
        .duty(
            Duty::new("reply_oversight", "回复督办", "reply to the demand")
                .on(&[In::Issued])
                .owed_by(&[MEMBER_LIAISON, TOWN_LEADER])
                .recorded_by(&[MEMBER_LIAISON, TOWN_LEADER])
                .limits(&["C88"])
                .ladder("oversight")
                .fulfilled_by(&["reply"]),
        )
        .duty(
            Duty::new("chase_reply", "催问回复", "ask for the reply")
                .on(&[In::Issued])
                .owed_by(&[GOVERNMENT_INSPECTION_OFFICE])
                .recorded_by(&[GOVERNMENT_INSPECTION_OFFICE, JOINT_MEETING_OFFICE])
                .limits(&["C23"])
                .ladder("office")
                .fulfilled_by(&["record_follow_up", "reply"]),
        )
        .duty(
            Duty::new("chase_answer", "催问复函", "ask for the answer")
                .on(&[In::InquirySent])
                .owed_by(&[JOINT_MEETING_OFFICE])
                .recorded_by(&[JOINT_MEETING_OFFICE, CIVIL_AFFAIRS_BUREAU])
                .limits(&["C96"])
                .ladder("office")
                .fulfilled_by(&["record_follow_up", "record_answer", "ask_procuratorate"]),
        )
        .duty(
            Duty::new("judge_reply", "评判回复", "judge the reply")
                .on(&[In::Replied])
                .owed_by(&[GOVERNMENT_INSPECTION_OFFICE, CONVENER])
                .recorded_by(&[GOVERNMENT_INSPECTION_OFFICE, JOINT_MEETING_OFFICE, CONVENER])
                .limits(&["C16"])
                .ladder("office")
                .fulfilled_by(&["release", "return_reply"]),
        )
}

/// Whether the unit that owes it is a judicial organ.
fn is_judicial(step: &StepContext<'_, ListedOversight>) -> bool {
    let table = roles::table();
    let role = step.data.owed_by.as_ref().and_then(|role| table.get(role));
    role.is_some_and(|spec| spec.party == "judicial_organ")
        || step.data.unit.as_ref().is_some_and(|unit| step.facts().rules.is_judicial_unit(unit))
}

fn is_police(step: &StepContext<'_, ListedOversight>) -> bool {
    step.data.owed_by.as_ref().is_some_and(|role| POLICE.contains(role))
}

/// Whether a demand may go out. The police may get one for what they owe where a child is in
/// danger; whatever else they owe counts as their investigation, and so does what is not known.
fn may_be_demanded(step: &StepContext<'_, ListedOversight>) -> bool {
    if is_judicial(step) {
        return false;
    }
    let case = step.data.case.and_then(|case| step.named(case));
    let danger = case.is_some_and(|case| case.facts.procedure == EMERGENCY_RESPONSE);
    let duty = step.data.duty.as_ref();
    let spec = duty.and_then(|duty| owed::duty(EMERGENCY_RESPONSE, duty.as_str()));
    let table = roles::table();
    let ladder =
        spec.and_then(|spec| step.facts().rules.ladder_for(spec.ladder, &spec.owed_by, &table));
    let investigates = ladder.is_none_or(|ladder| ladder.over == Over::Judicial);
    !is_police(step) || (danger && !investigates)
}

fn may_be_inquired(step: &StepContext<'_, ListedOversight>) -> bool {
    is_judicial(step) || is_police(step)
}
