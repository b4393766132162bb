//! Who owes what in a referral, by when.

use super::{Referral, ReferralState as In};
use crate::{
    care::roles::{
        CIVIL_AFFAIRS_BUREAU, COUNTY, JOINT_MEETING_OFFICE, MEMBER_LIAISON, NEAR, PROVIDER,
        RECEIVER, SCHOOL, TOWN, TOWN_STATION,
    },
    procedure::{Define, Duty, Roles},
};

/// Who serves the child.
const SERVES: Roles = &[MEMBER_LIAISON, SCHOOL, PROVIDER];

/// Declares who owes what in a referral.
pub(super) fn duties(define: Define<Referral>) -> Define<Referral> {
    define
        .duty(
            Duty::new("answer_referral", "接收或退回", "accept or refuse the referral")
                .on(&[In::Sent])
                .owed_by(SERVES)
                .recorded_by(&[RECEIVER])
                .limits(&["C44"])
                .fulfilled_by(&["accept_referral", "refuse_referral"]),
        )
        .duty(
            Duty::new("chase_answer", "催问答复", "ask for an answer")
                .on(&[In::Sent])
                .owed_by(&[TOWN_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C23"])
                .fulfilled_by(&["record_follow_up", "accept_referral"]),
        )
        .duty(
            Duty::new("adjudicate", "裁定退回", "decide on the refusal")
                .on(&[In::Refused])
                .owed_by(&[TOWN_STATION, CIVIL_AFFAIRS_BUREAU])
                .recorded_by(&[TOWN, COUNTY, JOINT_MEETING_OFFICE])
                .limits(&["C12"])
                .fulfilled_by(&["redirect", "must_accept", "accept_refusal"]),
        )
        .duty(
            Duty::new("start_service", "开始服务", "start the service")
                .on(&[In::Accepted])
                .owed_by(SERVES)
                .recorded_by(&[RECEIVER])
                .limits(&["C44"])
                .fulfilled_by(&["start_service", "cannot_start"]),
        )
        .duty(
            Duty::new("log_service", "服务记录", "record the service")
                .on(&[In::Serving])
                .owed_by(SERVES)
                .recorded_by(&[RECEIVER])
                .limits(&["C45"])
                .fulfilled_by(&["log_service", "complete_service", "stop_service"]),
        )
}
