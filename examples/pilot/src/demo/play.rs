//! The player: lets the people of a county do what they owe, in virtual time.

use std::collections::{BTreeMap, BTreeSet};

use hexacase::{
    care::roles::{JOINT_MEETING_OFFICE, MEMBER_LIAISON},
    duty::owed::{DutyKind, OwedDuty},
    engine::{Command, Engine, EngineError, Receipt, Staff},
    procedure::Refusal,
    store::{CaseQuery, DutyRow, StaffRow},
    terms::{
        actor::{Actor, Role},
        facts::{Subject, SubjectKind},
        id::{ActorId, CaseId, IncidentId, SubjectId, UnitId},
        time::Timestamp,
    },
};
use serde_json::{Value, json};

use super::{
    Filler, VirtualClock,
    agenda::{Agenda, Task},
    choices, import,
    people::Chosen,
};
use crate::{
    county::{ChildRef, County, Happening},
    random::Random,
};

/// What a play did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Steps that were taken.
    pub steps: usize,
    /// Steps that were refused; the person then did something else or tried again.
    pub refusals: usize,
    /// Happenings that could not be entered.
    pub left: usize,
}

/// What the player remembers of a case.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) procedure: String,
    pub(super) state: String,
    pub(super) subject: SubjectId,
    pub(super) area: hexacase::terms::area::AreaCode,
    pub(super) opened_by: Option<UnitId>,
    pub(super) open: Vec<OwedDuty>,
    /// Who took a step last.
    pub(super) hands: BTreeMap<String, ActorId>,
}

/// Plays a county's time.
#[derive(Debug)]
pub struct Player<'a> {
    pub(super) engine: &'a Engine,
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
    pub(super) played: Played,
}

fn holds(row: &StaffRow, roles: &[Role]) -> bool {
    row.active && row.grants.iter().any(|grant| roles.contains(&grant.role))
}

/// Tasks so close together are done in one go.
const SLOT_MINUTES: i64 = 20;
const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24 * HOUR;
/// How often somebody tries before leaving a duty to its ladder.
const TRIES: u32 = 8;

impl<'a> Player<'a> {
    /// A player of a county whose people and register are in the engine already.
    ///
    /// # Errors
    /// [`EngineError`] when the engine cannot be read.
    pub async fn new(
        engine: &'a Engine,
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
        let mut player = Self {
            engine,
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
            played: Played::default(),
        };
        player.find_files().await?;
        Ok(player)
    }

    async fn find_files(&mut self) -> Result<(), EngineError> {
        let mut after = None;
        loop {
            let query = CaseQuery { after, limit: 500, open_only: true, ..CaseQuery::default() };
            let page = self.engine.cases(&query).await?;
            after = page.last().map(|case| case.facts.id);
            for case in &page {
                if case.facts.procedure == "care_file" {
                    self.files.insert(case.facts.subject.id, case.facts.id);
                }
                let known = Known {
                    procedure: case.facts.procedure.clone(),
                    state: case.facts.state.clone(),
                    subject: case.facts.subject.id,
                    area: case.facts.area.clone(),
                    opened_by: case.facts.opened_by.clone(),
                    open: case.duties.clone(),
                    hands: BTreeMap::new(),
                };
                self.cases.insert(case.facts.id, known);
                self.plan_duties(case.facts.id, case.facts.opened_at);
            }
            if page.len() < 500 {
                return Ok(());
            }
        }
    }

    /// Plays until the end of the county's last day. `progress` is told the day.
    ///
    /// # Errors
    /// [`EngineError`] when the engine fails; refusals are part of the play.
    pub async fn play(
        mut self,
        mut progress: impl FnMut(Timestamp),
    ) -> Result<Played, EngineError> {
        let end = self.county.last_day().end();
        let mut happenings: Vec<&Happening> = self.county.happenings.iter().collect();
        happenings.sort_by_key(|happening| (happening.recorded_at, happening.row));
        let mut happenings = happenings.into_iter().peekable();
        let mut sweep_at = self.county.first_day().start().plus_hours(18);
        loop {
            let next = [
                self.agenda.next_at(),
                happenings.peek().map(|happening| happening.recorded_at),
                Some(sweep_at),
            ];
            let Some(now) = next.into_iter().flatten().min().filter(|now| *now <= end) else {
                break;
            };
            if now >= sweep_at {
                self.clock.set(sweep_at);
                self.engine.sweep().await?;
                self.meet(sweep_at).await?;
                progress(sweep_at);
                sweep_at = sweep_at.plus_millis(DAY);
                continue;
            }
            if let Some(happening) = happenings.next_if(|next| next.recorded_at <= now) {
                self.clock.set(now);
                self.happen(happening).await?;
                continue;
            }
            let slot = now.plus_millis(SLOT_MINUTES * 60_000).min(sweep_at);
            self.clock.set(slot);
            let mut tasks = Vec::new();
            while let Some(task) = self.agenda.take(slot) {
                tasks.push(task);
            }
            self.work(tasks, slot).await?;
        }
        self.clock.set(end);
        self.engine.sweep().await?;
        Ok(self.played)
    }

    /// Something reaches the county.
    async fn happen(&mut self, happening: &Happening) -> Result<(), EngineError> {
        let realm = &self.county.realm;
        let subject = match &happening.child {
            ChildRef::Register(number) => Some(import::subject_of(realm, number)),
            ChildRef::Described(_) => None,
        };
        let Some(actor) = happening.as_.clone() else { return Ok(()) };
        let definition = self.engine.registry().newest(&happening.procedure).cloned();
        let Some(spec) =
            definition.as_ref().and_then(|definition| definition.transition(&happening.transition))
        else {
            self.played.left += 1;
            return Ok(());
        };
        let mut form = happening.fields.clone();
        if let ChildRef::Described(text) = &happening.child
            && spec.schema.pointer("/properties/description").is_some()
        {
            form.entry("description").or_insert_with(|| json!(text));
        }
        let acting = Actor::at_work(actor.clone());
        let acted_by = self.acted_by(spec, &actor, Some(&happening.reporter_role));
        let mut commands = Vec::new();
        if spec.opens_case {
            let mut command = Command::open_named(
                acting,
                happening.procedure.clone(),
                happening.transition.clone(),
                Value::Object(form),
            )
            .in_area(hexacase::terms::area::AreaPurpose::Incident, happening.area.clone());
            if let Some(id) = subject {
                command = command.about(Subject { kind: SubjectKind::Child, id });
            }
            if let Some(id) = happening.incident.as_ref().and_then(|name| self.incidents.get(name))
            {
                command = command.of_incident(*id);
            }
            commands.push((None, command));
        } else if let Some(subject) = subject {
            // A life event happens to the child: every open case of the child is told.
            let everywhere = happening.transition == "record_life_event";
            let about = self.cases.iter().filter(|(_, known)| {
                known.subject == subject && (everywhere || known.procedure == happening.procedure)
            });
            let ids: Vec<CaseId> = about.map(|(id, _)| *id).collect();
            for id in ids {
                let form = Value::Object(form.clone());
                let transition = happening.transition.clone();
                let command = Command::fire_named(acting.clone(), id, transition, form);
                commands.push((Some(id), command));
            }
        }
        let mut told = Vec::new();
        for (case, command) in commands {
            let mut command = command.occurred_at(happening.occurred_at);
            if let Some(acted) = acted_by.clone() {
                command = command.acted_by(acted);
            }
            let answer = self.engine.execute(command).await;
            if let Some(receipt) = self.settle(answer)? {
                if case.is_none()
                    && let Some(name) = &happening.incident
                {
                    let stored = self.engine.stored_case(receipt.case).await?;
                    let incident = stored.facts.incident;
                    self.incidents.entry(name.clone()).or_insert(incident);
                }
                self.remember(receipt.case, &happening.transition, &actor);
                told.push(receipt);
            }
        }
        if told.is_empty() {
            self.played.left += 1;
        }
        for receipt in told {
            self.refresh(&receipt).await?;
        }
        Ok(())
    }

    pub(super) fn settle(
        &mut self,
        answer: Result<Receipt, EngineError>,
    ) -> Result<Option<Receipt>, EngineError> {
        match answer {
            Ok(receipt) => {
                self.played.steps += 1;
                Ok(Some(receipt))
            }
            Err(EngineError::Refused(_)) => {
                self.played.refusals += 1;
                Ok(None)
            }
            Err(problem) => Err(problem),
        }
    }

    pub(super) fn today(&self) -> hexacase::terms::time::CivilDate {
        use hexacase::terms::time::Clock as _;
        self.clock.now().date()
    }

    fn remember(&mut self, case: CaseId, transition: &str, actor: &ActorId) {
        if let Some(known) = self.cases.get_mut(&case) {
            known.hands.insert(transition.to_owned(), actor.clone());
        }
    }

    /// Learns how a case stands after a step, and plans what is owed now.
    pub(super) async fn refresh(&mut self, receipt: &Receipt) -> Result<(), EngineError> {
        let mut ids = vec![receipt.case];
        ids.extend(receipt.linked.iter().copied());
        for id in ids {
            let rows = self.engine.duties_of(id).await?;
            if rows.is_empty() && !self.cases.contains_key(&id) {
                continue;
            }
            self.learn(id, rows).await?;
        }
        Ok(())
    }

    pub(super) async fn learn(
        &mut self,
        id: CaseId,
        rows: Vec<DutyRow>,
    ) -> Result<(), EngineError> {
        let Some(first) = rows.first() else { return Ok(()) };
        let (state, subject) = (first.state.clone(), first.subject);
        let before = self.cases.get(&id).map(|known| known.state.clone());
        if !self.cases.contains_key(&id) {
            let facts = self.engine.stored_case(id).await?.facts;
            let known = Known {
                procedure: facts.procedure,
                state: String::new(),
                subject,
                area: facts.area,
                opened_by: facts.opened_by,
                open: Vec::new(),
                hands: BTreeMap::new(),
            };
            self.cases.insert(id, known);
        }
        let open: Vec<OwedDuty> =
            rows.into_iter().map(|row| row.duty).filter(OwedDuty::is_open).collect();
        let Some(known) = self.cases.get_mut(&id) else { return Ok(()) };
        known.open = open;
        known.state.clone_from(&state);
        let procedure = known.procedure.clone();
        self.filler.know(id, &procedure, &state);
        if before.as_deref() != Some(state.as_str()) {
            for (transition, percent, hours) in choices::unasked(&procedure, &state) {
                if self.random.chance(*percent) {
                    let at = self.now().plus_hours(*hours);
                    let state = state.clone();
                    self.agenda.plan(at, Task::Beside { case: id, transition, state });
                }
            }
        }
        let now = self.now();
        self.plan_duties(id, now);
        Ok(())
    }

    fn now(&self) -> Timestamp {
        use hexacase::terms::time::Clock as _;
        self.clock.now()
    }

    /// Plans when somebody will do the open duties of a case.
    fn plan_duties(&mut self, case: CaseId, now: Timestamp) {
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
            // Late by a while that fits the limit, and by some weeks at the most.
            chance => {
                let worst = if chance < 97 { left / 2 } else { left.saturating_mul(4) };
                due.plus_millis(worst.min(25 * DAY).saturating_mul(percent) / 100)
            }
        };
        if left > 2 * DAY { office_hours(at, &mut self.random) } else { at }
    }

    /// People do what they planned, all in one go.
    async fn work(&mut self, tasks: Vec<Task>, now: Timestamp) -> Result<(), EngineError> {
        let mut moves: Vec<(Task, String, ActorId, CaseId)> = Vec::new();
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
                    moves.push((task, transition, actor, case));
                    commands.push(*command);
                }
                Chosen::Later(at) => self.agenda.plan(at, task),
                Chosen::Nothing => {}
            }
        }
        let answers = self.engine.execute_many(commands).await;
        for ((task, transition, actor, case), answer) in moves.into_iter().zip(answers) {
            match answer {
                Ok(receipt) => {
                    self.played.steps += 1;
                    self.remember(case, &transition, &actor);
                    self.refresh(&receipt).await?;
                    self.unfinished(&task, now);
                }
                Err(EngineError::Refused(refusal)) => {
                    self.played.refusals += 1;
                    self.again(&task, &refusal, now);
                }
                Err(problem) => return Err(problem),
            }
        }
        Ok(())
    }

    /// A step that left its duty open (nobody was at home) is tried again.
    fn unfinished(&mut self, task: &Task, now: Timestamp) {
        if let Task::Duty { case, no, tries } = *task
            && tries < TRIES
            && self
                .cases
                .get(&case)
                .is_some_and(|known| known.open.iter().any(|duty| duty.no == no))
        {
            let at = office_hours(now.plus_millis(2 * DAY), &mut self.random);
            self.agenda.plan(at, Task::Duty { case, no, tries: tries + 1 });
        }
    }

    fn again(&mut self, task: &Task, refusal: &Refusal, now: Timestamp) {
        let wait = if matches!(refusal, Refusal::DutiesOpen { .. }) { DAY } else { 5 * HOUR };
        if let Task::Duty { case, no, tries } = *task
            && tries < TRIES
        {
            let tries = tries + 1;
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
