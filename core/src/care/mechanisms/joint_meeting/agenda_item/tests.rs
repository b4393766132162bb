//! Tests of the rules, the clocks and the ways of an agenda item.

use serde_json::{Value, json};

use super::*;
use crate::{
    care::{
        rules::national,
        test_case::{TestCase, beside},
        test_walk::file,
    },
    procedure::Beside,
    terms::id::UnitId,
};

const OFFICE: &str = "joint_meeting_office";
const MEETING: CaseId = CaseId::from_bytes([4; 16]);
const ALERT: CaseId = CaseId::from_bytes([8; 16]);

fn proposal(source: &str, cases: &[CaseId], limit: Option<&str>) -> Value {
    let mut form = json!({
        "title": "示例议题", "problem": "示例问题", "asked_of": ["education"],
        "source": source, "cases": cases, "reply_to": "womens-federation",
    });
    if let Some(limit) = limit {
        form["limit"] = json!(limit);
    }
    form
}

fn other(procedure: &str, id: CaseId, state: &str) -> Beside {
    let mut other = beside(procedure, &TestCase::new::<AgendaItem>(), true);
    other.facts.id = id;
    other.facts.state = state.to_owned();
    other
}

fn alert(colour: &str) -> Beside {
    let mut alert = other("risk_alert", ALERT, "monitoring");
    alert.attributes.insert("colour".to_owned(), colour.to_owned());
    alert
}

/// An item about an alert of this color, with a meeting to come.
fn proposed(colour: &str, limit: Option<&str>) -> TestCase {
    let mut case = TestCase::new::<AgendaItem>();
    case.named = vec![alert(colour), other("meeting", MEETING, "scheduled")];
    let form = proposal("member", &[ALERT], limit);
    case.facts.opened_by = Some(UnitId::constant("womens-federation"));
    case.does("member_liaison@womens-federation", "2026-03-02 09:00", "propose_item", &form);
    case
}

fn accept() -> Value {
    json!({ "meeting": MEETING, "lead": "education" })
}

fn discussed(colour: &str) -> TestCase {
    let mut case = proposed(colour, None);
    case.does(OFFICE, "2026-03-03 09:00", "accept_item", &accept());
    let conclusion = json!({ "conclusion": "同意" });
    held(&mut case);
    case.does(OFFICE, "2026-03-10 09:00", "record_discussion", &conclusion);
    case
}

/// The meeting is held.
fn held(case: &mut TestCase) {
    for meeting in case.named.iter_mut().filter(|named| named.facts.id == MEETING) {
        meeting.facts.state = "convened".to_owned();
    }
}

fn put_off() -> Value {
    json!({ "reason": "示例理由", "until": "2026-04-01" })
}

fn reject() -> Value {
    json!({ "reason": "示例理由", "other_way": "请向主管部门反映" })
}

fn adopt(tasks: &Value) -> Value {
    json!({ "minutes": file(), "tasks": tasks })
}

fn task(lead: &str) -> Value {
    json!({ "task": "示例任务", "lead": lead, "due": "2026-04-30" })
}

#[test]
fn an_item_is_accepted_discussed_answered_and_adopted_and_its_cases_are_told() {
    let mut case = proposed("yellow", None);
    assert_eq!(case.owes(), ["decide_item"]);
    case.does(OFFICE, "2026-03-03 09:00", "accept_item", &accept());
    assert_eq!(case.handed(), ["L03"]);
    assert_eq!(case.handoffs[0].case, Some(MEETING));
    assert_eq!(case.attribute("meeting"), Some(MEETING.to_string().as_str()));
    // What no meeting dealt with was not discussed, whatever the office writes.
    let concluded = json!({ "conclusion": "同意" });
    let code = case.refused(OFFICE, "2026-03-05 09:00", "record_discussion", &concluded);
    assert_eq!(code, "refusal.guard.meeting_not_held");
    held(&mut case);
    case.does(OFFICE, "2026-03-10 09:00", "record_discussion", &concluded);
    assert_eq!(case.owes(), ["answer_proposer", "settle_item"]);
    case.does(OFFICE, "2026-03-10 15:00", "answer_proposer", &json!({ "answer": "已议定" }));
    let tasks = json!([task("education"), task("health")]);
    case.does(OFFICE, "2026-03-11 09:00", "adopt", &adopt(&tasks));
    assert_eq!(case.facts.state, "resolved");
    assert_eq!(case.handed(), ["H03", "H03", "L04.risk_alert"]);
    let told = &case.handoffs[2];
    assert_eq!((told.case, &told.payload["outcome"]), (Some(ALERT), &json!("resolved")));
    assert_eq!(case.attribute("tasks").map(|keys| keys.split(',').count()), Some(2));
}

#[test]
fn no_item_that_was_discussed_ends_before_its_proposer_was_answered() {
    let mut case = discussed("yellow");
    let tasks = json!([task("education")]);
    for (step, form) in [("adopt", adopt(&tasks)), ("not_adopt", json!({ "reason": "示例" }))] {
        let code = case.refused(OFFICE, "2026-03-11 09:00", step, &form);
        assert_eq!(code, "refusal.duties_open", "{step}");
    }
    // Carried over, it still owes the answer; a rejection is one.
    case.does(OFFICE, "2026-03-11 09:00", "carry_over", &put_off());
    assert_eq!(case.owes(), ["answer_proposer", "take_up_again"]);
    case.does("convener", "2026-03-12 09:00", "reject_item", &reject());
    assert_eq!((case.facts.state.as_str(), case.owes().len()), ("rejected", 0));
    let mut case = discussed("yellow");
    case.does(OFFICE, "2026-03-11 09:00", "answer_proposer", &json!({ "answer": "未通过" }));
    case.does(OFFICE, "2026-03-11 10:00", "not_adopt", &json!({ "reason": "示例" }));
    assert_eq!(case.handed(), ["L04.risk_alert"]);
}

#[test]
fn adopting_without_tasks_is_not_adopting() {
    let mut case = discussed("yellow");
    case.does(OFFICE, "2026-03-10 15:00", "answer_proposer", &json!({ "answer": "已议定" }));
    let code = case.refused(OFFICE, "2026-03-11 09:00", "adopt", &adopt(&json!([])));
    assert_eq!(code, "refusal.guard.no_tasks_is_not_adopted");
    for (tasks, place) in [
        (json!([task("education"), task("education")]), "field `tasks[1].task`"),
        (
            json!([{ "task": "示例", "lead": "education", "due": "2026-03-10" }]),
            "field `tasks[0].due`",
        ),
        (json!([{ "task": "示例", "lead": "education" }]), "field `tasks[0].due`"),
    ] {
        let refusal = case.act(OFFICE, "2026-03-11 09:00", "adopt", &adopt(&tasks)).unwrap_err();
        assert!(refusal.to_string().starts_with(place), "{refusal}");
    }
    case.rules = national()
        .overlay("x.toml", "name = 'x'\nversion = '1'\njudicial_units = ['court']\n")
        .unwrap();
    let code = case.refused(OFFICE, "2026-03-11 09:00", "adopt", &adopt(&json!([task("court")])));
    assert_eq!(code, "refusal.guard.judicial_organ_not_lead");
}

#[test]
fn what_is_grave_is_put_off_by_the_convener_in_person_only() {
    // A red alert; one that was red when the item was proposed; an overdue statutory limit.
    let was_red = || {
        let mut case = proposed("red", None);
        case.named[0] = alert("green");
        case
    };
    let turned_red = || {
        let mut case = proposed("green", None);
        case.named[0] = alert("red");
        case
    };
    for make in [&was_red as &dyn Fn() -> TestCase, &turned_red, &|| proposed("green", Some("D25"))]
    {
        for (step, form) in [("defer_item", put_off()), ("reject_item", reject())] {
            let mut case = make();
            let code = case.refused(OFFICE, "2026-03-03 09:00", step, &form);
            assert_eq!(code, "refusal.guard.convener_decides", "{step}");
            // Nor does the chain get round it.
            case.by_chain = true;
            let code = case.refused(OFFICE, "2026-03-03 09:00", step, &form);
            assert_eq!(code, "refusal.guard.convener_decides", "{step}");
            case.by_chain = false;
            case.does("convener", "2026-03-03 09:00", step, &form);
        }
    }
    // A customary limit is no such thing.
    let mut case = proposed("green", Some("C12"));
    case.does(OFFICE, "2026-03-03 09:00", "defer_item", &put_off());
}

#[test]
fn what_the_ladder_writes_is_a_proposal_and_only_the_ladder_writes_it() {
    let mut case = TestCase::new::<AgendaItem>();
    let form = proposal("escalation", &[], None);
    let code = case.refused(OFFICE, "2026-03-02 09:00", "propose_item", &form);
    assert_eq!(code, "refusal.guard.escalation_by_ladder_only");
    case.as_role = Some("system".to_owned());
    let code = case.refused(OFFICE, "2026-03-02 09:00", "propose_item", &form);
    assert_eq!(code, "refusal.acts_as_system");
    case.as_role = None;
    let code = case.refused("system", "2026-03-02 09:00", "propose_item", &form);
    assert_eq!(code, "refusal.acts_as_system");
    case.by_chain = true;
    case.does("system", "2026-03-02 09:00", "propose_item", &form);
    assert_eq!(case.owes(), ["decide_item"]);
    assert!(case.handoffs.is_empty());
    case.by_chain = false;
    let after = &case.definition.transitions();
    let of_system = after.iter().filter(|spec| {
        !spec.opens_case && spec.acted_by.iter().any(|role| role.as_str() == "system")
    });
    assert_eq!(of_system.count(), 0);
    // And nobody takes back what the ladder wrote.
    let withdraw = json!({ "reason": "示例" });
    let code = case.refused(OFFICE, "2026-03-03 09:00", "withdraw_item", &withdraw);
    assert_eq!(code, "refusal.guard.withdrawn_by_proposer");
}

#[test]
fn only_the_proposer_takes_an_item_back() {
    let withdraw = json!({ "reason": "示例" });
    let mut case = proposed("yellow", None);
    let code = case.refused("town_station", "2026-03-03 09:00", "withdraw_item", &withdraw);
    assert_eq!(code, "refusal.guard.withdrawn_by_proposer");
    case.does("member_liaison@womens-federation", "2026-03-03 09:00", "withdraw_item", &withdraw);
    let mut case = proposed("yellow", None);
    case.does(OFFICE, "2026-03-03 09:00", "withdraw_item", &withdraw);
}

#[test]
fn an_item_comes_only_before_a_meeting_that_is_still_to_be_held() {
    let mut case = proposed("yellow", None);
    for state in ["convened", "minutes_issued", "cancelled"] {
        case.named[1] = other("meeting", MEETING, state);
        let code = case.refused(OFFICE, "2026-03-03 09:00", "accept_item", &accept());
        assert_eq!(code, "refusal.guard.meeting_ahead", "{state}");
    }
    case.named.truncate(1);
    let refusal = case.act(OFFICE, "2026-03-03 09:00", "accept_item", &accept()).unwrap_err();
    assert!(refusal.to_string().starts_with("field `meeting`"), "{refusal}");
    let not_a_meeting = json!({ "meeting": ALERT, "lead": "education" });
    let refusal = case.act(OFFICE, "2026-03-03 09:00", "accept_item", &not_a_meeting).unwrap_err();
    assert!(refusal.to_string().starts_with("field `meeting`"), "{refusal}");
}

#[test]
fn a_deferred_item_waits_until_its_day_and_is_taken_up_for_another_meeting() {
    let mut case = proposed("yellow", None);
    let past = json!({ "reason": "示例", "until": "2026-03-01" });
    let refusal = case.act(OFFICE, "2026-03-03 09:00", "defer_item", &past).unwrap_err();
    assert!(refusal.to_string().starts_with("field `until`"), "{refusal}");
    case.does(OFFICE, "2026-03-03 09:00", "accept_item", &accept());
    case.does(OFFICE, "2026-03-04 09:00", "defer_item", &put_off());
    assert_eq!(case.attribute("meeting"), None);
    assert_eq!(case.due("take_up_again"), Some(("C19".to_owned(), "2026-04-01".to_owned())));
    case.does(OFFICE, "2026-03-30 09:00", "take_up", &json!({ "meeting": MEETING }));
    assert_eq!(case.handed(), ["L03"]);
}

#[test]
fn an_item_about_cases_nobody_knows_or_asking_nobody_is_refused() {
    let mut case = TestCase::new::<AgendaItem>();
    let refusal = case
        .act(OFFICE, "2026-03-02 09:00", "propose_item", &proposal("member", &[ALERT], None))
        .unwrap_err();
    assert!(refusal.to_string().starts_with("field `cases`"), "{refusal}");
    let mut form = proposal("member", &[], None);
    form["asked_of"] = json!([]);
    let refusal = case.act(OFFICE, "2026-03-02 09:00", "propose_item", &form).unwrap_err();
    assert!(refusal.to_string().starts_with("field `asked_of`"), "{refusal}");
    // A number of another system is a case too.
    form["asked_of"] = json!(["education"]);
    form["cases"] = json!(["省级督办样001"]);
    case.does(OFFICE, "2026-03-02 09:00", "propose_item", &form);
    assert_eq!(
        case.attributes.keys().collect::<Vec<_>>(),
        ["reply_to", "source"],
        "nothing but codes and ids stands outside the sealed body"
    );
}
