//! What reaches the generated county: alerts, reports, emergencies, and the life of the files.
//!
//! Opening a file is no happening: importing the register does it.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
};

use hexacase::terms::time::{CivilDate, Timestamp};
use serde_json::Value;

use super::{people::People, places::Places, random::Random, register::Child, write::Rows};
use crate::county::{ChildRef, codes::Channel};

mod alerts;
mod care;
mod emergencies;
mod reports;

const MINUTE: i64 = 60_000;

/// Without the holidays of winter and summer.
const SCHOOL_MONTHS: [usize; 12] = [4, 0, 12, 9, 9, 8, 0, 0, 14, 10, 9, 8];

/// One row to be.
struct Draft {
    occurred: Timestamp,
    recorded: Timestamp,
    channel: Channel,
    /// Who did or said it.
    role: &'static str,
    area: String,
    child: ChildRef,
    incident: String,
    step: (&'static str, &'static str),
    fields: Value,
    note: String,
    /// Who wrote it down.
    clerk: String,
}

/// Who writes a thing down.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Desk {
    Director,
    Supervisor,
    Station,
    Grid,
    School,
    Hotline,
    Health,
    Center,
}

/// The county and what has been drafted so far.
struct Year<'a> {
    places: &'a Places,
    people: &'a People,
    children: &'a [Child],
    number: i32,
    /// From which day on nothing more happens to a child in this county.
    ends: &'a mut BTreeMap<String, CivilDate>,
    drafts: Vec<Draft>,
    incidents: usize,
}

/// Children in random order, each drawn once before any is drawn again.
struct Pool<'a>(VecDeque<&'a Child>);

impl<'a> Pool<'a> {
    fn new(children: &'a [Child], random: &mut Random) -> Self {
        let mut order: Vec<&Child> = children.iter().collect();
        random.shuffle(&mut order);
        Self(order.into())
    }

    fn draw(&mut self, fits: impl Fn(&Child) -> bool) -> Option<&'a Child> {
        let at = self.0.iter().position(|child| fits(child))?;
        let child = self.0.remove(at)?;
        self.0.push_back(child);
        Some(child)
    }
}

impl Year<'_> {
    /// Whether the child is a child of this county on that day.
    fn here(&self, child: &Child, at: Timestamp) -> bool {
        let day = at.date();
        child.born.age_on(day) < 18 && self.ends.get(&child.number).is_none_or(|end| day < *end)
    }

    /// A moment of the year: a month by weight, an hour within the range.
    fn moment(
        &self,
        random: &mut Random,
        months: &[usize; 12],
        hours: (usize, usize),
    ) -> Timestamp {
        let month = u32::try_from(1 + random.weighted(months)).unwrap_or(1);
        let day = u32::try_from(random.between(1, 28)).unwrap_or(1);
        let minutes = random.between(hours.0 * 60, hours.1 * 60 + 59);
        on(CivilDate::new(self.number, month, day), minutes)
    }

    /// A moment at which this desk hears of things: schools do on school days only.
    fn moment_at(
        &self,
        random: &mut Random,
        desk: Desk,
        (months, hours): (&[usize; 12], (usize, usize)),
    ) -> Timestamp {
        if desk != Desk::School {
            return self.moment(random, months, hours);
        }
        let at = self.moment(random, &SCHOOL_MONTHS, (8, 17));
        let weekend = (0..2).filter(|days| at.plus_hours(24 * days).date().is_weekend()).count();
        // A Saturday and a Sunday both become the Monday.
        if at.date().is_weekend() { at.plus_hours(if weekend == 2 { 48 } else { 24 }) } else { at }
    }

    fn desk(&self, random: &mut Random, desk: Desk, child: &Child, day: CivilDate) -> String {
        let town = self.places.towns.get(child.town).map_or("", |town| town.short.as_str());
        let supervisors = [1, 2].map(|number| format!("supervisor-{town}-{number}"));
        let ids: Vec<String> = match desk {
            Desk::Director => {
                let director = format!("director-{}", child.village);
                std::iter::once(director).chain(supervisors).collect()
            }
            Desk::Supervisor => supervisors.into(),
            Desk::Station => vec![format!("protection-{town}-{}", random.between(1, 2))],
            Desk::Grid => vec![format!("grid-{town}-1")],
            Desk::School => {
                let school = child.school.clone().unwrap_or_default();
                vec![format!("{school}-{}", random.between(1, 2))]
            }
            Desk::Hotline => vec![format!("hotline-{}", random.between(1, 2))],
            Desk::Health => vec![format!("health-{}", random.between(1, 2))],
            Desk::Center => vec!["center-1".to_owned(), "center-2".to_owned()],
        };
        self.people.on_duty(&ids, day)
    }

    fn incident(&mut self) -> String {
        self.incidents += 1;
        format!("{}-{:03}", self.number, self.incidents)
    }
}

/// The rows of `happenings.csv`, in the order in which they are recorded.
pub(super) fn rows(
    places: &Places,
    people: &People,
    children: &[Child],
    (seed, years): (u64, Range<i32>),
) -> Rows {
    let mut ends = BTreeMap::new();
    let mut drafts = Vec::new();
    for year in years {
        let mut played = Year {
            places,
            people,
            children,
            number: year,
            ends: &mut ends,
            drafts: Vec::new(),
            incidents: 0,
        };
        // About one row for two children, of which the birthdays take their share.
        let rows = children.len() / 2;
        let random = |purpose: &str| Random::new(seed, &format!("{purpose} {year}"));
        care::life_events(&mut played, &mut random("life events"));
        alerts::alerts(&mut played, &mut random("alerts"), rows * 30 / 100);
        reports::reports(&mut played, &mut random("reports"), rows * 12 / 100);
        emergencies::emergencies(&mut played, &mut random("emergencies"), rows * 7 / 100);
        care::care(&mut played, &mut random("care"), rows * 40 / 100);
        drafts.append(&mut played.drafts);
    }
    drafts.sort_by_key(|draft| (draft.recorded, draft.occurred));
    drafts.iter().map(row).collect()
}

fn row(draft: &Draft) -> Vec<String> {
    let (number, description) = match &draft.child {
        ChildRef::Register(number) => (number.clone(), String::new()),
        ChildRef::Described(text) => (String::new(), text.clone()),
    };
    vec![
        clock(draft.occurred),
        clock(draft.recorded),
        draft.channel.zh().to_owned(),
        draft.role.to_owned(),
        draft.area.clone(),
        number,
        description,
        draft.incident.clone(),
        draft.step.0.to_owned(),
        draft.step.1.to_owned(),
        draft.fields.to_string(),
        draft.note.clone(),
        draft.clerk.clone(),
    ]
}

/// So many minutes into a day.
fn on(day: Option<CivilDate>, minutes: usize) -> Timestamp {
    let start = day.unwrap_or(CivilDate::from_days(0)).start();
    start.plus_millis(i64::try_from(minutes).unwrap_or(0) * MINUTE)
}

/// Between so many minutes earlier, and not in the dead of night where it was hours earlier.
fn before(random: &mut Random, at: Timestamp, minutes: (usize, usize)) -> Timestamp {
    let earlier = i64::try_from(random.between(minutes.0, minutes.1)).unwrap_or(0);
    let then = at.plus_millis(-earlier * MINUTE);
    if earlier > 120 && hour(then) < 6 { then.plus_hours(-8) } else { then }
}

/// When something urgent was written down: at once.
fn at_once(random: &mut Random, at: Timestamp) -> Timestamp {
    at.plus_millis(i64::try_from(random.between(2, 40)).unwrap_or(0) * MINUTE)
}

/// When something that happened was written down: soon as a rule, sometimes the next day, now and
/// then after days without a network.
fn written(random: &mut Random, at: Timestamp) -> Timestamp {
    let minutes = match random.weighted(&[70, 20, 10]) {
        0 => random.between(5, 90),
        1 => random.between(3 * 60, 20 * 60),
        _ => random.between(24 * 60, 60 * 60),
    };
    let then = at.plus_millis(i64::try_from(minutes).unwrap_or(0) * MINUTE);
    // Nobody sits at a desk at night, except at once.
    if minutes > 90 && hour(then) < 8 { then.plus_hours(8) } else { then }
}

fn hour(at: Timestamp) -> i64 {
    at.millis_of_day() / (60 * MINUTE)
}

/// `2026-03-01 14:05`.
fn clock(at: Timestamp) -> String {
    let minutes = at.millis_of_day() / MINUTE;
    format!("{} {:02}:{:02}", at.date(), minutes / 60, minutes % 60)
}
