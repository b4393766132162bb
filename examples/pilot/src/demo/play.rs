//! The player: lets the people of a county do what they owe, in virtual time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hexacase::{
    care::roles::{JOINT_MEETING_OFFICE, MEMBER_LIAISON},
    duty::owed::{DutyKind, OwedDuty},
    engine::{Command, Engine, EngineError, Receipt, Staff},
    procedure::Refusal,
    store::StaffRow,
    terms::{
        actor::Role,
        id::{ActorId, CaseId, IncidentId, SubjectId},
        time::Timestamp,
    },
};

use super::{
    Filler, VirtualClock,
    agenda::{Agenda, Task},
    knowing::{Known, followed},
    news::News,
    people::Chosen,
};
use crate::{
    county::{County, Happening},
    random::Random,
};

/// What a play did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Steps that were taken.
    pub steps: usize,
    /// Steps that were refused; the person then did something else or tried again.
    pub refusals: usize,
    /// The same by step, code of the refusal, and field where it names one.
    pub refused: BTreeMap<(String, String, Option<String>), usize>,
    /// Happenings that could not be entered.
    pub left: usize,
}

/// What comes next in a played county.
#[derive(Debug)]
pub enum Turn {
    /// People take these steps.
    Steps(Vec<Command>),
    /// It is time for the daily sweep.
    Sweep(Timestamp),
    /// The county's last day is over.
    Over,
}

/// A step that somebody takes, and why.
#[derive(Debug)]
enum Move {
    News(News),
    Work { task: Task, transition: String, actor: ActorId, case: CaseId },
}

/// Plays a county's time.
#[derive(Debug)]
pub struct Player<'a> {
    pub(super) engine: Engine,
    pub(super) clock: &'a VirtualClock,
    pub(super) county: &'a County,
    pub(super) staff: Staff,
    pub(super) filler: Filler,
    pub(super) random: Random,
    pub(super) agenda: Agenda,
    pub(super) cases: BTreeMap<CaseId, Known>,
    pub(super) files: BTreeMap<SubjectId, CaseId>,
    pub(super) incidents: BTreeMap<String, IncidentId>,
    pub(super) planned: BTreeSet<(CaseId, u32, u32)>,
    pub(super) slow: BTreeSet<ActorId>,
    /// The child whose cases go on to the next mechanism wherever they can.
    pub(super) followed: Option<SubjectId>,
    /// Cases for which a conference was called and no meeting is proposed yet.
    pub(super) conferences: Vec<CaseId>,
    pub(super) played: Played,
    happenings: VecDeque<&'a Happening>,
    sweep_at: Timestamp,
    /// The last sweep, until the office has looked at what came of it.
    swept: Option<Timestamp>,
    /// The steps of the last turn, which wait for their answers.
    moves: Vec<Move>,
    /// What is still to be entered of the happening that is under way.
    pub(super) news: VecDeque<(Command, News)>,
    pub(super) happening: bool,
    pub(super) told: Vec<Receipt>,
    over: bool,
}

fn holds(row: &StaffRow, roles: &[Role]) -> bool {
    row.active && row.grants.iter().any(|grant| roles.contains(&grant.role))
}

/// The step by which a case's units are called together.
const CALL_CONFERENCE: &str = "call_conference";
/// Tasks so close together are done in one go.
const SLOT_MINUTES: i64 = 20;
pub(super) const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24 * HOUR;
/// How often somebody tries before it is tried only now and then.
const TRIES: u32 = 8;
/// What could not be done so often is not forgotten: it is tried again after so long.
const SELDOM: i64 = 6 * DAY;

impl<'a> Player<'a> {
    /// A player of a county whose people and register are in the engine already.
    ///
    /// # Errors
    /// [`EngineError`] when the engine cannot be read.
    pub async fn new(
        engine: &Engine,
        clock: &'a VirtualClock,
        county: &'a County,
        filler: Filler,
        seed: u64,
    ) -> Result<Self, EngineError> {
        let staff = Staff::new(0, engine.staff().await?);
        // The office does not verify what its own unit leads.
        let members = staff.people().filter(|row| holds(row, MEMBER_LIAISON));
        let members = members.filter(|row| {
            !staff
                .people()
                .any(|other| other.unit == row.unit && holds(other, JOINT_MEETING_OFFICE))
        });
        let filler = filler.with_members(members.map(|row| row.unit.to_string()).collect());
        let mut random = Random::new(seed, "play");
        // A tenth of the people are slow; they make the overdue list.
        let slow = staff.people().filter(|_| random.chance(10)).map(|row| row.id.clone()).collect();
        let mut happenings: Vec<&Happening> = county.happenings.iter().collect();
        happenings.sort_by_key(|happening| (happening.recorded_at, happening.row));
        let mut player = Self {
            engine: engine.clone(),
            clock,
            county,
            staff,
            filler,
            random,
            agenda: Agenda::default(),
            cases: BTreeMap::new(),
            files: BTreeMap::new(),
            incidents: BTreeMap::new(),
            planned: BTreeSet::new(),
            slow,
            followed: followed(county),
            conferences: Vec::new(),
            played: Played::default(),
            happenings: happenings.into(),
            sweep_at: county.first_day().start().plus_hours(18),
            swept: None,
            moves: Vec::new(),
            news: VecDeque::new(),
            happening: false,
            told: Vec::new(),
            over: false,
        };
        player.find_files().await?;
        Ok(player)
    }

    /// Plays until the end of the county's last day. `progress` is told the day.
    ///
    /// # Errors
    /// [`EngineError`] when the engine fails; refusals are part of the play.
    pub async fn play(
        mut self,
        mut progress: impl FnMut(Timestamp),
    ) -> Result<Played, EngineError> {
        loop {
            match self.next().await? {
                Turn::Sweep(at) => {
                    self.engine.sweep().await?;
                    progress(at);
                }
                Turn::Steps(commands) => {
                    let answers = self.engine.execute_many(commands).await;
                    self.answered(answers).await?;
                }
                Turn::Over => return Ok(self.played),
            }
        }
    }

    /// What comes next, with the clock set to its time. Whoever drives the play carries it out, and
    /// tells the answers to steps with [`Player::answered`].
    ///
    /// # Errors
    /// [`EngineError`] when the engine cannot be read.
    pub async fn next(&mut self) -> Result<Turn, EngineError> {
        let end = self.county.last_day().end();
        loop {
            if let Some(command) = self.news.pop_front() {
                self.moves = vec![Move::News(command.1)];
                return Ok(Turn::Steps(vec![command.0]));
            }
            self.close_happening().await?;
            if let Some(at) = self.swept.take() {
                self.meet(at).await?;
                continue;
            }
            let next = [
                self.agenda.next_at(),
                self.happenings.front().map(|happening| happening.recorded_at),
                Some(self.sweep_at),
            ];
            let Some(now) = next.into_iter().flatten().min().filter(|now| *now <= end) else {
                if self.over {
                    return Ok(Turn::Over);
                }
                self.over = true;
                self.clock.set(end);
                return Ok(Turn::Sweep(end));
            };
            if now >= self.sweep_at {
                let at = self.sweep_at;
                self.clock.set(at);
                self.sweep_at = at.plus_millis(DAY);
                self.swept = Some(at);
                return Ok(Turn::Sweep(at));
            }
            if self.happenings.front().is_some_and(|next| next.recorded_at <= now) {
                self.clock.set(now);
                if let Some(happening) = self.happenings.pop_front() {
                    self.happen(happening);
                }
                continue;
            }
            let slot = now.plus_millis(SLOT_MINUTES * 60_000).min(self.sweep_at);
            self.clock.set(slot);
            let mut tasks = Vec::new();
            while let Some(task) = self.agenda.take(slot) {
                tasks.push(task);
            }
            let commands = self.work(tasks, slot).await?;
            if !commands.is_empty() {
                return Ok(Turn::Steps(commands));
            }
        }
    }

    /// Takes the answers to the steps of the last turn, in their order.
    ///
    /// # Errors
    /// [`EngineError`] when a step failed, or the engine cannot be read; refusals are part of the
    /// play.
    pub async fn answered(
        &mut self,
        answers: Vec<Result<Receipt, EngineError>>,
    ) -> Result<(), EngineError> {
        let now = self.now();
        for (step, answer) in std::mem::take(&mut self.moves).into_iter().zip(answers) {
            match (step, answer) {
                (Move::News(news), Ok(receipt)) => {
                    self.played.steps += 1;
                    self.remember(receipt.case, &news.transition, &news.actor);
                    if let Some(name) = news.opens {
                        let stored = self.engine.stored_case(receipt.case).await?;
                        self.incidents.entry(name).or_insert(stored.facts.incident);
                    }
                    self.told.push(receipt);
                }
                (Move::Work { task, transition, actor, case }, Ok(receipt)) => {
                    self.played.steps += 1;
                    self.remember(case, &transition, &actor);
                    if transition == CALL_CONFERENCE {
                        self.conferences.push(case);
                    }
                    self.learn_of(&receipt).await?;
                    self.unfinished(&task, now);
                }
                (step, Err(EngineError::Refused(refusal))) => {
                    self.played.refusals += 1;
                    let (Move::News(News { transition, .. }) | Move::Work { transition, .. }) =
                        &step;
                    let field = match &refusal {
                        Refusal::Field { field, .. } => Some(field.clone()),
                        _ => None,
                    };
                    let refused = (transition.clone(), refusal.code(), field);
                    *self.played.refused.entry(refused).or_default() += 1;
                    if let Move::Work { task, .. } = step {
                        self.again(&task, &refusal, now);
                    }
                }
                (_, Err(problem)) => return Err(problem),
            }
        }
        Ok(())
    }

    /// Goes on with another engine over the same county, e.g. one with a newer calendar.
    pub fn go_on_with(&mut self, engine: &Engine) {
        self.engine = engine.clone();
    }

    /// Learns who works in the county now.
    ///
    /// # Errors
    /// [`EngineError`] when the directory cannot be read.
    pub async fn meet_people(&mut self) -> Result<(), EngineError> {
        self.staff = Staff::new(0, self.engine.staff().await?);
        Ok(())
    }

    pub(super) fn today(&self) -> hexacase::terms::time::CivilDate {
        use hexacase::terms::time::Clock as _;
        self.clock.now().date()
    }

    pub(super) fn now(&self) -> Timestamp {
        use hexacase::terms::time::Clock as _;
        self.clock.now()
    }

    /// Plans when somebody will do the open duties of a case.
    pub(super) fn plan_duties(&mut self, case: CaseId, now: Timestamp) {
        let Some(known) = self.cases.get(&case) else { return };
        let open = known.open.clone();
        for duty in open.iter().filter(|duty| duty.kind != DutyKind::Wait) {
            let generation = duty.deadline.as_ref().map_or(0, |deadline| deadline.generation);
            if !self.planned.insert((case, duty.no, generation)) {
                continue;
            }
            let at = self.when(duty, now);
            self.agenda.plan(at, Task::Duty { case, no: duty.no, tries: 0 });
        }
    }

    /// When somebody gets to a duty: some way into its time, seldom after it.
    fn when(&mut self, duty: &OwedDuty, now: Timestamp) -> Timestamp {
        let Some(due) = duty.due() else {
            let minutes = i64::try_from(self.random.between(5, 90)).unwrap_or(30);
            return now.plus_millis(minutes * 60_000);
        };
        let left = due.as_millis().saturating_sub(now.as_millis()).max(HOUR);
        let percent = i64::try_from(self.random.between(15, 95)).unwrap_or(50);
        let at = match self.random.below(100) {
            0..91 => now.plus_millis(left.saturating_mul(percent) / 100),
            // Late by a while that fits the limit, and by some days at the most: whoever is reminded
            // gets to it. Only what everybody forgets climbs its ladder to the end.
            chance => {
                let worst = if chance < 97 { left / 2 } else { left.saturating_mul(4) };
                let most = if self.random.below(150) == 0 { 60 } else { 12 };
                due.plus_millis(worst.min(most * DAY).saturating_mul(percent) / 100)
            }
        };
        if left > 2 * DAY { office_hours(at, &mut self.random) } else { at }
    }

    /// What people planned, to be done in one go.
    async fn work(
        &mut self,
        tasks: Vec<Task>,
        now: Timestamp,
    ) -> Result<Vec<Command>, EngineError> {
        let mut commands = Vec::new();
        let mut busy = BTreeSet::new();
        for task in tasks {
            let case = match &task {
                Task::Duty { case, .. } | Task::Beside { case, .. } => *case,
            };
            // One step per case and slot, each on what the one before left.
            if !busy.insert(case) {
                self.agenda.plan(now.plus_millis(60_000), task);
                continue;
            }
            match self.command(&task, now).await? {
                Chosen::Step(transition, actor, command) => {
                    self.moves.push(Move::Work { task, transition, actor, case });
                    commands.push(*command);
                }
                Chosen::Later(at) => self.agenda.plan(at, task),
                Chosen::Nothing => {}
            }
        }
        Ok(commands)
    }

    /// A step that left its duty open (nobody was at home) is tried again.
    fn unfinished(&mut self, task: &Task, now: Timestamp) {
        if let Task::Duty { case, no, tries } = *task
            && self
                .cases
                .get(&case)
                .is_some_and(|known| known.open.iter().any(|duty| duty.no == no))
        {
            let wait = if tries < TRIES { 2 * DAY } else { SELDOM };
            let at = office_hours(now.plus_millis(wait), &mut self.random);
            self.agenda.plan(at, Task::Duty { case, no, tries: tries.saturating_add(1) });
        }
    }

    fn again(&mut self, task: &Task, refusal: &Refusal, now: Timestamp) {
        if let Task::Duty { case, no, tries } = *task {
            let wait = match refusal {
                _ if tries >= TRIES => SELDOM,
                Refusal::DutiesOpen { .. } => DAY,
                _ => 5 * HOUR,
            };
            let tries = tries.saturating_add(1);
            self.agenda.plan(now.plus_millis(wait), Task::Duty { case, no, tries });
        }
    }
}

/// The same or the next time at which an office is open.
pub(super) fn office_hours(at: Timestamp, random: &mut Random) -> Timestamp {
    let minutes = i64::try_from(random.between(8 * 60 + 30, 17 * 60 + 20)).unwrap_or(600);
    let there = at.date().start().plus_millis(minutes * 60_000);
    if there >= at { there } else { there.plus_millis(DAY) }
}
