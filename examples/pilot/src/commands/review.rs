//! `review`: how a pilot went, from the trail and from the pilot's log.

use std::collections::{BTreeMap, BTreeSet};

use hexacase::{
    engine::{Engine, HistoryEntry},
    store::{EntryCursor, StaffRow},
    terms::{
        actor::SYSTEM,
        id::{ActorId, CaseId},
        time::{CivilDate, Timestamp},
    },
    trail::Kind,
};

use super::review_text;
use crate::{
    cli::{Global, ReviewArgs},
    database,
    error::PilotError,
    failure::Failure,
    log::{LogEvent, LogLine},
    output::Output,
    results::{
        ClueToVisit, FeedbackLine, Lag, RefusalCount, ReviewResult, StepsOfPerson, UnusedTransition,
    },
};

const PAGE: u32 = 500;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Where a clue comes in, and what is done about it.
const CLUE: (&str, &str) = ("risk_alert", "register_clue");
/// Who stands in the entries of a secret report, as a role and here as a person.
pub(super) const REPORTER: &str = "reporter";
/// A visit, in every procedure that has visits.
const VISIT: &str = "record_visit";

pub(super) async fn review(
    global: &Global,
    args: &ReviewArgs,
    out: &Output,
) -> Result<(), Failure> {
    if args.to < args.from {
        return Err(PilotError::TimeBackwards.into());
    }
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out));
    let time = Time { from: args.from, to: args.to };
    let staff = engine.staff().await?;
    let mut tally = Tally::default();
    read(engine, time, &mut tally).await?;
    let (lines, unread) = opened.log.lines()?;
    let lines: Vec<LogLine> = lines.into_iter().filter(|line| time.holds(line.at)).collect();
    let result = ReviewResult {
        from: args.from,
        to: args.to,
        steps: tally.by_person.values().map(|steps| steps.lags.len() as u64).sum(),
        opened: tally.opened,
        ended: tally.ended,
        people: people(&tally, &staff, &lines),
        lag: lag(tally.by_person.values().flat_map(|steps| steps.lags.iter().copied()).collect()),
        refusals: refusals(&lines),
        clue_to_visit: tally.clue_to_visit(args.to.end().min(engine.now())),
        unused: unused(engine, &tally),
        feedback: feedback(&lines),
        unread: unread as u64,
    };
    out.result("review", &result, || review_text::text(&result, &staff, &words, out))
}

/// From the first day to the end of the last.
#[derive(Clone, Copy)]
struct Time {
    from: CivilDate,
    to: CivilDate,
}

impl Time {
    fn holds(self, at: Timestamp) -> bool {
        self.from.start() <= at && at <= self.to.end()
    }
}

#[derive(Default)]
struct Steps {
    lags: Vec<i64>,
    days: BTreeSet<CivilDate>,
}

#[derive(Default)]
struct Tally {
    by_person: BTreeMap<ActorId, Steps>,
    /// Which transitions of which procedures were taken.
    taken: BTreeSet<(String, String)>,
    opened: u64,
    ended: u64,
    /// When the clue of a case came in.
    clues: BTreeMap<CaseId, Timestamp>,
    /// When the first visit of a case was.
    visits: BTreeMap<CaseId, Timestamp>,
}

/// Reads the entries of a time, a page at a time.
async fn read(engine: &Engine, time: Time, tally: &mut Tally) -> Result<(), Failure> {
    let before = time.from.start().plus_millis(-1);
    let mut after = Some(EntryCursor {
        recorded_at: before,
        case: CaseId::from_bytes([u8::MAX; 16]),
        seq: i64::MAX,
    });
    loop {
        let page = engine.feed(after, PAGE).await?;
        for (entry, _) in &page {
            if entry.envelope.recorded_at > time.to.end() {
                return Ok(());
            }
            tally.take(engine, entry);
        }
        after = page.last().map(|(_, cursor)| *cursor);
        if page.len() < PAGE as usize {
            return Ok(());
        }
    }
}

impl Tally {
    fn take(&mut self, engine: &Engine, entry: &HistoryEntry) {
        let envelope = &entry.envelope;
        match envelope.kind {
            Kind::Staff | Kind::Escalate | Kind::Reproject | Kind::Informed => return,
            Kind::Step | Kind::OpenedBy | Kind::Engine | Kind::Proposed => {}
        }
        if let Some(definition) = engine.registry().with_hash(&envelope.definition) {
            self.taken.insert((definition.name().to_owned(), envelope.transition.clone()));
        }
        self.opened += u64::from(envelope.seq == 1);
        self.ended += u64::from(envelope.ended && envelope.from.as_ref() != Some(&envelope.to));
        let occurred = envelope.occurred_at;
        if envelope.transition == CLUE.1 && envelope.seq == 1 {
            self.clues.entry(envelope.case).or_insert(occurred);
        }
        if envelope.transition == VISIT {
            let first = self.visits.entry(envelope.case).or_insert(occurred);
            *first = occurred.min(*first);
        }
        // What the chain opened or time ended is nobody's step.
        if envelope.kind == Kind::OpenedBy || envelope.actor.as_str() == "system" {
            return;
        }
        // Every entry of a secret reporter has an alias of its own; nobody is to count them apart.
        let secret = envelope.role.as_ref().is_some_and(|role| role.as_str() == REPORTER);
        let actor = if secret { ActorId::constant(REPORTER) } else { envelope.actor.clone() };
        let steps = self.by_person.entry(actor).or_default();
        let millis = envelope.recorded_at.as_millis().saturating_sub(occurred.as_millis());
        steps.lags.push(millis.max(0) / MINUTE);
        steps.days.insert(envelope.recorded_at.date());
    }

    fn clue_to_visit(&self, until: Timestamp) -> ClueToVisit {
        let hours = |from: &Timestamp, to: Timestamp| {
            to.as_millis().saturating_sub(from.as_millis()).max(0) / HOUR
        };
        let (mut took, mut waits) = (Vec::new(), Vec::new());
        for (case, clue) in &self.clues {
            match self.visits.get(case) {
                Some(visit) => took.push(hours(clue, *visit)),
                None => waits.push(hours(clue, until)),
            }
        }
        took.sort_unstable();
        ClueToVisit {
            clues: self.clues.len() as u64,
            visited: took.len() as u64,
            median_hours: rank(&took, 50),
            p90_hours: rank(&took, 90),
            longest_wait_hours: waits.into_iter().max(),
        }
    }
}

/// The smallest value that so many of a hundred do not exceed (nearest rank), of sorted values.
fn rank(sorted: &[i64], percent: usize) -> Option<i64> {
    let at = (sorted.len() * percent).div_ceil(100).checked_sub(1)?;
    sorted.get(at).copied()
}

fn lag(mut lags: Vec<i64>) -> Lag {
    lags.sort_unstable();
    Lag { median_minutes: rank(&lags, 50), p90_minutes: rank(&lags, 90) }
}

fn people(tally: &Tally, staff: &[StaffRow], lines: &[LogLine]) -> Vec<StepsOfPerson> {
    let known = staff.iter().filter(|row| row.active).map(|row| &row.id);
    let everybody: BTreeSet<&ActorId> = known.chain(tally.by_person.keys()).collect();
    let none = Steps::default();
    let mut people: Vec<StepsOfPerson> = everybody
        .into_iter()
        .map(|id| {
            let steps = tally.by_person.get(id).unwrap_or(&none);
            let refused = lines.iter().filter(
                |line| matches!(&line.event, LogEvent::Refusal { actor, .. } if actor == id),
            );
            StepsOfPerson {
                person: id.to_string(),
                name: staff.iter().find(|row| &row.id == id).map(|row| row.name.clone()),
                steps: steps.lags.len() as u64,
                days: steps.days.len() as u64,
                lag: lag(steps.lags.clone()),
                refused: refused.count() as u64,
            }
        })
        .collect();
    people.sort_by(|one, other| other.steps.cmp(&one.steps).then(one.person.cmp(&other.person)));
    people
}

fn refusals(lines: &[LogLine]) -> Vec<RefusalCount> {
    type Kind<'l> = (&'l str, &'l str, Option<&'l str>);
    let mut counts: BTreeMap<Kind<'_>, (u64, BTreeSet<&ActorId>)> = BTreeMap::new();
    for line in lines {
        if let LogEvent::Refusal { actor, command, step, code } = &line.event {
            let count = counts.entry((code, command, step.as_deref())).or_default();
            count.0 += 1;
            count.1.insert(actor);
        }
    }
    let mut refusals: Vec<RefusalCount> = counts
        .into_iter()
        .map(|((code, command, step), (count, people))| RefusalCount {
            code: code.to_owned(),
            command: command.to_owned(),
            step: step.map(str::to_owned),
            count,
            people: people.len() as u64,
        })
        .collect();
    refusals.sort_by(|one, other| other.count.cmp(&one.count).then(one.code.cmp(&other.code)));
    refusals
}

fn feedback(lines: &[LogLine]) -> Vec<FeedbackLine> {
    let said = lines.iter().filter_map(|line| match &line.event {
        LogEvent::Feedback { actor, text } => {
            Some(FeedbackLine { at: line.at, person: actor.to_string(), text: text.clone() })
        }
        _ => None,
    });
    said.collect()
}

/// The transitions of the newest definitions that nobody took. Those of time alone do not count.
fn unused(engine: &Engine, tally: &Tally) -> Vec<UnusedTransition> {
    let mut unused = Vec::new();
    for definition in engine.registry().iter() {
        let procedure = definition.name();
        for spec in definition.transitions() {
            let by_people = spec.by.iter().any(|role| *role != SYSTEM);
            let taken = (procedure.to_owned(), spec.name.to_owned());
            if by_people && !tally.taken.contains(&taken) {
                let (procedure, transition) = taken;
                unused.push(UnusedTransition { procedure, transition });
            }
        }
    }
    unused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_the_nearest() {
        assert_eq!(rank(&[], 50), None);
        assert_eq!((rank(&[7], 50), rank(&[7], 90)), (Some(7), Some(7)));
        let ten: Vec<i64> = (1..=10).collect();
        assert_eq!((rank(&ten, 50), rank(&ten, 90)), (Some(5), Some(9)));
    }
}
