//! The sample's evidence has the fields, types and codes that the procedures ask for, and whoever
//! writes it down may do so and is there that day.

use std::collections::BTreeMap;

use hexacase::terms::time::{CivilDate, Timestamp};
use serde_json::Value;

use crate::county::{County, generate::generate};

/// The type of a field; a `?` in front makes it optional.
type Field = (&'static str, &'static str);

const SITUATIONS: &str = "genital_injury girl_under_14_sexual girl_14_plus_assault_pregnancy \
     multiple_injuries_or_neglect abnormal_death_or_disability abandoned_or_unattended \
     unknown_origin_missing_trafficked organized_begging other_serious";
const SOURCES: &str = "director school grid_worker hotline medical police neighbour child \
     data_match overdue_visit other";
const CHANNELS: &str = "police_110 police_station civil_affairs education hotline other_department";
const EVENTS: &str = "turned_16 turned_18 died moved_away";

const FRONT: &str = "child_welfare_director child_welfare_supervisor school womens_federation \
     health_bureau minor_protection_center";
const VILLAGE: &str = "child_welfare_director child_welfare_supervisor town_station";

fn fields(step: &str) -> Vec<Field> {
    match step {
        "register_clue" => vec![
            ("source", "code source"),
            ("facts", "text"),
            ("seen_at", "time"),
            ("description", "?text"),
            ("suspected_red", "bool"),
        ],
        "discover" => vec![
            ("found_at", "time"),
            ("facts", "text"),
            ("situations", "codes situation"),
            ("description", "?text"),
        ],
        "record_report_made" => vec![
            ("reported_at", "time"),
            ("channel", "code channel"),
            ("receiver", "text"),
            ("facts", "text"),
            ("situations", "codes situation"),
            ("reporter", "?person"),
        ],
        "raise_alarm" => vec![("at", "time"), ("danger", "text"), ("place", "text")],
        "record_contact" => vec![("at", "date"), ("mode", "text"), ("parent", "person")],
        "record_wish" => vec![("wish", "text"), ("public_text", "?text")],
        "record_pairing" => vec![
            ("helper", "person"),
            ("unit", "?text"),
            ("from", "date"),
            ("record_checked", "bool"),
        ],
        "helper_left" => vec![("reason", "text"), ("at", "date")],
        "update_file" => vec![("changes", "text"), ("checked_on", "date")],
        "record_life_event" => {
            vec![("event", "code event"), ("date", "date"), ("proof", "?text")]
        }
        step => panic!("{step} has no evidence here"),
    }
}

/// Who may act, and who may record.
fn roles(step: &str) -> (String, String) {
    let reporters = format!("{FRONT} town_station civil_affairs_bureau");
    match step {
        "register_clue" => (
            "any_reporter child_welfare_director school grid_worker hotline_operator \
             medical_institution"
                .into(),
            format!("{reporters} hotline_operator grid_worker"),
        ),
        "discover" => (format!("any_reporter {FRONT} medical_institution"), reporters),
        "record_report_made" => (
            format!("any_reporter {FRONT} medical_institution"),
            format!("{reporters} education_bureau hotline_operator"),
        ),
        "raise_alarm" => (
            format!("any_reporter {FRONT} police_station hotline_operator"),
            format!("{reporters} hotline_operator"),
        ),
        "record_contact" => ("parent_guardian".into(), VILLAGE.into()),
        "record_wish" => ("child_welfare_director".into(), VILLAGE.into()),
        "record_pairing" => ("volunteer member_liaison".into(), VILLAGE.into()),
        "helper_left" => ("volunteer".into(), VILLAGE.into()),
        "update_file" => ("child_welfare_director school".into(), VILLAGE.into()),
        "record_life_event" => (VILLAGE.into(), VILLAGE.into()),
        step => panic!("{step} has no roles here"),
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    let text = value.as_str();
    let code = |list: &str, value: &Value| {
        value.as_str().is_some_and(|code| list.split_whitespace().any(|known| known == code))
    };
    match kind {
        "text" => text.is_some_and(|text| !text.trim().is_empty()),
        "bool" => value.is_boolean(),
        "date" => text.is_some_and(|text| text.parse::<CivilDate>().is_ok()),
        "time" => text.is_some_and(|text| text.len() == 16 && text.parse::<Timestamp>().is_ok()),
        "person" => value.get("name").is_some_and(|name| is_of("text", name)),
        "code source" => code(SOURCES, value),
        "code channel" => code(CHANNELS, value),
        "code event" => code(EVENTS, value),
        "codes situation" => value
            .as_array()
            .is_some_and(|all| !all.is_empty() && all.iter().all(|each| code(SITUATIONS, each))),
        kind => panic!("{kind} is no type here"),
    }
}

fn counties() -> [County; 2] {
    let other = County::from_files(&generate(3, 400, 3, 2024)).unwrap();
    [County::sample().unwrap(), other]
}

#[test]
fn evidence_has_the_fields_the_steps_ask_for() {
    for county in counties() {
        for happening in &county.happenings {
            let place = format!("row {} {}", happening.row, happening.transition);
            let fields: BTreeMap<_, _> = fields(&happening.transition).into_iter().collect();
            for (name, value) in &happening.fields {
                let kind = fields.get(name.as_str()).unwrap_or_else(|| panic!("{place} {name}"));
                assert!(is_of(kind.trim_start_matches('?'), value), "{place} {name} {value}");
                let earlier = match *kind {
                    "time" => value.as_str().unwrap().parse::<Timestamp>().unwrap(),
                    "date" => value.as_str().unwrap().parse::<CivilDate>().unwrap().start(),
                    _ => continue,
                };
                assert!(earlier <= happening.occurred_at, "{place} {name} is later");
            }
            for (name, kind) in fields {
                let there = happening.fields.contains_key(name);
                assert!(kind.starts_with('?') || there, "{place} lacks {name}");
            }
            assert!(happening.occurred_at <= happening.recorded_at, "{place}");
        }
    }
}

#[test]
fn whoever_writes_it_down_may_and_is_there() {
    for county in counties() {
        let staff: BTreeMap<_, _> =
            county.staff.iter().map(|person| (&person.id, person)).collect();
        for happening in &county.happenings {
            let place = format!("row {} {}", happening.row, happening.transition);
            let (acting, recording) = roles(&happening.transition);
            let holds = |list: &str, role: &str| list.split_whitespace().any(|known| known == role);
            assert!(holds(&acting, &happening.reporter_role), "{place}");
            let person = staff[happening.as_.as_ref().unwrap()];
            assert!(person.roles.iter().any(|role| holds(&recording, role)), "{place}");
            let day = happening.recorded_at.date();
            let away = county.absences.iter().filter(|absence| absence.staff == person.id);
            let away = away.filter(|absence| (absence.from..=absence.to).contains(&day)).count();
            assert_eq!(away, 0, "{place}: {} is away", person.id);
            // Schools and the hotline answer for their office, everybody else for their area, or
            // for that of whom they stand in for.
            let stands_in = county.absences.iter().any(|absence| {
                absence.deputy.as_ref() == Some(&person.id)
                    && (absence.from..=absence.to).contains(&day)
                    && staff[&absence.staff].area.covers(&happening.area)
            });
            let by_unit = person.roles.iter().any(|role| role == "school");
            assert!(by_unit || stands_in || person.area.covers(&happening.area), "{place}");
        }
    }
}

#[test]
fn nothing_happens_to_a_child_whose_file_has_ended() {
    for county in counties() {
        let mut ends = BTreeMap::new();
        for happening in &county.happenings {
            let event = happening.fields.get("event").and_then(Value::as_str);
            if matches!(event, Some("died" | "moved_away" | "turned_18")) {
                ends.insert(format!("{:?}", happening.child), happening.occurred_at);
            }
        }
        for happening in &county.happenings {
            if let Some(end) = ends.get(&format!("{:?}", happening.child)) {
                assert!(happening.occurred_at <= *end, "row {}", happening.row);
            }
        }
    }
}
