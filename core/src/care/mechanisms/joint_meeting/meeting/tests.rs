//! Tests of the rules, the clocks and the ways of a meeting.

use serde_json::{Value, json};

use super::*;
use crate::{
    care::{
        mechanisms::joint_meeting::Task,
        rules::national,
        test_case::{TestCase, beside, built},
        test_walk::file,
    },
    terms::id::CaseId,
};

const OFFICE: &str = "joint_meeting_office";
const ITEMS: [CaseId; 3] =
    [CaseId::from_bytes([11; 16]), CaseId::from_bytes([12; 16]), CaseId::from_bytes([13; 16])];

/// An agenda item accepted for the meeting under test.
fn item(id: CaseId, state: &str, of: &TestCase) -> Beside {
    let mut item = beside("agenda_item", of, true);
    item.facts.id = id;
    item.facts.state = state.to_owned();
    item.attributes.insert("meeting".to_owned(), of.facts.id.to_string());
    item
}

fn settle(case: &mut TestCase, at: usize, state: &str) {
    let item = &mut case.named[at];
    item.facts.state = state.to_owned();
    item.facts.closed_at = (state != "deferred").then_some(item.facts.opened_at);
}

fn proposed(kind: &str) -> TestCase {
    let mut case = TestCase::new::<Meeting>();
    let form = json!({ "kind": kind, "purpose": "研究示例事项" });
    case.does(OFFICE, "2026-03-02 09:00", "propose_meeting", &form);
    case.named = ITEMS.iter().map(|id| item(*id, "accepted", &case)).collect();
    case.by_chain = true;
    for id in ITEMS {
        case.does(OFFICE, "2026-03-02 10:00", "list_item", &json!({ "item": id }));
    }
    case.by_chain = false;
    case
}

fn schedule(items: &[CaseId]) -> Value {
    json!({ "at": "2026-03-10 09:00", "place": "二楼会议室", "chair": "示县长", "items": items })
}

fn notified() -> TestCase {
    let mut case = proposed("thematic");
    case.does(OFFICE, "2026-03-03 09:00", "schedule", &schedule(&ITEMS));
    let notice = json!({ "notice": file(), "attendees": ["education", "health"] });
    case.does(OFFICE, "2026-03-04 09:00", "send_notice", &notice);
    case
}

fn convene() -> Value {
    json!({ "sign_in": file(), "present": ["education"], "absent": ["health"] })
}

fn draft() -> Value {
    json!({ "draft": file(), "decisions": ITEMS })
}

fn drafted() -> TestCase {
    let mut case = notified();
    case.does(OFFICE, "2026-03-10 09:00", "convene", &convene());
    for at in 0..3 {
        settle(&mut case, at, "discussed");
        case.named[at].facts.closed_at = None;
    }
    case.does("joint_meeting_office/one", "2026-03-11 09:00", "draft_minutes", &draft());
    case
}

fn issue(tasks: &Value) -> Value {
    json!({ "minutes": file(), "issued_on": "2026-03-12", "tasks": tasks })
}

fn task(text: &str) -> Value {
    json!({ "task": text, "lead": "education", "due": "2026-04-30" })
}

#[test]
fn a_meeting_is_called_held_and_minuted_and_takes_its_items_along() {
    let mut case = proposed("plenary");
    assert_eq!(case.owes(), ["fix_date"]);
    case.does(OFFICE, "2026-03-03 09:00", "schedule", &schedule(&ITEMS));
    case.does(
        OFFICE,
        "2026-03-04 09:00",
        "send_notice",
        &json!({ "notice": file(), "attendees": ["education"] }),
    );
    assert_eq!(case.due("hold_meeting"), Some(("C19".to_owned(), "2026-03-10".to_owned())));
    case.does("convener", "2026-03-10 09:00", "convene", &convene());
    assert_eq!(case.handed(), ["H02"; 3]);
    let told: Vec<_> = case.handoffs.iter().filter_map(|handoff| handoff.case).collect();
    assert_eq!(told, ITEMS);
    case.does("joint_meeting_office/one", "2026-03-11 09:00", "draft_minutes", &draft());
    case.does("convener", "2026-03-11 10:00", "return_draft", &json!({ "reason": "补充" }));
    case.does("joint_meeting_office/one", "2026-03-11 11:00", "draft_minutes", &draft());
    for at in 0..3 {
        settle(&mut case, at, "not_adopted");
    }
    case.does("joint_meeting_office/two", "2026-03-12 09:00", "issue_minutes", &issue(&json!([])));
    assert_eq!(case.facts.state, "minutes_issued");
}

#[test]
fn whoever_drafted_the_minutes_does_not_issue_them() {
    let mut case = drafted();
    for at in 0..3 {
        settle(&mut case, at, "resolved");
    }
    let form = issue(&json!([]));
    let code = case.refused("joint_meeting_office/one", "2026-03-12 09:00", "issue_minutes", &form);
    assert_eq!(code, "refusal.four_eyes");
    case.does("joint_meeting_office/two", "2026-03-12 09:00", "issue_minutes", &form);
}

#[test]
fn minutes_are_not_issued_while_an_item_is_not_settled() {
    let ends = ["resolved", "not_adopted", "deferred"];
    for left in 0..3 {
        for open in ["discussed", "accepted"] {
            let mut case = drafted();
            for (at, end) in ends.iter().enumerate() {
                settle(&mut case, at, end);
            }
            settle(&mut case, left, open);
            case.named[left].facts.closed_at = None;
            let who = "joint_meeting_office/two";
            let form = issue(&json!([]));
            let code = case.refused(who, "2026-03-12 09:00", "issue_minutes", &form);
            assert_eq!(code, "refusal.guard.items_not_settled", "{left} {open}");
            // It was taken up for another meeting since: that one settles it.
            let other = CaseId::from_bytes([77; 16]).to_string();
            case.named[left].attributes.insert("meeting".to_owned(), other);
            case.does(who, "2026-03-12 09:00", "issue_minutes", &form);
        }
    }
    let mut case = drafted();
    case.named.clear();
    let who = "joint_meeting_office/two";
    let refusal = case.act(who, "2026-03-12 09:00", "issue_minutes", &issue(&json!([])));
    assert!(refusal.unwrap_err().to_string().starts_with("field `items`"));
}

#[test]
fn no_task_is_opened_twice_by_its_item_and_by_the_minutes() {
    let mut case = drafted();
    for at in 0..3 {
        settle(&mut case, at, "resolved");
    }
    let of_item: Task = serde_json::from_value(task("甲任务")).unwrap();
    case.named[1].attributes.insert("tasks".to_owned(), of_item.key());
    let same =
        json!([{ "task": " 甲任务 ", "lead": "education", "due": "2026-05-30" }, task("乙任务")]);
    case.does("joint_meeting_office/two", "2026-03-12 09:00", "issue_minutes", &issue(&same));
    assert_eq!(case.handed(), ["H01"]);
    assert_eq!(case.handoffs[0].payload["task"], "乙任务");
    assert_eq!(case.handoffs[0].payload["source"], json!(case.facts.id));
}

#[test]
fn the_tasks_of_minutes_can_become_action_items_or_are_refused_with_their_place() {
    let mut case = drafted();
    for at in 0..3 {
        settle(&mut case, at, "resolved");
    }
    case.rules = national()
        .overlay("x.toml", "name = 'x'\nversion = '1'\njudicial_units = ['court']\n")
        .unwrap();
    let who = "joint_meeting_office/two";
    let to_court = json!([{ "task": "示例", "lead": "court", "due": "2026-04-30" }]);
    let code = case.refused(who, "2026-03-12 09:00", "issue_minutes", &issue(&to_court));
    assert_eq!(code, "refusal.guard.judicial_organ_not_lead");
    let twice = json!([task("甲"), task("甲")]);
    let refusal = case.act(who, "2026-03-12 09:00", "issue_minutes", &issue(&twice)).unwrap_err();
    assert!(refusal.to_string().starts_with("field `tasks[1].task`"), "{refusal}");
    let mut later = issue(&json!([]));
    later["issued_on"] = json!("2026-03-13");
    let refusal = case.act(who, "2026-03-12 09:00", "issue_minutes", &later).unwrap_err();
    assert!(refusal.to_string().starts_with("field `issued_on`"), "{refusal}");
}

#[test]
fn the_list_of_a_meeting_is_what_was_accepted_for_it_all_of_it_and_nothing_else() {
    let mut case = proposed("thematic");
    let [first, second, third] = ITEMS;
    let code = case.refused(OFFICE, "2026-03-03 09:00", "schedule", &schedule(&[first, second]));
    assert_eq!(code, "refusal.guard.item_left_out");
    case.named[2].facts.state = "deferred".to_owned();
    let code = case.refused(OFFICE, "2026-03-03 09:00", "schedule", &schedule(&ITEMS));
    assert_eq!(code, "refusal.guard.not_for_this_meeting");
    case.does(OFFICE, "2026-03-03 09:00", "schedule", &schedule(&[first, second]));
    // Recorded by hand, an item is looked at; by its own step it is vouched for.
    let code = case.refused(OFFICE, "2026-03-04 09:00", "list_item", &json!({ "item": third }));
    assert_eq!(code, "refusal.guard.not_for_this_meeting");
    let nobodys = json!({ "item": CaseId::from_bytes([99; 16]) });
    let refusal = case.act(OFFICE, "2026-03-04 09:00", "list_item", &nobodys).unwrap_err();
    assert!(refusal.to_string().starts_with("field `item`"), "{refusal}");
    let mut case = proposed("thematic");
    let refusal = case.act(OFFICE, "2026-03-03 09:00", "schedule", &schedule(&[])).unwrap_err();
    assert!(refusal.to_string().starts_with("field `items`"), "{refusal}");
}

#[test]
fn an_item_that_was_put_off_since_is_not_dealt_with() {
    let mut case = notified();
    case.named[0].facts.state = "deferred".to_owned();
    case.named[0].attributes.remove("meeting");
    case.does(OFFICE, "2026-03-10 09:00", "convene", &convene());
    assert_eq!(case.handed(), ["H02"; 2]);
}

#[test]
fn a_canceled_meeting_hands_its_items_back() {
    let cancel = |form: Value| {
        let mut case = notified();
        case.named[2].facts.state = "withdrawn".to_owned();
        case.named.push(case.named[0].clone());
        case.named[3].facts.id = CaseId::from_bytes([44; 16]);
        case.named[3].facts.procedure = "meeting".to_owned();
        case.named[3].facts.state = "proposed".to_owned();
        (case.act("convener", "2026-03-05 09:00", "cancel_meeting", &form), case)
    };
    let (answer, case) =
        cancel(json!({ "reason": "停电", "items_go_to": "deferred", "until": "2026-04-01" }));
    answer.unwrap();
    assert_eq!(case.handed(), ["L05"; 2]);
    assert_eq!(case.handoffs[0].payload["until"], "2026-04-01");
    let onward = CaseId::from_bytes([44; 16]);
    let (answer, case) =
        cancel(json!({ "reason": "停电", "items_go_to": "another_meeting", "meeting": onward }));
    answer.unwrap();
    assert_eq!(case.handed(), ["L05", "L06", "L05", "L06"]);
    // They never go nowhere.
    for (form, place) in [
        (json!({ "reason": "停电" }), "field `items_go_to`"),
        (json!({ "reason": "停电", "items_go_to": "deferred" }), "field `until`"),
        (json!({ "reason": "停电", "items_go_to": "another_meeting" }), "field `meeting`"),
    ] {
        let refusal = cancel(form).0.unwrap_err();
        assert!(refusal.to_string().starts_with(place), "{refusal}");
    }
    for to in [case.facts.id, ITEMS[0], CaseId::from_bytes([98; 16])] {
        let form = json!({ "reason": "停电", "items_go_to": "another_meeting", "meeting": to });
        assert_eq!(cancel(form).0.unwrap_err().code(), "refusal.guard.items_go_ahead");
    }
}

#[test]
fn a_case_conference_tells_its_cases_and_moves_none() {
    let mut case = TestCase::new::<Meeting>();
    let about = CaseId::from_bytes([21; 16]);
    let items = json!([about, "别处编号1"]);
    let form = json!({ "kind": "case_conference", "purpose": "会商示例个案", "items": items });
    case.does(OFFICE, "2026-03-02 09:00", "propose_meeting", &form);
    assert_eq!(
        case.data.as_ref().unwrap()["cases"],
        json!([about]),
        "whoever fixes the date finds them"
    );
    let mut alert = beside("risk_alert", &case, true);
    alert.facts.id = about;
    case.named = vec![alert];
    case.does(OFFICE, "2026-03-03 09:00", "schedule", &schedule(&[about]));
    case.does(
        OFFICE,
        "2026-03-04 09:00",
        "send_notice",
        &json!({ "notice": file(), "attendees": ["education"] }),
    );
    case.does(OFFICE, "2026-03-10 09:00", "convene", &convene());
    assert!(case.handed().is_empty());
    let draft = json!({ "draft": file(), "decisions": [about] });
    case.does("joint_meeting_office/one", "2026-03-11 09:00", "draft_minutes", &draft);
    case.does("joint_meeting_office/two", "2026-03-12 09:00", "issue_minutes", &issue(&json!([])));
    assert_eq!(case.handed(), ["L04.risk_alert"]);
    // Every link to another procedure but its own items only tells.
    let definition = built::<Meeting>();
    let moving = definition
        .transitions()
        .iter()
        .flat_map(|spec| &spec.handoffs)
        .filter(|handoff| handoff.opens_by != crate::procedure::ONLY_TOLD)
        .filter(|handoff| !matches!(handoff.to, "agenda_item" | "action_item"));
    assert_eq!(moving.count(), 0);
    // No other kind of meeting lists a child's case.
    let mut case = proposed("plenary");
    let mut alert = beside("risk_alert", &case, true);
    alert.facts.id = about;
    case.named.push(alert);
    let code = case.refused(OFFICE, "2026-03-03 09:00", "schedule", &schedule(&[about]));
    assert_eq!(code, "refusal.guard.not_for_this_meeting");
}

#[test]
fn nothing_of_a_child_stands_outside_the_sealed_body_of_a_meeting() {
    let case = drafted();
    let keys: Vec<&str> = case.attributes.keys().map(String::as_str).collect();
    assert_eq!(keys, ["by.draft_minutes", "date", "kind"]);
}

#[test]
fn a_meeting_that_is_not_held_gets_another_date() {
    let mut case = notified();
    let early = json!({ "reason": "示例", "at": "2026-03-05 09:00" });
    let refusal = case.act(OFFICE, "2026-03-06 09:00", "postpone", &early).unwrap_err();
    assert!(refusal.to_string().starts_with("field `at`"), "{refusal}");
    let later = json!({ "reason": "示例", "at": "2026-03-17 09:00" });
    case.does(OFFICE, "2026-03-06 09:00", "postpone", &later);
    assert_eq!(case.owes(), ["give_notice"]);
    let notice = json!({ "notice": file(), "attendees": ["education"] });
    case.does(OFFICE, "2026-03-09 09:00", "send_notice", &notice);
    assert_eq!(case.due("hold_meeting"), Some(("C19".to_owned(), "2026-03-17".to_owned())));
    case.does(OFFICE, "2026-03-17 09:30", "fail_quorum", &json!({ "present": ["education"] }));
    case.does(OFFICE, "2026-03-18 09:00", "send_notice", &notice);
    // No date stands: the one that passed binds nobody.
    assert_eq!(case.due("hold_meeting"), None);
    let both = json!({ "sign_in": file(), "present": ["education"], "absent": ["education"] });
    let refusal = case.act(OFFICE, "2026-03-19 09:00", "convene", &both).unwrap_err();
    assert!(refusal.to_string().starts_with("field `absent`"), "{refusal}");
}

#[test]
fn minutes_decide_on_nothing_that_was_not_dealt_with() {
    let mut case = notified();
    case.does(OFFICE, "2026-03-10 09:00", "convene", &convene());
    let foreign = json!({ "draft": file(), "decisions": [CaseId::from_bytes([99; 16])] });
    let refusal = case.act(OFFICE, "2026-03-11 09:00", "draft_minutes", &foreign).unwrap_err();
    assert!(refusal.to_string().starts_with("field `decisions[0]`"), "{refusal}");
}
