//! The life of the children's files: `care_file`.

use hexacase::terms::time::{CivilDate, Timestamp};
use serde_json::{Value, json};

use super::{Desk, Draft, Pool, Year, on, written};
use crate::county::{
    ChildRef,
    codes::Channel,
    generate::{names, random::Random, register::Child},
};

/// Files are complete by then; nothing but birthdays comes earlier.
const FROM_FEBRUARY: [usize; 12] = [0, 12, 6, 5, 8, 6, 8, 8, 6, 9, 5, 6];
/// 六一 and the festivals.
const WISHES: [usize; 12] = [0, 6, 4, 8, 20, 6, 3, 4, 6, 4, 4, 8];
const PAIRINGS: [usize; 12] = [0, 3, 12, 8, 6, 4, 0, 0, 0, 0, 0, 0];
const LEAVINGS: [usize; 12] = [0, 0, 0, 0, 0, 0, 6, 6, 8, 6, 4, 0];
const UPDATES: [usize; 12] = [0, 0, 10, 1, 1, 10, 1, 1, 10, 1, 1, 6];

/// Steps of care files, about so many rows.
pub(super) fn care(year: &mut Year<'_>, random: &mut Random, rows: usize) {
    contacts(year, random, rows * 30 / 100);
    wishes(year, random, rows * 28 / 100);
    pairings(year, random, rows * 26 / 100);
    updates(year, random, rows * 12 / 100);
}

/// Birthdays of sixteen and eighteen, moves, and, once in a while, a death. What ends a child's
/// file is settled first, so that nothing else happens to the child later.
pub(super) fn life_events(year: &mut Year<'_>, random: &mut Random) {
    let mut pool = Pool::new(year.children, random);
    let deaths = (year.children.len() / 3000).max(usize::from(year.children.len() >= 100));
    let moves = year.children.len() / 100;
    let ends = std::iter::repeat_n("died", deaths).chain(std::iter::repeat_n("moved_away", moves));
    for event in ends {
        let months =
            if event == "died" { &[1; 12] } else { &[0, 1, 2, 1, 0, 2, 6, 10, 8, 1, 1, 0] };
        let occurred = year.moment(random, months, (8, 18));
        // The young, whose birthdays do not come into it.
        let young = |child: &Child| child.born.age_on(occurred.date()) < 15;
        let child = pool.draw(|child| young(child) && year.here(child, occurred));
        let Some(child) = child else { continue };
        year.ends.insert(child.number.clone(), occurred.date());
        let (proof, note) = match event {
            "died" => ("医学死亡证明（示例），已核对", "因病去世"),
            _ => ("学籍转出通知（示例）", "随父母迁往外地"),
        };
        life_event(year, random, child, (event, occurred), (proof, note));
    }
    for child in year.children {
        for (age, event) in [(16, "turned_16"), (18, "turned_18")] {
            let birthday = birthday(child.born, age);
            if birthday.year() == year.number && year.here(child, birthday.start().plus_millis(-1))
            {
                if age == 18 {
                    year.ends.insert(child.number.clone(), birthday);
                }
                // Not everybody remembers; the rest is left to the worklists.
                if random.chance(85) {
                    let occurred = on(Some(birthday), random.between(8 * 60, 11 * 60));
                    life_event(year, random, child, (event, occurred), ("户口簿", ""));
                }
            }
        }
    }
}

fn birthday(born: CivilDate, age: i32) -> CivilDate {
    let year = born.year().saturating_add(age);
    // 29 February comes again on 1 March.
    CivilDate::new(year, born.month(), born.day())
        .or_else(|| CivilDate::new(year, 3, 1))
        .unwrap_or(born)
}

fn life_event(
    year: &mut Year<'_>,
    random: &mut Random,
    child: &Child,
    (event, occurred): (&'static str, Timestamp),
    (proof, note): (&str, &str),
) {
    let fields = json!({ "event": event, "date": occurred.date().to_string(), "proof": proof });
    let end = on(CivilDate::new(year.number, 12, 31), 23 * 60 + 59);
    let recorded = written(random, occurred);
    let recorded = if recorded > end { occurred.plus_hours(1) } else { recorded };
    let by = ("child_welfare_director", Channel::Visit);
    push(year, random, child, (occurred, recorded), by, ("record_life_event", fields));
    if let Some(draft) = year.drafts.last_mut() {
        note.clone_into(&mut draft.note);
    }
}

fn push(
    year: &mut Year<'_>,
    random: &mut Random,
    child: &Child,
    (occurred, recorded): (Timestamp, Timestamp),
    (role, channel): (&'static str, Channel),
    (step, fields): (&'static str, Value),
) {
    let clerk = year.desk(random, Desk::Director, child, recorded.date());
    year.drafts.push(Draft {
        occurred,
        recorded,
        channel,
        role,
        area: child.residence.clone(),
        child: ChildRef::Register(child.number.clone()),
        incident: String::new(),
        step: ("care_file", step),
        fields,
        note: String::new(),
        clerk,
    });
}

fn contacts(year: &mut Year<'_>, random: &mut Random, rows: usize) {
    let mut pool = Pool::new(year.children, random);
    for _ in 0..rows {
        let occurred = year.moment(random, &FROM_FEBRUARY, (9, 21));
        let child = pool.draw(|child| child.parent.is_some() && year.here(child, occurred));
        let Some(child) = child else { continue };
        let mode = random.word(&["视频通话", "视频通话", "电话", "返乡团聚", "孩子到父母务工地"]);
        let fields = json!({
            "at": occurred.date().to_string(),
            "mode": mode,
            "parent": { "name": child.parent },
        });
        let recorded = written(random, occurred);
        let by = ("parent_guardian", Channel::Telephone);
        push(year, random, child, (occurred, recorded), by, ("record_contact", fields));
    }
}

fn wishes(year: &mut Year<'_>, random: &mut Random, rows: usize) {
    let mut pool = Pool::new(year.children, random);
    for _ in 0..rows {
        let occurred = year.moment(random, &WISHES, (9, 18));
        let child = pool
            .draw(|child| child.born.age_on(occurred.date()) >= 4 && year.here(child, occurred));
        let Some(child) = child else { continue };
        let wish = random.word(&[
            "一个新书包",
            "一双运动鞋",
            "和妈妈一起过生日",
            "一套《十万个为什么》",
            "一盏台灯",
            "一个足球",
            "去县城看一场电影",
            "给奶奶买一副老花镜",
            "一件冬天的棉衣",
        ]);
        let mut fields = json!({ "wish": wish });
        if let (Some(map), true) = (fields.as_object_mut(), random.chance(60)) {
            map.insert("public_text".to_owned(), format!("一个孩子的心愿：{wish}").into());
        }
        let recorded = written(random, occurred);
        let by = ("child_welfare_director", Channel::Visit);
        push(year, random, child, (occurred, recorded), by, ("record_wish", fields));
    }
}

/// Pairings in spring; some helpers leave in the second half of the year.
fn pairings(year: &mut Year<'_>, random: &mut Random, rows: usize) {
    let mut pool = Pool::new(year.children, random);
    for at in 0..rows {
        let occurred = year.moment(random, &PAIRINGS, (9, 17));
        let Some(child) = pool.draw(|child| year.here(child, occurred)) else { continue };
        let surname = names::surname(random);
        let name = names::person(random, surname, 0);
        let unit =
            random.word(&["示例县供电所", "示例县税务局", "样板合作社", "示例县第一中学", ""]);
        let mut fields = json!({
            "helper": { "name": name },
            "from": occurred.date().to_string(),
            "record_checked": true,
        });
        if let (Some(map), false) = (fields.as_object_mut(), unit.is_empty()) {
            map.insert("unit".to_owned(), unit.into());
        }
        let recorded = written(random, occurred);
        let role = if unit.is_empty() { "volunteer" } else { "member_liaison" };
        let by = (role, Channel::InPerson);
        push(year, random, child, (occurred, recorded), by, ("record_pairing", fields));
        let left = year.moment(random, &LEAVINGS, (9, 17));
        if at % 5 == 2 && year.here(child, left) {
            let reason = random.word(&["工作调动", "搬离本县", "身体原因"]);
            let fields = json!({ "reason": reason, "at": left.date().to_string() });
            let recorded = written(random, left);
            let by = ("volunteer", Channel::Telephone);
            push(year, random, child, (left, recorded), by, ("helper_left", fields));
        }
    }
}

fn updates(year: &mut Year<'_>, random: &mut Random, rows: usize) {
    let mut pool = Pool::new(year.children, random);
    for _ in 0..rows {
        let occurred = year.moment(random, &UPDATES, (9, 17));
        let Some(child) = pool.draw(|child| year.here(child, occurred)) else { continue };
        let school = child.school.is_some() && random.chance(30);
        let changes = if school {
            random.word(&["转入寄宿班", "换了班主任", "改乘校车"])
        } else {
            random.word(&[
                "联系电话变更",
                "母亲返乡",
                "照护人改为外祖母",
                "父亲务工地变更",
                "无变化",
            ])
        };
        let fields = json!({ "changes": changes, "checked_on": occurred.date().to_string() });
        let recorded = written(random, occurred);
        let role = if school { "school" } else { "child_welfare_director" };
        push(
            year,
            random,
            child,
            (occurred, recorded),
            (role, Channel::Visit),
            ("update_file", fields),
        );
    }
}
