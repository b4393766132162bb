//! A simulated county: its people do what they owe, late, away and wrong, for years of virtual time,
//! and everything that must hold is looked at after every step.
//!
//! The people of [`Player`] do what is right; [`Mischief`] does the rest. The [`Mirror`] reads back
//! what each step wrote, and the invariants look at nothing else.

#![expect(clippy::panic, clippy::expect_used, reason = "a simulation that fails is to stop")]

mod beginning;
pub mod coverage;
mod failure;
pub mod invariant;
pub mod invariants;
pub mod mirror;
pub mod moment;
mod outcome;
pub mod plants;
pub mod staffing;
pub mod stories;
mod teller;

use std::{collections::VecDeque, sync::Arc};

use hexacase::{
    engine::{Command, Engine, EngineError, Receipt, VerifyOptions},
    store::Store,
    terms::{
        actor::Actor,
        id::{CaseId, CommandId},
        time::{Clock as _, Timestamp},
    },
};
use hexacase_pilot::{
    county::County,
    demo::{Player, Turn, VirtualClock},
};
use serde_json::json;

pub use beginning::county;
pub use outcome::{Outcome, Plan};

use self::{
    invariant::Verdict,
    invariants::holders,
    mirror::Mirror,
    moment::{Act, Answer, Ground, Look, Moment, Seen},
    staffing::Staffing,
};
use crate::{
    mischief::{Glance, Mischief},
    worklists::{self, OpenCase},
};

/// A county under way.
#[derive(Debug)]
struct Simulation<S> {
    store: S,
    plan: Plan,
    engine: Engine,
    clock: VirtualClock,
    last: Timestamp,
    mirror: Mirror,
    mischief: Mischief,
    staffing: Staffing,
    ground: Ground,
    /// Commands with an id that were carried out.
    known: VecDeque<(CommandId, Command, Receipt)>,
    noticed: i32,
    outcome: Outcome,
}

/// So many steps lie between two looks at all cases and all worklists.
const CHECKPOINT: u64 = 25_000;

/// Simulates a county on a store that was set up for it.
///
/// # Panics
/// When an invariant does not hold: the message names it, the seed, the step, the command and the
/// trail of the cases it touched.
pub async fn simulate<S: Store + Clone>(store: S, county: &County, plan: Plan) -> Outcome {
    let (mut simulation, clock) = beginning::begin(store, county, plan).await;
    let engine = simulation.engine.clone();
    let filler = beginning::filler(county, plan.seed);
    let player = Player::new(&engine, &clock, county, filler, plan.seed).await;
    simulation.run(&mut player.expect("a player")).await;
    simulation.outcome
}

impl<S: Store + Clone> Simulation<S> {
    async fn run(&mut self, player: &mut Player<'_>) {
        let mut checked = 0;
        let mut day = 0_u64;
        loop {
            match player.next().await.expect("the engine can be read") {
                Turn::Over => break,
                Turn::Steps(commands) => {
                    let mut answers = Vec::with_capacity(commands.len());
                    let owed = commands.len();
                    for command in commands {
                        answers.push(self.ask(command, None, false).await);
                    }
                    player.answered(answers).await.expect("the engine can be read");
                    self.misbehave(player, owed).await;
                }
                Turn::Sweep(at) => {
                    day += 1;
                    self.pass_day(player, at, day).await;
                }
            }
            if self.outcome.steps >= checked + CHECKPOINT {
                checked = self.outcome.steps;
                self.checkpoint().await;
                println!("seed {}, {}: {}", self.plan.seed, self.last, self.outcome.line());
            }
            if self.plan.steps.is_some_and(|steps| self.outcome.steps >= steps) {
                break;
            }
        }
        self.finish().await;
    }

    /// The end of a day: the sweep, unless it is out of order; people change; notices arrive.
    async fn pass_day(&mut self, player: &mut Player<'_>, at: Timestamp, day: u64) {
        // Every year the sweep is out for some weeks, and nobody notices.
        let out = matches!(day % 365, 100..120 | 250..281);
        if !out {
            self.tick();
            self.engine.sweep().await.expect("the sweep");
            let moment = self.look(Act::Swept, None).await;
            self.outcome.sweeps.0 += 1;
            self.outcome.sweeps.1 += moment.entries().count() as u64;
            for case in &moment.touched {
                player.learn_of_case(case.facts().id).await.expect("the engine can be read");
            }
        }
        if day.is_multiple_of(9) {
            self.change_people(player).await;
        }
        if self.is_noticed(at) {
            self.take_notice().await;
            player.go_on_with(&self.engine);
        }
    }

    async fn change_people(&mut self, player: &mut Player<'_>) {
        let day = self.tick().date();
        let rows = self.staffing.change(&mut self.mischief.dice, day);
        if rows.is_empty() {
            return;
        }
        for row in &rows {
            self.mischief.meet(row.id.clone());
        }
        let keeper = self.staffing.keeper();
        self.engine.change_staff(&keeper, rows).await.expect("the keeper may");
        self.ground = self.staffing.ground(&self.engine);
        self.look(Act::StaffChanged, None).await;
        player.meet_people().await.expect("the engine can be read");
        self.outcome.people.clone_from(&self.staffing.changes);
    }

    /// Whether the notice of the next year is out and nobody took it in yet.
    fn is_noticed(&self, at: Timestamp) -> bool {
        let date = at.date();
        date.month() == 11 && date.day() >= 20 && self.noticed <= date.year()
    }

    /// A holiday notice arrived: another engine with the new calendar takes over.
    async fn take_notice(&mut self) {
        self.tick();
        self.noticed += 1;
        let (seed, year) = (self.plan.seed, self.noticed);
        self.engine = beginning::open(&self.store, &self.clock, seed, year).await;
        self.ground = self.staffing.ground(&self.engine);
        let dry = self.engine.reproject(false).await.expect("a dry run");
        let nothing = self.look(Act::Reprojected, None).await;
        assert!(nothing.touched.is_empty(), "a dry run wrote something");
        self.tick();
        let done = self.engine.reproject(true).await.expect("the deadlines are reckoned anew");
        assert_eq!(dry, done, "the dry run said something else");
        self.look(Act::Reprojected, None).await;
    }

    /// Time never stands still: what one step wrote can be told from what the next one did.
    fn tick(&mut self) -> Timestamp {
        let at = self.clock.now().max(self.last.plus_millis(1));
        self.clock.set(at);
        self.last = at;
        at
    }

    async fn ask(
        &mut self,
        command: Command,
        id: Option<(CommandId, Option<Receipt>)>,
        stale: bool,
    ) -> Result<Receipt, EngineError> {
        self.tick();
        let answer = self.engine.execute(command.clone()).await;
        let said = match &answer {
            Ok(receipt) => {
                self.outcome.commands += u64::from(!receipt.repeated);
                Answer::Done(receipt.clone())
            }
            Err(EngineError::Refused(refusal)) => {
                self.outcome.refused += 1;
                let code = refusal.code();
                *self.outcome.coverage.refusals.entry(code.clone()).or_default() += 1;
                Answer::Refused(code)
            }
            Err(problem) => panic!("seed {}: {command:?}: {problem}", self.plan.seed),
        };
        self.look(Act::Asked { id, stale, answer: said }, Some(&command)).await;
        answer
    }

    /// Reads what a step wrote, and looks at every invariant.
    async fn look(&mut self, act: Act, command: Option<&Command>) -> Moment {
        let read = self.mirror.read(act, self.last, &self.ground).await;
        let mut moment = match read {
            Ok(moment) => moment,
            Err(problem) => panic!("seed {}: {command:?}: {problem}", self.plan.seed),
        };
        for case in &moment.touched {
            self.mischief.know(case.facts().id, case.facts());
        }
        moment.looks = self.peek(&moment).await;
        if let (Act::Asked { answer: Answer::Refused(code), .. }, Some(command)) =
            (&moment.act, command)
        {
            let looks = self.peek_refused(code, command).await;
            moment.looks.extend(looks);
        }
        self.outcome.steps += moment.entries().count() as u64;
        self.outcome.coverage.count(&moment);
        if let Some((invariant, why)) = self.outcome.tally.look(&moment) {
            self.fail(invariant, &why, &moment, command).await;
        }
        if self.plan.keep {
            for invariant in invariant::all() {
                let kept = self.outcome.kept.entry(invariant.name).or_default();
                if kept.len() < 12 && (invariant.check)(&moment) == Verdict::Held {
                    kept.push(moment.clone());
                }
            }
        }
        moment
    }

    /// Looks at worklists: of one who may fulfil a duty of a touched case, and of anybody.
    async fn peek(&mut self, moment: &Moment) -> Vec<Look> {
        // A worklist is dear: after one step in eight. Every one is compared at the checkpoints.
        if !self.mischief.dice.one_in(8) {
            return Vec::new();
        }
        let open = moment.touched.iter().filter(|case| !case.after.image.duties.is_empty());
        let open: Vec<_> = open.collect();
        let Some(case) = self.mischief.dice.pick(&open).copied() else { return Vec::new() };
        let Some(duty) = self.mischief.dice.pick(&case.after.image.duties) else {
            return Vec::new();
        };
        let image = &case.after.image;
        let (facts, attributes) = (&image.facts, &image.attributes);
        let as_seen = OpenCase { facts, attributes, duties: &image.duties };
        let day = moment.at.date();
        let staff = Arc::clone(&self.ground.staff);
        let held = |row: &hexacase::store::StaffRow| Some(&row.unit) == duty.holder.unit.as_ref();
        let near: Vec<_> = staff.people().filter(|row| row.active && held(row)).collect();
        let near = self.mischief.dice.pick(&near).map(|row| row.id.clone());
        let mut looks = Vec::new();
        for person in near.into_iter().chain([self.mischief.anybody()]) {
            let permitted = as_seen.permits(&self.engine, &staff, &person, duty, day);
            let Some(permitted) = permitted else { continue };
            let listed = worklists::is_listed(&self.engine, &person, facts.id, duty).await;
            let listed = listed.expect("a worklist");
            looks.push(Look { person, case: facts.id, duty: duty.name.clone(), permitted, listed });
        }
        looks
    }

    /// What the unit rule refuses somebody stands on no worklist of that person.
    async fn peek_refused(&self, code: &str, command: &Command) -> Vec<Look> {
        let step = command.transition();
        let Some(seen) = command.case().and_then(|case| self.mirror.case(case)) else {
            return Vec::new();
        };
        let Some(definition) = self.ground.definition(seen.facts()) else { return Vec::new() };
        let guard = definition.transition(step).and_then(|spec| spec.units.guard());
        if guard.is_none_or(|guard| code.strip_prefix("refusal.") != Some(guard.code)) {
            return Vec::new();
        }
        let (person, case) = (&command.actor().id, seen.facts().id);
        let fulfils = |name: &str| {
            definition.duty(name).is_some_and(|spec| spec.fulfilled_by.contains(&step))
        };
        let mut looks = Vec::new();
        for duty in seen.image.duties.iter().filter(|duty| fulfils(&duty.name)) {
            let listed = worklists::offers(&self.engine, person, case, duty, step).await;
            let listed = listed.expect("a worklist");
            let (person, duty) = (person.clone(), format!("{} by {step}", duty.name));
            looks.push(Look { person, case, duty, permitted: false, listed });
        }
        looks
    }

    /// People do what nobody asked for, or not like this.
    async fn misbehave(&mut self, player: &mut Player<'_>, owed: usize) {
        let hundredths = owed * self.plan.mischief;
        let times =
            hundredths / 100 + usize::from(self.mischief.dice.below(100) < hundredths % 100);
        let ids = Arc::clone(self.mirror.ids());
        for _ in 0..times {
            let now = self.tick();
            if self.mischief.dice.one_in(40) {
                self.repeat().await;
                continue;
            }
            let command = self.mischievous(&ids, now);
            let (command, id, stale) = self.marked(command);
            let asked = command.clone();
            let answer = self.ask(command, id.map(|id| (id, None)), stale).await;
            if let Ok(receipt) = answer {
                player.learn_of(&receipt).await.expect("the engine can be read");
                if let Some(id) = id {
                    self.known.push_back((id, asked, receipt));
                    self.known.truncate(32);
                }
            }
        }
    }

    fn mischievous(&mut self, ids: &[CaseId], now: Timestamp) -> Command {
        let child = |mirror: &Mirror, id: Option<&CaseId>| {
            id.and_then(|id| mirror.case(*id)).map(|seen| seen.facts().subject)
        };
        let other = self.mischief.dice.pick(ids).copied();
        if self.mischief.dice.one_in(12) {
            let about = child(&self.mirror, other.as_ref());
            let about = about.filter(|subject| subject.kind.is_child());
            let about = about.filter(|_| self.mischief.dice.below(4) > 0);
            return self.mischief.opening(&self.engine, &self.ground.staff, about, now);
        }
        // The register is large and quiet: prefer cases in which something goes on.
        let mut picked = None;
        for _ in 0..4 {
            let id = self.mischief.dice.pick(ids).copied();
            let seen = id.and_then(|id| self.mirror.case(id)).cloned();
            let lively = seen.as_ref().is_some_and(|seen| {
                seen.facts().is_open() && seen.facts().procedure != "care_file"
            });
            picked = seen.or(picked);
            if lively {
                break;
            }
        }
        let seen: Arc<Seen> = picked.expect("there are cases");
        let facts = seen.facts();
        let twin = self.mirror.beside(&seen).find(|other| other.is_open(&facts.procedure));
        let twin = twin.map(|other| other.facts().id);
        let someone = self.mischief.dice.pick(ids).copied();
        let glance = Glance {
            facts,
            attributes: &seen.image.attributes,
            duties: &seen.image.duties,
            data: &seen.data,
            twin,
            other,
            child: child(&self.mirror, someone.as_ref()).filter(|child| child.kind.is_child()),
        };
        let taste = &self.outcome.coverage;
        self.mischief.on_case(&self.engine, &self.ground.staff, &glance, taste, now)
    }

    /// Some commands carry an id, some a revision that the case no longer has.
    fn marked(&mut self, command: Command) -> (Command, Option<CommandId>, bool) {
        if self.mischief.dice.one_in(10) {
            let mut bytes = [0; 16];
            for byte in &mut bytes {
                *byte = u8::try_from(self.mischief.dice.below(256)).unwrap_or(0);
            }
            let id = CommandId::from_bytes(bytes);
            return (command.with_id(id), Some(id), false);
        }
        let stale = command
            .case()
            .and_then(|id| self.mirror.case(id))
            .filter(|_| self.mischief.dice.one_in(20));
        match stale.map(|seen| seen.facts().revision.get()) {
            Some(revision) if revision > 1 => {
                let before = hexacase::terms::id::Revision::new(revision - 1);
                (command.expecting(before), None, true)
            }
            _ => (command, None, false),
        }
    }

    /// A command is sent twice, or another one under its id.
    async fn repeat(&mut self) {
        let at = self.mischief.dice.below(self.known.len());
        let Some((id, command, receipt)) = self.known.get(at).cloned() else { return };
        let command = if self.mischief.dice.one_in(3) {
            let actor = Actor::at_work(self.mischief.anybody());
            Command::fire_named(actor, receipt.case, "attach", json!({"note": "别的"})).with_id(id)
        } else {
            command
        };
        drop(self.ask(command, Some((id, Some(receipt))), false).await);
    }

    /// What is looked at in all cases and for all people.
    async fn checkpoint(&mut self) {
        for seen in self.mirror.cases() {
            if let Verdict::Broken(why) = holders::is_held(seen, &self.ground) {
                panic!("seed {}: {}: {why}", self.plan.seed, seen.facts().id);
            }
        }
        let open = self
            .mirror
            .cases()
            .filter(|seen| seen.facts().is_open() && !holders::is_directory(seen));
        let open: Vec<OpenCase<'_>> = open
            .map(|seen| OpenCase {
                facts: &seen.image.facts,
                attributes: &seen.image.attributes,
                duties: &seen.image.duties,
            })
            .collect();
        let staff = &self.ground.staff;
        let people: Vec<_> = staff.people().map(|row| row.id.clone()).collect();
        let day = self.last.date();
        let compared = worklists::compare(&self.engine, staff, &open, &people, day).await;
        match compared {
            Ok(compared) => self.outcome.compared += compared,
            Err(why) => panic!("seed {}: {why}", self.plan.seed),
        }
    }

    async fn finish(&mut self) {
        self.checkpoint().await;
        self.outcome.cases = self.mirror.len();
        let verdict = self.engine.verify(VerifyOptions { redecide: true }, |_| ()).await;
        let verdict = verdict.expect("a verdict");
        let faults: Vec<_> = verdict.faults.iter().take(5).collect();
        assert!(faults.is_empty(), "seed {}: {faults:#?}", self.plan.seed);
    }
}
