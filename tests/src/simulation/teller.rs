//! Tells stories: a fixed sequence of steps by the people of a county, each looked at like a step of
//! the simulation. Whoever may takes the step; a step that nobody can take stops the story.

use hexacase::{
    case::{Check, check_permission},
    engine::{Command, EngineError, Receipt},
    procedure::wide::WideStep,
    store::StaffRow,
    terms::{
        actor::{Actor, Role},
        area::{AreaCode, AreaPurpose},
        evidence::ActedBy,
        facts::Subject,
        id::{ActorId, CaseId},
        text::Text,
        time::{Clock as _, Timestamp},
    },
    testing::MemoryStore,
};
use hexacase_pilot::{
    county::County,
    demo::{self, Filler},
};
use serde_json::{Map, Value, json};

use super::{
    Simulation, beginning,
    moment::{Act, Seen},
    outcome::{Outcome, Plan},
};

/// Somebody else is asked after these refusals.
const NOT_YOU: &[&str] = &[
    "refusal.role_missing",
    "refusal.out_of_area",
    "refusal.four_eyes",
    "refusal.guard.only_the_lead",
    "refusal.guard.lead_not_verifier",
];

/// A child of the register, and where it lives.
#[derive(Clone, Debug)]
pub(super) struct Child {
    pub(super) subject: Subject,
    pub(super) file: CaseId,
    area: AreaCode,
}

/// Tells stories in one county.
#[derive(Debug)]
pub(super) struct Teller {
    simulation: Simulation<MemoryStore>,
    filler: Filler,
    children: Vec<Child>,
    story: &'static str,
}

impl Teller {
    pub(super) async fn begin(store: MemoryStore, county: &County, seed: u64) -> Self {
        let plan = Plan { seed, mischief: 0, keep: false, steps: None };
        let (simulation, _) = beginning::begin(store, county, plan).await;
        let files = simulation.mirror.cases().filter(|seen| seen.is_open("care_file"));
        let child = |seen: &std::sync::Arc<Seen>| Child {
            subject: seen.facts().subject,
            file: seen.facts().id,
            area: seen.facts().area.clone(),
        };
        let children = files.map(child).collect();
        Self { simulation, filler: beginning::filler(county, seed), children, story: "" }
    }

    /// A story begins, about a child that no other story is about.
    pub(super) fn tell(&mut self, story: &'static str) -> Child {
        self.story = story;
        self.children.pop().expect("a child for every story")
    }

    /// The end of all stories.
    pub(super) async fn end(mut self) -> Outcome {
        self.simulation.finish().await;
        self.simulation.outcome
    }

    /// Now.
    pub(super) fn now(&self) -> Timestamp {
        self.simulation.clock.now()
    }

    /// Some hours pass.
    pub(super) fn hours(&mut self, hours: i64) {
        let now = self.now().plus_hours(hours);
        self.simulation.clock.set(now);
    }

    /// Some days pass, each with its sweep; a holiday notice that arrives is taken in.
    pub(super) async fn days(&mut self, days: u32) {
        for _ in 0..days {
            self.hours(24);
            self.simulation.tick();
            self.simulation.engine.sweep().await.expect("the sweep");
            let moment = self.simulation.look(Act::Swept, None).await;
            self.simulation.outcome.sweeps.0 += 1;
            self.simulation.outcome.sweeps.1 += moment.entries().count() as u64;
            if self.simulation.is_noticed(self.now()) {
                self.simulation.take_notice().await;
            }
        }
    }

    /// A case as it stands.
    pub(super) fn seen(&self, case: CaseId) -> &Seen {
        self.simulation.mirror.case(case).expect("a case that was opened")
    }

    /// The number of the last entry of a case.
    pub(super) fn last_entry(&self, case: CaseId) -> i64 {
        self.seen(case).facts().revision.get()
    }

    /// Two people of the unit that holds a duty.
    pub(super) fn two_of(&self, case: CaseId, duty: &str) -> [ActorId; 2] {
        let owed = self.seen(case).image.duties.iter().find(|owed| owed.name == duty);
        let unit = owed.and_then(|owed| owed.holder.unit.as_ref()).expect("a unit holds it");
        let mut people = self.people(|row| &row.unit == unit).into_iter();
        match (people.next(), people.next()) {
            (Some(one), Some(other)) => [one, other],
            _ => panic!("{}: `{unit}` has no two people", self.story),
        }
    }

    /// The newest case of a procedure about a child.
    pub(super) fn newest(&self, procedure: &str, child: &Child) -> CaseId {
        self.newest_where(procedure, |seen| seen.facts().subject == child.subject)
    }

    /// The newest case of a procedure that fits.
    pub(super) fn newest_where(&self, procedure: &str, fits: impl Fn(&Seen) -> bool) -> CaseId {
        let cases = self
            .simulation
            .mirror
            .cases()
            .filter(|seen| seen.facts().procedure == procedure && fits(seen.as_ref()));
        let newest = cases.max_by_key(|seen| (seen.facts().opened_at, seen.facts().id));
        match newest {
            Some(seen) => seen.facts().id,
            None => panic!("{}: there is no such `{procedure}`", self.story),
        }
    }

    /// Opens a case about a child, with what the form says beside what anybody would fill in.
    pub(super) async fn opens(
        &mut self,
        procedure: &'static str,
        step: &'static str,
        child: &Child,
        form: Value,
    ) -> CaseId {
        let (subject, area) = (child.subject, child.area.clone());
        let dress = |command: Command| {
            command
                .about(subject)
                .in_area(AreaPurpose::Residence, area.clone())
                .in_area(AreaPurpose::Incident, area.clone())
        };
        self.open(procedure, step, Some(&child.area), form, &dress).await.case
    }

    /// Opens a case of the county, about no child.
    pub(super) async fn opens_in_county(
        &mut self,
        procedure: &'static str,
        step: &'static str,
        form: Value,
    ) -> CaseId {
        self.open(procedure, step, None, form, &|command| command).await.case
    }

    async fn open(
        &mut self,
        procedure: &'static str,
        step: &'static str,
        area: Option<&AreaCode>,
        form: Value,
        dress: &(dyn Fn(Command) -> Command + Sync),
    ) -> Receipt {
        let registry = self.simulation.engine.registry();
        let definition = registry.newest(procedure).cloned().expect("the procedure is carried");
        let spec = definition.transition(step).expect("a step of the procedure").clone();
        let form = self.form(procedure, step, &spec.schema, &Value::Null, form);
        let near = |row: &StaffRow| {
            row.grants.iter().any(|grant| {
                spec.by.contains(&grant.role) && area.is_none_or(|area| grant.area.covers(area))
            })
        };
        let people = self.people(near);
        let command = |actor| dress(Command::open_named(actor, procedure, step, form.clone()));
        self.asked(step, people, &spec.acted_by, &command).await
    }

    /// Takes a step of a case, with what the form says beside what anybody would fill in.
    pub(super) async fn does(&mut self, case: CaseId, step: &'static str, form: Value) -> Receipt {
        self.does_without(None, case, step, form).await
    }

    /// The same, by somebody else than whoever took the step last.
    pub(super) async fn does_by_another(
        &mut self,
        case: CaseId,
        step: &'static str,
        form: Value,
    ) -> Receipt {
        let last = self.seen(case).past.hands.get(step).cloned();
        self.does_without(last, case, step, form).await
    }

    async fn does_without(
        &mut self,
        last: Option<ActorId>,
        case: CaseId,
        step: &'static str,
        form: Value,
    ) -> Receipt {
        let seen = self.seen(case);
        let (facts, data) = (seen.facts().clone(), seen.data.clone());
        let registry = self.simulation.engine.registry();
        let definition = registry.newest(&facts.procedure).cloned().expect("it is carried");
        let Some(spec) = definition.transition(step).cloned() else {
            panic!("{}: `{}` has no `{step}`", self.story, facts.procedure);
        };
        let form = self.form(&facts.procedure, step, &spec.schema, &data, form);
        let day = self.now().date();
        let ground = &self.simulation.ground;
        let image = &self.seen(case).image;
        let may = |row: &StaffRow| {
            let profile = ground.staff.profile(&row.id, day);
            let check = Check {
                roles: ground.engine.roles(),
                profile: &profile,
                case: Some(&facts),
                attributes: &image.attributes,
                duties: &image.duties,
            };
            check_permission(&definition, &spec, &check).is_ok()
        };
        let mut people = self.people(may);
        people.retain(|person| Some(person) != last.as_ref());
        let command = |actor| Command::fire_named(actor, case, step, form.clone());
        self.asked(step, people, &spec.acted_by, &command).await
    }

    /// Takes an engine-wide step of a case.
    pub(super) async fn wide(&mut self, case: CaseId, step: WideStep, form: Value) -> Receipt {
        let form = self.form("", step.name(), &step.schema(), &Value::Null, form);
        let people = self.people(|_| true);
        let command = |actor| Command::fire_named(actor, case, step.name(), form.clone());
        self.asked(step.name(), people, &[], &command).await
    }

    /// Takes an engine-wide step that a second person confirms.
    pub(super) async fn wide_by_two(&mut self, case: CaseId, step: WideStep, form: Value) {
        let receipt = self.wide(case, step, form).await;
        assert!(receipt.proposed, "{}: `{}` took one person", self.story, step.name());
        let entry = self.last_entry(case);
        self.wide(case, WideStep::ConfirmStep, json!({ "entry": entry })).await;
    }

    /// Who fits, in the order of the directory.
    fn people(&self, fits: impl Fn(&StaffRow) -> bool) -> Vec<ActorId> {
        let staff = self.simulation.ground.staff.people();
        staff.filter(|row| row.active && fits(row)).map(|row| row.id.clone()).collect()
    }

    /// What the form asks for, filled in as it fits the case; then what the story says. What the
    /// story sets to null is left out.
    fn form(
        &mut self,
        procedure: &str,
        step: &str,
        schema: &Value,
        data: &Value,
        said: Value,
    ) -> Value {
        let now = self.now();
        let mut form = match self.filler.fill(schema, now) {
            Value::Object(form) => form,
            _ => Map::new(),
        };
        let required = schema.get("required").and_then(Value::as_array);
        form.retain(|name, _| required.is_some_and(|names| names.contains(&json!(name))));
        demo::shape(procedure, step, &mut form, data, now, &mut self.filler);
        if let Value::Object(said) = said {
            form.extend(said);
        }
        form.retain(|_, value| !value.is_null());
        Value::Object(form)
    }

    /// Asks one after the other, until somebody may.
    async fn asked(
        &mut self,
        step: &str,
        people: Vec<ActorId>,
        acted_by: &[Role],
        command: &(dyn Fn(Actor) -> Command + Sync),
    ) -> Receipt {
        let mut why = "nobody holds a role for it".to_owned();
        for person in people {
            let profile = self.simulation.ground.staff.profile(&person, self.now().date());
            let mut command = command(Actor::at_work(person));
            if let Some(role) = acted_by.first().filter(|_| !profile.holds_any(acted_by)) {
                command = command.acted_by(ActedBy {
                    role: role.clone(),
                    organ: Text::new("示例机关").expect("a text"),
                    document_no: None,
                    document_date: None,
                    person: None,
                    scan: None,
                });
            }
            match self.simulation.ask(command.clone(), None, false).await {
                Ok(receipt) => {
                    for case in receipt.linked.iter().chain([&receipt.case]) {
                        let facts = self.simulation.mirror.case(*case).map(|seen| seen.facts());
                        if let Some(facts) = facts {
                            self.filler.know(*case, &facts.procedure, &facts.state);
                        }
                    }
                    return receipt;
                }
                Err(EngineError::Refused(refusal))
                    if NOT_YOU.contains(&refusal.code().as_str()) =>
                {
                    why = refusal.to_string();
                }
                Err(problem) => panic!("{}: `{step}`: {problem}\n{command:?}", self.story),
            }
        }
        panic!("{}: `{step}`: {why}", self.story);
    }
}
