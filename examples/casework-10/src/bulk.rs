//! Fills a database with cases that were not worked on one by one.
//!
//! The engine takes a few cases through their steps, one for each day of the last month. Every other
//! case is a copy of one of these with ids, village, director and office of its own: its entries are
//! hashed and chained anew and its rows are what folding its entries gives, so that `verify` finds
//! nothing to say, and the store takes them in groups of many cases. So a loaded case differs from
//! one that was worked on only in that nobody decided it, and a million entries take minutes
//! instead of the better part of an hour.

use std::{
    collections::BTreeMap,
    sync::Arc,
    sync::atomic::{AtomicI64, Ordering},
};

use hexacase::{
    care::roles,
    case::match_rows,
    duty::owed::DutyChange,
    engine::{Command, Engine},
    procedure::Definition,
    store::{CaseWrite, DutyWrite, EntryQuery, Group, GroupOutcome, NewCommand, NewEntry, Scope},
    terms::{
        actor::{Actor, RoleTable},
        area::AreaPurpose,
        entropy::{SystemEntropy, uuid_v7},
        facts::{CaseFacts, Subject, SubjectKind},
        id::{CaseId, CommandId, Digest, IncidentId, Revision, SubjectId},
        text::Text,
        time::{Clock, SystemClock, Timestamp},
    },
    trail::{CaseImage, Envelope, Origin, fold, genesis, link, read_entry},
};
use indicatif::ProgressBar;
use serde_json::json;

use crate::{
    back_and_forth::{self, Arrive, BackAndForth, DAYS, MOVES},
    engine::DETAIL,
    place::{Kind, Outcome, Place},
    villages::{self, Village},
};

/// What is to be loaded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// So many cases.
    pub(crate) cases: usize,
    /// So many entries in each.
    pub(crate) entries: usize,
    /// So many cases about each child.
    pub(crate) per_child: usize,
}

/// What was loaded.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The villages.
    pub(crate) villages: Vec<Village>,
    /// The cases, each with the place of its village in the list.
    pub(crate) cases: Vec<(CaseId, usize)>,
    /// The children.
    pub(crate) children: Vec<SubjectId>,
    /// The time that counts as now: that of the newest entry.
    pub(crate) now: Timestamp,
}

/// Every so many-th case has a duty that fell due yesterday: one in a hundred.
const LATE: usize = 100;
/// The other duties fall due on so many days, one after another, the first in three days.
const SPREAD: usize = 28;
/// Entries in one group.
const GROUP: usize = 2_048;

/// A clock that stands where it was put.
#[derive(Clone, Debug)]
pub(crate) struct SetClock(Arc<AtomicI64>);

impl SetClock {
    /// A clock that stands at a time.
    pub(crate) fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.as_millis())))
    }

    fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// A case that the engine worked on: its entries with their sealed bodies.
type Original = Vec<(Envelope, Vec<u8>)>;

/// Makes a database and loads cases into it. `name` tells it from others of the same run.
pub(crate) async fn make(
    kind: Kind,
    database: Option<&str>,
    name: &str,
    cases: Load,
) -> Outcome<(Place, Loaded)> {
    let place = Place::make(kind, database, name).await?;
    let loaded = load(&place, cases).await?;
    Ok((place, loaded))
}

/// Loads cases into a database that was just made.
async fn load(place: &Place, load: Load) -> Outcome<Loaded> {
    let now = SystemClock.now();
    let villages = villages::all()?;
    let days = |days: i64| now.plus_hours(days.saturating_mul(-24));
    // Earliest first: a directory's entries, as a case's, never go back in time.
    let clock = SetClock::at(days(DAYS + 1));
    let engine = place.engine(clock.clone()).await?;
    villages::employ(&engine, &villages).await?;
    let late = original(place, &engine, &villages, load.entries).await?;
    let mut fresh = Vec::new();
    for ago in (0..SPREAD).rev() {
        clock.set(days(i64::try_from(ago)?));
        fresh.push(original(place, &engine, &villages, load.entries).await?);
    }
    drop(engine);
    let copier = Copier::new(place, late, fresh, villages).await?;
    let loaded = copy(place, copier, load, now).await?;
    eprintln!("the database is brought to rest");
    place.settle().await?;
    Ok(loaded)
}

/// Takes one case through its steps at the time of the engine's clock.
async fn original(
    place: &Place,
    engine: &Engine,
    villages: &[Village],
    entries: usize,
) -> Outcome<Original> {
    let village = villages.first().ok_or("there is no village")?;
    let case = open(engine, village).await?;
    moved(engine, village, case, entries.saturating_sub(1)).await?;
    let meta = place.store().meta().await?;
    let mut reader = place.store().reader(&meta.realm).await?;
    let query = EntryQuery::whole(case);
    let mut original = Vec::new();
    for entry in reader.entries(&query).await? {
        let envelope = read_entry(&entry.bytes)?;
        if !(envelope.messages.is_empty() && envelope.links.is_empty()) {
            return Err("a case with messages or links cannot be copied".into());
        }
        original.push((envelope, entry.body.ok_or("an entry has no body")?));
    }
    Ok(original)
}

/// Opens a case in a village.
pub(crate) async fn open(engine: &Engine, village: &Village) -> Outcome<CaseId> {
    let form = Arrive { detail: Text::new(DETAIL)? };
    let command = Command::open::<BackAndForth, _>(director(village), &form)?
        .in_area(AreaPurpose::Residence, village.area.clone());
    Ok(engine.execute(command).await?.case)
}

/// Moves a case that was just opened.
pub(crate) async fn moved(
    engine: &Engine,
    village: &Village,
    case: CaseId,
    steps: usize,
) -> Outcome<()> {
    for name in MOVES.iter().cycle().take(steps) {
        engine.execute(step(village, case, name)).await?;
    }
    Ok(())
}

/// The command that moves a case, with an id as hosts give one.
pub(crate) fn step(village: &Village, case: CaseId, name: &str) -> Command {
    let id = CommandId::from(uuid_v7(SystemClock.now(), &SystemEntropy));
    Command::fire_named(director(village), case, name, json!({ "detail": DETAIL })).with_id(id)
}

/// A village's director, at work.
pub(crate) fn director(village: &Village) -> Actor {
    Actor::at_work(village.director.clone())
}

/// Makes copies on a thread of its own, and has them written meanwhile.
async fn copy(place: &Place, copier: Copier, load: Load, now: Timestamp) -> Outcome<Loaded> {
    let per_child = load.per_child.max(1);
    // A child's cases are written together, so that its lock is set once.
    let children = (GROUP / load.entries.max(1) / per_child).max(1);
    let villages = copier.villages.clone();
    let realm = place.store().meta().await?.realm;
    let progress = ProgressBar::new(u64::try_from(load.cases)?);
    eprintln!("loading {} cases with {} entries each", load.cases, load.entries);
    let (give, mut take) = tokio::sync::mpsc::channel::<Result<Group, String>>(2);
    let making = tokio::task::spawn_blocking(move || {
        let mut kept = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < load.cases {
            let until = load.cases.min(at.saturating_add(children.saturating_mul(per_child)));
            let group = copier.group(at..until, per_child, &mut kept);
            at = until;
            if give.blocking_send(group).is_err() {
                break;
            }
        }
        kept
    });
    while let Some(group) = take.recv().await {
        let group = group?;
        let cases = group.cases.len();
        let tx = place.store().begin(&realm).await?;
        match tx.conclude(&[group]).await?.as_slice() {
            [GroupOutcome::Written(_)] => progress.inc(u64::try_from(cases)?),
            _ => return Err("cases that were loaded stood there before".into()),
        }
    }
    progress.finish_and_clear();
    let (cases, children) = making.await?;
    Ok(Loaded { villages, cases, children, now })
}

/// Makes copies of cases.
struct Copier {
    late: Original,
    fresh: Vec<Original>,
    villages: Vec<Village>,
    origin: Origin,
    definition: Definition,
    roles: RoleTable,
}

impl Copier {
    async fn new(
        place: &Place,
        late: Original,
        fresh: Vec<Original>,
        villages: Vec<Village>,
    ) -> Outcome<Self> {
        let meta = place.store().meta().await?;
        let origin = Origin::new(&meta.realm, meta.origin);
        let rules = hexacase::care::rules::national().overlay("bench", back_and_forth::OVERLAY)?;
        let definition = back_and_forth::definition(&rules)?;
        Ok(Self { late, fresh, villages, origin, definition, roles: roles::table() })
    }

    /// The group that opens these cases and takes each through all its steps.
    fn group(
        &self,
        numbers: std::ops::Range<usize>,
        per_child: usize,
        (cases, children): &mut (Vec<(CaseId, usize)>, Vec<SubjectId>),
    ) -> Result<Group, String> {
        let now = SystemClock.now();
        let id = || uuid_v7(now, &SystemEntropy);
        let mut group = Group::default();
        let mut child = SubjectId::from(id());
        for number in numbers {
            if number % per_child == 0 {
                child = SubjectId::from(id());
                children.push(child);
                group.scopes.push((Scope::subject(child), 0));
            }
            let original = match number % LATE {
                1 => &self.late,
                other => self.fresh.get(other % SPREAD).ok_or("no case to copy")?,
            };
            // The children of neighbouring numbers live in different villages, and a child's
            // cases in one.
            let at = number / per_child % self.villages.len();
            let village = self.villages.get(at).ok_or("there is no village")?;
            let (case, incident) = (CaseId::from(id()), IncidentId::from(id()));
            group.scopes.push((Scope::incident(incident), 0));
            group.expect.push((case, Revision::NONE));
            let mut image = None;
            for (envelope, body) in original {
                let mut envelope = envelope.clone();
                let command = CommandId::from(id());
                envelope.case = case;
                envelope.actor = village.director.clone();
                envelope.command = Some(command);
                if let Some(facts) = &mut envelope.facts {
                    facts.subject = Subject { kind: SubjectKind::Child, id: child };
                    facts.incident = incident;
                    facts.area = village.area.clone();
                    facts.areas = BTreeMap::from([(AreaPurpose::Residence, village.area.clone())]);
                    facts.opened_by = Some(village.unit.clone());
                }
                for change in &mut envelope.duties {
                    if let DutyChange::Set { duty, .. } = change {
                        duty.holder.unit = Some(village.unit.clone());
                    }
                }
                envelope.prev = image.as_ref().map_or_else(
                    || genesis(&envelope.realm, case, &self.origin),
                    |image: &CaseImage| image.facts.head,
                );
                let bytes = envelope.to_bytes().map_err(|problem| problem.to_string())?;
                let hash = link(&bytes);
                image = Some(fold(image, &envelope, hash).map_err(|problem| problem.to_string())?);
                group.commands.push(NewCommand {
                    id: command,
                    hash: Digest::of(command.as_bytes()),
                    case,
                    seq: envelope.seq,
                    state: envelope.to,
                });
                group.entries.push(NewEntry {
                    case,
                    seq: envelope.seq,
                    recorded_at: envelope.recorded_at,
                    bytes,
                    hash,
                    body: body.clone(),
                    key: envelope.key,
                });
            }
            let image = image.ok_or("the copied case has no entries")?;
            group.cases.push(self.written(image));
            cases.push((case, at));
        }
        Ok(group)
    }

    /// The rows of a case, as the engine would write them.
    fn written(&self, image: CaseImage) -> CaseWrite {
        let CaseImage { facts, attributes, duties } = image;
        let shown = |facts: &CaseFacts, duty: &hexacase::duty::owed::OwedDuty| {
            let spec = self.definition.duty(&duty.name).filter(|_| duty.is_open());
            let recorded_by = spec.map(|spec| spec.recorded_by.as_slice()).unwrap_or_default();
            let (holder, opened_by) = (duty.holder.unit.as_ref(), facts.opened_by.as_ref());
            match_rows(&self.roles, recorded_by, holder, opened_by)
        };
        let duties = duties
            .into_iter()
            .map(|duty| DutyWrite { matches: shown(&facts, &duty), duty })
            .collect();
        CaseWrite {
            number_in: Some(facts.recorded_at.date().year()),
            attributes: attributes.into_iter().map(|(key, value)| (key, Some(value))).collect(),
            duties,
            facts,
            restated: true,
            had_duties: 0,
        }
    }
}
