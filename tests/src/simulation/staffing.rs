//! People who come, go, change places, and are away; and notices that arrive in November.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hexacase::{
    calendar::work_calendar::WorkCalendar,
    engine::{Engine, Staff},
    store::{Absence, StaffRow},
    terms::{actor::Actor, id::ActorId, time::CivilDate},
};

use super::moment::Ground;
use crate::mischief::Dice;

/// Roles whose people keep the directory and the list of gaps: they stay.
const KEEPERS: &[&str] = &["data_admin", "joint_meeting_office"];

/// Who works in the county.
#[derive(Debug)]
pub(super) struct Staffing {
    rows: BTreeMap<ActorId, StaffRow>,
    /// Posts that are vacant until a day.
    vacant: Vec<(CivilDate, StaffRow)>,
    hired: usize,
    /// What changed so far, by kind.
    pub(super) changes: BTreeMap<&'static str, u64>,
}

impl Staffing {
    pub(super) async fn of(engine: &Engine) -> Self {
        let rows = engine.staff().await.unwrap_or_default();
        let rows = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        Self { rows, vacant: Vec::new(), hired: 0, changes: BTreeMap::new() }
    }

    /// The ground as it is now.
    pub(super) fn ground(&self, engine: &Engine) -> Ground {
        let staff = Staff::new(0, self.rows.values().cloned().collect());
        let active: BTreeSet<_> = staff
            .people()
            .filter(|row| row.active)
            .flat_map(|row| {
                row.grants.iter().map(|grant| grant.unit.clone()).chain([row.unit.clone()])
            })
            .collect();
        Ground { engine: engine.clone(), staff: Arc::new(staff), active: Arc::new(active) }
    }

    pub(super) fn keeper(&self) -> Actor {
        let keeps =
            |row: &&StaffRow| row.grants.iter().any(|grant| grant.role.as_str() == "data_admin");
        let keeper = self.rows.values().find(keeps).map(|row| row.id.clone());
        Actor::at_work(keeper.unwrap_or(ActorId::constant("nobody")))
    }

    /// Something changes among the people; the rows that changed.
    pub(super) fn change(&mut self, dice: &mut Dice, day: CivilDate) -> Vec<StaffRow> {
        let mut changed = Vec::new();
        let vacant = std::mem::take(&mut self.vacant);
        let (due, later): (Vec<_>, Vec<_>) = vacant.into_iter().partition(|(from, _)| *from <= day);
        self.vacant = later;
        changed.extend(due.into_iter().map(|(_, row)| row));
        let movable: Vec<ActorId> = self
            .rows
            .values()
            .filter(|row| row.active)
            .filter(|row| !row.grants.iter().any(|grant| KEEPERS.contains(&grant.role.as_str())))
            .map(|row| row.id.clone())
            .collect();
        let Some(row) = dice.pick(&movable).and_then(|id| self.rows.get(id)).cloned() else {
            return changed;
        };
        match dice.below(6) {
            0 => {
                changed.push(self.successor(&row));
                changed.push(Self::left(&row));
                self.count("left, replaced at once");
            }
            1 if self.has_colleague(&row) => {
                let until = day.plus_days(20 + u32::try_from(dice.below(40)).unwrap_or(0));
                let successor = self.successor(&row);
                self.vacant.push((until, successor));
                changed.push(Self::left(&row));
                self.count("left, post vacant");
            }
            2 | 3 => {
                let to = day.plus_days(5 + u32::try_from(dice.below(25)).unwrap_or(0));
                let alike = self.rows.values().filter(|other| {
                    other.active
                        && other.id != row.id
                        && other.grants.first().map(|grant| &grant.role)
                            == row.grants.first().map(|grant| &grant.role)
                });
                let alike: Vec<ActorId> = alike.map(|other| other.id.clone()).collect();
                let deputy = dice.pick(&alike).cloned().filter(|_| dice.one_in(2));
                self.count(if deputy.is_some() {
                    "away with a deputy"
                } else {
                    "away without a deputy"
                });
                let mut away = row;
                away.absences.push(Absence { from: day, to, deputy });
                changed.push(away);
            }
            _ => {
                let role = row.grants.first().map(|grant| grant.role.clone());
                let alike = self.rows.values().find(|other| {
                    other.active
                        && other.unit != row.unit
                        && !other.leader
                        && other.grants.first().map(|grant| &grant.role) == role.as_ref()
                });
                if let (Some(other), false) = (alike.cloned(), row.leader) {
                    let (mut one, mut two) = (row, other);
                    std::mem::swap(&mut one.grants, &mut two.grants);
                    std::mem::swap(&mut one.unit, &mut two.unit);
                    changed.extend([one, two]);
                    self.count("changed places");
                }
            }
        }
        for row in &changed {
            self.rows.insert(row.id.clone(), row.clone());
        }
        changed
    }

    /// Whether somebody else of the unit holds the same role.
    fn has_colleague(&self, row: &StaffRow) -> bool {
        self.rows.values().any(|other| {
            other.active
                && other.id != row.id
                && row.grants.iter().all(|grant| other.grants.contains(grant))
        })
    }

    fn successor(&mut self, row: &StaffRow) -> StaffRow {
        self.hired += 1;
        let id = ActorId::new(format!("successor-{}", self.hired));
        StaffRow {
            id: id.unwrap_or(ActorId::constant("successor")),
            name: format!("示接任{}", self.hired),
            absences: Vec::new(),
            ..row.clone()
        }
    }

    fn left(row: &StaffRow) -> StaffRow {
        StaffRow { active: false, ..row.clone() }
    }

    fn count(&mut self, what: &'static str) {
        *self.changes.entry(what).or_default() += 1;
    }
}

/// An invented holiday notice of a year: a few days off, no days made up.
#[must_use]
pub fn notice(year: i32) -> String {
    let off = |zh: &str, en: &str, from: &str, to: &str| {
        format!(
            "\n[[off]]\nname = {{ zh = \"{zh}\", en = \"{en}\" }}\nfrom = {year}-{from}\nto = {year}-{to}\n"
        )
    };
    let head = format!(
        "year = {year}\ntitle = \"示例：{year}年部分节假日安排的通知\"\nnumber = \"示例发〔{}〕1号\"\n\
         published = {}-11-20\nverified = false\nsource = \"为模拟编造\"\nworkdays = []\n",
        year - 1,
        year - 1,
    );
    [
        head,
        off("元旦", "New Year's Day", "01-01", "01-01"),
        off("春节", "Spring Festival", "02-05", "02-12"),
        off("劳动节", "Labor Day", "05-01", "05-05"),
        off("国庆节", "National Day", "10-01", "10-07"),
    ]
    .concat()
}

/// A calendar with the notices of years up to this one.
///
/// # Errors
/// When an invented notice is no notice.
pub(super) fn calendar(up_to: i32) -> Result<WorkCalendar, String> {
    let years = 2027..=up_to;
    let files: Vec<(String, String)> =
        years.map(|year| (format!("{year}.toml"), notice(year))).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    WorkCalendar::shipped().with(&files).map_err(|problem| problem.to_string())
}
