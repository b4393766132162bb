//! What the county's procedures keep on every path, and for each such policy a like one that they
//! do not keep, with the path that shows it: a proof that finds nothing must be able to find
//! something.
//!
//! Policies speak of the graph. What a guard over data keeps is tested with the procedure.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod danger;
mod help;

use hexacase::{
    care,
    procedure::{Definition, Point, Policy, longest_statutory},
};

const REPORT: &str = "mandatory_report";
const EMERGENCY: &str = "emergency_response";
const GUARDIANSHIP: &str = "temporary_guardianship";
const ALERT: &str = "risk_alert";
const ASSESSMENT: &str = "assessment_assistance";
const REFERRAL: &str = "referral";
const FILE: &str = "care_file";
const MEETING: &str = "meeting";
const ITEM: &str = "agenda_item";
const ACTION: &str = "action_item";
const OVERSIGHT: &str = "listed_oversight";

/// What a procedure keeps, and what one does not.
struct Proof {
    procedure: &'static str,
    kept: Policy,
    broken: (&'static str, Policy),
    /// The end of the path that shows it.
    way: &'static str,
}

fn proofs() -> Vec<Proof> {
    let mut proofs = danger::of_reports();
    proofs.extend(danger::of_emergencies());
    proofs.extend(danger::of_guardianships());
    proofs.extend(danger::of_alerts());
    proofs.extend(help::of_assessments());
    proofs.extend(help::of_referrals());
    proofs.extend(help::of_files());
    proofs.extend(help::of_meetings());
    proofs.extend(help::of_oversight());
    proofs
}

fn definitions() -> Vec<Definition> {
    care::definitions(care::rules::national()).unwrap()
}

fn named<'a>(definitions: &'a [Definition], name: &str) -> &'a Definition {
    let found = definitions.iter().find(|definition| definition.name() == name);
    found.unwrap_or_else(|| panic!("`{name}` is not carried"))
}

#[test]
fn every_policy_is_kept_on_every_path() {
    let definitions = definitions();
    let broken: Vec<_> = proofs()
        .iter()
        .filter_map(|proof| proof.kept.check(named(&definitions, proof.procedure)).err())
        .map(|counterexample| counterexample.to_string())
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_planted_violation_is_found_with_its_path() {
    let definitions = definitions();
    let mut missed = Vec::new();
    for proof in proofs() {
        let (procedure, policy) = &proof.broken;
        let found = policy.check(named(&definitions, procedure));
        let found = found.map_or_else(|broken| broken.to_string(), |()| format!("kept: {policy}"));
        if !found.ends_with(proof.way) {
            missed.push(format!("expected … {}\n   found {found}", proof.way));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn from_every_state_of_every_procedure_an_act_leads_on_to_an_end() {
    for definition in definitions() {
        assert_eq!(Policy::always_within_reach(&[Point::End]).check(&definition), Ok(()));
    }
}

#[test]
fn the_law_bounds_the_way_from_the_report_to_the_decision() {
    let definitions = definitions();
    let rules = care::rules::national();
    let longest =
        longest_statutory(named(&definitions, REPORT), "reported", "decided", |id| rules.limit(id));
    let longest = longest.unwrap();
    let limits: Vec<_> = longest.limits.iter().map(|(_, id)| id.as_str()).collect();
    // Limits of documents, such as those for the decision to file, are not law and do not count.
    assert_eq!(limits, ["D09a", "D06", "D08a", "D35a"], "{:?}", longest.states);
    assert_eq!(longest.total.label().zh, "40日加24小时");
    assert!(longest.complete);
}
