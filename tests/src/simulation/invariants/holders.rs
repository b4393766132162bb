//! Who holds what, who sees it, and who did it.

use hexacase::{
    case::{Check, check_permission},
    duty::owed::DutyKind,
    terms::{
        actor::{Grant, MatchBy},
        id::UnitId,
    },
    trail::Kind,
};

use crate::simulation::{
    invariant::{Invariant, Verdict},
    moment::{Entry, Ground, Moment, Seen, Touched},
};

/// The invariants of this file.
pub const ALL: &[Invariant] = &[
    Invariant {
        name: "open_case_is_held",
        number: Some(1),
        says: "an open case owes something that a unit with an active account holds, or a listed gap",
        check: open_case_is_held,
    },
    Invariant {
        name: "worklist_is_permission",
        number: Some(2),
        says: "a duty is on somebody's worklist if and only if that person may fulfil it now; no step \
               that the unit rule refuses somebody is offered there",
        check: worklist_is_permission,
    },
    Invariant {
        name: "step_by_one_who_may",
        number: None,
        says: "whoever took a step held one of its roles for the case that day",
        check: step_by_one_who_may,
    },
    Invariant {
        name: "checked_by_another",
        number: None,
        says: "whoever checks a step is not the one who took it",
        check: checked_by_another,
    },
    Invariant {
        name: "confirmed_by_another",
        number: None,
        says: "a step that takes two persons was confirmed by the second",
        check: confirmed_by_another,
    },
    Invariant {
        name: "duties_of_the_state",
        number: None,
        says: "a case owes the duties of its state, of no other, and nothing once it has ended",
        check: duties_of_the_state,
    },
    Invariant {
        name: "permission_is_the_function",
        number: None,
        says: "the engine's function of permission agrees with the step that was taken",
        check: permission_is_the_function,
    },
];

fn open_case_is_held(moment: &Moment) -> Verdict {
    Verdict::all(moment.touched.iter().map(|case| is_held(&case.after, &moment.ground)))
}

/// Whether an open case is held.
pub fn is_held(seen: &Seen, ground: &Ground) -> Verdict {
    if !seen.facts().is_open() || is_directory(seen) {
        return Verdict::Idle;
    }
    let held =
        |unit: &Option<UnitId>| unit.as_ref().is_some_and(|unit| ground.active.contains(unit));
    let holds = seen.image.duties.iter().any(|duty| duty.holder.gap || held(&duty.holder.unit));
    Verdict::of(holds, || {
        let owed: Vec<_> =
            seen.image.duties.iter().map(|duty| (&duty.name, &duty.holder)).collect();
        format!("nobody holds anything in `{}`: {owed:?}", seen.facts().state)
    })
}

/// The engine's own record of the people is no case.
#[must_use]
pub fn is_directory(seen: &Seen) -> bool {
    seen.facts().procedure == "directory"
}

fn worklist_is_permission(moment: &Moment) -> Verdict {
    Verdict::all(moment.looks.iter().map(|look| {
        Verdict::of(look.permitted == look.listed, || {
            let (permitted, listed) = (look.permitted, look.listed);
            format!("{}: `{}` permitted {permitted}, listed {listed}", look.person, look.duty)
        })
    }))
}

fn person_steps(moment: &Moment) -> impl Iterator<Item = (&Touched, &Entry)> {
    moment.entries().filter(|(_, entry)| entry.envelope.kind == Kind::Step && !entry.by_system())
}

fn step_by_one_who_may(moment: &Moment) -> Verdict {
    let ground = &moment.ground;
    let day = moment.at.date();
    Verdict::all(person_steps(moment).map(|(case, entry)| {
        let Some(spec) = case.spec(ground, entry) else {
            return Verdict::Broken(format!("`{}` is no step", entry.envelope.transition));
        };
        // A handoff takes its right from the chain, a step that told another case so did the first.
        if entry.links(hexacase::trail::LinkKind::HandedFrom).next().is_some() {
            return Verdict::Idle;
        }
        let profile = ground.staff.profile(entry.person(), day);
        let area = entry.before.as_ref().map(|before| &before.facts.area);
        let near = |grant: &Grant| match ground
            .engine
            .roles()
            .get(&grant.role)
            .map(|role| role.match_by)
        {
            Some(MatchBy::Area) => area.is_none_or(|area| grant.area.covers(area)),
            Some(MatchBy::Unit) => entry.before.as_ref().is_none_or(|before| {
                before.facts.opened_by.as_ref() == Some(&grant.unit)
                    || before
                        .duties
                        .iter()
                        .any(|duty| duty.holder.unit.as_ref() == Some(&grant.unit))
            }),
            None => false,
        };
        let may = profile.grants.iter().any(|grant| spec.by.contains(&grant.role) && near(grant));
        Verdict::of(may, || format!("{} took `{}`", entry.person(), spec.name))
    }))
}

fn permission_is_the_function(moment: &Moment) -> Verdict {
    let ground = &moment.ground;
    Verdict::all(person_steps(moment).map(|(case, entry)| {
        let (Some(before), Some(definition)) = (&entry.before, ground.definition(case.facts()))
        else {
            return Verdict::Idle;
        };
        if entry.links(hexacase::trail::LinkKind::HandedFrom).next().is_some() {
            return Verdict::Idle;
        }
        let Some(spec) = definition.transition(&entry.envelope.transition) else {
            return Verdict::Idle;
        };
        let profile = ground.staff.profile(entry.person(), moment.at.date());
        let check = Check {
            roles: ground.engine.roles(),
            profile: &profile,
            case: Some(&before.facts),
            attributes: &before.attributes,
            duties: &before.duties,
        };
        match check_permission(definition, spec, &check) {
            Ok(_) => Verdict::Held,
            Err(refusal) => Verdict::Broken(format!("`{}` was taken, but: {refusal}", spec.name)),
        }
    }))
}

fn checked_by_another(moment: &Moment) -> Verdict {
    Verdict::all(person_steps(moment).map(|(case, entry)| {
        let Some(spec) = case.spec(&moment.ground, entry) else { return Verdict::Idle };
        let past = case.past();
        let earlier = spec.four_eyes.iter().filter_map(|step| past.hands.get(*step));
        Verdict::all(earlier.map(|hand| {
            Verdict::of(hand != entry.person(), || format!("{hand} checked the own step"))
        }))
    }))
}

fn confirmed_by_another(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().map(|(case, entry)| {
        if entry.envelope.transition != "confirm_step" {
            return Verdict::Idle;
        }
        let seq = entry.field("entry").and_then(serde_json::Value::as_i64).unwrap_or(0);
        match case.past().proposed.get(&seq) {
            Some(hand) => {
                Verdict::of(hand != entry.person(), || format!("{hand} confirmed the own step"))
            }
            None => Verdict::Broken(format!("entry {seq} was never proposed")),
        }
    }))
}

fn duties_of_the_state(moment: &Moment) -> Verdict {
    let ground = &moment.ground;
    Verdict::all(moment.touched.iter().filter(|case| !is_directory(&case.after)).map(|case| {
        let (facts, duties) = (case.facts(), &case.after.image.duties);
        if !facts.is_open() {
            return Verdict::of(duties.is_empty(), || {
                let names: Vec<_> = duties.iter().map(|duty| &duty.name).collect();
                format!("it ended in `{}` and owes {names:?}", facts.state)
            });
        }
        let Some(definition) = ground.definition(facts) else { return Verdict::Idle };
        Verdict::all(duties.iter().filter(|duty| duty.kind == DutyKind::State).map(|duty| {
            let here = definition
                .duty(&duty.name)
                .is_some_and(|spec| spec.states.contains(&facts.state.as_str()));
            Verdict::of(here, || format!("`{}` is not owed in `{}`", duty.name, facts.state))
        }))
    }))
}
