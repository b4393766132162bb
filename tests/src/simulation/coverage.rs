//! What of the procedures was reached.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use hexacase::{
    duty::owed::{DutyChange, DutyState},
    engine::Engine,
    procedure::wide::WideStep,
    trail::{Kind, LinkKind},
};

use super::moment::Moment;
use crate::mischief::Taste;

/// Counts by procedure and name.
type Counts = BTreeMap<(String, String), u64>;

/// States entered, transitions taken, duties opened and fulfilled, handoffs made.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    states: Counts,
    transitions: Counts,
    duties: Counts,
    fulfilled: Counts,
    handoffs: BTreeMap<String, u64>,
    messages: BTreeMap<String, u64>,
    /// Engine-wide steps and other kinds of entries.
    pub wide: BTreeMap<String, u64>,
    /// Refusals by code.
    pub refusals: BTreeMap<String, u64>,
}

impl Taste for Coverage {
    fn taken(&self, procedure: &str, transition: &str) -> u64 {
        self.transitions
            .get(&(procedure.to_owned(), transition.to_owned()))
            .copied()
            .unwrap_or_default()
    }
}

impl Coverage {
    /// Counts what a step reached.
    pub fn count(&mut self, moment: &Moment) {
        for (case, entry) in moment.entries() {
            let (procedure, envelope) = (&case.facts().procedure, &entry.envelope);
            let key = |name: &str| (procedure.clone(), name.to_owned());
            if envelope.from.as_ref() != Some(&envelope.to) {
                *self.states.entry(key(&envelope.to)).or_default() += 1;
            }
            match envelope.kind {
                Kind::Step | Kind::OpenedBy => {
                    *self.transitions.entry(key(&envelope.transition)).or_default() += 1;
                }
                Kind::Proposed => {
                    let name = format!("{} (proposed)", envelope.transition);
                    *self.wide.entry(name).or_default() += 1;
                }
                Kind::Informed => *self.wide.entry("informed".to_owned()).or_default() += 1,
                Kind::Engine | Kind::Escalate | Kind::Reproject | Kind::Staff => {
                    *self.wide.entry(envelope.transition.clone()).or_default() += 1;
                }
            }
            for change in &envelope.duties {
                let name = match change {
                    DutyChange::Set { duty, .. } => &duty.name,
                    DutyChange::Closed { name, .. } => name,
                };
                *self.duties.entry(key(name)).or_default() += 1;
            }
            for name in entry.ended(DutyState::Fulfilled) {
                *self.fulfilled.entry(key(name)).or_default() += 1;
            }
            for (_, handoff) in entry.links(LinkKind::HandedTo) {
                *self.handoffs.entry(handoff.unwrap_or("-").to_owned()).or_default() += 1;
            }
        }
        for message in &moment.messages {
            let handoff = message.content.get("handoff").and_then(serde_json::Value::as_str);
            if let Some(handoff) = handoff {
                *self.messages.entry(handoff.to_owned()).or_default() += 1;
            }
        }
    }

    /// Adds what another county reached.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.states, &other.states),
            (&mut self.transitions, &other.transitions),
            (&mut self.duties, &other.duties),
            (&mut self.fulfilled, &other.fulfilled),
        ];
        for (mine, theirs) in pairs {
            for (key, count) in theirs {
                *mine.entry(key.clone()).or_default() += count;
            }
        }
        let named = [
            (&mut self.handoffs, &other.handoffs),
            (&mut self.messages, &other.messages),
            (&mut self.wide, &other.wide),
            (&mut self.refusals, &other.refusals),
        ];
        for (mine, theirs) in named {
            for (key, count) in theirs {
                *mine.entry(key.clone()).or_default() += count;
            }
        }
    }

    /// Everything declared that was not reached, as `procedure what name`.
    #[must_use]
    pub fn missing(&self, engine: &Engine) -> BTreeSet<String> {
        self.seldom(engine, 1)
    }

    /// The engine-wide steps that were not taken.
    #[must_use]
    pub fn missing_wide(&self) -> BTreeSet<&'static str> {
        let steps = WideStep::ALL.iter().map(|step| step.name());
        steps.filter(|name| !self.wide.contains_key(*name)).collect()
    }

    /// Everything declared that was reached less often than so many times.
    #[must_use]
    pub fn seldom(&self, engine: &Engine, times: u64) -> BTreeSet<String> {
        let mut seldom = BTreeSet::new();
        let named = |counts: &BTreeMap<String, u64>, name: &str| {
            counts.get(name).copied().unwrap_or_default()
        };
        for definition in engine.registry().iter().filter(|it| !it.transitions().is_empty()) {
            let procedure = definition.name();
            let few = |counts: &Counts, name: &str| {
                let key = (procedure.to_owned(), name.to_owned());
                counts.get(&key).copied().unwrap_or_default() < times
            };
            for state in definition.states().iter().filter(|it| few(&self.states, it.name)) {
                seldom.insert(format!("{procedure} state {}", state.name));
            }
            for duty in definition.duties() {
                if few(&self.duties, duty.name) {
                    seldom.insert(format!("{procedure} duty {}", duty.name));
                } else if few(&self.fulfilled, duty.name) {
                    seldom.insert(format!("{procedure} duty {} fulfilled", duty.name));
                }
            }
            for step in definition.transitions() {
                if few(&self.transitions, step.name) {
                    seldom.insert(format!("{procedure} step {}", step.name));
                }
                for handoff in &step.handoffs {
                    let made = named(&self.handoffs, handoff.id);
                    if made + named(&self.messages, handoff.id) < times {
                        seldom.insert(format!("{procedure} handoff {}", handoff.id));
                    }
                }
            }
        }
        seldom
    }

    /// The table of what was reached, and the list of what was not.
    #[must_use]
    pub fn table(&self, engine: &Engine) -> String {
        let missing = self.missing(engine);
        let mut text = String::from(
            "  procedure                     states      steps     duties   handoffs   steps taken\n",
        );
        for definition in engine.registry().iter().filter(|it| !it.transitions().is_empty()) {
            let procedure = definition.name();
            let gone = |what: &str| {
                let start = format!("{procedure} {what} ");
                missing.iter().filter(|name| name.starts_with(&start)).count()
            };
            let handoffs: BTreeSet<_> = definition
                .transitions()
                .iter()
                .flat_map(|step| &step.handoffs)
                .map(|handoff| handoff.id)
                .collect();
            let of = |all: usize, what: &str| format!("{}/{all}", all - gone(what));
            let taken: u64 = self
                .transitions
                .iter()
                .filter(|((name, _), _)| name == procedure)
                .map(|(_, count)| count)
                .sum();
            let _ = writeln!(
                text,
                "  {procedure:<26} {:>9}  {:>9}  {:>9}  {:>9}  {taken:>12}",
                of(definition.states().len(), "state"),
                of(definition.transitions().len(), "step"),
                of(definition.duties().len(), "duty"),
                of(handoffs.len(), "handoff"),
            );
        }
        let list = |counts: &BTreeMap<String, u64>| {
            let each = counts.iter().map(|(name, count)| format!("{name} {count}"));
            each.collect::<Vec<_>>().join(", ")
        };
        let _ = writeln!(text, "  handoffs: {}", list(&self.handoffs));
        let _ = writeln!(text, "  messages: {}", list(&self.messages));
        let _ = writeln!(text, "  other entries: {}", list(&self.wide));
        let _ = writeln!(text, "  refusals: {}", list(&self.refusals));
        for name in missing {
            let _ = writeln!(text, "  not reached: {name}");
        }
        text
    }
}
