//! People who do possible and impossible things: the right step and the wrong one, in the right case
//! and in any, with good forms and bad ones, late, and as somebody who may or may not.

use std::collections::BTreeMap;

use hexacase::{
    duty::owed::OwedDuty,
    engine::{Command, Engine, Staff},
    procedure::{TransitionSpec, wide::WideStep},
    store::StaffRow,
    terms::{
        actor::{Actor, Role},
        evidence::ActedBy,
        facts::{CaseFacts, Subject},
        id::{ActorId, CaseId},
        text::Text,
        time::Timestamp,
    },
};
use hexacase_pilot::demo::{self, Filler};
use serde_json::{Map, Value, json};

/// Chance, the same for the same seed.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `n`, or 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let top = usize::try_from(self.0 >> 33).unwrap_or(0);
        if n == 0 { 0 } else { top % n }
    }

    /// True in one of so many cases.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of the things, if there are any.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let at = self.below(things.len());
        things.get(at)
    }
}

/// A case as somebody who is about to do something sees it.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'a> {
    /// Its facts.
    pub facts: &'a CaseFacts,
    /// Its attributes.
    pub attributes: &'a BTreeMap<String, String>,
    /// Its open duties.
    pub duties: &'a [OwedDuty],
    /// What it remembers.
    pub data: &'a Value,
    /// Another open case of the same procedure and child.
    pub twin: Option<CaseId>,
    /// Any other case.
    pub other: Option<CaseId>,
    /// Another child.
    pub child: Option<Subject>,
}

/// Which of several steps somebody takes.
pub trait Taste {
    /// How often a step was taken before; the least taken is tried first.
    fn taken(&self, procedure: &str, transition: &str) -> u64;
}

/// Takes every step as gladly as any other.
#[derive(Clone, Copy, Debug)]
pub struct NoTaste;

impl Taste for NoTaste {
    fn taken(&self, _: &str, _: &str) -> u64 {
        0
    }
}

/// Somebody who does all kinds of things.
#[derive(Debug)]
pub struct Mischief {
    /// Chance.
    pub dice: Dice,
    filler: Filler,
    people: Vec<ActorId>,
}

impl Mischief {
    /// The mischief of a seed, by these people.
    #[must_use]
    pub fn new(seed: u64, filler: Filler, people: Vec<ActorId>) -> Self {
        Self { dice: Dice::new(seed), filler, people }
    }

    /// Learns how a case stands, so that forms may name it.
    pub fn know(&mut self, case: CaseId, facts: &CaseFacts) {
        self.filler.know(case, &facts.procedure, &facts.state);
    }

    /// Opens a case of any procedure.
    pub fn opening(
        &mut self,
        engine: &Engine,
        staff: &Staff,
        about: Option<Subject>,
        now: Timestamp,
    ) -> Command {
        let definitions: Vec<_> = engine.registry().iter().collect();
        let opens = |spec: &&TransitionSpec| spec.opens_case;
        let openings: Vec<_> = definitions
            .iter()
            .flat_map(|each| each.transitions().iter().filter(opens).map(move |spec| (each, spec)))
            .collect();
        let Some((definition, spec)) = self.dice.pick(&openings).copied() else {
            return Command::open_named(Actor::at_work(self.anybody()), "none", "none", json!({}));
        };
        let form = self.form(definition.name(), spec, &Value::Null, now);
        let actor = self.actor(&spec.by, None, staff, now);
        let command = Command::open_named(actor, definition.name(), spec.name, form);
        let command = match about {
            Some(subject) => command.about(subject),
            None => command,
        };
        self.dress(command, &spec.acted_by, now)
    }

    /// Does something to a case: mostly a step that its state allows.
    pub fn on_case(
        &mut self,
        engine: &Engine,
        staff: &Staff,
        case: &Glance<'_>,
        taste: &dyn Taste,
        now: Timestamp,
    ) -> Command {
        let id = case.facts.id;
        let Some(definition) = engine.registry().newest(&case.facts.procedure).cloned() else {
            let actor = Actor::at_work(self.anybody());
            return Command::fire_named(actor, id, "nothing", json!({}));
        };
        let spec = match self.dice.below(10) {
            0 | 1 => return self.wide(engine, staff, case, now),
            // In whatever state; sometimes of another procedure.
            2 => {
                let all: Vec<_> = engine.registry().iter().collect();
                let stray = self.dice.one_in(3);
                let from = self.dice.pick(&all).filter(|_| stray).map_or(&definition, |one| *one);
                self.dice.pick(from.transitions())
            }
            _ => {
                let state = case.facts.state.as_str();
                let fits = definition.transitions().iter().filter(|spec| spec.starts_in(state));
                let mut fitting: Vec<_> = fits.collect();
                // Half of the time what was done least.
                if self.dice.one_in(2) {
                    let taken = |spec: &&TransitionSpec| taste.taken(definition.name(), spec.name);
                    fitting.sort_by_key(taken);
                    fitting.truncate(3);
                }
                self.dice.pick(&fitting).copied()
            }
        };
        let Some(spec) = spec else { return self.wide(engine, staff, case, now) };
        let form = self.form(definition.name(), spec, case.data, now);
        let actor = self.actor(&spec.by, Some(case), staff, now);
        self.dress(Command::fire_named(actor, id, spec.name, form), &spec.acted_by, now)
    }

    /// An engine-wide step.
    fn wide(
        &mut self,
        engine: &Engine,
        staff: &Staff,
        case: &Glance<'_>,
        now: Timestamp,
    ) -> Command {
        let pending: Vec<(WideStep, i64)> = case
            .attributes
            .iter()
            .filter_map(|(key, value)| {
                let step = WideStep::named(key.strip_prefix("pending.")?)?;
                Some((step, value.split_once(':')?.0.parse().ok()?))
            })
            .collect();
        // Whatever waits for a second person gets one sooner or later, or never.
        let answered = self.dice.pick(&pending).copied().filter(|_| self.dice.below(3) > 0);
        let step = match answered {
            Some(_) if self.dice.below(4) > 0 => WideStep::ConfirmStep,
            Some(_) => WideStep::DeclineStep,
            None => *self.dice.pick(WideStep::ALL).unwrap_or(&WideStep::Attach),
        };
        let definition = engine.registry().newest(&case.facts.procedure);
        let states: Vec<_> =
            definition.iter().flat_map(|it| it.states()).map(|it| it.name).collect();
        let mut form = self.wide_form(step, case, &states, now);
        if let (Some((_, entry)), Some(fields)) = (answered, form.as_object_mut()) {
            fields.insert("entry".to_owned(), json!(entry));
        }
        let mut roles = match answered {
            Some((step, _)) => engine.wide().rule(step).confirmed_by,
            None => engine.wide().rule(step).roles,
        };
        if roles.is_empty() {
            let named = form.get("duty").and_then(Value::as_str);
            let duty = definition.and_then(|definition| definition.duty(named?));
            roles.extend(duty.iter().flat_map(|duty| duty.recorded_by.iter().cloned()));
        }
        let actor = self.actor(&roles, Some(case), staff, now);
        Command::fire_named(actor, case.facts.id, step.name(), form)
    }

    /// A form: mostly as somebody would fill it in for the case, sometimes nonsense.
    fn form(
        &mut self,
        procedure: &str,
        spec: &TransitionSpec,
        data: &Value,
        now: Timestamp,
    ) -> Value {
        let mut form = self.filler.fill(&spec.schema, now);
        match self.dice.below(24) {
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
                return self.dice.pick(&garbage).cloned().unwrap_or_default();
            }
            1 => {
                if let Some(fields) = form.as_object_mut()
                    && let Some(name) = fields.keys().next().cloned()
                {
                    fields.insert(name, json!([{"x": "’ OR 1=1; --"}]));
                }
            }
            2..6 => {}
            _ => {
                if let Some(fields) = form.as_object_mut() {
                    demo::shape(procedure, spec.name, fields, data, now, &mut self.filler);
                }
            }
        }
        form
    }

    fn wide_form(
        &mut self,
        step: WideStep,
        case: &Glance<'_>,
        states: &[&'static str],
        now: Timestamp,
    ) -> Value {
        let mut form = self.filler.fill(&step.schema(), now);
        let duties: Vec<String> = case.duties.iter().map(|duty| duty.name.clone()).collect();
        let duty = self.dice.pick(&duties).cloned();
        let days = u32::try_from(self.dice.below(40)).unwrap_or(1);
        let entries = usize::try_from(case.facts.revision.get()).unwrap_or(1);
        let seq = 1 + self.dice.below(entries);
        let state = self.dice.pick(states).copied().unwrap_or_default();
        let Some(fields) = form.as_object_mut() else { return form };
        let set = |fields: &mut Map<String, Value>, key: &str, value: Value| {
            if fields.contains_key(key) {
                fields.insert(key.to_owned(), value);
            }
        };
        if let Some(duty) = duty {
            set(fields, "duty", json!(duty));
        }
        set(fields, "entry", json!(seq));
        set(fields, "state", json!(state));
        set(fields, "list_confirmed", json!(true));
        if fields.contains_key("until") || step == WideStep::ExtendDeadline {
            fields.insert("until".to_owned(), json!(now.date().plus_days(days)));
            fields.remove("limit");
        }
        if fields.contains_key("field") {
            fields.insert("field".to_owned(), json!("occurred_at"));
            fields.insert("new_value".to_owned(), json!(now.plus_hours(-30)));
        }
        if let Some(twin) = case.twin.or(case.other) {
            set(fields, "survivor", json!(twin));
        }
        if let Some(other) = case.other {
            set(fields, "case", json!(other));
        }
        if let Some(child) = case.child {
            set(fields, "child", json!(child.id));
        }
        if step == WideStep::ReassignHolder {
            let unit = self.dice.below(2) == 0;
            let holder = case.duties.first().and_then(|duty| duty.holder.unit.clone());
            if let (true, Some(unit)) = (unit, holder) {
                fields.insert("unit".to_owned(), json!(unit));
                fields.remove("person");
            } else {
                let person = self.dice.pick(&self.people).cloned();
                fields.insert("person".to_owned(), json!(person));
                fields.remove("unit");
            }
        }
        fields.retain(|_, value| !value.is_null());
        form
    }

    /// Anybody.
    pub fn anybody(&mut self) -> ActorId {
        let anybody = self.dice.pick(&self.people).cloned();
        anybody.unwrap_or(ActorId::constant("nobody"))
    }

    /// Somebody new works here.
    pub fn meet(&mut self, person: ActorId) {
        self.people.push(person);
    }

    /// Mostly somebody who may, sometimes anybody.
    fn actor(
        &mut self,
        roles: &[Role],
        case: Option<&Glance<'_>>,
        staff: &Staff,
        now: Timestamp,
    ) -> Actor {
        if self.dice.below(8) > 0
            && let Some(role) = self.dice.pick(roles)
        {
            let fits = |row: &&StaffRow| row.active && row.holds(role);
            let fitting: Vec<ActorId> = if let Some(case) = case {
                let area = &case.facts.area;
                staff.holders_of(role, area, now.date()).map(|row| row.id.clone()).collect()
            } else {
                staff.people().filter(fits).map(|row| row.id.clone()).collect()
            };
            if let Some(id) = self.dice.pick(&fitting) {
                return Actor::at_work(id.clone());
            }
        }
        Actor::at_work(self.anybody())
    }

    fn dress(&mut self, command: Command, acted_by: &[Role], now: Timestamp) -> Command {
        let command = match self.dice.below(20) {
            0 | 1 => command.occurred_at(now.plus_hours(-40)),
            2 => command.occurred_at(now.plus_hours(-24 * 20)),
            3 => command.occurred_at(now.plus_hours(1)),
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
}
