//! How long the law allows.

use super::{
    super::{Definition, StatutoryPath, longest_statutory},
    petition::{Petition, changed, petition},
};
use crate::{
    duty::{
        time_limit::{Basis, Bound, LimitId, TimeLimit},
        total::TotalTime,
    },
    terms::label::Label,
};

/// Limits by id, amount, unit as the data writes it, and basis.
fn limits() -> Vec<TimeLimit> {
    let limit = |id: &'static str, period: &str, basis| TimeLimit {
        id: LimitId::constant(id),
        label: Label::new("限", "limit"),
        period: serde_json::from_str(period).unwrap(),
        word: None,
        event: Label::new("起", "start"),
        bound: Bound::Latest,
        basis,
        document: "《某条例》".to_owned(),
        verified: true,
        note: None,
    };
    let days = |amount: u32, unit: &str| {
        format!(r#"{{"amount":{amount},"unit":"{unit}","start":"next_day","roll":"none"}}"#)
    };
    vec![
        limit("L1", &days(15, "working_day"), Basis::AdministrativeRegulation),
        limit("L2", &days(2, "month"), Basis::AdministrativeRegulation),
        limit("L3", &days(3, "working_day"), Basis::CountyConfigured),
        limit("L4", &days(10, "calendar_day"), Basis::Statute),
        limit("L5", "null", Basis::Statute),
        limit("L6", &days(1, "year"), Basis::Statute),
    ]
}

fn longest(definition: &Definition, from: &str, to: &str) -> Option<StatutoryPath> {
    let limits = limits();
    longest_statutory(definition, from, to, |id| limits.iter().find(|limit| limit.id == *id))
}

#[test]
fn the_longest_path_counts_what_is_law_once_for_each_state_it_leaves() {
    let path = longest(&petition(), "received", "answered").unwrap();
    assert_eq!(path.states, ["received", "supplementing", "examining", "drafted", "answered"]);
    let limits: Vec<_> = path.limits.iter().map(|(state, id)| (*state, id.as_str())).collect();
    // L6 asks for something to be done in the state, and does not say for how long to stay there;
    // L3 is the county's own.
    assert_eq!(limits, [("received", "L1"), ("supplementing", "L4"), ("examining", "L2")]);
    let total =
        TotalTime { working_days: 15, calendar_days: 10, months: 2, ..TotalTime::default() };
    assert_eq!((path.total, path.complete), (total, true));
    assert_eq!(path.total.label().zh, "2个月加15个工作日加10日");
}

#[test]
fn where_no_act_leads_there_is_no_path() {
    assert_eq!(longest(&petition(), "examining", "received"), None);
    assert_eq!(longest(&petition(), "examining", "petitioner_died"), None);
    assert_eq!(longest(&petition(), "examining", "nowhere"), None);
}

#[test]
fn a_state_is_reached_from_itself_in_no_time() {
    let path = longest(&petition(), "drafted", "drafted").unwrap();
    assert_eq!((path.states, path.total), (vec!["drafted"], TotalTime::default()));
}

#[test]
fn a_duty_that_nothing_out_of_its_state_fulfils_does_not_bind_the_stay() {
    let binding = changed::<Petition>(|define| {
        define.duty_mut("tell_progress").fulfilled_by.push("draft_answer");
    });
    let path = longest(&binding, "examining", "drafted").unwrap();
    assert_eq!(path.total, TotalTime { years: 1, ..TotalTime::default() });
}
