//! Tests of the ends that are not home, and of what happens to the child beside the case.

use super::*;
use crate::terms::id::ActorId;

fn hand_over(rights_told: bool) -> Value {
    json!({
        "to": "姨母", "confirmed_by": "village", "transfer_paper": file(),
        "rights_told": rights_told,
    })
}

#[test]
fn a_relative_is_told_of_the_right_to_apply_where_a_guardian_did_the_harm() {
    let mut case = placed(true);
    let untold = case.take("hand_to_relative", "2026-04-01 09:00", hand_over(false));
    assert_eq!(untold, guard(&guards::RIGHTS_NOT_TOLD));
    case.take("hand_to_relative", "2026-04-01 09:00", hand_over(true)).unwrap();
    assert_eq!(
        (case.state(), carer(&case, "2026-04-02").as_deref()),
        ("ended_to_relative", Some("姨母"))
    );
    let mut case = placed(false);
    case.take("hand_to_relative", "2026-04-01 09:00", hand_over(false)).unwrap();
}

#[test]
fn an_end_waits_for_the_paper_of_an_oral_hand_over() {
    let mut case = placed(false);
    let change = json!({
        "kind": "relative", "carer": "姑母", "reason": "更稳定", "child_view": "愿意",
    });
    case.take("change_placement", "2026-03-20 09:00", change).unwrap();
    let open = case.take("hand_to_relative", "2026-04-01 09:00", hand_over(true));
    assert_eq!(open, Err(Refusal::DutiesOpen { duties: vec!["sign_transfer".to_owned()] }));
}

#[test]
fn custody_stays_here_until_the_other_county_takes_the_child() {
    let offer = |to: &str| json!({ "to_county": to, "file": file() });
    let mut case = placed(false);
    for here in ["999999", "999999001"] {
        let refused = case.take("offer_transfer", "2026-04-01 09:00", offer(here));
        assert!(matches!(refused, Err(Refusal::Field { field, .. }) if field == "to_county"));
    }
    case.take("offer_transfer", "2026-04-01 09:00", offer("999998")).unwrap();
    assert_eq!((case.state(), case.owed()), ("transferring", vec!["chase_home_county"]));
    assert_eq!(case.clock("chase_home_county").0, "C11");
    assert_eq!(carer(&case, "2026-04-10").as_deref(), Some("寄养家庭"));
    case.take("transfer_refused", "2026-04-11 09:00", json!({ "reason": "查无此户" })).unwrap();
    assert_eq!(case.state(), "placed");
    case.take("offer_transfer", "2026-04-12 09:00", offer("999998")).unwrap();
    let taken = json!({
        "accepted_by": "other-county", "transfer_paper": file(), "at": "2026-04-20 10:00",
    });
    case.take("transfer_accepted", "2026-04-20 12:00", taken).unwrap();
    assert_eq!(case.state(), "ended_transferred");
    assert_eq!(carer(&case, "2026-04-20 09:59").as_deref(), Some("寄养家庭"));
    assert!(carer(&case, "2026-04-20 10:00").unwrap().contains("other-county"));
}

fn long_term(ground: &str) -> Value {
    json!({ "ground": ground, "decision": file() })
}

fn search(case: &mut TestCase, rescued: bool) {
    let unknown = json!({ "description": "约五岁", "rescued": rescued });
    case.take("mark_unidentified", "2026-03-05 09:00", unknown).unwrap();
    case.take_of(
        POLICE,
        "示例派出所",
        "record_comparison",
        "2026-03-05 10:00",
        json!({ "result": "无匹配", "dna": true }),
    )
    .unwrap();
    let search = json!({ "where": "省级报刊", "at": "2026-03-06", "text": "寻亲公告" });
    case.take("publish_search", "2026-03-06 09:00", search).unwrap();
}

#[test]
fn parents_count_as_not_found_only_after_a_search_that_lasted() {
    let form = || long_term("parents_not_found");
    let mut case = placed(false);
    let unsearched = case.take("convert_long_term", "2027-06-01 09:00", form());
    assert_eq!(unsearched, guard(&guards::NO_SEARCH_NOTICE));
    search(&mut case, false);
    // Three months from the taking over, 4 March.
    let early = case.take("convert_long_term", "2026-06-04 09:00", form());
    assert_eq!(early, guard(&guards::SEARCH_TOO_SHORT));
    case.take("convert_long_term", "2026-06-05 09:00", form()).unwrap();
    assert_eq!(case.state(), "ended_long_term");
    assert_eq!(carer(&case, "2026-06-06").as_deref(), Some("寄养家庭"), "the carer stays");

    let mut case = placed(false);
    search(&mut case, true);
    let early = case.take("convert_long_term", "2027-03-04 09:00", form());
    assert_eq!(early, guard(&guards::SEARCH_TOO_SHORT));
    case.take("convert_long_term", "2027-03-05 09:00", form()).unwrap();
}

#[test]
fn the_ground_of_a_vagrant_child_counts_without_a_registration_as_unidentified() {
    let mut case = requested(false);
    let mut form = approve("2026-03-04 09:00");
    form["ground"] = json!(TemporaryGuardianshipGround::VagrantOrUnidentified);
    case.take("approve", "2026-03-04 10:00", form).unwrap();
    case.take("place", "2026-03-04 15:00", place("2026-03-04")).unwrap();
    case.take("record_intake", "2026-03-04 16:00", json!({ "health": "良好" })).unwrap();
    let search = json!({ "where": "省级报刊", "at": "2026-03-06", "text": "寻亲公告" });
    case.take("publish_search", "2026-03-06 09:00", search).unwrap();
    let early = case.take("convert_long_term", "2026-05-01 09:00", long_term("parents_not_found"));
    assert_eq!(early, guard(&guards::SEARCH_TOO_SHORT));
}

#[test]
fn another_ground_of_long_term_guardianship_needs_no_search() {
    let mut case = placed(false);
    let form = long_term("guardian_dead_no_other");
    case.take("convert_long_term", "2026-04-01 09:00", form).unwrap();
    assert_eq!(case.state(), "ended_long_term");
}

#[test]
fn a_new_guardian_has_the_child_from_then_on() {
    let mut case = placed(false);
    let form = json!({ "document": file(), "guardian": "叔父", "transfer_paper": file() });
    case.take_of(COURT, "示例县人民法院", "guardian_appointed", "2026-04-01 09:00", form).unwrap();
    assert_eq!(case.state(), "ended_guardian_appointed");
    assert_eq!(carer(&case, "2026-04-01 09:00").as_deref(), Some("叔父"));
}

#[test]
fn coming_of_age_ends_it_and_so_does_a_death_recorded_by_two() {
    let event = |event: &str| json!({ "event": event, "date": "2026-04-01" });
    let mut case = placed(false);
    for other in ["turned_16", "moved_away"] {
        case.take("record_life_event", "2026-04-01 09:00", event(other)).unwrap();
        assert_eq!(case.state(), "placed");
    }
    case.take("record_life_event", "2026-04-01 10:00", event("turned_18")).unwrap();
    assert_eq!(case.state(), "ended_adult");
    assert_eq!(case.attribute("carer_now"), Some("nobody"));
    assert_eq!(carer(&case, "2026-04-01 10:00").as_deref(), Some("Nobody(OfAge)"));

    let mut case = approved(false);
    case.take("record_life_event", "2026-04-01 10:00", event("died")).unwrap();
    assert_eq!(case.state(), "approved");
    case.person = ActorId::constant("second");
    let handed = case.take("record_life_event", "2026-04-01 11:00", event("died")).unwrap();
    assert_eq!((ids(&handed), case.state()), (vec![DEATH_REVIEW.id], "ended_deceased"));
    assert!(case.data::<GuardianshipData>().custody.is_empty(), "nobody had custody here");
}

#[test]
fn every_kind_of_placement_says_whether_it_is_an_institution() {
    for kind in PlacementKind::ALL {
        let mut case = approved(false);
        let mut form = place("2026-03-04");
        form["kind"] = json!(kind);
        case.take("place", "2026-03-04 15:00", form).unwrap();
        let institution = kind.name().ends_with("institution");
        assert_eq!(case.attribute("institution").is_some(), institution, "{kind:?}");
        assert_eq!(case.attribute("carer_now"), Some(kind.name()));
    }
}
