//! Clauses on many steps in a random order, the same in every run: whatever was written, each list
//! is what a scan of everything would find.

use std::collections::HashMap;

use super::{
    Fixture,
    duties::{SampleDuty, duty, in_unit, range},
    fixture::ALL,
    loading::same_as_listed,
    records::{CLERK, SampleCase, incident_id, minute, subject_id, unit},
};
use crate::{
    store::{
        CaseQuery, DutyCursor, DutyFilter, DutyQuery, DutyRow, DutyWrite, Group, Read, SeenAs,
        StoredCase, WorklistQuery,
    },
    terms::{
        actor::Role,
        area::AreaCode,
        entropy::Entropy,
        id::{CaseId, UnitId},
        time::Timestamp,
    },
    testing::SeededEntropy,
};

const ROUNDS: u32 = 60;
const STATES: [&str; 3] = ["open", "waiting", "answered"];
const AREAS: [&str; 5] = ["", "001", "001001", "001002", "002"];
const UNITS: [&str; 2] = ["school", "clinic"];
const LEADER: Role = Role::new("leader");

/// Whom each duty is shown to.
type Shown = HashMap<(CaseId, u32), Vec<(Role, Option<UnitId>)>>;

/// A walk: what it may come across, and what it wrote.
struct Walk<'a> {
    fixture: &'a Fixture,
    dice: SeededEntropy,
    cases: Vec<SampleCase>,
    shown: Shown,
}

impl<'a> Walk<'a> {
    fn new(fixture: &'a Fixture, seed: u64) -> Self {
        let cases = (1..=12).map(|number| {
            fixture.sample(number).about(number % 4).of_incident(number % 3).in_year(2024)
        });
        let cases = cases.collect();
        Self { fixture, dice: SeededEntropy::new(seed), cases, shown: Shown::new() }
    }

    /// A number below this one.
    fn below(&self, end: u32) -> u32 {
        let [a, b, c, d, ..] = self.dice.bytes();
        u32::from_le_bytes([a, b, c, d]) % end
    }

    fn one_in(&self, end: u32) -> bool {
        self.below(end) == 0
    }

    fn pick<'b, T>(&self, from: &'b [T]) -> &'b T {
        &from[self.below(u32::try_from(from.len()).unwrap()) as usize]
    }

    fn word(&self, from: &[&'static str]) -> &'static str {
        self.pick::<&str>(from)
    }

    fn area(&self) -> AreaCode {
        self.fixture.area(self.word(&AREAS))
    }

    /// An area and what lies within it, or what lies between two.
    fn some_range(&self) -> (String, String) {
        let (from, to) = (self.area(), self.area());
        if self.one_in(2) { range(&from) } else { (from.to_string(), to.to_string()) }
    }

    fn role(&self) -> Role {
        self.pick(&[CLERK, LEADER]).clone()
    }

    fn some_duty(&self, no: u32) -> DutyWrite {
        let mut write = duty(no);
        if !self.one_in(3) {
            write = write.due(minute(self.below(9)));
            write = if self.one_in(2) { write.provisional() } else { write };
        }
        if self.one_in(2) {
            write = write.rung_at(minute(self.below(9)));
        }
        if self.one_in(4) {
            write = write.gap();
        }
        for _ in 0..self.below(4) {
            let write_to = (self.role(), self.one_in(2).then(|| unit(self.word(&UNITS))));
            if !write.matches.contains(&write_to) {
                write.matches.push(write_to);
            }
        }
        write
    }

    /// A random step of a random case.
    fn step(&mut self) -> Group {
        let at = self.below(12) as usize;
        let mut case = self.cases[at].clone();
        if self.one_in(3) {
            case = case.in_area(&self.area());
        }
        if self.one_in(5) {
            case = case.about(self.below(4)).of_incident(self.below(3));
        }
        let had = case.image.as_ref().map_or(0, |image| image.facts.duties);
        let mut step = case.step(self.word(&STATES));
        if self.one_in(5) {
            step = step.ends();
        }
        let mut had = had;
        for _ in 0..self.below(3) {
            // One that is there, or the next one.
            let no = 1 + self.below(6.min(had + 1));
            had = had.max(no);
            step = step.owes(self.some_duty(no));
        }
        if self.one_in(2) {
            step = step.fulfils_any(1 + self.below(6));
        }
        let value = self.below(3).to_string();
        step = if self.one_in(4) { step.clears("grade") } else { step.sets("grade", &value) };
        let group = step.group();
        for write in &group.cases[0].duties {
            let shown_to = if write.duty.is_open() { write.matches.clone() } else { Vec::new() };
            self.shown.insert((case.id, write.duty.no), shown_to);
        }
        self.cases[at] = case;
        group
    }

    /// Writes a round of steps; asks before they are committed and after.
    async fn round(&mut self) -> (Box<dyn Read>, Vec<(CaseQuery, DutyQuery)>) {
        let questions: Vec<_> = (0..4).map(|_| (self.case_query(), self.duty_query())).collect();
        let mut tx = self.fixture.begin().await;
        for _ in 0..=self.below(4) {
            let group = self.step();
            tx.append(&[group]).await.unwrap();
        }
        let within = answers(&mut *tx, &questions).await;
        tx.commit().await.unwrap();
        let mut reader = self.fixture.reader().await;
        assert!(within == answers(&mut *reader, &questions).await, "asked: {questions:?}");
        (reader, questions)
    }

    fn case_query(&self) -> CaseQuery {
        let text = |text: &str| text.to_owned();
        let mut query = CaseQuery { limit: 1 + self.below(12), ..CaseQuery::default() };
        query.state = self.one_in(3).then(|| text(self.word(&STATES)));
        query.area = self.one_in(3).then(|| self.some_range());
        query.subject = self.one_in(4).then(|| subject_id(self.below(4)));
        query.incident = self.one_in(4).then(|| incident_id(self.below(3)));
        query.open_only = self.one_in(3);
        query.number = self.one_in(9).then(|| (2024, 1 + i64::from(self.below(12))));
        query.attribute = self.one_in(3).then(|| (text("grade"), self.below(3).to_string()));
        query.after = self.one_in(2).then(|| self.pick(&self.cases).id);
        query
    }

    /// The worklist of somebody who sees in at most so many ways, of which some may overlap.
    fn some_worklist(&self, most: u32) -> DutyFilter {
        let way = |_| match self.below(2) {
            0 => {
                let (from, to) = self.some_range();
                SeenAs::InArea { role: self.role(), from, to }
            }
            _ => in_unit(self.role(), self.word(&UNITS)),
        };
        DutyFilter::SeenAs((0..self.below(most + 1)).map(way).collect())
    }

    fn duty_query(&self) -> DutyQuery {
        let now = minute(self.below(10));
        let filter = match self.below(10) {
            0 => DutyFilter::Overdue { now, area: self.one_in(2).then(|| self.some_range()) },
            1 => DutyFilter::RungDue { now },
            2 => DutyFilter::Gaps,
            3 => DutyFilter::OfCase(self.pick(&self.cases).id),
            4 => DutyFilter::All,
            5 => DutyFilter::Open { person: None },
            6 => DutyFilter::OfCases(self.pick(&self.cases).id, self.pick(&self.cases).id),
            _ => self.some_worklist(3),
        };
        let order = if self.one_in(3) { i64::MIN } else { minute(self.below(9)).as_millis() };
        let after = DutyCursor { order, case: self.pick(&self.cases).id, no: self.below(7) };
        DutyQuery { filter, after: self.one_in(2).then_some(after), limit: 1 + self.below(20) }
    }
}

async fn answers(
    read: &mut dyn Read,
    questions: &[(CaseQuery, DutyQuery)],
) -> Vec<(Vec<StoredCase>, Vec<DutyRow>)> {
    let mut answers = Vec::new();
    for (cases, duties) in questions {
        if let DutyFilter::SeenAs(seen) = &duties.filter {
            let page = WorklistQuery { seen, after: duties.after, limit: duties.limit };
            same_as_listed(read, page).await;
        }
        answers.push((read.cases(cases).await.unwrap(), read.duties(duties).await.unwrap()));
    }
    answers
}

fn within(area: &str, range: &(String, String)) -> bool {
    *range.0 <= *area && *area < *range.1
}

fn is_meant(case: &StoredCase, query: &CaseQuery) -> bool {
    let facts = &case.facts;
    query.state.as_ref().is_none_or(|state| *state == facts.state)
        && query.area.as_ref().is_none_or(|range| within(facts.area.as_str(), range))
        && query.subject.is_none_or(|subject| subject == facts.subject.id)
        && query.incident.is_none_or(|incident| incident == facts.incident)
        && (facts.is_open() || !query.open_only)
        && query.number.is_none_or(|number| number == (case.number.year, case.number.number))
        && query.attribute.iter().all(|(key, value)| case.attributes.get(key) == Some(value))
        && query.after.is_none_or(|after| facts.id > after)
}

/// Where a duty stands in the list that a filter means, if it is in it.
fn place(row: &DutyRow, shown: &Shown, filter: &DutyFilter) -> Option<DutyCursor> {
    let (duty, open) = (&row.duty, row.duty.is_open());
    let due = duty.due().map_or(i64::MIN, Timestamp::as_millis);
    let shown_to = &shown[&(row.case, duty.no)];
    let order = match filter {
        DutyFilter::SeenAs(ways) => {
            let seen = ways.iter().any(|way| match way {
                SeenAs::InArea { role, from, to } => {
                    let range = (from.clone(), to.clone());
                    shown_to.contains(&(role.clone(), None)) && within(&row.area, &range)
                }
                SeenAs::InUnit { role, unit } => {
                    shown_to.contains(&(role.clone(), Some(unit.clone())))
                }
            });
            (open && seen).then_some(due)
        }
        DutyFilter::Overdue { now, area } => {
            let here = area.as_ref().is_none_or(|range| within(&row.area, range));
            (open && here && due > i64::MIN && due < now.as_millis()).then_some(due)
        }
        DutyFilter::RungDue { now } => {
            duty.next_rung_at.filter(|at| open && at < now).map(Timestamp::as_millis)
        }
        DutyFilter::Gaps => (open && duty.holder.gap).then_some(due),
        DutyFilter::Open { person } => {
            let held = |person| duty.holder.person.as_ref() == Some(person);
            (open && person.as_ref().is_none_or(held)).then_some(due)
        }
        DutyFilter::OfCase(case) => (row.case == *case).then_some(due),
        DutyFilter::OfCases(from, to) => (from..=to).contains(&&row.case).then_some(due),
        DutyFilter::All => Some(due),
        DutyFilter::Deadlines => unreachable!("no walk asks for it"),
    };
    order.map(|order| DutyCursor { order, case: row.case, no: duty.no })
}

/// What a scan of all duties finds.
fn scan<'a>(every: &'a [DutyRow], shown: &Shown, query: &DutyQuery) -> Vec<&'a DutyRow> {
    let places = every.iter().filter_map(|row| {
        let place = place(row, shown, &query.filter)?;
        query.after.is_none_or(|after| place > after).then_some((place, row))
    });
    let mut found: Vec<_> = places.collect();
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().take(query.limit as usize).map(|(_, row)| row).collect()
}

/// After every commit, readers list what the transaction listed before it.
pub async fn a_transaction_lists_what_readers_list_after_it(fixture: Fixture) {
    let mut walk = Walk::new(&fixture, 1);
    for _ in 0..ROUNDS {
        walk.round().await;
    }
}

/// Whatever was written, a list of cases is what a scan of all cases finds.
pub async fn a_list_of_cases_is_what_a_scan_finds(fixture: Fixture) {
    let mut walk = Walk::new(&fixture, 2);
    for _ in 0..ROUNDS {
        let (mut reader, questions) = walk.round().await;
        let every = CaseQuery { limit: ALL, ..CaseQuery::default() };
        let every = reader.cases(&every).await.unwrap();
        for (query, _) in questions {
            let mut scanned = every.clone();
            scanned.retain(|case| is_meant(case, &query));
            scanned.truncate(query.limit as usize);
            assert_eq!(reader.cases(&query).await.unwrap(), scanned, "{query:?}");
        }
    }
}

/// Whatever was written, a list of duties is what a scan of all duties finds.
pub async fn a_list_of_duties_is_what_a_scan_finds(fixture: Fixture) {
    let mut walk = Walk::new(&fixture, 3);
    for _ in 0..ROUNDS {
        let (mut reader, questions) = walk.round().await;
        let every = DutyQuery { filter: DutyFilter::All, after: None, limit: ALL };
        let every = reader.duties(&every).await.unwrap();
        for (_, query) in questions {
            let scanned = scan(&every, &walk.shown, &query);
            let listed = reader.duties(&query).await.unwrap();
            assert_eq!(listed.iter().collect::<Vec<_>>(), scanned, "{query:?}");
        }
    }
}

/// Whatever was written, and in however many ways it is seen, the pages of a worklist give what a
/// scan of all duties finds: all of it, once, in order, and from wherever one goes on.
pub async fn pages_of_a_worklist_are_what_a_scan_finds(fixture: Fixture) {
    let mut walk = Walk::new(&fixture, 4);
    let (mut duties, mut ways) = (0, 0);
    for round in 0..ROUNDS {
        let (mut reader, _) = walk.round().await;
        if round % 5 != 4 {
            continue;
        }
        let every = DutyQuery { filter: DutyFilter::All, after: None, limit: ALL };
        let every = reader.duties(&every).await.unwrap();
        let filter = walk.some_worklist(6);
        let whole = DutyQuery { filter: filter.clone(), after: None, limit: ALL };
        let whole = scan(&every, &walk.shown, &whole);
        duties += whole.len();
        ways = ways.max(if let DutyFilter::SeenAs(seen) = &filter { seen.len() } else { 0 });
        for limit in 1..=3_u32 {
            let cursors = whole.iter().map(|row| Some(row.cursor()));
            for (at, after) in std::iter::once(None).chain(cursors).enumerate() {
                let query = DutyQuery { filter: filter.clone(), after, limit };
                let listed = reader.duties(&query).await.unwrap();
                let expected = whole.iter().copied().skip(at).take(limit as usize);
                assert_eq!(
                    listed.iter().collect::<Vec<_>>(),
                    expected.collect::<Vec<_>>(),
                    "{query:?}"
                );
            }
        }
    }
    assert!(duties > 50 && ways > 3, "{duties} duties were seen in {ways} ways at most");
}
