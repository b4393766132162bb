//! Tests of the emergency response: its ways, each refusal, the custody ledger, its clocks.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    guards::{by_two, owes_case_statement, twice_within_30_days},
    *,
};
use crate::{
    care::{
        codes::PlacementKind,
        mechanisms::{
            custody_ledger::{CustodyHolder, CustodyRecord, carer_at},
            guardianship::temporary_guardianship::TEMPORARY_GUARDIANSHIP,
            mandatory_report::{MANDATORY_REPORT, MandatoryReport},
        },
        roles::POLICE_STATION,
        test_walk::{TestCase, beside, file},
        test_world::test_world,
    },
    procedure::HandOver,
    terms::{id::ActorId, time::Timestamp},
};

fn at(time: &str) -> Value {
    json!({ "at": time })
}

fn ids(handed: &[HandOver]) -> Vec<&'static str> {
    handed.iter().map(|hand_over| hand_over.id).collect()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn alarm() -> TestCase {
    let mut case = TestCase::of::<EmergencyResponse>();
    let form = json!({ "at": "2026-03-02 20:00", "danger": "独自在家", "place": "三组" });
    case.take("raise_alarm", "2026-03-02 20:00", form).unwrap();
    case
}

fn on_scene() -> TestCase {
    let mut case = alarm();
    let sent = json!({ "responder": "police", "at": "2026-03-02 20:10" });
    case.take("dispatch", "2026-03-02 20:10", sent).unwrap();
    let come = json!({ "at": "2026-03-02 20:40", "officer": "王警官" });
    case.take("arrive", "2026-03-02 20:40", come).unwrap();
    case
}

/// The police took the child along at 21:00 and escort it since 21:30.
fn escorting() -> TestCase {
    let mut case = on_scene();
    let ground = json!({ "ground": "面临人身危险", "at": "2026-03-02 21:00" });
    police(&mut case, "remove_child", "2026-03-02 21:00", ground);
    let escort = json!({ "destination": "未保中心", "kind": "minor_protection_institution" });
    police(&mut case, "escort", "2026-03-02 21:30", escort);
    case
}

fn police(case: &mut TestCase, step: &str, at: &str, form: Value) {
    case.take_of(POLICE_STATION, "城关派出所", step, at, form).unwrap();
}

fn transfer(kind: &str, written: bool, harm_by_guardian: bool) -> Value {
    json!({
        "to": "刘站长", "kind": kind, "at": "2026-03-02 23:00", "written": written,
        "harm_by_guardian": harm_by_guardian,
    })
}

fn in_care(kind: &str, written: bool, harm_by_guardian: bool) -> TestCase {
    let mut case = escorting();
    let form = transfer(kind, written, harm_by_guardian);
    case.take("custody_transfer", "2026-03-02 23:00", form).unwrap();
    case
}

fn cleared(checked_by: &[&str], carer: &str) -> Value {
    json!({ "checked_by": checked_by, "carer": carer })
}

#[test]
fn the_definition_builds() {
    let definition = EmergencyResponse::define(Define::new()).build(&test_world()).unwrap();
    assert_eq!(definition.states().len(), 15);
    assert_eq!(definition.duties().len(), 18);
    assert!(!definition.duty("sign_transfer").unwrap().excusable);
}

#[test]
fn a_child_is_taken_out_of_danger_and_cared_for() {
    let mut case = alarm();
    assert_eq!(case.owed(), ["respond", "chase_response"]);
    assert_eq!(case.holder("chase_response"), "town_station");
    case = in_care("minor_protection_institution", false, true);
    assert_eq!(case.holder("daily_review"), "minor_protection_center");
    assert_eq!(
        case.owed(),
        ["sign_transfer", "notify_rights", "intake", "case_statement", "daily_review"]
    );
    assert_eq!(case.attribute("carer_now"), Some("minor_protection_institution"));
    assert_eq!(case.attribute("guardian_did_harm"), Some("true"));
    let ground = json!({ "ground": "seriously_harmed_or_threatened" });
    let handed = case.take("request_temporary_guardianship", "2026-03-03 09:00", ground).unwrap();
    assert_eq!(ids(&handed), ["H15"]);
    assert_eq!(handed[0].payload["harm_by_guardian"], true);
    assert_eq!(handed[0].payload["custody"].as_array().unwrap().len(), 3);
    let taken = json!({ "case": "临监2026-3", "at": "2026-03-04 09:00" });
    let refused = case.take("guardianship_taken_over", "2026-03-04 09:00", taken.clone());
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::NOT_TAKEN_OVER }));
    case.take_by_chain("guardianship_taken_over", "2026-03-04 09:00", taken).unwrap();
    // Guardianship is civil affairs', the child is with its carer until it is placed there.
    assert_eq!(case.attribute("carer_now"), Some("minor_protection_institution"));
    assert_eq!(case.data::<EmergencyData>().custody.len(), 3);
    let close = json!({ "carer_now": "刘站长" });
    assert_eq!(
        case.take("close", "2026-03-04 10:00", close.clone()),
        Err(Refusal::DutiesOpen {
            duties: ["sign_transfer", "notify_rights", "intake", "case_statement"]
                .map(str::to_owned)
                .into()
        })
    );
    for (step, form) in [
        ("sign_custody_transfer", json!({ "document": file() })),
        ("notify_rights", json!({ "to": "刘站长", "document": file() })),
        ("record_intake", json!({ "health": "良好" })),
        ("supply_case_statement", json!({ "document": file() })),
    ] {
        case.take(step, "2026-03-04 11:00", form).unwrap();
    }
    let handed = case.take("close", "2026-03-04 12:00", close).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec!["H14"], "closed"));
    assert_eq!(handed[0].payload["reason"], "独自在家");
}

#[test]
fn a_child_stays_at_home_when_the_danger_is_stopped_there() {
    let mut case = on_scene();
    let order = json!({ "order": "立即返回", "answer": "在途", "due": "2026-03-03 12:00" });
    case.take("order_guardian_back", "2026-03-02 21:00", order).unwrap();
    assert_eq!(case.clock("guardian_returns"), ("C31".into(), Some("2026-03-03 12:00".into())));
    let back = json!({ "at": "2026-03-03 10:00", "seen_by": "周主任" });
    case.take("guardian_returned", "2026-03-03 10:00", back).unwrap();
    assert!(case.data::<EmergencyData>().custody.is_empty());
    assert_eq!(case.owed(), ["check_home"]);
    case.take("confirm_danger_cleared", "2026-03-04 09:00", cleared(&["周主任"], "母亲")).unwrap();
    case.take("close", "2026-03-04 10:00", json!({ "carer_now": "母亲" })).unwrap();
    assert_eq!(case.state(), "closed");
}

#[test]
fn one_holder_has_custody_at_every_instant_after_the_removal() {
    let case = in_care("relative", true, false);
    let ledger = case.data::<EmergencyData>().custody;
    let organ = || Some(CustodyHolder::Organ(crate::terms::text::Text::new("城关派出所").unwrap()));
    let holder = |at: &str| carer_at(&ledger, time(at)).cloned();
    assert_eq!(holder("2026-03-02 20:59"), None);
    assert_eq!(holder("2026-03-02 21:00"), organ());
    assert_eq!(holder("2026-03-02 22:59"), organ());
    assert!(matches!(
        holder("2026-03-02 23:00"),
        Some(CustodyHolder::Person(person)) if person.name.as_str() == "刘站长"
    ));
    assert_eq!(
        ledger.iter().map(|line| line.from.is_some()).collect::<Vec<_>>(),
        [false, true, true]
    );
    assert!(ledger.windows(2).all(|pair| pair[1].from.as_ref() == Some(&pair[0].to)));
}

#[test]
fn the_custody_ledger_never_goes_back() {
    let mut case = escorting();
    let early = json!({
        "to": "祖母", "kind": "relative", "at": "2026-03-02 20:00", "written": true,
        "harm_by_guardian": false,
    });
    let refused = case.take("custody_transfer", "2026-03-02 23:00", early);
    assert_eq!(refused, Err(Refusal::Guard { guard: &CUSTODY_GOES_BACK }));
}

#[test]
fn what_civil_affairs_decided_is_not_recorded_otherwise_here() {
    let mut case = in_care("relative", true, false);
    let ground = json!({ "ground": "guardian_missing_no_other" });
    case.take("request_temporary_guardianship", "2026-03-03 09:00", ground).unwrap();
    let mut other = beside(TEMPORARY_GUARDIANSHIP, None);
    other.attributes.insert(TAKEN_OVER_AT.into(), time("2026-03-04 09:00").to_string());
    let id = other.facts.id;
    let undecided = beside(TEMPORARY_GUARDIANSHIP, None);
    case.beside = vec![undecided];
    let form = json!({ "case": id.to_string(), "at": "2026-03-04 09:00" });
    let early = case.take("guardianship_taken_over", "2026-03-04 10:00", form);
    assert_eq!(early, Err(Refusal::Guard { guard: &guards::NOT_TAKEN_OVER }));
    case.beside = vec![other];
    let refused = json!({ "reason": "不符合条件", "who_cares": "祖父" });
    let answer = case.take("guardianship_refused", "2026-03-04 10:00", refused);
    assert_eq!(answer, Err(Refusal::Guard { guard: &guards::DECIDED_ELSEWHERE }));
    let taken = |case: &str, at: &str| json!({ "case": case, "at": at });
    let mut field =
        |form: Value| match case.take("guardianship_taken_over", "2026-03-04 10:00", form) {
            Err(Refusal::Field { field, .. }) => field,
            other => panic!("{other:?}"),
        };
    assert_eq!(field(taken("临监3号", "2026-03-04 08:00")), "at");
    let stranger = "00000000-0000-0000-0000-000000000001";
    assert_eq!(field(taken(stranger, "2026-03-04 09:00")), "case");
    let form = taken(&id.to_string(), "2026-03-04 09:00");
    case.take("guardianship_taken_over", "2026-03-04 10:00", form).unwrap();
    assert_eq!(case.state(), "danger_cleared");
}

#[test]
fn an_oral_hand_over_has_to_be_signed_and_a_written_one_does_not() {
    let case = in_care("relative", true, true);
    assert_eq!(case.owed(), ["notify_rights", "intake", "daily_review"]);
    let mut case = in_care("relative", false, false);
    assert_eq!(case.clock("sign_transfer"), ("C30".into(), Some("2026-03-03 23:59".into())));
    case.take("sign_custody_transfer", "2026-03-03 09:00", json!({ "document": file() })).unwrap();
    let ledger = case.data::<EmergencyData>().custody;
    assert!(!ledger.iter().any(CustodyRecord::is_unsigned));
    assert_eq!(ledger.iter().filter(|line| line.document.is_some()).count(), 1);

    let change = json!({ "to": "外婆", "kind": "relative", "written": false, "reason": "距离近" });
    case.take("change_carer", "2026-03-03 10:00", change).unwrap();
    assert!(case.owed().contains(&"sign_transfer"));
}

#[test]
fn the_case_statement_is_owed_to_an_institution_after_a_guardians_harm_only() {
    for kind in PlacementKind::ALL {
        let institution = *kind == PlacementKind::MinorProtectionInstitution;
        assert_eq!(owes_case_statement(true, *kind), institution);
        assert!(!owes_case_statement(false, *kind));
    }
    let case = in_care("minor_protection_institution", true, true);
    assert_eq!(case.clock("case_statement"), ("D13".into(), Some("2026-03-09 23:59".into())));
    assert!(!in_care("relative", true, true).owed().contains(&"case_statement"));
}

#[test]
fn an_alarm_is_false_only_when_somebody_has_seen_the_child() {
    let mut case = alarm();
    let note = |seen: bool| json!({ "note": "邻居误报", "child_seen": seen });
    let refused = case.take("record_false_alarm", "2026-03-02 20:30", note(false));
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::CHILD_NOT_SEEN }));
    case.take("record_false_alarm", "2026-03-02 20:30", note(true)).unwrap();
    assert_eq!(case.state(), "false_alarm");
}

#[test]
fn a_child_missing_twice_within_thirty_days_is_looked_at_by_two() {
    let times = |texts: &[&str]| texts.iter().map(|text| time(text)).collect::<BTreeSet<_>>();
    assert!(twice_within_30_days(&times(&["2026-03-01 08:00", "2026-03-31 08:00"])));
    assert!(!twice_within_30_days(&times(&["2026-03-01 08:00", "2026-03-31 08:01"])));
    assert!(!twice_within_30_days(&times(&["2026-03-01 08:00"])));

    let mut case = on_scene();
    let missing = json!({
        "missing_since": "2026-03-02 20:45", "last_seen": "村口", "description": "红色外套",
    });
    case.take("start_search", "2026-03-02 20:50", missing).unwrap();
    assert_eq!(case.clock("find_child"), ("D53".into(), None));
    let found = json!({ "at": "2026-03-02 22:00", "place": "河边", "condition": "平安" });
    case.take("found_safe", "2026-03-02 22:00", found).unwrap();
    let settled = json!({ "stopped": "送回家中", "carer": "祖父" });
    case.take("resolve_on_site", "2026-03-02 22:30", settled).unwrap();
    let mut earlier = beside(EMERGENCY_RESPONSE, Some("2026-02-12 09:00"));
    earlier.attributes.insert(LAST_MISSING.into(), "2026-02-10 12:00".into());
    case.beside = vec![earlier];
    for alone in [cleared(&["周主任"], "祖父"), cleared(&["周主任", "周主任 "], "祖父")]
    {
        let refused = case.take("confirm_danger_cleared", "2026-03-03 09:00", alone);
        assert_eq!(refused, Err(Refusal::Guard { guard: &guards::MISSING_TWICE }));
    }
    let both = cleared(&["周主任", "陈督导"], "祖父");
    case.take("confirm_danger_cleared", "2026-03-03 09:00", both).unwrap();
    assert!(!by_two(&[]));
}

#[test]
fn the_carer_named_at_the_end_is_the_one_who_has_the_child() {
    let mut case = in_care("relative", true, false);
    let other = cleared(&["周主任"], "舅舅");
    let refused = case.take("confirm_danger_cleared", "2026-03-03 09:00", other.clone());
    assert_eq!(refused, Err(Refusal::Guard { guard: &guards::CARER_NOT_IN_LEDGER }));
    let change = json!({ "to": "舅舅", "kind": "relative", "written": true, "reason": "更稳定" });
    case.take("change_carer", "2026-03-03 09:10", change).unwrap();
    case.take("confirm_danger_cleared", "2026-03-03 09:20", other).unwrap();
    assert_eq!(case.state(), "danger_cleared");
}

#[test]
fn whoever_takes_a_child_along_is_known() {
    let mut case = on_scene();
    let order = json!({ "order": "立即返回", "answer": "无", "due": "2026-03-03 12:00" });
    case.take("order_guardian_back", "2026-03-02 21:00", order).unwrap();
    case.take("guardian_not_back", "2026-03-03 12:10", json!({ "tried": "电话不通" })).unwrap();
    assert_eq!(case.clock("start_escort"), ("C30a".into(), Some("2026-03-03 18:10".into())));
    let ledger = case.data::<EmergencyData>().custody;
    assert!(matches!(ledger.as_slice(), [CustodyRecord { to: CustodyHolder::Actor(_), .. }]));
}

#[test]
fn a_refusing_receiver_gives_no_more_time_to_find_a_carer() {
    let mut case = escorting();
    assert_eq!(case.clock("find_carer"), ("C30a".into(), Some("2026-03-03 03:00".into())));
    let refused = json!({ "who": "伯父", "reason": "无力照料", "next": "未保中心" });
    case.take("receiver_refuses", "2026-03-02 22:30", refused).unwrap();
    assert_eq!(case.clock("find_carer").1.as_deref(), Some("2026-03-03 03:00"));
}

#[test]
fn the_child_is_to_be_reached_two_hours_after_somebody_set_out() {
    let mut case = alarm();
    assert_eq!(case.clock("respond"), ("D51".into(), None));
    assert_eq!(case.clock("chase_response"), ("C21".into(), Some("2026-03-02 22:00".into())));
    let sent = json!({ "responder": "town", "at": "2026-03-02 20:05" });
    case.take("dispatch", "2026-03-02 20:10", sent).unwrap();
    assert_eq!(case.clock("reach_child"), ("C29".into(), Some("2026-03-02 22:05".into())));
}

#[test]
fn what_points_to_an_unlawful_act_is_reported_and_measures_are_prepared() {
    let mut case = on_scene();
    let report = json!({
        "facts": "身上多处伤痕", "reported_at": "2026-03-02 20:50", "channel": "police_110",
        "receiver": "接警员", "situations": ["multiple_injuries_or_neglect"],
    });
    let handed = case.take("report_unlawful_act", "2026-03-02 21:00", report).unwrap();
    assert_eq!(ids(&handed), ["H17"]);
    let mut opened = TestCase::of::<MandatoryReport>();
    opened.beside = vec![beside(MANDATORY_REPORT, None)];
    opened.take("record_report_made", "2026-03-02 21:00", handed[0].payload.clone()).unwrap();
    assert_eq!(opened.state(), "reported");
    let facts = json!({ "facts": "继父殴打" });
    let handed = case.take("guardian_is_offender", "2026-03-02 21:10", facts).unwrap();
    assert_eq!((ids(&handed), case.attribute("guardian_did_harm")), (vec!["H16"], Some("true")));
}

#[test]
fn a_child_found_dead_ends_the_case_whatever_is_owed_and_opens_a_review() {
    let mut case = in_care("relative", false, false);
    let missing = json!({
        "missing_since": "2026-03-03 06:00", "last_seen": "院内", "description": "蓝色校服",
    });
    case.take("start_search", "2026-03-03 07:00", missing).unwrap();
    assert!(case.owed().contains(&"sign_transfer"));
    let dead = json!({ "at": "2026-03-03 11:00", "document": file() });
    let handed = case.take("found_dead", "2026-03-03 12:00", dead).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec!["H32"], "closed_deceased"));
    assert_eq!(case.owed(), [""; 0]);
}

#[test]
fn a_death_recorded_by_two_ends_the_case_and_nothing_else_does() {
    let mut case = in_care("relative", false, false);
    let event = |event: &str| json!({ "event": event, "date": "2026-03-03" });
    for other in ["turned_16", "turned_18", "moved_away"] {
        case.take("record_life_event", "2026-03-03 09:00", event(other)).unwrap();
        assert_eq!(case.state(), "in_emergency_care");
    }
    case.take("record_life_event", "2026-03-03 10:00", event("died")).unwrap();
    assert_eq!(case.state(), "in_emergency_care");
    case.person = ActorId::constant("second");
    let handed = case.take("record_life_event", "2026-03-03 11:00", event("died")).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec![DEATH_REVIEW.id], "closed_deceased"));
}

#[test]
fn the_town_answers_until_the_police_are_there() {
    let mut case = alarm();
    let come = json!({ "responder": "village", "at": "2026-03-02 20:15", "found": "儿童哭泣" });
    case.take("local_first_response", "2026-03-02 20:15", come).unwrap();
    assert_eq!(case.holder("settle_scene"), "town_station");
    case.take("notify_town", "2026-03-02 20:20", at("2026-03-02 20:20")).unwrap();
    assert_eq!(on_scene().holder("settle_scene"), "minor_protection_center");
}
