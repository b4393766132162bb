//! What a step of one case does in another.

use hexacase::{
    procedure::Mode,
    trail::{Kind, LinkKind},
};

use crate::simulation::{
    invariant::{Invariant, Verdict},
    moment::{Entry, Moment, Touched},
};

/// The invariants of this file.
pub const ALL: &[Invariant] = &[
    Invariant {
        name: "handoff_opens_at_once",
        number: Some(12),
        says: "a handoff of mode open has its receiving case in the same transaction",
        check: handoff_opens_at_once,
    },
    Invariant {
        name: "proposal_waits_for_a_person",
        number: Some(12),
        says: "what a handoff proposes stays as it is until a person acts",
        check: proposal_waits_for_a_person,
    },
    Invariant {
        name: "handoff_is_linked_both_ways",
        number: None,
        says: "a link to a case that was handed over is answered by a link back, in the same step",
        check: handoff_is_linked_both_ways,
    },
    Invariant {
        name: "informed_keeps_its_state",
        number: None,
        says: "a case that was only told something keeps its state and its duties",
        check: informed_keeps_its_state,
    },
];

fn declared<'m>(
    moment: &'m Moment,
    case: &Touched,
    entry: &'m Entry,
    mode: Mode,
) -> impl Iterator<Item = &'m str> {
    let spec = case.spec(&moment.ground, entry);
    let registry = moment.ground.engine.registry();
    let all = spec.map(|spec| spec.handoffs.as_slice()).unwrap_or_default();
    let fits = move |handoff: &&hexacase::procedure::Handoff| {
        handoff.mode == mode && registry.newest(handoff.to).is_some()
    };
    all.iter().filter(fits).map(|handoff| handoff.id)
}

fn handoff_opens_at_once(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().filter(|(_, entry)| entry.is_step()).map(|(case, entry)| {
        Verdict::all(declared(moment, case, entry, Mode::Open).map(|id| {
            let made = entry.body.handed.iter().filter(|handed| handed.handoff == id).count();
            if made == 0 {
                return Verdict::Idle;
            }
            let to: Vec<_> = entry
                .links(LinkKind::HandedTo)
                .filter(|(_, handoff)| *handoff == Some(id))
                .map(|(case, _)| case)
                .collect();
            if to.len() != made {
                return Verdict::Broken(format!(
                    "{id} was made {made} times, linked {} times",
                    to.len()
                ));
            }
            Verdict::all(to.into_iter().map(|to| {
                let born = moment.case(to).is_some_and(|other| {
                    other.before.is_none()
                        && other
                            .entries
                            .first()
                            .is_some_and(|first| first.envelope.kind == Kind::OpenedBy)
                });
                Verdict::of(born, || format!("{id} opened no case in the same step"))
            }))
        }))
    }))
}

fn proposal_waits_for_a_person(moment: &Moment) -> Verdict {
    Verdict::all(moment.touched.iter().map(|case| {
        let first = case.entries.first();
        let born = case.before.is_none() && case.after.past.proposal.is_some();
        if born {
            let definition = moment.ground.definition(case.facts());
            let start = definition.and_then(|definition| definition.states().first());
            let there = start
                .is_some_and(|start| first.is_some_and(|first| first.envelope.to == start.name));
            return Verdict::of(there, || format!("a proposal began in `{}`", case.facts().state));
        }
        let waiting = case.before.as_ref().filter(|before| before.past.proposal.is_some());
        let Some(before) = waiting else { return Verdict::Idle };
        let by_time = case.entries.iter().take_while(|entry| entry.by_system()).last();
        let state = &before.facts().state;
        match by_time {
            Some(entry) => Verdict::of(entry.envelope.to == *state, || {
                format!("time moved a proposal to `{}`", entry.envelope.to)
            }),
            None => Verdict::Held,
        }
    }))
}

fn handoff_is_linked_both_ways(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().flat_map(|(case, entry)| {
        let from = case.facts().id;
        entry.links(LinkKind::HandedTo).map(move |(to, handoff)| {
            let back = moment.case(to).is_some_and(|other| {
                other.entries.iter().any(|theirs| {
                    theirs.links(LinkKind::HandedFrom).any(|link| link == (from, handoff))
                })
            });
            Verdict::of(back, || format!("{handoff:?} to {to} is not linked back"))
        })
    }))
}

fn informed_keeps_its_state(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().map(|(_, entry)| {
        let envelope = &entry.envelope;
        if envelope.kind != Kind::Informed {
            return Verdict::Idle;
        }
        let kept = envelope.from.as_ref() == Some(&envelope.to) && envelope.duties.is_empty();
        Verdict::of(kept, || format!("being told moved it to `{}`", envelope.to))
    }))
}
