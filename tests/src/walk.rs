//! Random walks: people do possible and impossible things to cases of all procedures, with good
//! forms and bad ones, and what must hold is looked at.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a walk that fails is to stop")]

use std::collections::{BTreeMap, BTreeSet};

use hexacase::{
    case::{Check, fulfillable},
    county,
    engine::{Command, Engine, EngineError, Staff, VerifyOptions},
    procedure::wide::WideStep,
    store::{CaseQuery, DutyFilter, Meta, StaffRow, Store, StoredCase},
    terms::{
        actor::{Actor, Role},
        evidence::ActedBy,
        id::{ActorId, CaseId, OriginId},
        text::Text,
        time::{Clock as _, Timestamp},
    },
};
use hexacase_pilot::{
    county::{County, generate::generate},
    demo::{self, Filler, SeededEntropy, VirtualClock},
};
use serde_json::{Value, json};

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

/// A county to walk in, and its time.
#[derive(Debug)]
pub struct Ground {
    /// The engine.
    pub engine: Engine,
    clock: VirtualClock,
    people: Vec<ActorId>,
    dice: Dice,
    filler: Filler,
}

/// Chance, the same for the same seed.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let top = usize::try_from(self.0 >> 33).unwrap_or(0);
        if n == 0 { 0 } else { top % n }
    }

    fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let at = self.below(things.len());
        things.get(at)
    }
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
        let clock = VirtualClock::at(county.first_day().start().plus_hours(8));
        let engine = county::setup(store)
            .expect("the definitions are well formed")
            .clock(clock.clone())
            .entropy(SeededEntropy::new(seed))
            .open()
            .await
            .expect("the set-up is complete");
        demo::import_staff(&engine, county).await.expect("the staff is well formed");
        let people: Vec<ActorId> = county.staff.iter().map(|row| row.id.clone()).collect();
        let keeper =
            county.staff.iter().find(|row| row.roles.iter().any(|role| role == "data_admin"));
        let actor = Actor::at_work(keeper.expect("somebody keeps the register").id.clone());
        demo::import_register(&engine, &actor, &county.children, |_| ())
            .await
            .expect("every row can be opened");
        let file = json!({"sha256": "00".repeat(32), "name": "示例.txt", "media_type": "text/plain", "size": 3});
        let files = vec![serde_json::from_value(file).expect("an attachment")];
        let units = county.units.iter().map(|unit| unit.id.to_string()).collect();
        let areas = county.areas.iter().map(|area| area.code.to_string()).collect();
        let filler = Filler::new(seed, files, units, areas);
        Self { engine, clock, people, dice: Dice(seed), filler }
    }

    /// Sends so many commands.
    pub async fn walk(&mut self, commands: usize) -> Walked {
        let mut walked = Walked::default();
        let mut known = self.all_cases().await;
        let staff = Staff::new(0, self.engine.staff().await.expect("the staff"));
        while walked.commands < commands {
            self.pass_time().await;
            let mut batch = Vec::new();
            for _ in 0..32 {
                batch.push(self.command(&known, &staff));
            }
            walked.commands += batch.len();
            let alone = self.dice.below(8) == 0;
            let answers = if alone {
                let mut answers = Vec::new();
                for command in batch {
                    answers.push(self.alone(command, &known).await);
                }
                answers
            } else {
                self.engine.execute_many(batch.into_iter().map(|(_, command)| command)).await
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
                self.filler.know(id, &stored.facts.procedure, &stored.facts.state);
                known.insert(id, stored);
            }
        }
        walked.cases = known.len();
        walked
    }

    /// A refusal writes nothing.
    async fn alone(
        &self,
        (case, command): (Option<CaseId>, Command),
        known: &BTreeMap<CaseId, StoredCase>,
    ) -> Result<hexacase::engine::Receipt, EngineError> {
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

    async fn pass_time(&mut self) {
        let minutes = i64::try_from(self.dice.below(600)).unwrap_or(60);
        self.clock.set(self.clock.now().plus_millis(minutes * 60_000));
        if self.dice.below(6) == 0 {
            self.engine.sweep().await.expect("the sweep");
        }
    }

    fn command(
        &mut self,
        known: &BTreeMap<CaseId, StoredCase>,
        staff: &Staff,
    ) -> (Option<CaseId>, Command) {
        let definitions: Vec<_> = self.engine.registry().iter().cloned().collect();
        let now = self.clock.now();
        let ids: Vec<CaseId> = known.keys().copied().collect();
        let opens = self.dice.below(20) == 0;
        let Some(case) = self.dice.pick(&ids).and_then(|id| known.get(id)).filter(|_| !opens)
        else {
            let definition = self.dice.pick(&definitions).expect("a definition");
            let openings: Vec<_> =
                definition.transitions().iter().filter(|spec| spec.opens_case).collect();
            let spec = self.dice.pick(&openings).expect("an opening");
            let form = self.form(&spec.schema, now);
            let actor = self.actor(&spec.by, None, staff);
            let command = Command::open_named(actor, definition.name(), spec.name, form);
            let command = match known.values().nth(self.dice.below(known.len().max(1))) {
                Some(other) if self.dice.below(2) == 0 => command.about(other.facts.subject),
                _ => command,
            };
            return (None, self.dress(command, &spec.acted_by, now));
        };
        let definition = definitions
            .iter()
            .find(|definition| definition.name() == case.facts.procedure)
            .expect("a carried procedure");
        let fitting: Vec<_> = definition
            .transitions()
            .iter()
            .filter(|spec| spec.starts_in(&case.facts.state))
            .collect();
        let id = case.facts.id;
        match self.dice.below(10) {
            0 => {
                let step = *self.dice.pick(WideStep::ALL).expect("a step");
                let form = self.wide_form(step, case, now);
                let actor = self.actor(&[], Some(case), staff);
                (Some(id), Command::fire_named(actor, id, step.name(), form))
            }
            1 => {
                let spec = self.dice.pick(definition.transitions()).expect("a transition");
                let form = self.form(&spec.schema, now);
                let actor = self.actor(&spec.by, Some(case), staff);
                let command = Command::fire_named(actor, id, spec.name, form);
                (Some(id), self.dress(command, &spec.acted_by, now))
            }
            _ => {
                let Some(spec) = self.dice.pick(&fitting) else {
                    let actor = self.actor(&[], Some(case), staff);
                    return (Some(id), Command::fire_named(actor, id, "nothing", json!({})));
                };
                let form = self.form(&spec.schema, now);
                let actor = self.actor(&spec.by, Some(case), staff);
                let command = Command::fire_named(actor, id, spec.name, form);
                (Some(id), self.dress(command, &spec.acted_by, now))
            }
        }
    }

    fn form(&mut self, schema: &Value, now: Timestamp) -> Value {
        match self.dice.below(20) {
            0 => {
                let garbage = [
                    json!(null),
                    json!(true),
                    json!([]),
                    json!("文"),
                    json!(0.5),
                    json!(-1),
                    json!({"": {}}),
                    json!({"at": "昨天"}),
                    json!({"facts": "\0"}),
                    json!({"n": 9_007_199_254_740_993_i64}),
                    json!({"to": {"name": ""}}),
                ];
                self.dice.pick(&garbage).cloned().unwrap_or_default()
            }
            1 => {
                let mut form = self.filler.fill(schema, now);
                if let Some(fields) = form.as_object_mut()
                    && let Some(name) = fields.keys().next().cloned()
                {
                    fields.insert(name, json!([{"x": "’ OR 1=1; --"}]));
                }
                form
            }
            _ => self.filler.fill(schema, now),
        }
    }

    fn wide_form(&mut self, step: WideStep, case: &StoredCase, now: Timestamp) -> Value {
        let mut form = self.filler.fill(&step.schema(), now);
        let duties: Vec<String> = case.duties.iter().map(|duty| duty.name.clone()).collect();
        if let Some(fields) = form.as_object_mut() {
            if let Some(duty) = self.dice.pick(&duties)
                && fields.contains_key("duty")
            {
                fields.insert("duty".to_owned(), json!(duty));
            }
            if fields.contains_key("entry") {
                let seq =
                    1 + self.dice.below(usize::try_from(case.facts.revision.get()).unwrap_or(1));
                fields.insert("entry".to_owned(), json!(seq));
            }
            if fields.contains_key("until") {
                let days = u32::try_from(self.dice.below(40)).unwrap_or(1);
                fields.insert("until".to_owned(), json!(now.date().plus_days(days)));
            }
            if fields.contains_key("state") {
                fields.insert("state".to_owned(), json!("monitoring"));
            }
            if fields.contains_key("field") {
                fields.insert("field".to_owned(), json!("occurred_at"));
                fields.insert("new_value".to_owned(), json!(now.plus_hours(-30)));
            }
            fields.retain(|_, value| !value.is_null());
        }
        form
    }

    /// Mostly somebody who may, sometimes anybody.
    fn actor(&mut self, roles: &[Role], case: Option<&StoredCase>, staff: &Staff) -> Actor {
        if self.dice.below(5) > 0
            && let Some(role) = self.dice.pick(roles)
        {
            let day = self.clock.now().date();
            let fits = |row: &&StaffRow| row.holds(role);
            let fitting: Vec<ActorId> = if let Some(case) = case {
                staff.holders_of(role, &case.facts.area, day).map(|row| row.id.clone()).collect()
            } else {
                staff.people().filter(fits).map(|row| row.id.clone()).collect()
            };
            if let Some(id) = self.dice.pick(&fitting) {
                return Actor::at_work(id.clone());
            }
        }
        let anybody = self.dice.pick(&self.people).cloned();
        Actor::at_work(anybody.unwrap_or(ActorId::constant("nobody")))
    }

    fn dress(&mut self, command: Command, acted_by: &[Role], now: Timestamp) -> Command {
        let command = match self.dice.below(10) {
            0 => command.occurred_at(now.plus_hours(-40)),
            1 => command.occurred_at(now.plus_hours(1)),
            _ => command,
        };
        match (self.dice.pick(acted_by), Text::new("示例机关")) {
            (Some(role), Ok(organ)) if self.dice.below(3) > 0 => command.acted_by(ActedBy {
                role: role.clone(),
                organ,
                document_no: None,
                document_date: None,
                person: None,
                scan: None,
            }),
            _ => command,
        }
    }

    async fn all_cases(&self) -> BTreeMap<CaseId, StoredCase> {
        let mut all = BTreeMap::new();
        let mut after = None;
        loop {
            let query = CaseQuery { after, limit: 500, ..CaseQuery::default() };
            let page = self.engine.cases(&query).await.expect("a page of cases");
            let Some(last) = page.last() else { return all };
            after = Some(last.facts.id);
            all.extend(page.into_iter().map(|case| (case.facts.id, case)));
        }
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

    /// On the worklist if and only if permitted, for every person and every open duty.
    async fn check_worklists(&mut self, cases: &BTreeMap<CaseId, StoredCase>, staff: &Staff) {
        let day = self.clock.now().date();
        let mut compared = 0;
        for _ in 0..24 {
            let id = self.dice.pick(&self.people).expect("somebody").clone();
            let profile = staff.profile(&id, day);
            let mut expected = BTreeSet::new();
            for case in cases.values() {
                let definition =
                    self.engine.registry().newest(&case.facts.procedure).expect("carried");
                let check = Check {
                    roles: self.engine.roles(),
                    profile: &profile,
                    case: Some(&case.facts),
                    attributes: &case.attributes,
                    duties: &case.duties,
                };
                for duty in case.duties.iter().filter(|duty| duty.is_open()) {
                    let Some(spec) = definition.duty(&duty.name) else { continue };
                    let ways = fulfillable(definition, spec, duty, &check, &["record_follow_up"]);
                    if !ways.is_empty() {
                        expected.insert((case.facts.id, duty.no));
                    }
                }
            }
            let mut listed = BTreeSet::new();
            let mut after = None;
            loop {
                let actor = Actor::at_work(id.clone());
                let page = self.engine.worklist(&actor, after, 50).await.expect("a worklist");
                for item in page.items {
                    if !item.row.duty.name.starts_with("confirm_")
                        || !item.transitions.contains(&"confirm_step")
                    {
                        assert!(listed.insert((item.row.case, item.row.duty.no)), "listed twice");
                    }
                }
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            assert_eq!(listed, expected, "the worklist of {id}");
            compared += expected.len();
        }
        assert!(compared > 0, "no worklist had anything on it");
    }

    /// How many duties the database has, for a count in the log.
    pub async fn duties(&self) -> usize {
        let page = self.engine.duties(DutyFilter::All, None, 1_000_000).await.expect("the duties");
        page.len()
    }
}
