//! Who owes what in a report, by when.
//!
//! The police in an investigation are asked and written to, never driven: what they alone owe climbs
//! the ladder of judicial organs.

use super::{MandatoryReport, ReportState};
use crate::{
    care::roles::{
        CIVIL_AFFAIRS_BUREAU, COUNTY_POLICE, DEPT, EDUCATION_BUREAU, FOLLOW, FRONT,
        MEDICAL_INSTITUTION, MINOR_PROTECTION_CENTER, NEAR, POLICE, POLICE_STATION, REPORTER,
        SCHOOL, TOWN_STATION,
    },
    procedure::{Define, Duty},
};

/// Declares who owes what in a report.
pub(super) fn duties(define: Define<MandatoryReport>) -> Define<MandatoryReport> {
    let define = reporting(define);
    let define = in_department(define);
    let define = under_police_review(define);
    let define = in_a_police_case(define);
    let define = after_non_filing(define);
    after_the_result(define)
}

/// From the discovery to the receipt.
fn reporting(define: Define<MandatoryReport>) -> Define<MandatoryReport> {
    define
        .duty(
            Duty::new("report_now", "立即报告", "report at once")
                .on(&[ReportState::Discovered])
                .owed_by(&[FRONT, MEDICAL_INSTITUTION])
                .recorded_by(&[REPORTER])
                .limits(&["D01"])
                .fulfilled_by(&["report_to_police", "report_to_department"]),
        )
        .duty(
            Duty::new("accept_report", "接受报告", "accept the report")
                .on(&[ReportState::Reported])
                .owed_by(&[POLICE_STATION, DEPT])
                .recorded_by(&[REPORTER, EDUCATION_BUREAU])
                .limits(&["D02", "D03"])
                .fulfilled_by(&["receive_by_police", "receive_by_department", "decline_not_ours"]),
        )
        .duty(
            Duty::new("chase_receipt", "催问接报", "ask whether the report was received")
                .on(&[ReportState::Reported])
                .owed_by(&[FRONT])
                .recorded_by(&[FRONT, TOWN_STATION, MINOR_PROTECTION_CENTER])
                .limits(&["C21", "C21a"])
                .fulfilled_by(&["record_follow_up", "receive_by_police", "receive_by_department"]),
        )
        .duty(
            Duty::new(
                "file_with_authority",
                "向主管机关备案",
                "put the report on file with the authority",
            )
            .owed_by(&[SCHOOL, MEDICAL_INSTITUTION, FRONT])
            .recorded_by(&[FRONT, TOWN_STATION, EDUCATION_BUREAU])
            .limits(&["C24"])
            .fulfilled_by(&["file_record"]),
        )
        .duty(
            Duty::new("preserve_evidence", "证据保全", "preserve the evidence")
                .owed_by(&[SCHOOL, MEDICAL_INSTITUTION, FRONT])
                .recorded_by(&[FRONT, TOWN_STATION])
                .limits(&["C25"])
                .fulfilled_by(&["preserve_evidence"]),
        )
}

/// While a department has it.
fn in_department(define: Define<MandatoryReport>) -> Define<MandatoryReport> {
    define
        .duty(
            Duty::new("examine_report", "审查报告", "examine the report")
                .on(&[ReportState::ReceivedByDepartment])
                .owed_by(&[DEPT])
                .recorded_by(&[DEPT, MINOR_PROTECTION_CENTER])
                .limits(&["C27"])
                .fulfilled_by(&["pass_to_police", "handle_in_department", "decline_not_ours"]),
        )
        .duty(
            Duty::new("settle_in_department", "部门处置", "settle the matter in the department")
                .on(&[ReportState::HandledByDepartment])
                .owed_by(&[DEPT])
                .recorded_by(&[DEPT, MINOR_PROTECTION_CENTER])
                .limits(&["C28"])
                .fulfilled_by(&["department_result", "pass_to_police"]),
        )
        .duty(
            Duty::new("supply_supplement", "补充移送材料", "supply the missing material")
                .owed_by(&[DEPT])
                .recorded_by(&[DEPT, MINOR_PROTECTION_CENTER])
                .limits(&["D09c"])
                .fulfilled_by(&["supply_supplement"]),
        )
}

/// While the police review it.
fn under_police_review(define: Define<MandatoryReport>) -> Define<MandatoryReport> {
    define
        .duty(
            Duty::new("begin_review", "开展审查", "begin the review")
                .on(&[ReportState::ReceivedByPolice])
                .owed_by(&[POLICE_STATION])
                .recorded_by(&[FOLLOW])
                .limits(&["D04a", "D04b", "D09a", "D09b"])
                .fulfilled_by(&["begin_review", "transfer_jurisdiction", "decline_not_ours"])
                .ladder("judicial"),
        )
        .duty(
            Duty::new("chase_review", "催问审查", "ask after the review")
                .on(&[ReportState::ReceivedByPolice])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[NEAR])
                .limits(&["C22"])
                .fulfilled_by(&["record_follow_up", "begin_review"]),
        )
        .duty(
            Duty::new("take_over_case", "接受移送", "take the case over")
                .on(&[ReportState::Transferring])
                .owed_by(&[COUNTY_POLICE])
                .recorded_by(&[FOLLOW])
                .limits(&["D06"])
                .fulfilled_by(&["jurisdiction_accepted", "jurisdiction_refused"])
                .ladder("judicial"),
        )
        .duty(
            Duty::new("chase_transfer", "催问移送", "ask after the transfer")
                .on(&[ReportState::Transferring])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[NEAR])
                .limits(&["C22"])
                .fulfilled_by(&["record_follow_up", "jurisdiction_accepted"]),
        )
        .duty(
            Duty::new("decide_filing", "受案、立案决定", "decide whether there is a case")
                .on(&[ReportState::UnderReview])
                .owed_by(&[POLICE])
                .recorded_by(&[FOLLOW])
                .limits(&["D04a", "D04b", "D05a", "D05b", "D05c"])
                .fulfilled_by(&[
                    "accept_admin",
                    "file_criminal",
                    "decide_not_file",
                    "find_unfounded",
                ])
                .ladder("judicial"),
        )
        .duty(
            Duty::new("chase_filing", "催问决定", "ask after the decision")
                .on(&[ReportState::UnderReview])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[NEAR])
                .limits(&["C23"])
                .fulfilled_by(&[
                    "record_follow_up",
                    "accept_admin",
                    "file_criminal",
                    "decide_not_file",
                ]),
        )
}

/// While the police handle a case.
fn in_a_police_case(define: Define<MandatoryReport>) -> Define<MandatoryReport> {
    define
        .duty(
            Duty::new("handle_admin", "办理治安案件", "handle the public security case")
                .on(&[ReportState::AdminCase])
                .owed_by(&[POLICE])
                .recorded_by(&[FOLLOW])
                .limits(&["D35a", "D35b"])
                .fulfilled_by(&["admin_outcome", "convert_to_criminal"])
                .ladder("judicial"),
        )
        .duty(
            Duty::new("chase_admin", "催问进展", "ask after the public security case")
                .on(&[ReportState::AdminCase])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[NEAR])
                .limits(&["C96"])
                .fulfilled_by(&["record_follow_up", "admin_outcome"]),
        )
        .duty(
            Duty::new("chase_criminal", "催问进展", "ask after the criminal case")
                .on(&[ReportState::CriminalCase])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[NEAR])
                .limits(&["C96"])
                .fulfilled_by(&[
                    "record_follow_up",
                    "send_to_prosecution",
                    "withdraw_criminal",
                    "convert_to_admin",
                ]),
        )
        .duty(
            Duty::new("notify_withdrawal", "告知撤案", "tell of the withdrawal")
                .owed_by(&[COUNTY_POLICE])
                .recorded_by(&[FOLLOW])
                .limits(&["D11"])
                .fulfilled_by(&["notify_withdrawal"])
                .ladder("judicial"),
        )
}

/// After a decision not to file.
fn after_non_filing(define: Define<MandatoryReport>) -> Define<MandatoryReport> {
    define
        .duty(
            Duty::new(
                "decide_next_step",
                "决定复议、监督或接受",
                "decide on reconsideration, oversight or acceptance",
            )
            .on(&[ReportState::NotFiled])
            .owed_by(&[MINOR_PROTECTION_CENTER])
            .recorded_by(&[MINOR_PROTECTION_CENTER, CIVIL_AFFAIRS_BUREAU, TOWN_STATION])
            .limits(&["D08a", "D08c", "D09d"])
            .fulfilled_by(&[
                "apply_reconsideration",
                "request_oversight",
                "resubmit_new_facts",
                "accept_not_filed",
            ]),
        )
        .duty(
            Duty::new("serve_non_filing", "送达不予立案通知", "serve the notice of non-filing")
                .owed_by(&[COUNTY_POLICE])
                .recorded_by(&[FOLLOW])
                .limits(&["D07"])
                .fulfilled_by(&["serve_non_filing"])
                .ladder("judicial"),
        )
        .duty(
            Duty::new(
                "explain_or_file",
                "说明理由、通知立案后立案",
                "explain the non-filing, or file on notice",
            )
            .owed_by(&[COUNTY_POLICE])
            .recorded_by(&[MINOR_PROTECTION_CENTER, CIVIL_AFFAIRS_BUREAU])
            .limits(&["D10a", "D10b"])
            .fulfilled_by(&["ordered_to_file", "oversight_ends"])
            .ladder("judicial"),
        )
        .duty(
            Duty::new(
                "chase_reconsideration",
                "催问复议、复核",
                "ask after the reconsideration or review",
            )
            .on(&[ReportState::UnderReconsideration])
            .owed_by(&[MINOR_PROTECTION_CENTER])
            .recorded_by(&[NEAR])
            .limits(&["D08b", "D08d", "C23"])
            .fulfilled_by(&[
                "record_follow_up",
                "reconsideration_upheld",
                "reconsideration_granted",
            ]),
        )
}

/// Once there is a result.
fn after_the_result(define: Define<MandatoryReport>) -> Define<MandatoryReport> {
    define
        // The reporter is told in every case; that is never excused.
        .duty(
            Duty::new("notify_result", "告知报告人处理结果", "tell the reporter the result")
                .on(&[ReportState::Decided])
                .owed_by(&[POLICE, DEPT])
                .recorded_by(&[MINOR_PROTECTION_CENTER, DEPT, TOWN_STATION])
                .limits(&["D12", "C26"])
                .fulfilled_by(&["notify_result", "notification_impossible"])
                .never_excused(),
        )
        .duty(
            Duty::new("refer_and_close", "转介需求并办结", "refer the needs and close")
                .on(&[ReportState::ResultNotified])
                .owed_by(&[MINOR_PROTECTION_CENTER])
                .recorded_by(&[NEAR, DEPT])
                .limits(&["C28"])
                .fulfilled_by(&["close", "close_unfounded"]),
        )
}
