//! Random walks: people do possible and impossible things to cases of all procedures, with good
//! forms and bad ones, and what must hold is looked at.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a walk that fails is to stop"
)]

use std::collections::{BTreeMap, BTreeSet};

use hexacase::{
    county,
    engine::{Command, Engine, EngineError, Receipt, Staff, Swept, VerifyOptions},
    store::{DutyFilter, Meta, Store, StoredCase},
    terms::{
        actor::Actor,
        id::{ActorId, CaseId, CommandId, OriginId},
        time::{Clock as _, Timestamp},
    },
    testing::{FailingStore, Fails},
};
use hexacase_pilot::{
    county::{County, generate::generate},
    demo::{self, Filler, SeededEntropy, VirtualClock},
};
use serde_json::json;

use crate::{
    fuse::{Blows, Fuse},
    mischief::{Glance, Mischief, NoTaste},
    reach::Reach,
    reread,
    worklists::{self, OpenCase},
};

/// What a walk did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Walked {
    /// Commands sent.
    pub commands: usize,
    /// Of them, carried out.
    pub done: usize,
    /// Of them, refused.
    pub refused: usize,
    /// Cases in the end.
    pub cases: usize,
}

/// Who is told of a walk while it goes on.
pub trait Witness: Send {
    /// The id of the next command, if it is to have one.
    fn id(&mut self) -> Option<CommandId>;
    /// A command was carried out.
    fn done(&mut self, receipt: &Receipt);
    /// The sweep ran.
    fn swept(&mut self, at: Timestamp, swept: &Swept);
}

/// Nobody is told, and no command has an id.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Witness for Nobody {
    fn id(&mut self) -> Option<CommandId> {
        None
    }

    fn done(&mut self, _: &Receipt) {}

    fn swept(&mut self, _: Timestamp, _: &Swept) {}
}

/// What fails in a walk.
enum Breaks<'a> {
    Call(&'a FailingStore),
    Row(&'a Fuse, Blows),
}

/// A county to walk in, and its time.
#[derive(Debug)]
pub struct Ground {
    /// The engine.
    pub engine: Engine,
    clock: VirtualClock,
    mischief: Mischief,
}

/// What the database of a walk says of itself.
#[must_use]
pub fn meta(children: usize, seed: u64) -> (Meta, County) {
    let files = generate(seed, children, 1, 2026);
    let county = County::from_files(&files).expect("a generated county is well formed");
    let meta = Meta {
        realm: county.realm.clone(),
        name: county.name.clone(),
        origin: OriginId::from_bytes([9; 16]),
        created_at: county.first_day().start(),
        demo: true,
    };
    (meta, county)
}

impl Ground {
    /// Sets a county up on a store.
    pub async fn new(store: impl Store, county: &County, seed: u64) -> Self {
        let start = county.first_day().start().plus_hours(8);
        let ground = Self::at(store, county, seed, start).await;
        let engine = &ground.engine;
        demo::import_staff(engine, county).await.expect("the staff is well formed");
        let keeper =
            county.staff.iter().find(|row| row.roles.iter().any(|role| role == "data_admin"));
        let actor = Actor::at_work(keeper.expect("somebody keeps the register").id.clone());
        demo::import_register(engine, &actor, &county.children, |_| ())
            .await
            .expect("every row can be opened");
        ground
    }

    /// Takes up what an earlier walk left on a store, with a seed of its own. Time goes on after
    /// `last`, which is when the last entry was recorded.
    pub async fn taken_up(store: impl Store, county: &County, seed: u64, last: Timestamp) -> Self {
        let mut ground = Self::at(store, county, seed, last.plus_millis(1)).await;
        for (id, case) in ground.all_cases().await {
            ground.mischief.know(id, &case.facts);
        }
        ground
    }

    async fn at(store: impl Store, county: &County, seed: u64, now: Timestamp) -> Self {
        let clock = VirtualClock::at(now);
        let engine = county::setup(store)
            .expect("the definitions are well formed")
            .clock(clock.clone())
            .entropy(SeededEntropy::new(seed))
            .open()
            .await
            .expect("the set-up is complete");
        let people: Vec<ActorId> = county.staff.iter().map(|row| row.id.clone()).collect();
        let file = json!({"sha256": "00".repeat(32), "name": "示例.txt", "media_type": "text/plain", "size": 3});
        let files = vec![serde_json::from_value(file).expect("an attachment")];
        let units = county.units.iter().map(|unit| unit.id.to_string()).collect();
        let areas = county.areas.iter().map(|area| area.code.to_string()).collect();
        let filler = Filler::new(seed, files, units, areas);
        Self { engine, clock, mischief: Mischief::new(seed, filler, people) }
    }

    /// Sends so many commands.
    pub async fn walk(&mut self, commands: usize) -> Walked {
        self.walk_before(commands, &mut Nobody).await
    }

    /// Sends so many commands, and says what came of each as soon as it is known.
    pub async fn walk_before(&mut self, commands: usize, witness: &mut dyn Witness) -> Walked {
        let mut walked = Walked::default();
        let mut known = self.all_cases().await;
        let staff = Staff::new(0, self.engine.staff().await.expect("the staff"));
        while walked.commands < commands {
            self.pass_time(witness).await;
            let mut batch = Vec::new();
            for _ in 0..32 {
                let (case, command) = self.command(&known, &staff);
                let command = match witness.id() {
                    Some(id) => command.with_id(id),
                    None => command,
                };
                batch.push((case, command));
            }
            walked.commands += batch.len();
            let alone = self.mischief.dice.one_in(8);
            let answers = if alone {
                let mut answers = Vec::new();
                for command in batch {
                    let answer = self.alone(command, &known).await;
                    if let Ok(receipt) = &answer {
                        witness.done(receipt);
                    }
                    answers.push(answer);
                }
                answers
            } else {
                let commands = batch.into_iter().map(|(_, command)| command);
                let answers = self.engine.execute_many(commands).await;
                for receipt in answers.iter().flatten() {
                    witness.done(receipt);
                }
                answers
            };
            let mut fresh = BTreeSet::new();
            for answer in answers {
                match answer {
                    Ok(receipt) => {
                        walked.done += 1;
                        fresh.insert(receipt.case);
                        fresh.extend(receipt.linked);
                    }
                    Err(EngineError::Refused(_)) => walked.refused += 1,
                    Err(problem) => panic!("the engine failed: {problem:?}"),
                }
            }
            for id in fresh {
                let stored = self.engine.stored_case(id).await.expect("a case that was written");
                self.mischief.know(id, &stored.facts);
                known.insert(id, stored);
            }
        }
        walked.cases = known.len();
        walked
    }

    /// Sends so many commands, each again and again until nothing fails: first with the first
    /// call of the store failing, then with the second, and so on; of every other command before the
    /// call was done, of the others after. A command that was not carried out must have left nothing,
    /// and one that was must give its receipt when it is asked for again. Gives how many calls failed.
    pub async fn walk_on(&mut self, commands: usize, store: &FailingStore) -> usize {
        self.walk_breaking(commands, &Breaks::Call(store)).await
    }

    /// The same with rows: first the writing of the first row fails, then that of the second, and
    /// so on. Gives how many rows failed.
    pub async fn walk_over(&mut self, commands: usize, fuse: &Fuse, blows: Blows) -> usize {
        if blows != Blows::Plainly {
            fuse.blows(blows).await;
        }
        self.walk_breaking(commands, &Breaks::Row(fuse, blows)).await
    }

    async fn walk_breaking(&mut self, commands: usize, breaks: &Breaks<'_>) -> usize {
        let mut failures = 0;
        let mut known = self.all_cases().await;
        for number in 0..commands {
            self.pass_time(&mut Nobody).await;
            let staff = Staff::new(0, self.engine.staff().await.expect("the staff"));
            let (case, command) = self.command(&known, &staff);
            let mut id = [0xfa; 16];
            id.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
            let command = command.with_id(CommandId::from_bytes(id));
            let case = case.filter(|id| known.contains_key(id));
            let when = if number % 2 == 0 { Fails::Before } else { Fails::After };
            failures += self.fail_each(case, &command, breaks, when).await;
            for (id, stored) in self.all_cases().await {
                self.mischief.know(id, &stored.facts);
                known.insert(id, stored);
            }
        }
        failures
    }

    /// Lets one call or row after the other fail, until none is left to fail.
    async fn fail_each(
        &self,
        case: Option<CaseId>,
        command: &Command,
        breaks: &Breaks<'_>,
        when: Fails,
    ) -> usize {
        for failures in 0.. {
            let before = self.rows(case).await;
            match breaks {
                Breaks::Call(store) => store.fail_at(failures + 1, when),
                Breaks::Row(fuse, _) => fuse.blow_at(failures + 1).await,
            }
            let answer = self.engine.execute(command.clone()).await;
            match breaks {
                Breaks::Call(store) => store.heal(),
                Breaks::Row(fuse, _) => fuse.blow_at(0).await,
            }
            let after = self.rows(case).await;
            match answer {
                Err(EngineError::Store(problem)) => {
                    // Only a commit may stand although it failed.
                    let said = problem.to_string();
                    let last = said.ends_with("commit") || said.ends_with("conclude");
                    let stands = last && when == Fails::After;
                    assert!(stands || before == after, "`{problem}` left something");
                    if let Breaks::Row(_, blows) = breaks {
                        let again = *blows != Blows::Plainly;
                        assert_eq!(problem.is_retryable(), again, "{blows:?}: {problem}");
                    }
                }
                Ok(receipt) if receipt.repeated => {
                    assert_eq!(before, after, "a repeated command wrote something");
                    return failures;
                }
                Ok(_) => return failures,
                Err(EngineError::Refused(_)) => {
                    assert_eq!(before, after, "a refusal wrote something");
                    return failures;
                }
                Err(problem) => panic!("the engine failed: {problem:?}"),
            }
        }
        0
    }

    /// The case, and how far cases, messages and duties go.
    async fn rows(&self, case: Option<CaseId>) -> (Option<StoredCase>, usize, usize, usize) {
        let case = match case {
            Some(id) => Some(self.engine.stored_case(id).await.expect("a known case")),
            None => None,
        };
        let cases = self.all_cases().await.len();
        let messages = self.engine.messages(None, u32::MAX).await.expect("the messages").len();
        (case, cases, messages, self.duties().await)
    }

    /// A refusal writes nothing.
    async fn alone(
        &self,
        (case, command): (Option<CaseId>, Command),
        known: &BTreeMap<CaseId, StoredCase>,
    ) -> Result<Receipt, EngineError> {
        let stored = |id| self.engine.stored_case(id);
        let before = match case.filter(|id| known.contains_key(id)) {
            Some(id) => Some(stored(id).await.expect("a known case")),
            None => None,
        };
        let answer = self.engine.execute(command).await;
        if let (Err(EngineError::Refused(refusal)), Some(before)) = (&answer, before) {
            let after = stored(before.facts.id).await.expect("a known case");
            assert_eq!(before, after, "`{refusal}` wrote something");
        }
        answer
    }

    async fn pass_time(&mut self, witness: &mut dyn Witness) {
        let minutes = i64::try_from(self.mischief.dice.below(600)).unwrap_or(60);
        let now = self.clock.now().plus_millis(minutes * 60_000);
        self.clock.set(now);
        if self.mischief.dice.one_in(6) {
            let swept = self.engine.sweep().await.expect("the sweep");
            witness.swept(now, &swept);
        }
    }

    fn command(
        &mut self,
        known: &BTreeMap<CaseId, StoredCase>,
        staff: &Staff,
    ) -> (Option<CaseId>, Command) {
        let now = self.clock.now();
        let ids: Vec<CaseId> = known.keys().copied().collect();
        let opens = self.mischief.dice.one_in(20);
        let picked = self.mischief.dice.pick(&ids).and_then(|id| known.get(id));
        let other = self.mischief.dice.pick(&ids).and_then(|id| known.get(id));
        let Some(case) = picked.filter(|_| !opens) else {
            let about = other.map(|other| other.facts.subject);
            let about = about.filter(|_| self.mischief.dice.one_in(2));
            return (None, self.mischief.opening(&self.engine, staff, about, now));
        };
        let data = self.engine.data_of(case).expect("a body of a known case");
        let twin = known.values().find(|twin| {
            twin.facts.id != case.facts.id
                && twin.facts.is_open()
                && (&twin.facts.procedure, twin.facts.subject)
                    == (&case.facts.procedure, case.facts.subject)
        });
        let glance = Glance {
            facts: &case.facts,
            attributes: &case.attributes,
            duties: &case.duties,
            data: &data,
            twin: twin.map(|twin| twin.facts.id),
            other: other.map(|other| other.facts.id),
            child: other.map(|other| other.facts.subject).filter(|child| child.kind.is_child()),
        };
        let command = self.mischief.on_case(&self.engine, staff, &glance, &NoTaste, now);
        (Some(case.facts.id), command)
    }

    async fn all_cases(&self) -> BTreeMap<CaseId, StoredCase> {
        let cases = reread::all_cases(&self.engine).await.expect("the cases");
        cases.into_iter().map(|case| (case.facts.id, case)).collect()
    }

    /// What must hold after any walk.
    pub async fn check(&mut self) {
        let verdict =
            self.engine.verify(VerifyOptions::default(), |_| ()).await.expect("a verdict");
        assert!(verdict.is_clean(), "{:#?}", verdict.faults.iter().take(5).collect::<Vec<_>>());
        let cases = self.all_cases().await;
        let staff = Staff::new(0, self.engine.staff().await.expect("the staff"));
        let active: BTreeSet<_> =
            staff.people().filter(|row| row.active).map(|row| &row.unit).collect();
        for case in cases.values().filter(|case| case.facts.is_open()) {
            let held = case.duties.iter().any(|duty| {
                duty.holder.gap
                    || duty.holder.unit.as_ref().is_some_and(|unit| active.contains(unit))
            });
            assert!(held, "nobody holds anything of {} ({})", case.number, case.facts.state);
        }
        self.check_worklists(&cases, &staff).await;
    }

    /// On the worklist if and only if permitted, for some people and every open duty.
    async fn check_worklists(&mut self, cases: &BTreeMap<CaseId, StoredCase>, staff: &Staff) {
        let day = self.clock.now().date();
        let people: Vec<_> = (0..24).map(|_| self.mischief.anybody()).collect();
        let cases: Vec<OpenCase<'_>> = cases
            .values()
            .map(|case| OpenCase {
                facts: &case.facts,
                attributes: &case.attributes,
                duties: &case.duties,
            })
            .collect();
        let compared = worklists::compare(&self.engine, staff, &cases, &people, day).await;
        let compared = compared.unwrap_or_else(|wrong| panic!("{wrong}"));
        assert!(compared > 0, "no worklist had anything on it");
    }

    /// What the walk came to in each procedure.
    pub async fn reach(&self) -> Reach {
        Reach::of(&self.engine, self.all_cases().await.values())
    }

    /// How many duties the database has, for a count in the log.
    pub async fn duties(&self) -> usize {
        let page = self.engine.duties(DutyFilter::All, None, 1_000_000).await.expect("the duties");
        page.len()
    }
}
