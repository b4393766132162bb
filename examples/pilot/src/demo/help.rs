//! What the people of a played county write into the forms of assessment and assistance.

use hexacase::terms::time::Timestamp;
use serde_json::{Map, Value, json};

use super::Filler;

/// What a child may need, and the unit of the sample county that can meet it.
const NEEDS: &[(&str, &str)] = &[
    ("psychology", "education"),
    ("education", "education"),
    ("health", "health"),
    ("welfare", "civil-affairs"),
    ("legal", "justice"),
    ("guardianship", "womens-federation"),
    ("safety", "women-children-office"),
    ("dwelling", "disabled-federation"),
];

/// Makes a form fit the case: its data and the time of the step.
pub(super) fn shape(
    transition: &str,
    form: &mut Map<String, Value>,
    data: &Value,
    at: Timestamp,
    filler: &mut Filler,
) {
    let random = filler.random();
    let mut set = |key: &str, value: Value| {
        form.insert(key.to_owned(), value);
    };
    let days = |days: u32| json!(at.date().plus_days(days));
    match transition {
        "assign_team" => {
            set("team", json!(["示督导员", "样社工"]));
            set("in_house", json!(2));
        }
        "submit_report" => {
            let found = if random.chance(10) { 0 } else { random.between(1, 2) };
            let needs: Vec<&str> =
                (0..found).filter_map(|_| random.pick(NEEDS).map(|(need, _)| *need)).collect();
            set("needs", json!(needs));
            set("temporary_guardianship", json!(random.chance(5)));
            form.remove("why_not");
            form.insert("child_view".to_owned(), json!("孩子说希望有人周末陪他"));
        }
        "call_conference" => set("at", json!(at.plus_hours(72))),
        "draft_plan" => {
            let mut units: Vec<&str> =
                found_needs(data).iter().filter_map(|need| unit_for(need)).collect();
            units.sort_unstable();
            units.dedup();
            set("units", json!(units));
            set("until", days(180));
            form.remove("rests_on_left_behind");
        }
        "amend_plan" => {
            form.remove("units");
            form.remove("measures");
        }
        "extend_plan" => set("until", days(180)),
        "send_referrals" => {
            let planned = data.pointer("/plan/units").and_then(Value::as_array);
            let planned = planned.map(Vec::as_slice).unwrap_or_default();
            let referrals: Vec<Value> = found_needs(data)
                .iter()
                .filter_map(|need| Some((need, unit_for(need)?)))
                .filter(|(_, unit)| planned.contains(&json!(unit)))
                .map(|(need, unit)| referral(need, unit, at))
                .collect();
            // A plan that was amended has its referrals under way.
            set("referrals", json!(referrals));
            set("own_measures", json!("村里安排结对陪伴，镇站每月入户"));
        }
        "reassess" => {
            let mut points = || random.between(60, 100);
            let (guardianship, physiology, behaviour) = (points(), points(), points());
            set("instrument", json!("four_colour/1"));
            set(
                "score",
                json!({
                    "guardianship": guardianship,
                    "physiology": physiology,
                    "behaviour": behaviour,
                }),
            );
        }
        "close_goal_met" => {
            set("child_view", json!("孩子说现在很好"));
            form.remove("why_not");
        }
        "close_refused" => set("under_8_unattended", json!(false)),
        "accept_referral" => set("begins", days(2)),
        "redirect" => {
            let asked = data.pointer("/request/to_unit").cloned().unwrap_or_default();
            let other = if asked == json!("civil-affairs") { "education" } else { "civil-affairs" };
            set("new_unit", json!(other));
            set("until", days(120));
        }
        "find_guardian_harm" | "report_danger" => {
            form.remove("situations");
        }
        _ => {}
    }
}

/// The needs of the report, each once.
fn found_needs(data: &Value) -> Vec<&str> {
    let needs = data.pointer("/report/needs").and_then(Value::as_array);
    let mut needs: Vec<&str> = needs.into_iter().flatten().filter_map(Value::as_str).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}

fn unit_for(need: &str) -> Option<&'static str> {
    NEEDS.iter().find(|(name, _)| *name == need).map(|(_, unit)| *unit)
}

fn referral(need: &str, unit: &str, at: Timestamp) -> Value {
    json!({
        "need": need,
        "to_unit": unit,
        "what": "每两周服务一次，结束时反馈成效",
        "from": at.date(),
        "until": at.date().plus_days(120),
        "shared_fields": ["姓名", "就读年级"],
    })
}
