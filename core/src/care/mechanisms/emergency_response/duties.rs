//! Who owes what in an emergency, by when.

use super::{EmergencyResponse, EmergencyState};
use crate::{
    care::roles::{
        CHILD_WELFARE_DIRECTOR, CHILD_WELFARE_SUPERVISOR, CIVIL_AFFAIRS_BUREAU, COUNTY, FOLLOW,
        FRONT, MINOR_PROTECTION_CENTER, NEAR, PARENT_GUARDIAN, POLICE, POLICE_STATION,
        TEMPORARY_CARER, TOWN, TOWN_STATION,
    },
    procedure::{Define, Duty},
};

/// Declares who owes what in an emergency.
pub(super) fn duties(define: Define<EmergencyResponse>) -> Define<EmergencyResponse> {
    let define = first_response(define);
    let define = search_and_hospital(define);
    let define = custody(define);
    until_safe(define)
}

/// From the alarm to the scene.
fn first_response(define: Define<EmergencyResponse>) -> Define<EmergencyResponse> {
    define
        .duty(
            Duty::new("respond", "立即出警、派员", "go out at once")
                .on(&[EmergencyState::EmergencyReceived])
                .owed_by(&[POLICE_STATION, TOWN_STATION])
                .recorded_by(&[FRONT, TOWN_STATION])
                .limits(&["D51"])
                .fulfilled_by(&[
                    "dispatch",
                    "local_first_response",
                    "start_search",
                    "record_false_alarm",
                ]),
        )
        .duty(
            Duty::new("chase_response", "催问出警", "ask whether anybody went out")
                .on(&[EmergencyState::EmergencyReceived])
                .owed_by(&[TOWN_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C21"])
                .fulfilled_by(&["record_follow_up", "dispatch", "local_first_response"]),
        )
        .duty(
            Duty::new("reach_child", "到场", "reach the child")
                .on(&[EmergencyState::Dispatched])
                .owed_by(&[POLICE_STATION, TOWN_STATION])
                .recorded_by(&[FRONT, TOWN_STATION])
                .limits(&["C29"])
                .fulfilled_by(&["arrive", "local_first_response", "start_search"]),
        )
        .duty(
            Duty::new("settle_scene", "现场处置", "settle the scene")
                .on(&[EmergencyState::OnScene])
                .owed_by(&[POLICE_STATION, TOWN_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C29"])
                .fulfilled_by(&[
                    "resolve_on_site",
                    "order_guardian_back",
                    "remove_child",
                    "send_to_hospital",
                    "start_search",
                    "record_false_alarm",
                ]),
        )
        .duty(
            Duty::new(
                "guardian_returns",
                "监护人返回、落实照护",
                "come back and care for the child",
            )
            .on(&[EmergencyState::GuardianOrderedBack])
            .owed_by(&[PARENT_GUARDIAN])
            .recorded_by(&[NEAR])
            .limits(&["C31"])
            .fulfilled_by(&[
                "guardian_returned",
                "carer_arranged",
                "guardian_not_back",
            ]),
        )
}

/// While the child is missing or in hospital.
fn search_and_hospital(define: Define<EmergencyResponse>) -> Define<EmergencyResponse> {
    define
        .duty(
            Duty::new("find_child", "查找", "find the child")
                .on(&[EmergencyState::Searching])
                .owed_by(&[POLICE])
                .recorded_by(&[NEAR])
                .limits(&["D53"])
                .fulfilled_by(&["found_safe", "found_injured", "found_dead"]),
        )
        .duty(
            Duty::new("chase_search", "催问、扩大查找", "ask after the search and widen it")
                .on(&[EmergencyState::Searching])
                .owed_by(&[TOWN_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C35"])
                .fulfilled_by(&["record_follow_up", "widen_search", "found_safe"]),
        )
        .duty(
            Duty::new("stay_with_child", "医院陪护与联系", "stay with the child in hospital")
                .on(&[EmergencyState::MedicalFirst])
                .owed_by(&[FOLLOW])
                .recorded_by(&[NEAR])
                .limits(&["C56"])
                .fulfilled_by(&["escort", "discharge_to_guardian", "hospital_report"]),
        )
}

/// From the removal to a carer.
fn custody(define: Define<EmergencyResponse>) -> Define<EmergencyResponse> {
    define
        .duty(
            Duty::new("start_escort", "护送", "escort the child")
                .on(&[EmergencyState::ChildRemoved])
                .owed_by(&[POLICE_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C30a"])
                .fulfilled_by(&["escort", "send_to_hospital"]),
        )
        .duty(
            Duty::new("find_carer", "落实照料人并交接", "find a carer and hand the child over")
                .on(&[EmergencyState::Escorting])
                .owed_by(&[POLICE_STATION, MINOR_PROTECTION_CENTER])
                .recorded_by(&[NEAR])
                .limits(&["C30a"])
                .fulfilled_by(&["custody_transfer", "receiver_refuses"]),
        )
        // An oral hand-over is signed in every case; that is never excused.
        .duty(
            Duty::new("sign_transfer", "补办书面交接", "sign the hand-over")
                .owed_by(&[POLICE_STATION, TEMPORARY_CARER])
                .recorded_by(&[NEAR])
                .limits(&["C30"])
                .fulfilled_by(&["sign_custody_transfer"])
                .never_excused(),
        )
        .duty(
            Duty::new("notify_rights", "告知申请权利", "tell of the right to apply")
                .owed_by(&[POLICE_STATION])
                .recorded_by(&[NEAR])
                .limits(&["C30"])
                .fulfilled_by(&["notify_rights"]),
        )
        .duty(
            Duty::new("intake", "入住登记、健康检查", "register and examine the child")
                .owed_by(&[MINOR_PROTECTION_CENTER, TEMPORARY_CARER])
                .recorded_by(&[NEAR])
                .limits(&["C56"])
                .fulfilled_by(&["record_intake"]),
        )
        // The police in an investigation are asked and written to, never driven: what they owe here climbs
        // the ladder of judicial organs.
        .duty(
            Duty::new("case_statement", "提供案件侦办查处情况说明", "supply the case statement")
                .owed_by(&[POLICE])
                .recorded_by(&[MINOR_PROTECTION_CENTER, CIVIL_AFFAIRS_BUREAU])
                .limits(&["D13"])
                .fulfilled_by(&["supply_case_statement"])
                .ladder("judicial"),
        )
}

/// Until the child is safe.
fn until_safe(define: Define<EmergencyResponse>) -> Define<EmergencyResponse> {
    define
        .duty(
            Duty::new("daily_review", "每日研判", "review the care every day")
                .on(&[EmergencyState::InEmergencyCare])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[NEAR])
                .limits(&["C36"])
                .fulfilled_by(&[
                    "review_care",
                    "request_temporary_guardianship",
                    "confirm_danger_cleared",
                ]),
        )
        .duty(
            Duty::new("decide_guardianship", "决定临时监护", "decide on temporary guardianship")
                .on(&[EmergencyState::GuardianshipRequested])
                .owed_by(&[CIVIL_AFFAIRS_BUREAU])
                .recorded_by(&[COUNTY])
                .limits(&["C50"])
                .fulfilled_by(&["guardianship_taken_over", "guardianship_refused"]),
        )
        .duty(
            Duty::new("check_home", "回访现场家庭", "check on the home")
                .on(&[EmergencyState::ResolvedOnSite])
                .owed_by(&[CHILD_WELFARE_SUPERVISOR])
                .recorded_by(&[TOWN, CHILD_WELFARE_DIRECTOR])
                .limits(&["C33"])
                .fulfilled_by(&["confirm_danger_cleared", "danger_again"]),
        )
        .duty(
            Duty::new(
                "open_assessment_and_close",
                "转评估并办结",
                "hand on to assessment and close",
            )
            .on(&[EmergencyState::DangerCleared])
            .owed_by(&[TOWN_STATION])
            .recorded_by(&[NEAR])
            .limits(&["C34"])
            .fulfilled_by(&["close", "danger_again"]),
        )
}
