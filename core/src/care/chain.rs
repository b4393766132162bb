//! The chain 机制链: every handoff between procedures, by its id in the domain's table.
//!
//! A link that is not declared here does not exist; a transition names the links it may use.

use crate::procedure::{Handoff, Mode, ONLY_TOLD};

macro_rules! links {
    ($($id:ident: $from:literal / $step:literal => $to:literal / $opens_by:literal, $mode:ident;)*) => {
        $(
            #[doc = concat!("`", $from, "`, step `", $step, "` → `", $to, "` by `", $opens_by, "`.")]
            pub const $id: Handoff = Handoff {
                id: stringify!($id),
                to: $to,
                opens_by: $opens_by,
                mode: Mode::$mode,
            };
        )*

        /// Every link with the procedure and the step it starts from, in table order.
        pub const ALL: &[(&str, &str, Handoff)] = &[$(($from, $step, $id)),*];
    };
}

links! {
    H01: "meeting" / "issue_minutes" => "action_item" / "assign", Open;
    H02: "meeting" / "convene" => "agenda_item" / "record_discussion", Inform;
    H03: "agenda_item" / "adopt" => "action_item" / "assign", Open;
    H04: "action_item" / "object" => "listed_oversight" / "propose_oversight", Propose;
    H05: "risk_alert" / "trigger_report" => "mandatory_report" / "discover", Open;
    H06: "risk_alert" / "intervene_now" => "emergency_response" / "raise_alarm", Open;
    H07: "risk_alert" / "confirm_grade" => "assessment_assistance" / "open_assessment", Inform;
    H08: "screening_round" / "submit_round" => "risk_alert" / "register_clue", Open;
    H09: "mandatory_report" / "raise_danger" => "emergency_response" / "raise_alarm", Inform;
    H10: "mandatory_report" / "refer_needs" => "assessment_assistance" / "open_assessment", Inform;
    H11: "mandatory_report" / "name_guardian_suspect" => "guardian_measure" / "propose_measure", Open;
    H12: "mandatory_report" / "send_to_prosecution" => "proceeding" / "register", Open;
    H13: "mandatory_report" / "request_oversight" => "proceeding" / "register", Open;
    H14: "emergency_response" / "close" => "assessment_assistance" / "open_assessment", Inform;
    H15: "emergency_response" / "request_temporary_guardianship" => "temporary_guardianship" / "request", Inform;
    H16: "emergency_response" / "guardian_is_offender" => "guardian_measure" / "propose_measure", Open;
    H17: "emergency_response" / "report_unlawful_act" => "mandatory_report" / "record_report_made", Inform;
    H18: "assessment_assistance" / "send_referrals" => "referral" / "send_referral", Open;
    H19: "assessment_assistance" / "find_guardian_harm" => "mandatory_report" / "discover", Inform;
    H20: "assessment_assistance" / "submit_report" => "welfare_entitlement" / "record_need", Open;
    H21: "assessment_assistance" / "close_goal_met" => "risk_alert" / "start_regrade", Inform;
    H22: "referral" / "report_danger" => "mandatory_report" / "discover", Inform;
    H23: "referral" / "redirect" => "referral" / "send_referral", Open;
    H24: "welfare_entitlement" / "forward_to_hukou_county" => "welfare_entitlement" / "take_application", Message;
    H25: "guardian_measure" / "escalate_measure" => "guardian_measure" / "propose_measure", Open;
    H26: "entrusted_care" / "reject_carer" => "risk_alert" / "register_clue", Open;
    H27: "temporary_guardianship" / "abscond" => "emergency_response" / "raise_alarm", Open;
    H28: "temporary_guardianship" / "conclude_revocation" => "guardianship_revocation" / "identify", Open;
    H29: "temporary_guardianship" / "collect_child" => "assessment_assistance" / "open_assessment", Inform;
    H30: "personal_safety_order" / "record_breach" => "mandatory_report" / "record_report_made", Open;
    H31: "mandatory_report" / "refer_needs" => "temporary_guardianship" / "request", Inform;
    H32: "emergency_response" / "found_dead" => "critical_incident_review" / "open_review", Open;
    H33: "guardianship_revocation" / "settle_guardian" => "assessment_assistance" / "open_assessment", Inform;
    H34: "guardianship_revocation" / "record_restoration_application" => "proceeding" / "register", Open;
    H35: "guardian_appointment" / "party_goes_to_court" => "proceeding" / "register", Open;
    H36: "proceeding" / "record_decision" => "assessment_assistance" / "open_assessment", Inform;
    H37: "care_file" / "record_contact" => "entrusted_care" / "record_contact", Inform;
    H38: "inspection" / "issue_finding" => "action_item" / "assign", Open;
    H39: "inspection" / "reopen_finding" => "accountability_referral" / "propose_accountability", Propose;
    H40: "listed_oversight" / "decline" => "agenda_item" / "propose_item", Propose;
    H41: "critical_incident_review" / "issue_findings" => "action_item" / "assign", Open;
    H42: "post" / "leave_post" => "post" / "open_post", Open;
    H43: "temporary_guardianship" / "file_revocation" => "guardianship_revocation" / "identify", Inform;
    H44: "assessment_assistance" / "find_guardian_harm" => "guardian_measure" / "propose_measure", Propose;
    H45: "guardian_measure" / "record_breach" => "personal_safety_order" / "apply", Propose;
    H46: "guardian_measure" / "record_breach" => "mandatory_report" / "record_report_made", Inform;
    H47: "temporary_guardianship" / "relapse" => "mandatory_report" / "discover", Inform;
    H48: "entrusted_care" / "find_deficient" => "risk_alert" / "register_clue", Inform;
    H49: "critical_incident_review" / "issue_findings" => "accountability_referral" / "propose_accountability", Propose;
}

/// A child's death opens a review of what was done before it (life events, not in the table of
/// links).
pub const DEATH_REVIEW: Handoff = Handoff {
    id: "L01",
    to: "critical_incident_review",
    opens_by: "open_review",
    mode: Mode::Open,
};

/// One met visit counts for the alert and for the child's file: `risk_alert`, step `record_visit`
/// → `care_file` by `record_visit` (not in the table of links). The link leads this way only, so
/// that no visit can go in a circle: while an alert is open its form asks for more, and what the
/// file asks for can be told from it. A child without an open file gets none by it.
pub const VISIT_COUNTS: Handoff =
    Handoff { id: "L02", to: "care_file", opens_by: "record_visit", mode: Mode::Inform };

/// A need that was refused for the third time is put before the joint meeting: `referral`, steps
/// `refuse_referral` and `cannot_start` → `agenda_item` by `propose_item` (not in the table of
/// links). Nothing else follows until a person takes the proposal up.
pub const NEED_REFUSED: Handoff =
    Handoff { id: "L11", to: "agenda_item", opens_by: "propose_item", mode: Mode::Propose };

/// When the plan of a child who moved is received elsewhere, the referrals that still run here are
/// withdrawn: `assessment_assistance`, step `transfer_accepted` → `referral` by
/// `withdraw_referral` (life events, not in the table of links). One that was refused waits for
/// its decision and is only told.
pub const PLAN_RECEIVED: Handoff =
    Handoff { id: "L12", to: "referral", opens_by: "withdraw_referral", mode: Mode::Inform };

/// Civil affairs takes over: `temporary_guardianship`, steps `approve` and `relapse` →
/// `emergency_response` by `guardianship_taken_over` (not in the table of links). One decision,
/// recorded once, so that two cases cannot give it two times.
pub const TAKEN_OVER: Handoff = Handoff {
    id: "L13",
    to: "emergency_response",
    opens_by: "guardianship_taken_over",
    mode: Mode::Inform,
};

/// Civil affairs does not take over: `temporary_guardianship`, step `refuse` →
/// `emergency_response` by `guardianship_refused` (not in the table of links).
pub const NOT_TAKEN_OVER: Handoff = Handoff {
    id: "L14",
    to: "emergency_response",
    opens_by: "guardianship_refused",
    mode: Mode::Inform,
};

/// An item that is accepted for a meeting, or taken up for one, stands on that meeting's list:
/// `agenda_item` → `meeting` by `list_item` (not in the table of links). So a meeting knows every
/// item it has to settle.
pub const ITEM_LISTED: Handoff =
    Handoff { id: "L03", to: "meeting", opens_by: "list_item", mode: Mode::Inform };

/// A canceled meeting hands its items back: `meeting`, step `cancel_meeting` → `agenda_item` by
/// `defer_item` (not in the table of links).
pub const ITEM_DEFERRED: Handoff =
    Handoff { id: "L05", to: "agenda_item", opens_by: "defer_item", mode: Mode::Inform };

/// The same, on to another meeting: by `take_up`, after [`ITEM_DEFERRED`].
pub const ITEM_MOVED_ON: Handoff =
    Handoff { id: "L06", to: "agenda_item", opens_by: "take_up", mode: Mode::Inform };

macro_rules! told {
    ($($id:literal: $to:literal;)*) => {
        /// What became of a matter is told to the cases it is about: `agenda_item`, and `meeting`
        /// for a case conference → the case, whatever its procedure (not in the table of links).
        /// Nothing is done there: the case keeps its state.
        pub const TOLD: &[Handoff] = &[$(
            Handoff { id: $id, to: $to, opens_by: ONLY_TOLD, mode: Mode::Inform },
        )*];

        /// The links of an item that is adopted: its tasks, and the cases that are told.
        pub const ADOPTED: &[Handoff] = &[H03, $(
            Handoff { id: $id, to: $to, opens_by: ONLY_TOLD, mode: Mode::Inform },
        )*];

        /// The links of minutes that are issued: their tasks, and the cases of a case conference.
        pub const ISSUED: &[Handoff] = &[H01, $(
            Handoff { id: $id, to: $to, opens_by: ONLY_TOLD, mode: Mode::Inform },
        )*];
    };
}

told! {
    "L04.risk_alert": "risk_alert";
    "L04.mandatory_report": "mandatory_report";
    "L04.emergency_response": "emergency_response";
    "L04.care_file": "care_file";
    "L04.assessment_assistance": "assessment_assistance";
    "L04.referral": "referral";
    "L04.temporary_guardianship": "temporary_guardianship";
    "L04.action_item": "action_item";
    "L04.listed_oversight": "listed_oversight";
}

/// The link that tells a case of this procedure.
pub(super) fn told(procedure: &str) -> Option<&'static Handoff> {
    TOLD.iter().find(|link| link.to == procedure)
}

/// Procedures of the chain that this version does not carry yet. A handoff to one of them is
/// written as a message with its linked data, and the county goes on by its own means.
pub const ELSEWHERE: &[&str] = &[
    "critical_incident_review",
    "entrusted_care",
    "guardian_measure",
    "guardianship_revocation",
    "proceeding",
    "welfare_entitlement",
];
