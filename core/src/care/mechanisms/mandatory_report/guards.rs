//! The rules by which a report's steps refuse, each with its words and its basis.
//!
//! Guards (a), (d) and (h) of the domain refuse nothing: no step of a report checks another
//! person's, the law gives the report no number, and a court's proceeding stands beside. Guard
//! (b) is the attribute `report_sent`, guard (c) the secrecy of the entries that could tell who
//! reported, guard (i) the recusal that every case has.

use crate::{
    care::codes::{PlanNeed, ReportOutcome},
    procedure::Guard,
};

/// Guard (e): a sign of an unlawful act goes to the police.
pub static UNLAWFUL_SIGN: Guard = Guard::new(
    "guard.unlawful_sign_goes_to_police",
    "有违法迹象的，不能由部门自行处置，应当立即移交公安（办理“移交公安”）",
    "a report with a sign of an unlawful act is passed to the police at once",
    "《关于建立侵害未成年人案件强制报告制度的意见（试行）》第8条；\
     《公安机关办理刑事案件程序规定》第180条",
);

/// Guard (g): 不予立案, 不予处罚 and what a department does are different facts.
pub static OUTCOME_OF_ANOTHER_WAY: Guard = Guard::new(
    "guard.outcome_of_another_way",
    "该处理结果不是这一办理途径的结果；不予处罚是治安案件的结果，撤案和移送起诉是刑事案件的结果",
    "this outcome belongs to another way of handling the report",
    "设计约定：不予立案与不予处罚是两个事实",
);

/// Guard (f): whoever needs help was referred.
pub static NEEDS_NOT_REFERRED: Guard = Guard::new(
    "guard.needs_not_referred",
    "儿童尚有需求未转介，请先办理“转介帮扶”再办结",
    "the child has needs that were not referred; refer them before closing",
    "《关于建立侵害未成年人案件强制报告制度的意见（试行）》第10条（待核实）",
);

/// Guard (f): no emergency of the child is open.
pub static EMERGENCY_OPEN: Guard = Guard::new(
    "guard.emergency_open",
    "该儿童的应急处置尚未办结，强制报告不能办结",
    "an emergency response of the child is open; the report cannot close before it",
    "设计约定：险情未解除不办结",
);

/// Only what proved unfounded is closed as unfounded.
pub static NOT_UNFOUNDED: Guard = Guard::new(
    "guard.not_unfounded",
    "处理结果不是“查否”，请按“办结”办理",
    "the outcome is not `unfounded`; close the report as any other",
    "设计约定：查否办结须有查否的结果",
);

/// Whether every need was referred.
pub(super) fn all_referred(needs: &[PlanNeed], referred: &[PlanNeed]) -> bool {
    needs.iter().all(|need| referred.contains(need))
}

/// Whether a department can come to this outcome.
pub(super) fn a_department_may(outcome: ReportOutcome) -> bool {
    match outcome {
        ReportOutcome::AdministrativePenalty
        | ReportOutcome::Mediation
        | ReportOutcome::DepartmentHelp
        | ReportOutcome::Unfounded => true,
        ReportOutcome::NoPenalty
        | ReportOutcome::WarningLetter
        | ReportOutcome::InvestigationEnded
        | ReportOutcome::CaseWithdrawn
        | ReportOutcome::SentToProsecution => false,
    }
}

/// Whether a public security case can come to this outcome.
pub(super) fn a_public_security_case_may(outcome: ReportOutcome) -> bool {
    match outcome {
        ReportOutcome::AdministrativePenalty
        | ReportOutcome::NoPenalty
        | ReportOutcome::Mediation
        | ReportOutcome::WarningLetter
        | ReportOutcome::InvestigationEnded
        | ReportOutcome::Unfounded => true,
        ReportOutcome::CaseWithdrawn
        | ReportOutcome::SentToProsecution
        | ReportOutcome::DepartmentHelp => false,
    }
}

/// Of merged reports every reporter is told (cross-case rule 21).
pub static REPORTERS_NOT_TOLD: Guard = Guard::new(
    "guard.reporters_not_told",
    "并入的报告还有报告人尚未告知处理结果，请逐一告知后再办结",
    "the reporter of a report that was merged into this one was not told yet; tell each of them",
    "cross-case rule 21",
);
