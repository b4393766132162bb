//! A procedure as the engine knows it: data, and the functions that apply its transitions.

use std::{collections::BTreeMap, fmt};

use petgraph::graph::DiGraph;
use serde::Serialize;
use serde_json::Value;

use super::{
    DutySpec, Effects, Guard, Handoff, LegalBasis, Procedure, Refusal, State, StepContext,
    StepFacts, Timing, Transition, UnitRule, WaitSpec, payload::read_form,
};
use crate::terms::{
    actor::Role,
    area::{AreaCode, AreaPurpose},
    facts::{ANNULLED, MERGED, SubjectKind},
    id::{CaseId, Digest, SubjectId, UnitId},
    label::Label,
    time::Timestamp,
};

/// A state as the definition keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct StateSpec {
    /// Its name.
    pub name: &'static str,
    /// What people call it.
    pub label: Label,
    /// Whether it is an end.
    pub terminal: bool,
}

/// Whom and where a case is about, as far as the form that opens it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// Which child, if known.
    pub subject: Option<SubjectId>,
    /// Which unit, for a procedure about units.
    pub unit: Option<UnitId>,
    /// Where.
    pub areas: Vec<(AreaPurpose, AreaCode)>,
}

/// What applying a transition gave.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The data after.
    pub data: Value,
    /// What it did.
    pub effects: Effects,
    /// What the data now say about each duty's clock.
    pub timings: BTreeMap<&'static str, Timing>,
    /// The roles accountable in each state.
    pub holders: BTreeMap<&'static str, Vec<Role>>,
}

type Run = fn(&Value, Option<&Value>, &StepFacts<'_>, &[&'static str]) -> Result<Ran, Refusal>;
type Open = fn(&Value) -> Result<Opening, Refusal>;
type Back = fn(&Value, Option<&Value>) -> Result<Option<Timestamp>, Refusal>;
type Look = fn(&Value, Option<&Value>) -> Result<Vec<CaseId>, Refusal>;

/// A transition as the definition keeps it.
#[expect(clippy::struct_excessive_bools, reason = "each is a column of the domain's table")]
#[derive(Clone, Serialize)]
pub struct TransitionSpec {
    /// Its name.
    pub name: &'static str,
    /// What people call it.
    pub label: Label,
    /// Whether it opens a case.
    pub opens_case: bool,
    /// Whether it starts in every open state.
    pub from_any: bool,
    /// The states it starts in, expanded.
    pub from: Vec<&'static str>,
    /// Whether it may keep the state.
    pub keeps_state: bool,
    /// The states it may lead to.
    pub to: Vec<&'static str>,
    /// Who acts.
    pub acted_by: Vec<Role>,
    /// Which users may record it.
    pub by: Vec<Role>,
    /// The side duties it opens.
    pub opens: Vec<&'static str>,
    /// The handoffs it may make.
    pub handoffs: Vec<Handoff>,
    /// The procedures it sees beside.
    pub beside: Vec<&'static str>,
    /// The procedures of the ended cases of the same child that it sees too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ended_beside: Vec<&'static str>,
    /// The procedures of the cases it may see by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<&'static str>,
    /// The transitions it checks.
    pub four_eyes: Vec<&'static str>,
    /// Which units may take it, of those its roles reach.
    #[serde(skip_serializing_if = "UnitRule::is_any")]
    pub units: UnitRule,
    /// Whether its entry hides who recorded it.
    pub reporter_secret: bool,
    /// Whether it may end the case although side duties are open: a fact of life, not an act.
    pub life_event: bool,
    /// Where it comes from.
    pub basis: LegalBasis,
    /// The JSON Schema of its form.
    pub schema: Value,
    #[serde(skip)]
    run: Run,
    #[serde(skip)]
    open: Open,
    #[serde(skip)]
    look: Look,
    #[serde(skip)]
    back: Back,
}

impl fmt::Debug for TransitionSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransitionSpec").field("name", &self.name).finish_non_exhaustive()
    }
}

impl TransitionSpec {
    pub(super) fn of<P: Procedure, T: Transition<P>>() -> Self {
        use super::{Source, Target, transition::flatten};

        let all = P::State::ALL;
        let (opens_case, from_any, from) = match T::FROM {
            Source::Opens => (true, false, Vec::new()),
            Source::In(states) => (false, false, names(states)),
            Source::AnyOpen => {
                let open = all.iter().filter(|state| !state.is_terminal());
                (false, true, open.map(|state| state.name()).collect())
            }
        };
        let (keeps_state, to) = match T::TO {
            Target::Same => (true, Vec::new()),
            Target::To(states) => (false, names(states)),
            Target::SameOr(states) => (true, names(states)),
        };
        let schema = schemars::generate::SchemaSettings::draft2020_12()
            .with(|settings| settings.inline_subschemas = true)
            .into_generator()
            .into_root_schema_for::<T>();
        Self {
            name: T::NAME,
            label: T::LABEL,
            opens_case,
            from_any,
            from,
            keeps_state,
            to,
            acted_by: flatten(T::ACTED_BY),
            by: flatten(T::BY),
            opens: T::OPENS.to_vec(),
            handoffs: T::HANDOFFS.to_vec(),
            beside: T::BESIDE.to_vec(),
            ended_beside: T::ENDED_BESIDE.to_vec(),
            names: T::NAMES.to_vec(),
            four_eyes: T::FOUR_EYES.to_vec(),
            units: T::UNITS,
            reporter_secret: T::REPORTER_SECRET,
            life_event: T::LIFE_EVENT,
            basis: T::BASIS,
            schema: schema.to_value(),
            run: run::<P, T>,
            open: open::<P, T>,
            look: look::<P, T>,
            back: back::<P, T>,
        }
    }

    /// Whether it can be taken in `state`.
    pub fn starts_in(&self, state: &str) -> bool {
        self.from.contains(&state)
    }

    /// Whom and where a case opened by this form is about.
    ///
    /// # Errors
    /// [`Refusal::Field`] if the form cannot be read.
    pub fn opening(&self, payload: &Value) -> Result<Opening, Refusal> {
        (self.open)(payload)
    }

    /// The cases that the form, or the data of its case, names and that it must see.
    ///
    /// # Errors
    /// [`Refusal::Field`] if the form or the data cannot be read.
    pub fn looks_at(&self, payload: &Value, data: Option<&Value>) -> Result<Vec<CaseId>, Refusal> {
        if self.names.is_empty() { Ok(Vec::new()) } else { (self.look)(payload, data) }
    }

    /// Since when an ended case of the same child is of interest to it.
    ///
    /// # Errors
    /// [`Refusal::Field`] if the form or the data cannot be read.
    pub fn looks_back(
        &self,
        payload: &Value,
        data: Option<&Value>,
    ) -> Result<Option<Timestamp>, Refusal> {
        if self.ended_beside.is_empty() { Ok(None) } else { (self.back)(payload, data) }
    }

    /// Whether taking it needs somebody's approval: it checks another person's step.
    pub fn is_approval(&self) -> bool {
        !self.four_eyes.is_empty()
    }
}

fn names<S: State>(states: &[S]) -> Vec<&'static str> {
    states.iter().map(|state| state.name()).collect()
}

fn open<P: Procedure, T: Transition<P>>(payload: &Value) -> Result<Opening, Refusal> {
    Ok(read_form::<T>(payload)?.opening())
}

fn look<P: Procedure, T: Transition<P>>(
    payload: &Value,
    data: Option<&Value>,
) -> Result<Vec<CaseId>, Refusal> {
    Ok(read_form::<T>(payload)?.looks_at(&decode::<P>(data)?))
}

fn back<P: Procedure, T: Transition<P>>(
    payload: &Value,
    data: Option<&Value>,
) -> Result<Option<Timestamp>, Refusal> {
    Ok(read_form::<T>(payload)?.looks_back(&decode::<P>(data)?))
}

fn decode<P: Procedure>(data: Option<&Value>) -> Result<P::Data, Refusal> {
    match data {
        None => Ok(P::Data::default()),
        Some(data) => serde_path_to_error::deserialize(data).map_err(|problem| Refusal::Field {
            field: format!("data.{}", problem.path()),
            reason: problem.into_inner().to_string(),
        }),
    }
}

fn run<P: Procedure, T: Transition<P>>(
    payload: &Value,
    data: Option<&Value>,
    facts: &StepFacts<'_>,
    owed: &[&'static str],
) -> Result<Ran, Refusal> {
    let form: T = read_form(payload)?;
    let mut step = StepContext::<P>::new(decode::<P>(data)?, facts);
    form.apply(&mut step)?;
    let effects = step.finish();
    let data = serde_json::to_value(&step.data)
        .map_err(|problem| Refusal::field("data", problem.to_string()))?;
    let Clocks { timings, holders } = clocks::<P>(&step.data, owed);
    Ok(Ran { data, effects, timings, holders })
}

/// What the data of a case say about its clocks and its accountable roles.
#[derive(Clone, Debug, Default)]
pub struct Clocks {
    /// The clock of each duty and each wait.
    pub timings: BTreeMap<&'static str, Timing>,
    /// The roles accountable in each state, before those of the duty.
    pub holders: BTreeMap<&'static str, Vec<Role>>,
}

fn clocks<P: Procedure>(data: &P::Data, owed: &[&'static str]) -> Clocks {
    Clocks {
        timings: owed.iter().map(|name| (*name, P::timing(name, data))).collect(),
        holders: P::State::ALL
            .iter()
            .map(|state| (state.name(), super::transition::flatten(P::holders(*state, data))))
            .collect(),
    }
}

fn clocks_of<P: Procedure>(data: &Value, owed: &[&'static str]) -> Result<Clocks, Refusal> {
    Ok(clocks::<P>(&decode::<P>(Some(data))?, owed))
}

/// A procedure, checked and ready: what [`Define::build`](super::Define::build) gives.
#[derive(Clone)]
pub struct Definition {
    pub(super) name: &'static str,
    pub(super) version: u32,
    pub(super) label: Label,
    pub(super) mechanism: Option<&'static str>,
    pub(super) urgent: bool,
    pub(super) subject: SubjectKind,
    pub(super) area: Vec<AreaPurpose>,
    pub(super) states: Vec<StateSpec>,
    pub(super) duties: Vec<DutySpec>,
    pub(super) waits: Vec<WaitSpec>,
    pub(super) transitions: Vec<TransitionSpec>,
    pub(super) guards: Vec<&'static Guard>,
    pub(super) graph: DiGraph<usize, usize>,
    pub(super) hash: Digest,
    pub(super) clocks: fn(&Value, &[&'static str]) -> Result<Clocks, Refusal>,
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

impl Definition {
    /// The procedure's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The procedure's version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What people call it.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// Its group.
    pub fn mechanism(&self) -> Option<&'static str> {
        self.mechanism
    }

    /// Whether its steps go before those of other procedures when many wait.
    pub fn is_urgent(&self) -> bool {
        self.urgent
    }

    /// What its cases are about.
    pub fn subject(&self) -> SubjectKind {
        self.subject
    }

    /// The hash of all it says. Cases are pinned to it.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// Its states, in reading order.
    pub fn states(&self) -> &[StateSpec] {
        &self.states
    }

    /// The state of this name. The two ends of every procedure are not listed in
    /// [`Definition::states`] and are not found here.
    pub fn state(&self, name: &str) -> Option<&StateSpec> {
        self.states.iter().find(|state| state.name == name)
    }

    /// Whether a case in this state has ended.
    pub fn is_terminal(&self, state: &str) -> bool {
        state == ANNULLED
            || state == MERGED
            || self.state(state).is_some_and(|state| state.terminal)
    }

    /// Its duties.
    pub fn duties(&self) -> &[DutySpec] {
        &self.duties
    }

    /// The duty of this name.
    pub fn duty(&self, name: &str) -> Option<&DutySpec> {
        self.duties.iter().find(|duty| duty.name == name)
    }

    /// Its waits.
    pub fn waits(&self) -> &[WaitSpec] {
        &self.waits
    }

    /// Its transitions, in table order.
    pub fn transitions(&self) -> &[TransitionSpec] {
        &self.transitions
    }

    /// The transition of this name.
    pub fn transition(&self, name: &str) -> Option<&TransitionSpec> {
        self.transitions.iter().find(|transition| transition.name == name)
    }

    /// The rules its transitions refuse by.
    pub fn guards(&self) -> &[&'static Guard] {
        &self.guards
    }

    /// The area that counts, of those a case has.
    pub fn counting_area<'a>(
        &self,
        areas: &'a BTreeMap<AreaPurpose, AreaCode>,
    ) -> Option<&'a AreaCode> {
        let own = self.area.iter().find_map(|purpose| areas.get(purpose));
        own.or_else(|| areas.values().next())
    }

    /// Applies a transition: the form, the data before (nothing when it opens the case), the
    /// facts.
    ///
    /// # Errors
    /// A [`Refusal`]; then nothing has happened.
    pub fn run(
        &self,
        transition: &TransitionSpec,
        payload: &Value,
        data: Option<&Value>,
        facts: &StepFacts<'_>,
    ) -> Result<Ran, Refusal> {
        (transition.run)(payload, data, facts, &self.owed())
    }

    /// The names of everything that a clock can run for.
    fn owed(&self) -> Vec<&'static str> {
        let duties = self.duties.iter().map(|duty| duty.name);
        duties.chain(self.waits.iter().map(|wait| wait.name)).collect()
    }

    /// What the data of a case say about its clocks.
    ///
    /// # Errors
    /// [`Refusal::Field`] if the data cannot be read.
    pub fn clocks(&self, data: &Value) -> Result<Clocks, Refusal> {
        (self.clocks)(data, &self.owed())
    }
}

pub(super) fn clocks_fn<P: Procedure>() -> fn(&Value, &[&'static str]) -> Result<Clocks, Refusal> {
    clocks_of::<P>
}
