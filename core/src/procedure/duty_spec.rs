//! Duties and waits as a procedure declares them.

use serde::Serialize;

use super::{Roles, State};
use crate::{
    duty::{owed::DutyKind, time_limit::LimitId},
    terms::{actor::Role, label::Label, time::Timestamp},
};

/// What the data of a case say about the clock of one duty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// The candidate limits that fit; several: the earliest due one runs; none: the first listed.
    pub fit: Vec<&'static str>,
    /// The earlier fact the clock runs from (clue, last met visit, last grade), else the step.
    pub from: Option<Timestamp>,
    /// A date that a record names, which then holds instead of a limit's.
    pub due: Option<Timestamp>,
}

impl Timing {
    /// These limits fit.
    pub fn fits(limits: impl IntoIterator<Item = &'static str>) -> Self {
        Self { fit: limits.into_iter().collect(), ..Self::default() }
    }

    /// The clock runs from this earlier fact.
    #[must_use]
    pub fn from(mut self, at: Option<Timestamp>) -> Self {
        self.from = at;
        self
    }

    /// A record names the date.
    #[must_use]
    pub fn due(mut self, at: Option<Timestamp>) -> Self {
        self.due = at;
        self
    }
}

/// A duty 应办事项: who owes what, who may record it done, by when, and what fulfils it.
///
/// Written as a sentence of calls, one per fact:
/// `Duty::new("start_verification", "启动核查", "start the verification").owed_by(..)…`.
#[derive(Clone, Debug)]
pub struct Duty<S: State> {
    pub(super) spec: DutySpec,
    pub(super) on: Vec<S>,
}

impl<S: State> Duty<S> {
    /// A duty by its name.
    pub fn new(name: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self {
            spec: DutySpec {
                name,
                label: Label::new(zh, en),
                kind: DutyKind::Side,
                states: Vec::new(),
                owed_by: Vec::new(),
                recorded_by: Vec::new(),
                limits: Vec::new(),
                fulfilled_by: Vec::new(),
                opened_by: Vec::new(),
                once: false,
                excusable: true,
                ladder: None,
            },
            on: Vec::new(),
        }
    }

    /// The states that open it on entry. A duty without one is a side duty, opened by the
    /// transitions that name it in their `OPENS`.
    #[must_use]
    pub fn on(mut self, states: &[S]) -> Self {
        self.spec.kind = DutyKind::State;
        self.on = states.to_vec();
        self
    }

    /// Every open state owes it, from the opening of the case to its end.
    #[must_use]
    pub fn while_open(mut self) -> Self {
        self.spec.kind = DutyKind::Open;
        self
    }

    /// Who owes it in law or practice.
    #[must_use]
    pub fn owed_by(mut self, roles: Roles) -> Self {
        self.spec.owed_by = super::transition::flatten(roles);
        self
    }

    /// Which users may record it done.
    #[must_use]
    pub fn recorded_by(mut self, roles: Roles) -> Self {
        self.spec.recorded_by = super::transition::flatten(roles);
        self
    }

    /// Its candidate time limits, by id; one runs at a time.
    #[must_use]
    pub fn limits(mut self, ids: &[&'static str]) -> Self {
        self.spec.limits = ids.iter().map(|id| LimitId::constant(id)).collect();
        self
    }

    /// The transitions that fulfil it.
    #[must_use]
    pub fn fulfilled_by(mut self, transitions: &[&'static str]) -> Self {
        self.spec.fulfilled_by = transitions.to_vec();
        self
    }

    /// Once fulfilled it does not open anew while the state lasts.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.spec.once = true;
        self
    }

    /// It can never be excused 免办.
    #[must_use]
    pub fn never_excused(mut self) -> Self {
        self.spec.excusable = false;
        self
    }

    /// The ladder its escalation climbs, by name; unless said, that of the party that owes it.
    #[must_use]
    pub fn ladder(mut self, name: &'static str) -> Self {
        self.spec.ladder = Some(name);
        self
    }
}

/// A duty as the definition keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct DutySpec {
    /// Its name.
    pub name: &'static str,
    /// What people call it.
    pub label: Label,
    /// Where it comes from.
    pub kind: DutyKind,
    /// The states that declare it.
    pub states: Vec<&'static str>,
    /// Who owes it.
    pub owed_by: Vec<Role>,
    /// Which users may record it done, in table order.
    pub recorded_by: Vec<Role>,
    /// Its candidate limits.
    pub limits: Vec<LimitId>,
    /// The transitions that fulfil it.
    pub fulfilled_by: Vec<&'static str>,
    /// The transitions that open it beside the states.
    pub opened_by: Vec<&'static str>,
    /// Whether it stays fulfilled while the state lasts.
    pub once: bool,
    /// Whether it may be excused.
    pub excusable: bool,
    /// The ladder it climbs, if not that of the party that owes it.
    pub ladder: Option<&'static str>,
}

/// A wait 等待: time alone ends it. The sweep takes a declared transition as actor `system` when
/// its limit passes; a provisional deadline never fires it.
#[derive(Clone, Debug)]
pub struct Wait<S: State> {
    pub(super) spec: WaitSpec,
    pub(super) on: S,
}

impl<S: State> Wait<S> {
    /// A wait by its name, in a state, for a limit, ended by a transition of the system.
    pub fn new(
        name: &'static str,
        label: Label,
        on: S,
        limit: &'static str,
        fires: &'static str,
    ) -> Self {
        let limits = vec![LimitId::constant(limit)];
        Self { spec: WaitSpec { name, label, state: on.name(), limits, fires }, on }
    }
}

/// A wait as the definition keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct WaitSpec {
    /// Its name.
    pub name: &'static str,
    /// What people call it, shown as 观察中.
    pub label: Label,
    /// The state that declares it.
    pub state: &'static str,
    /// Its candidate limits.
    pub limits: Vec<LimitId>,
    /// The transition that ends it.
    pub fires: &'static str,
}
