//! The definitions agree with the tables of the domain document: names, ends, duties, powers.
//!
//! `tests/golden/domain_tables.tsv` is what the tables say (`tests/domain/extract.py` takes it out
//! of the document). Where the code says more, the line stands in [`DIFFERENT`], and
//! `docs/domain-differences.md` says why.

use std::{collections::BTreeSet, fs};

use hexacase::{
    care,
    duty::owed::DutyKind,
    procedure::{Definition, DutySpec, TransitionSpec},
    terms::actor::Role,
};
use hexacase_tests::workspace;

/// What the code has and the tables have not, by the first three columns.
const MORE: &[&str] = &[
    "agenda_item\tduty\tanswer_proposer",
    "agenda_item\ttransition\tanswer_proposer",
    "assessment_assistance\tduty\treassess_at_16",
    "assessment_assistance\ttransition\trecord_child_view",
    "assessment_assistance\ttransition\trecord_life_event",
    "care_file\ttransition\trecord_child_view",
    "care_file\ttransition\trecord_life_event",
    "emergency_response\ttransition\trecord_child_view",
    "emergency_response\ttransition\trecord_life_event",
    "mandatory_report\ttransition\trecord_child_view",
    "mandatory_report\ttransition\trecord_life_event",
    "meeting\ttransition\tlist_item",
    "referral\ttransition\trecord_child_view",
    "referral\ttransition\trecord_life_event",
    "risk_alert\tduty\tregrade",
    "risk_alert\ttransition\trecord_child_view",
    "risk_alert\ttransition\trecord_life_event",
    "temporary_guardianship\tduty\tsign_transfer",
    "temporary_guardianship\ttransition\trecord_child_view",
    "temporary_guardianship\ttransition\trecord_life_event",
    "temporary_guardianship\ttransition\tsign_custody_transfer",
];

/// Lines on which the two differ, by the first three columns.
const DIFFERENT: &[&str] = &[
    // Where the office leads an item itself, the convener verifies.
    "action_item\tduty\tverify_result",
    "action_item\ttransition\treturn_result",
    "action_item\ttransition\tverify",
    "care_file\ttransition\tupdate_file",
    "mandatory_report\ttransition\tnotification_impossible",
    "mandatory_report\ttransition\tnotify_result",
    "temporary_guardianship\tduty\tstay_norm",
    "temporary_guardianship\ttransition\tstay_warning",
];

#[test]
fn states_ends_duties_and_transitions_are_those_of_the_domain() {
    let path = workspace::root().join("tests/golden/domain_tables.tsv");
    let told = fs::read_to_string(path).expect("the tables of the domain");
    let told: BTreeSet<String> = told.lines().map(str::to_owned).collect();
    let definitions = care::definitions(care::rules::national()).expect("well formed");
    let coded: BTreeSet<String> = definitions.iter().flat_map(lines).collect();
    let excused = |line: &&String, list: &[&str]| {
        list.iter().any(|start| line.strip_prefix(start).is_some_and(|rest| rest.starts_with('\t')))
    };
    let missing: Vec<_> =
        told.difference(&coded).filter(|line| !excused(line, DIFFERENT)).collect();
    let more: Vec<_> = coded
        .difference(&told)
        .filter(|line| !excused(line, MORE) && !excused(line, DIFFERENT))
        .collect();
    assert!(
        missing.is_empty() && more.is_empty(),
        "only in the tables: {missing:#?}\nonly in the code: {more:#?}"
    );
    assert!(told.len() > 150, "only {} lines were compared", told.len());
}

fn lines(definition: &Definition) -> Vec<String> {
    let name = definition.name();
    let state = |state: &hexacase::procedure::StateSpec| {
        let end = if state.terminal { "end" } else { "open" };
        format!("{name}\tstate\t{}\t{end}", state.name)
    };
    let mut lines: Vec<String> = definition.states().iter().map(state).collect();
    lines.extend(definition.duties().iter().map(|duty| duty_line(name, duty)));
    lines.extend(definition.transitions().iter().map(|step| step_line(name, step)));
    lines
}

fn duty_line(name: &str, duty: &DutySpec) -> String {
    let on = match duty.kind {
        DutyKind::Side => "side".to_owned(),
        DutyKind::Open => "open".to_owned(),
        DutyKind::State | DutyKind::Wait => duty.states.join(", "),
    };
    let mut limits: Vec<_> = duty.limits.iter().map(ToString::to_string).collect();
    limits.sort();
    let mut by = duty.fulfilled_by.clone();
    by.sort_unstable();
    format!(
        "{name}\tduty\t{}\t{on}\t{}\t{}\t{}\t{}",
        duty.name,
        sorted(&duty.owed_by),
        sorted(&duty.recorded_by),
        limits.join(","),
        by.join(",")
    )
}

fn step_line(name: &str, step: &TransitionSpec) -> String {
    let mut from = step.from.clone();
    from.sort_unstable();
    let from = match (step.opens_case, step.from_any) {
        (true, _) => "-".to_owned(),
        (_, true) => "any".to_owned(),
        _ => from.join(","),
    };
    let mut to = step.to.clone();
    to.sort_unstable();
    let to = if step.keeps_state { "same".to_owned() } else { to.join(",") };
    let (acts, records) = (sorted(&step.acted_by), sorted(&step.by));
    format!("{name}\ttransition\t{}\t{from}\t{to}\t{acts}\t{records}", step.name)
}

fn sorted(roles: &[Role]) -> String {
    let names: BTreeSet<&str> = roles.iter().map(Role::as_str).collect();
    names.into_iter().collect::<Vec<_>>().join(",")
}
