//! What the people of a played county tend to do: which of the possible steps they take, what they
//! do unasked, and the fields of a form that must fit the case.

use hexacase::terms::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    Filler, help,
    play::{DAY, HOUR},
};

/// How likely a step is among those that fulfil a duty.
pub(super) fn weight(transition: &str) -> usize {
    match transition {
        "dismiss"
        | "reject_file"
        | "decline_not_ours"
        | "transfer_jurisdiction"
        | "jurisdiction_refused"
        | "close_unfounded"
        | "notification_impossible"
        | "convert_to_criminal"
        | "convert_to_admin"
        | "withdraw_criminal"
        | "cannot_fulfil_wish"
        | "transfer_refused"
        | "return_file"
        | "receiver_refuses"
        | "start_search"
        | "cancel_meeting"
        | "fail_quorum"
        | "postpone"
        | "object"
        | "danger_again"
        | "found_dead"
        | "discharge_to_guardian"
        | "return_report"
        | "return_plan"
        | "close_refused"
        | "cannot_start"
        | "stop_service"
        | "amend_plan"
        | "refuse"
        | "conclude_revocation"
        | "convert_long_term"
        | "offer_transfer"
        | "withdraw_notice"
        | "relapse" => 1,
        "return_grade"
        | "defer_item"
        | "reject_item"
        | "not_adopt"
        | "carry_over"
        | "return_draft"
        | "return_result"
        | "return_reply"
        | "decline"
        | "uphold"
        | "find_unfounded"
        | "send_to_hospital"
        | "order_guardian_back"
        | "remove_child"
        | "report_to_department"
        | "request_oversight"
        | "decide_not_file"
        | "oversight_ends"
        | "apply_reconsideration"
        | "reconsideration_granted"
        | "resubmit_new_facts"
        | "pass_to_police"
        | "call_conference"
        | "close_no_need"
        | "extend_plan"
        | "continue_follow_up"
        | "refuse_referral"
        | "decide_continue"
        | "conclude_continue"
        | "hand_to_relative"
        | "guardian_appointed"
        | "record_not_collected" => 3,
        // What civil affairs decides in the other case is told by itself.
        "guardianship_refused" => 0,
        // Whoever still asks has no answer yet; sooner or later there is one.
        "record_follow_up" | "start_regrade" | "widen_search" | "review_care" => 5,
        _ => 12,
    }
}

/// The steps by which a matter goes on to the next mechanism. In the cases of one child of a played
/// county everybody takes them where they can, so that the whole chain is seen in any county.
pub(super) fn leads_on(transition: &str) -> bool {
    matches!(
        transition,
        "trigger_report"
            | "report_to_police"
            | "raise_danger"
            | "remove_child"
            | "guardian_is_offender"
            | "request_temporary_guardianship"
            | "refer_needs"
            | "call_conference"
    )
}

/// The same as [`weight`], for a child whose cases are to go on: nothing ends early by chance.
pub(super) fn weight_of_going_on(transition: &str) -> usize {
    match weight(transition) {
        _ if leads_on(transition) => 1000,
        0 | 1 => 0,
        weight => weight,
    }
}

/// Steps that no duty asks for: while a case is in a state, with a chance in a hundred, some hours
/// after it came there.
pub(super) fn unasked(procedure: &str, state: &str) -> &'static [(&'static str, usize, i64)] {
    match (procedure, state) {
        ("risk_alert", "monitoring") => &[("trigger_report", 4, 30)],
        ("mandatory_report", "received_by_police") => &[("raise_danger", 15, 1)],
        ("mandatory_report", "under_review") => &[("name_guardian_suspect", 25, 20)],
        ("mandatory_report", "decided") => &[("refer_needs", 100, 3)],
        ("emergency_response", "on_scene") => {
            &[("notify_town", 90, 1), ("report_unlawful_act", 30, 1)]
        }
        ("emergency_response", "in_emergency_care") => {
            &[("guardian_is_offender", 15, 5), ("record_child_view", 60, 4)]
        }
        ("assessment_assistance", "assessing") => &[("record_refusal", 8, 40)],
        ("assessment_assistance", "assisting") => {
            &[("find_guardian_harm", 3, 300), ("record_child_view", 25, 200)]
        }
        ("referral", "serving") => &[("report_danger", 2, 200)],
        ("temporary_guardianship", "requested") => &[("mark_unidentified", 8, 6)],
        ("temporary_guardianship", "placed") => &[
            ("change_placement", 15, 700),
            ("hospitalise", 8, 400),
            ("abscond", 6, 500),
            ("record_child_view", 40, 60),
            ("file_revocation", 5, 900),
        ],
        ("care_file", "active") => &[("record_contact", 20, 400)],
        _ => &[],
    }
}

/// What a form must say so that it fits the case: its data and the time of the step.
pub fn shape(
    procedure: &str,
    transition: &str,
    form: &mut Map<String, Value>,
    data: &Value,
    at: Timestamp,
    filler: &mut Filler,
) {
    let mut set = |key: &str, value: Value| {
        form.insert(key.to_owned(), value);
    };
    match (procedure, transition) {
        (_, "record_visit") => {
            let result = match filler.random().below(100) {
                0..86 => "met",
                86..94 => "not_home",
                94..97 => "phone_only",
                _ => "refused",
            };
            set("result", json!(result));
        }
        ("risk_alert", "propose_grade") => propose_grade(form, filler),
        ("risk_alert", "confirm_grade") => {
            let colour = data.pointer("/proposal/colour").cloned().unwrap_or_default();
            set("colour", colour);
            set("first_visit_due", json!(at.date().plus_days(7)));
        }
        ("risk_alert", "clear") => {
            set("colour", data.get("colour").cloned().unwrap_or_default());
            set("visits", json!([1, 2]));
        }
        ("risk_alert", "intervene_now") => {
            let danger = filler.random().chance(25);
            set("danger", json!(danger));
        }
        ("risk_alert", "second_failed_visit") => {
            set("attempts", json!([at.plus_hours(-48), at.plus_hours(-24)]));
        }
        ("mandatory_report", "handle_in_department") => set("no_unlawful_sign", json!(true)),
        ("mandatory_report", "department_result") => set("outcome", json!("department_help")),
        ("mandatory_report", "admin_outcome") => {
            let outcomes = ["administrative_penalty", "warning_letter", "mediation", "no_penalty"];
            let outcome = filler.random().word(&outcomes);
            set("outcome", json!(outcome));
        }
        ("mandatory_report", "refer_needs") => set("needs", json!(["psychology", "guardianship"])),
        ("mandatory_report", "close") => {
            let referred = data.get("referred").cloned().unwrap_or_else(|| json!([]));
            set("needs", referred);
        }
        ("emergency_response", "record_false_alarm") => set("child_seen", json!(true)),
        ("emergency_response", "custody_transfer") => {
            let written = filler.random().chance(60);
            set("written", json!(written));
        }
        ("emergency_response", "confirm_danger_cleared") => {
            set("checked_by", json!(["样民警", "示督导员"]));
            if let Some(carer) = carer_in(data) {
                set("carer", json!(carer));
            }
        }
        ("emergency_response", "start_search") => set("missing_since", json!(at.plus_hours(-5))),
        ("emergency_response", "order_guardian_back") => set("due", json!(at.plus_hours(24))),
        ("temporary_guardianship", "place" | "change_placement") => {
            if filler.random().chance(60)
                && let Some(paper) = filler.file()
            {
                set("transfer_paper", json!(paper));
            }
        }
        ("temporary_guardianship", "hand_to_relative") => set("rights_told", json!(true)),
        ("temporary_guardianship", "approve" | "relapse") => {
            form.remove("harm_by_guardian");
        }
        ("temporary_guardianship", "decide_return") => set("conditions_met", json!(true)),
        ("temporary_guardianship", "conclude_return") => set("danger_gone", json!(true)),
        ("temporary_guardianship", "convert_long_term") => {
            set("ground", json!("guardian_incapacitated_no_other"));
        }
        ("meeting" | "agenda_item" | "action_item" | "listed_oversight", _) => {
            super::meetings::shape(transition, form, data, at, filler);
        }
        ("care_file", "complete_file") => set("condition", json!("一般")),
        // A child moves, changes school or leaves the register for a reason, not by chance: what
        // the county's files tell does that.
        ("care_file", "update_file") => {
            for kept in ["residence", "hukou", "school", "types", "cleared"] {
                form.remove(kept);
            }
        }
        (_, "record_child_view") => {
            form.clear();
            form.insert("view".to_owned(), json!("孩子说愿意先住在奶奶家"));
        }
        ("care_file", "record_pairing") => set("record_checked", json!(true)),
        ("assessment_assistance" | "referral", _) => {
            help::shape(transition, form, data, at, filler);
        }
        _ => {}
    }
}

/// For how long somebody puts off a step that the case does not call for now. The way after a
/// guardian's harm is the conference, after anything else the decision alone; and an item is
/// discussed by the meeting that is convened, not by who waits for it.
pub(super) fn put_off(procedure: &str, transition: &str, data: &Value) -> Option<i64> {
    let harm = data.get("guardian_did_harm") == Some(&json!(true));
    match (procedure, transition) {
        ("temporary_guardianship", "call_conference") if !harm => Some(HOUR),
        ("temporary_guardianship", "decide_return") if harm => Some(HOUR),
        ("agenda_item", "record_discussion") => Some(9 * DAY),
        _ => None,
    }
}

/// The last carer of the custody ledger, by name.
fn carer_in(data: &Value) -> Option<&str> {
    let last = data.get("custody")?.as_array()?.last()?;
    let to = last.get("to")?;
    to.get("name").or_else(|| to.pointer("/person/name")).or(Some(to)).and_then(Value::as_str)
}

fn propose_grade(form: &mut Map<String, Value>, filler: &mut Filler) {
    let random = filler.random();
    let points = |random: &mut crate::random::Random| match random.below(10) {
        0 => random.between(20, 39),
        1..4 => random.between(40, 59),
        4..8 => random.between(60, 79),
        _ => random.between(80, 100),
    };
    let axes = [points(random), points(random), points(random)];
    let worst = axes.iter().copied().min().unwrap_or(100);
    let forced = random.chance(8);
    let colour = match worst {
        _ if forced => "red",
        0..40 => "red",
        40..60 => "yellow",
        60..80 => "blue",
        _ => "green",
    };
    let [guardianship, physiology, behaviour] = axes;
    form.insert("instrument".to_owned(), json!("four_colour/1"));
    form.insert(
        "answers".to_owned(),
        json!({"guardianship": guardianship, "physiology": physiology, "behaviour": behaviour}),
    );
    form.insert("colour".to_owned(), json!(colour));
    form.remove("left_behind");
    if forced {
        form.insert("forced".to_owned(), json!(["guardian_harming"]));
    } else {
        form.remove("forced");
    }
}
