//! Tests of the ledger over two cases: whatever is tried, one holder at every instant.

use serde_json::{Value, json};

use super::*;
use crate::{
    care::{
        mechanisms::emergency_response::EmergencyResponse,
        mechanisms::guardianship::temporary_guardianship::TemporaryGuardianship,
        roles::POLICE_STATION,
        test_walk::{TestCase, beside, file},
    },
    terms::id::CaseId,
};

const FIRST: CaseId = CaseId::from_bytes([1; 16]);
const SECOND: CaseId = CaseId::from_bytes([2; 16]);

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn line(to: &str, at: &str) -> Value {
    json!({ "to": { "person": { "name": to } }, "at": at, "written": true })
}

fn ledger(custody: &[Value], brought: &[Value]) -> CaseLedger {
    CaseLedger::read(&json!({ "custody": custody, "brought": brought, "facts": "样例" })).unwrap()
}

fn name(line: &ChildLine) -> &str {
    match &line.record.to {
        CustodyHolder::Person(person) => person.name.as_str(),
        CustodyHolder::Organ(organ) => organ.as_str(),
        _ => "-",
    }
}

fn holder<'a>(ledger: &'a ChildLedger, at: &str) -> Option<&'a str> {
    ledger.at(time(at)).map(name)
}

/// No gap, no overlap: every line begins where another ended, and the holder before it is the one
/// it came from.
fn one_holder_always(ledger: &ChildLedger) {
    let lines = ledger.lines();
    for pair in lines.windows(2) {
        assert!(pair[0].record.at <= pair[1].record.at, "{pair:#?}");
        assert_eq!(pair[1].record.from.as_ref(), Some(&pair[0].record.to));
    }
    let Some(first) = lines.first() else { return };
    assert_eq!(first.record.from, None);
    assert_eq!(ledger.at(first.record.at.plus_millis(-1)), None);
    for line in lines {
        for at in [line.record.at, line.record.at.plus_millis(1)] {
            assert!(ledger.at(at).is_some_and(|held| held.record.at <= at));
        }
    }
}

#[test]
fn two_cases_at_once_give_one_holder_at_every_instant() {
    let emergency = [line("民警", "2026-03-02 21:00"), line("伯父", "2026-03-02 23:00")];
    let back = line("民警", "2026-03-05 08:00");
    let both = ChildLedger::of([
        (FIRST, ledger(&[emergency[0].clone(), emergency[1].clone(), back], &[])),
        (
            SECOND,
            ledger(
                &[line("寄养家庭", "2026-03-04 10:00"), line("机构", "2026-03-06 10:00")],
                &emergency,
            ),
        ),
    ]);
    one_holder_always(&both);
    let then = |at| holder(&both, at);
    assert_eq!(then("2026-03-02 20:59"), None);
    assert_eq!(then("2026-03-03 12:00"), Some("伯父"));
    assert_eq!(then("2026-03-04 10:00"), Some("寄养家庭"));
    // The other case took the child along meanwhile; the last word of any case holds.
    assert_eq!(then("2026-03-05 09:00"), Some("民警"));
    assert_eq!(then("2027-01-01"), Some("机构"));
    // What was brought is a copy: five lines, not seven.
    assert_eq!(both.lines().len(), 5);
}

#[test]
fn what_a_case_was_brought_counts_where_no_other_case_says_it() {
    let brought = [line("民警", "2026-03-02 21:00"), line("伯父", "2026-03-02 23:00")];
    let alone = ChildLedger::of([(SECOND, ledger(&[line("机构", "2026-03-04 10:00")], &brought))]);
    one_holder_always(&alone);
    assert_eq!(holder(&alone, "2026-03-03 12:00"), Some("伯父"));
    let approved = ChildLedger::of([(SECOND, ledger(&[], &brought))]);
    assert_eq!(holder(&approved, "2026-03-09"), Some("伯父"));
    // A line that was corrected in its own case is not contradicted by the copy.
    let corrected = [line("民警", "2026-03-02 20:30"), line("姑母", "2026-03-02 23:00")];
    let both = ChildLedger::of([(FIRST, ledger(&corrected, &[])), (SECOND, ledger(&[], &brought))]);
    assert_eq!(holder(&both, "2026-03-03 12:00"), Some("姑母"));
}

#[test]
fn whichever_order_and_however_mixed_the_answer_is_one() {
    // Every way to deal six hand-overs to two cases, of which some fall on one instant.
    let hours = ["08:00", "09:00", "09:00", "10:00", "10:00", "11:00"];
    let people = ["甲", "乙", "丙", "丁", "戊", "己"];
    for deal in 0_u32..64 {
        let mut cases = [Vec::new(), Vec::new()];
        for (index, (hour, person)) in hours.iter().zip(people).enumerate() {
            cases[usize::from(deal >> index & 1 == 1)]
                .push(line(person, &format!("2026-03-02 {hour}")));
        }
        let [one, two] = cases;
        let child = ChildLedger::of([(FIRST, ledger(&one, &[])), (SECOND, ledger(&two, &[]))]);
        assert_eq!(child.lines().len(), 6);
        one_holder_always(&child);
        assert_eq!(holder(&child, "2026-03-02 08:30"), Some("甲"));
        assert_eq!(holder(&child, "2026-03-03"), Some("己"));
    }
    let none = ChildLedger::of([(FIRST, ledger(&[], &[])), (SECOND, CaseLedger::default())]);
    assert_eq!(none.at(time("2026-03-02")), None);
}

#[test]
fn a_case_without_a_ledger_or_with_a_broken_one_is_told_apart() {
    assert_eq!(CaseLedger::read(&json!({ "colour": "red" })).unwrap(), CaseLedger::default());
    assert!(CaseLedger::read(&json!({ "custody": [{ "to": "甲" }] })).is_err());
}

/// An emergency whose child was handed to its uncle at 23:00.
fn in_care() -> TestCase {
    let mut case = TestCase::of::<EmergencyResponse>();
    let alarm = json!({ "at": "2026-03-02 20:00", "danger": "独自在家", "place": "三组" });
    case.take("raise_alarm", "2026-03-02 20:00", alarm).unwrap();
    let come = json!({ "responder": "village", "at": "2026-03-02 20:15", "found": "儿童哭泣" });
    case.take("local_first_response", "2026-03-02 20:15", come).unwrap();
    for (step, at, form) in [
        ("remove_child", "2026-03-02 21:00", json!({ "ground": "危险", "at": "2026-03-02 21:00" })),
        ("escort", "2026-03-02 21:30", json!({ "destination": "伯父家", "kind": "relative" })),
    ] {
        case.take_of(POLICE_STATION, "示例派出所", step, at, form).unwrap();
    }
    let to = json!({
        "to": "伯父", "kind": "relative", "at": "2026-03-02 23:00", "written": true,
        "harm_by_guardian": false,
    });
    case.take("custody_transfer", "2026-03-02 23:00", to).unwrap();
    case
}

fn other(procedure: &str, since: &str) -> crate::procedure::Beside {
    let mut other = beside(procedure, None);
    other.attributes.insert(CUSTODY_SINCE.into(), time(since).to_string());
    other
}

fn change(to: &str) -> Value {
    json!({ "to": to, "kind": "relative", "written": true, "reason": "更稳定" })
}

#[test]
fn no_case_writes_a_line_before_a_line_of_another_case() {
    let backwards = Err(Refusal::Guard { guard: &CUSTODY_GOES_BACK });
    for procedure in WRITERS {
        let mut case = in_care();
        case.beside = vec![other(procedure, "2026-03-04 10:00")];
        assert_eq!(case.take("change_carer", "2026-03-04 09:59", change("姑母")), backwards);
        assert_eq!(case.take("change_carer", "2026-03-02 22:59", change("姑母")), backwards);
        case.take("change_carer", "2026-03-04 10:00", change("姑母")).unwrap();
    }
    // A case that was annulled never had the child; another procedure keeps no ledger.
    let mut case = in_care();
    let mut annulled = other(WRITERS[0], "2026-03-09 10:00");
    annulled.facts.state = ANNULLED.to_owned();
    case.beside = vec![annulled, other("care_file", "2026-03-09 10:00")];
    case.take("change_carer", "2026-03-04 09:00", change("姑母")).unwrap();
}

#[test]
fn the_other_procedure_holds_to_it_too() {
    let mut case = TestCase::of::<TemporaryGuardianship>();
    let request = json!({ "facts": "无人照料", "harm_by_guardian": false });
    case.take_by_chain("request", "2026-03-03 09:00", request).unwrap();
    let approve = json!({
        "ground": "guardian_missing_no_other", "taken_over_at": "2026-03-04 09:00",
        "decision": file(),
    });
    case.take("approve", "2026-03-04 09:30", approve).unwrap();
    let place = |day: &str| json!({ "kind": "foster_family", "carer": "寄养家庭", "phone": "1", "from": day });
    case.beside = vec![other(WRITERS[0], "2026-03-05 08:00")];
    let refused = case.take("place", "2026-03-04 18:00", place("2026-03-04"));
    assert_eq!(refused, Err(Refusal::Guard { guard: &CUSTODY_GOES_BACK }));
    case.take("place", "2026-03-05 09:00", place("2026-03-05")).unwrap();
    assert_eq!(case.attribute(CUSTODY_SINCE), Some(&*time("2026-03-05 09:00").to_string()));
}

#[test]
fn the_end_of_custody_is_never_refused_and_never_goes_back() {
    let mut case = in_care();
    let died = json!({ "event": "died", "date": "2026-03-02" });
    case.take("record_life_event", "2026-03-02 22:00", died.clone()).unwrap();
    case.person = crate::terms::id::ActorId::constant("second");
    case.take("record_life_event", "2026-03-02 22:10", died).unwrap();
    assert_eq!(case.attribute(CARER_NOW), Some(NOBODY));
    let child = ChildLedger::of([(FIRST, CaseLedger::read(&case.data::<Value>()).unwrap())]);
    one_holder_always(&child);
    let last = child.lines().last().unwrap();
    assert_eq!(last.record.to, CustodyHolder::Nobody(CustodyEnd::Died));
    assert_eq!(last.record.at, time("2026-03-02 23:00"));
}
