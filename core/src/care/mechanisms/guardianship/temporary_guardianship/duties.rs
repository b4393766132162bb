//! Who owes what in a temporary guardianship, by when.

use super::{
    GuardianshipState, TemporaryGuardianship,
    data::{ELEVEN_MONTHS, NINE_MONTHS},
};
use crate::{
    care::roles::{
        CHILD_WELFARE_DIRECTOR, CIVIL_AFFAIRS_BUREAU, COUNTY, MINOR_PROTECTION_CENTER, NEAR,
        PARENT_GUARDIAN, POLICE, PROVIDER, TOWN, VILLAGE_COMMITTEE,
    },
    procedure::{Define, Duty, Wait},
    terms::label::Label,
};

/// Declares who owes what in a temporary guardianship.
pub(super) fn duties(define: Define<TemporaryGuardianship>) -> Define<TemporaryGuardianship> {
    let define = taking_over(define);
    let define = staying(define);
    let define = identity(define);
    let define = away(define);
    let define = going_home(define);
    waits(define)
}

/// From the request to the placement.
fn taking_over(define: Define<TemporaryGuardianship>) -> Define<TemporaryGuardianship> {
    define
        .duty(
            Duty::new("decide", "决定", "decide on the request")
                .on(&[GuardianshipState::Requested])
                .owed_by(&[CIVIL_AFFAIRS_BUREAU])
                .recorded_by(&[CIVIL_AFFAIRS_BUREAU])
                .limits(&["C50"])
                .fulfilled_by(&["approve", "refuse"]),
        )
        .duty(
            Duty::new("place", "安置", "place the child with a carer")
                .on(&[GuardianshipState::Approved])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[COUNTY])
                .limits(&["C04"])
                .fulfilled_by(&["place"]),
        )
        .duty(
            Duty::new("intake_check", "健康检查、入住登记", "examine and register the child")
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[COUNTY])
                .limits(&["C56"])
                .fulfilled_by(&["record_intake"]),
        )
        // As in an emergency: an oral hand-over is signed in every case; that is never excused.
        .duty(
            Duty::new("sign_transfer", "补办书面交接", "sign the hand-over")
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[COUNTY])
                .limits(&["C30"])
                .fulfilled_by(&["sign_custody_transfer"])
                .never_excused(),
        )
}

/// While the child is with a carer.
fn staying(define: Define<TemporaryGuardianship>) -> Define<TemporaryGuardianship> {
    define
        .duty(
            Duty::new("plan_ahead", "定期研判去向", "review where the child is to go")
                .on(&[GuardianshipState::Placed])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[COUNTY])
                .limits(&["C60"])
                .fulfilled_by(&[
                    "review_stay",
                    "assess_guardian",
                    "hand_to_relative",
                    "convert_long_term",
                    "guardian_appointed",
                    "offer_transfer",
                ]),
        )
        // A stay of more than a year is not refused; it is shown, and its ladder ends with a
        // proposal to the joint meeting (guard d).
        .duty(
            Duty::new("stay_norm", "一般不超过一年", "usually not longer than a year")
                .on(&[GuardianshipState::Placed])
                .owed_by(&[CIVIL_AFFAIRS_BUREAU])
                .recorded_by(&[COUNTY])
                .limits(&["D14", "C63"])
                .fulfilled_by(&[
                    "assess_guardian",
                    "hand_to_relative",
                    "convert_long_term",
                    "guardian_appointed",
                    "offer_transfer",
                ]),
        )
        .duty(
            Duty::new("decide_stay", "到期前决定去向", "decide where the child goes in time")
                .owed_by(&[CIVIL_AFFAIRS_BUREAU])
                .recorded_by(&[COUNTY])
                .limits(&["C45"])
                .fulfilled_by(&[
                    "review_stay",
                    "assess_guardian",
                    "file_revocation",
                    "convert_long_term",
                    "decide_return",
                    "decide_continue",
                    "conclude_return",
                    "conclude_continue",
                    "back_from_hospital",
                    "found",
                ]),
        )
}

/// Who the child is.
fn identity(define: Define<TemporaryGuardianship>) -> Define<TemporaryGuardianship> {
    define
        .duty(
            Duty::new("compare_identity", "申请比对身份", "have the identity compared")
                .owed_by(&[MINOR_PROTECTION_CENTER, POLICE])
                .recorded_by(&[COUNTY])
                .limits(&["C56"])
                .fulfilled_by(&["record_comparison"]),
        )
        .duty(
            Duty::new("publish_search", "寻亲公告", "publish the search for the family")
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[COUNTY])
                .limits(&["C18"])
                .fulfilled_by(&["publish_search"]),
        )
}

/// In hospital, missing, on the way to another county.
fn away(define: Define<TemporaryGuardianship>) -> Define<TemporaryGuardianship> {
    define
        .duty(
            Duty::new("hospital_contact", "住院联系", "keep in touch with the hospital")
                .on(&[GuardianshipState::Hospitalised])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[COUNTY])
                .limits(&["C13"])
                .fulfilled_by(&["hospital_note", "back_from_hospital"]),
        )
        .duty(
            Duty::new("find_child", "查找", "find the child")
                .on(&[GuardianshipState::Absconded])
                .owed_by(&[MINOR_PROTECTION_CENTER, POLICE])
                .recorded_by(&[COUNTY])
                .limits(&["D53", "C36"])
                .fulfilled_by(&["found", "record_follow_up"]),
        )
        .duty(
            Duty::new("chase_home_county", "催问户籍地接收", "ask the other county")
                .on(&[GuardianshipState::Transferring])
                .owed_by(&[CIVIL_AFFAIRS_BUREAU])
                .recorded_by(&[COUNTY])
                .limits(&["C11"])
                .fulfilled_by(&["record_follow_up", "transfer_accepted", "transfer_refused"]),
        )
}

/// On the way home, and afterwards.
fn going_home(define: Define<TemporaryGuardianship>) -> Define<TemporaryGuardianship> {
    define
        .duty(
            Duty::new("assess", "提交送回评估", "hand in the assessment of the return")
                .on(&[GuardianshipState::AssessingReturn])
                .owed_by(&[MINOR_PROTECTION_CENTER, PROVIDER])
                .recorded_by(&[COUNTY])
                .limits(&["C41"])
                .fulfilled_by(&["call_conference", "decide_return", "decide_continue"]),
        )
        .duty(
            Duty::new("conclude", "会商结论", "conclude the conference")
                .on(&[GuardianshipState::InConference])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[COUNTY])
                .limits(&["C42"])
                .fulfilled_by(&["conclude_return", "conclude_continue", "conclude_revocation"]),
        )
        .duty(
            Duty::new("collect_child", "领回", "collect the child")
                .on(&[GuardianshipState::ReturnNotified])
                .owed_by(&[PARENT_GUARDIAN])
                .recorded_by(&[COUNTY, TOWN])
                .limits(&["D15", "C31a"])
                .fulfilled_by(&["collect_child", "record_not_collected", "withdraw_notice"]),
        )
        .duty(
            Duty::new("follow_visit", "随访", "visit the child at home")
                .on(&[GuardianshipState::FollowUp])
                .owed_by(&[VILLAGE_COMMITTEE, CHILD_WELFARE_DIRECTOR])
                .recorded_by(&[CHILD_WELFARE_DIRECTOR, NEAR])
                .limits(&["C54", "C45"])
                .fulfilled_by(&["record_visit", "relapse"]),
        )
        .duty(
            Duty::new("end_follow_up", "评估结束随访", "decide to end the visits")
                .on(&[GuardianshipState::FollowUp])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[COUNTY])
                .limits(&["C46"])
                .fulfilled_by(&["end_follow_up", "relapse"]),
        )
}

/// What time alone ends: two notices before the year is over.
fn waits(define: Define<TemporaryGuardianship>) -> Define<TemporaryGuardianship> {
    let notice = |name, zh, en, limit| {
        let label = Label::new(zh, en);
        Wait::new(name, label, GuardianshipState::Placed, limit, "stay_warning")
    };
    define.wait(notice(NINE_MONTHS, "满九个月提示", "nine months are over", "C52")).wait(notice(
        ELEVEN_MONTHS,
        "满十一个月提示",
        "eleven months are over",
        "C53",
    ))
}
