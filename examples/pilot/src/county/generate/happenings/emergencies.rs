//! Children in danger: `emergency_response`, `raise_alarm`.

use serde_json::json;

use super::{Desk, Draft, Pool, Year, at_once, before, clock};
use crate::county::{ChildRef, codes::Channel, generate::random::Random};

/// Summer has the water and the empty days.
const MONTHS: [usize; 12] = [7, 9, 6, 6, 8, 10, 15, 15, 8, 6, 5, 5];

/// What happens, where, who calls, how, who writes it down, and what came of it where that is
/// known already.
type Alarm = (&'static str, &'static str, &'static str, Channel, Desk, &'static str);

/// The harm that is reported along with the alarm, if any: facts and situation.
const HARM: (&str, &str) = ("父亲酒后持刀威胁，孩子手臂受伤", "multiple_injuries_or_neglect");

const ALARMS: [Alarm; 9] = [
    (
        "中午离校后未返校，家里和学校都联系不上",
        "学校至村口一带",
        "school",
        Channel::Telephone,
        Desk::School,
        "",
    ),
    (
        "家中煤气中毒，照护人昏迷，孩子受惊",
        "家中",
        "child_welfare_director",
        Channel::Telephone,
        Desk::Director,
        "",
    ),
    (HARM.0, "家中", "any_reporter", Channel::Hotline, Desk::Hotline, "harm"),
    (
        "独自在水库边玩耍落水，被村民救起",
        "村边水库",
        "any_reporter",
        Channel::Telephone,
        Desk::Director,
        "",
    ),
    (
        "照护人突发脑溢血送医，家中只剩孩子",
        "家中",
        "child_welfare_director",
        Channel::Telephone,
        Desk::Director,
        "",
    ),
    (
        "整日无人应门，邻居担心孩子被锁在屋内",
        "家中",
        "any_reporter",
        Channel::Hotline,
        Desk::Hotline,
        "误报：孩子随祖母走亲戚，已见到本人",
    ),
    (
        "父母车祸同时住院，孩子无人照看",
        "县人民医院",
        "any_reporter",
        Channel::Telephone,
        Desk::Center,
        "",
    ),
    ("发出轻生言论后离校", "学校", "school", Channel::Telephone, Desk::School, ""),
    (
        "孩子未按时到家，家长报警",
        "村口",
        "police_station",
        Channel::Telephone,
        Desk::Supervisor,
        "误报：孩子在同学家，已见到本人",
    ),
];

/// So many alarms.
pub(super) fn emergencies(year: &mut Year<'_>, random: &mut Random, rows: usize) {
    let mut pool = Pool::new(year.children, random);
    for &(danger, place, role, channel, desk, outcome) in ALARMS.iter().cycle().take(rows) {
        let occurred = year.moment_at(random, desk, (&MONTHS, (6, 23)));
        let child = pool.draw(|child| {
            year.here(child, occurred) && (desk != Desk::School || child.school.is_some())
        });
        let Some(child) = child else { continue };
        let recorded = at_once(random, occurred);
        let at = clock(before(random, occurred, (1, 30)));
        let clerk = year.desk(random, desk, child, recorded.date());
        let harm = outcome == "harm";
        let incident = if harm { year.incident() } else { String::new() };
        let draft = |step, fields, minutes: i64, note: &str| Draft {
            occurred,
            recorded: recorded.plus_millis(minutes * 60_000),
            channel,
            role,
            area: child.residence.clone(),
            child: ChildRef::Register(child.number.clone()),
            incident: incident.clone(),
            step,
            fields,
            note: note.to_owned(),
            clerk: clerk.clone(),
        };
        let fields = json!({ "at": at, "danger": danger, "place": place });
        let note = if harm { "" } else { outcome };
        year.drafts.push(draft(("emergency_response", "raise_alarm"), fields, 0, note));
        if harm {
            let fields = json!({ "found_at": at, "facts": HARM.0, "situations": [HARM.1] });
            let mut report = draft(("mandatory_report", "discover"), fields, 10, "");
            report.clerk = year.desk(random, Desk::Supervisor, child, report.recorded.date());
            year.drafts.push(report);
        }
    }
}
