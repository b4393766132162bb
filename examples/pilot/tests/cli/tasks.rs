//! Cases about units on lists.

use serde_json::json;

use crate::pilot::{AREAS, Pilot, STAFF, UNITS};

#[test]
fn a_task_given_to_another_unit_is_listed_with_the_unit_that_has_it() {
    let pilot = Pilot::new();
    pilot.write("areas.csv", AREAS);
    pilot.write("units.csv", format!("{UNITS}health,示例县卫健局,999999,县直部门\n"));
    let people = "office-1,陈示岭,联席会议办公室,civil-affairs,999999,否\n\
                  liaison-1,样甲,成员单位联络员,primary-01,999999101,是\n\
                  liaison-2,样乙,成员单位联络员,health,999999,是\n";
    pilot.write("staff.csv", format!("{STAFF}{people}"));
    pilot.json("init --realm 999999 --name 示例县").result();
    pilot.json("staff import staff.csv --as data-1").result();
    let by_convener = json!({ "role": "convener", "organ": "示例县联席会议" });
    let assign = json!({
        "kind": "task", "task": "示例任务", "lead": "primary-01", "due": "2099-12-31",
        "source": "督查结论样001", "acted_by": by_convener,
    });
    let opened = pilot.form("open action_item --as office-1", &assign).result();
    let case = opened["case"].as_str().unwrap().to_owned();
    let listed = || {
        let page = pilot.json("cases --procedure action_item").result();
        let lead = page["items"][0]["lead_unit"].as_str().map(str::to_owned);
        (lead.unwrap_or_default(), pilot.text("cases --procedure action_item").out)
    };
    let (lead, text) = listed();
    assert_eq!(lead, "primary-01");
    assert!(text.contains("primary-01"), "{text}");

    let object = json!({ "reason": "不属本单位职责", "proposed": "health" });
    pilot.form(&format!("act {case} object --as liaison-1"), &object).result();
    let again = json!({ "lead": "health", "reason": "异议成立", "acted_by": by_convener });
    pilot.form(&format!("act {case} reassign_unit --as office-1"), &again).result();
    let (lead, text) = listed();
    assert_eq!(lead, "health");
    assert!(text.contains("health") && !text.contains("primary-01"), "{text}");
    let worklist = pilot.text("worklist --as liaison-2").out;
    assert!(worklist.contains("health") && !worklist.contains("primary-01"), "{worklist}");
}
