//! Clients in a crowd: what each asks for, what became of it, and what the store has of it afterwards.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use hexacase::{
    engine::{Command, Engine, EngineError},
    procedure::Procedure,
    store::{CaseQuery, StoredCase},
    terms::{
        area::AreaPurpose,
        entropy::{SystemEntropy, uuid_v7},
        id::{CaseId, CommandId},
        time::{Clock, SystemClock},
    },
};
use serde_json::json;
use tokio::time::Instant;

use crate::{
    back_and_forth::{BackAndForth, MOVES},
    bulk::{self, Loaded},
    measure,
    place::Outcome,
    spread::Spread,
    villages::Village,
};

/// The procedure of what is urgent.
const REPORT: &str = "mandatory_report";

/// A case that takes no step at the moment.
#[derive(Clone, Copy, Debug)]
struct Idle {
    case: CaseId,
    village: usize,
    /// How many steps it took since it was loaded.
    moves: usize,
}

/// What became of steps.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    offered: AtomicU64,
    failed: AtomicU64,
    /// How long those waited that were carried out.
    pub(crate) accepted: Spread,
    /// How long it took to tell that there were too many.
    pub(crate) busy: Spread,
}

impl Answers {
    fn note(&self, due: Instant, answer: Result<(), &EngineError>) {
        match answer {
            Ok(()) => self.accepted.add(due.elapsed()),
            Err(EngineError::Busy { .. }) => self.busy.add(due.elapsed()),
            Err(problem) => {
                // The first one tells enough.
                if self.failed.fetch_add(1, Ordering::Relaxed) == 0 {
                    eprintln!("a step failed: {problem}");
                }
            }
        }
    }

    /// How many were asked for.
    pub(crate) fn offered(&self) -> u64 {
        self.offered.load(Ordering::Relaxed)
    }

    /// How many were neither carried out nor told to come again later.
    pub(crate) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }
}

/// Who gives the steps.
#[derive(Debug)]
pub(crate) struct Clients {
    engine: Engine,
    villages: Vec<Village>,
    idle: Mutex<VecDeque<Idle>>,
    /// What became of steps of stored cases in the crowd.
    pub(crate) ordinary: Answers,
    /// What became of mandatory reports.
    pub(crate) urgent: Answers,
}

impl Clients {
    /// Clients of cases that were just loaded.
    pub(crate) fn new(engine: Engine, Loaded { villages, cases, .. }: Loaded) -> Self {
        let idle = cases.into_iter().map(|(case, village)| Idle { case, village, moves: 0 });
        let idle = Mutex::new(idle.collect());
        let (ordinary, urgent) = (Answers::default(), Answers::default());
        Self { engine, villages, idle, ordinary, urgent }
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The case that has been idle the longest, and its next step.
    fn next(&self) -> Option<(Idle, Command)> {
        let idle = self.idle().pop_front()?;
        let village = self.villages.get(idle.village)?;
        Some((idle, bulk::step(village, idle.case, MOVES.get(idle.moves % 2)?)))
    }

    /// A step of the case that has been idle the longest. What fails keeps its case: nobody knows
    /// where that one is.
    pub(crate) async fn step(&self, due: Instant, answers: &Answers) {
        answers.offered.fetch_add(1, Ordering::Relaxed);
        let Some((mut idle, command)) = self.next() else {
            if answers.failed.fetch_add(1, Ordering::Relaxed) == 0 {
                eprintln!("a step failed: every case has one under way; more `--cases` are needed");
            }
            return;
        };
        let answer = self.engine.execute(command).await;
        answers.note(due, answer.as_ref().map(drop));
        match answer {
            Ok(_) => idle.moves = idle.moves.saturating_add(1),
            Err(EngineError::Busy { .. }) => {}
            Err(_) => return,
        }
        self.idle().push_back(idle);
    }

    /// A mandatory report out of the village that is drawn in this turn.
    pub(crate) async fn report(&self, due: Instant, turn: u64) {
        let drawn = measure::drawn(0, usize::try_from(turn).unwrap_or(0));
        let Some(village) = self.villages.get(drawn % self.villages.len()) else { return };
        self.urgent.offered.fetch_add(1, Ordering::Relaxed);
        let now = SystemClock.now();
        let form = json!({
            "found_at": now.plus_hours(-1), "facts": "样例：手臂多处淤青",
            "situations": ["multiple_injuries_or_neglect"], "description": "身份不明的示例儿童",
        });
        let command = Command::open_named(bulk::director(village), REPORT, "discover", form)
            .in_area(AreaPurpose::Residence, village.area.clone())
            .in_area(AreaPurpose::Incident, village.area.clone())
            .with_id(CommandId::from(uuid_v7(now, &SystemEntropy)));
        let answer = self.engine.execute(command).await;
        self.urgent.note(due, answer.as_ref().map(drop));
    }

    /// How many steps of each kind stand in the store, but for those that were taken `before`. A case
    /// that is not where its answers say is an error.
    pub(crate) async fn found(&self, before: u64) -> Outcome<(u64, u64)> {
        let told: BTreeMap<CaseId, usize> = {
            let idle = self.idle();
            idle.iter().map(|idle| (idle.case, idle.moves)).collect()
        };
        let mut steps = 0_u64;
        let mut odd = 0_usize;
        each(&self.engine, BackAndForth::NAME, |case| {
            // Its first entry opened it.
            let moves = u64::try_from(case.facts.revision.get()).unwrap_or(0).saturating_sub(1);
            steps = steps.saturating_add(moves);
            let told = told.get(&case.facts.id).map(|told| u64::try_from(*told).unwrap_or(0));
            odd = odd.saturating_add(usize::from(told.is_some_and(|told| told != moves)));
        })
        .await?;
        if odd > 0 {
            return Err(format!("{odd} cases are not where their answers say").into());
        }
        let mut reports = 0_u64;
        each(&self.engine, REPORT, |_| reports = reports.saturating_add(1)).await?;
        Ok((steps.saturating_sub(before), reports))
    }
}

/// Every case of a procedure.
async fn each(engine: &Engine, procedure: &str, mut look: impl FnMut(&StoredCase)) -> Outcome<()> {
    let mut after: Option<CaseId> = None;
    loop {
        let procedure = Some(procedure.to_owned());
        let query = CaseQuery { procedure, after, limit: 500, ..CaseQuery::default() };
        let page = engine.cases(&query).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.facts.id);
        page.iter().for_each(&mut look);
    }
}
