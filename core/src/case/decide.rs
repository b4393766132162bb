//! One transition, decided: from a case and a form to a [`Step`] or a [`Refusal`].

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    duties::{FindHolderDebug, Ground, Ledger},
    holder::{Near, lead},
    occurred::check_occurred,
    permit::{Check, check_permission, check_person, hand_of},
};
use crate::{
    calendar::work_calendar::WorkCalendar,
    duty::owed::{DutyChange, DutyKind, DutyState, OwedDuty},
    procedure::{
        Beside, Clocks, Definition, Effects, HandOver, LEAD_UNIT, Refusal, StepFacts,
        TransitionSpec, UnitRule, check_payload,
    },
    rules::rule_pack::RulePack,
    terms::{
        actor::{Profile, Role, RoleTable},
        area::{AreaCode, AreaPurpose},
        evidence::ActedBy,
        facts::{CaseFacts, Subject},
        id::{IncidentId, UnitId},
        time::Timestamp,
    },
};

/// A case as a step finds it.
#[derive(Clone, Copy, Debug)]
pub struct CaseView<'a> {
    /// Its facts.
    pub facts: &'a CaseFacts,
    /// Its attributes.
    pub attributes: &'a BTreeMap<String, String>,
    /// Its open duties.
    pub duties: &'a [OwedDuty],
    /// What it remembers.
    pub data: &'a Value,
}

/// Everything a decision rests on. It is data: the same input gives the same answer.
#[derive(Clone, Copy, Debug)]
pub struct Decide<'a> {
    /// The definition the case is pinned to.
    pub definition: &'a Definition,
    /// The rules in force.
    pub rules: &'a RulePack,
    /// The calendar in force.
    pub calendar: &'a WorkCalendar,
    /// The roles that exist.
    pub roles: &'a RoleTable,
    /// Who has accounts where.
    pub directory: &'a dyn FindHolderDebug,
    /// The case; nothing when the transition opens it.
    pub case: Option<CaseView<'a>>,
    /// Whom it is, or is to be, about.
    pub subject: Subject,
    /// The facts it shares, or is to share.
    pub incident: IncidentId,
    /// The areas of a case to be opened.
    pub areas: &'a BTreeMap<AreaPurpose, AreaCode>,
    /// The unit that opens or opened it.
    pub opened_by: Option<&'a UnitId>,
    /// Who records the step, as the directory says now.
    pub profile: &'a Profile,
    /// Whether the right to the step comes from the chain (a handoff) or from time (a wait), and
    /// not from the actor's roles.
    pub by_chain: bool,
    /// Who really acted, if somebody else.
    pub acted_by: Option<&'a ActedBy>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it is recorded.
    pub recorded_at: Timestamp,
    /// The cases beside it; only the open ones of declared procedures are shown to the transition,
    /// and ended ones as far as it looks back.
    pub beside: &'a [Beside],
    /// The cases that its form or its data names; of them too.
    pub named: &'a [Beside],
}

/// What one transition does to its case.
#[derive(Clone, Debug)]
pub struct Step {
    /// In which role the actor acted; nothing for a handoff or a wait.
    pub role: Option<Role>,
    /// The state after.
    pub to: String,
    /// Whether the case has ended.
    pub ended: bool,
    /// The data after.
    pub data: Value,
    /// The duties that changed.
    pub duties: Vec<DutyChange>,
    /// How many duties the case has had.
    pub duty_count: u32,
    /// Attributes set, or taken away.
    pub attributes: Vec<(String, Option<String>)>,
    /// Areas set.
    pub areas: Vec<(AreaPurpose, AreaCode)>,
    /// Handoffs made.
    pub handoffs: Vec<HandOver>,
}

/// Decides one transition.
///
/// # Errors
/// A [`Refusal`] with the first reason why it is not possible.
pub fn decide(input: &Decide<'_>, name: &str, payload: &Value) -> Result<Step, Refusal> {
    let definition = input.definition;
    let Some(transition) = definition.transition(name) else {
        return Err(Refusal::UnknownTransition {
            procedure: definition.name().to_owned(),
            transition: name.to_owned(),
        });
    };
    let nothing = BTreeMap::new();
    let attributes = input.case.map_or(&nothing, |case| case.attributes);
    let duties = input.case.map_or(&[][..], |case| case.duties);
    let check = Check {
        roles: input.roles,
        profile: input.profile,
        case: input.case.map(|case| case.facts),
        attributes,
        duties,
    };
    let role = if input.by_chain {
        check_state(transition, input.case)?;
        None
    } else {
        check_person(&input.profile.id, input.acted_by)?;
        Some(check_permission(definition, transition, &check)?)
    };
    check_occurred(input.occurred_at, input.recorded_at)?;
    if !input.by_chain {
        check_acted_by(transition, input.profile, input.acted_by)?;
    }
    check_payload(payload)?;
    let visible = visible(input, transition, payload)?;
    let named = declared(input.named, &transition.names);
    let facts = StepFacts {
        case: input.case.map(|case| case.facts),
        attributes,
        duties,
        subject: input.subject,
        incident: input.incident,
        actor: input.profile,
        acted_by: input.acted_by,
        occurred_at: input.occurred_at,
        recorded_at: input.recorded_at,
        beside: Some(&visible),
        named: Some(&named),
        by_chain: input.by_chain,
        rules: input.rules,
    };
    let ran = definition.run(transition, payload, input.case.map(|case| case.data), &facts)?;
    let clocks = Clocks { timings: ran.timings, holders: ran.holders };
    let to = target(transition, input.case, &ran.effects)?;
    let mut areas = match input.case {
        Some(case) => case.facts.areas.clone(),
        None => input.areas.clone(),
    };
    areas.extend(ran.effects.areas.iter().cloned());
    let Some(area) = definition.counting_area(&areas) else {
        return Err(Refusal::field("areas", "expected at least one area, found none"));
    };
    let ground = Ground {
        definition,
        rules: input.rules,
        calendar: input.calendar,
        roles: input.roles,
        directory: input.directory,
    };
    let count = input.case.map_or(0, |case| case.facts.duties);
    let set = ran.effects.attributes.iter().rev().find(|(key, _)| *key == LEAD_UNIT);
    let lead = lead(match set {
        Some((_, lead)) => lead.as_ref(),
        None => attributes.get(LEAD_UNIT),
    });
    let near = Near { area, lead, opened_by: input.opened_by, units: UnitRule::Any };
    let mut ledger = Ledger::new(&ground, near, input.occurred_at, duties, count);
    let from = input.case.map(|case| case.facts.state.as_str());
    let moves = Move { transition, from, to: &to, effects: &ran.effects };
    carry_duties(&mut ledger, definition, &clocks, &moves)?;
    let watched = definition.transitions().iter().any(|step| step.four_eyes.contains(&name));
    let hand = watched.then(|| (hand_of(name), Some(input.profile.id.to_string())));
    let set = ran.effects.attributes.into_iter().map(|(key, value)| (key.to_owned(), value));
    Ok(Step {
        role,
        ended: definition.is_terminal(&to),
        to,
        data: ran.data,
        duty_count: ledger.count(),
        duties: ledger.into_changes(),
        attributes: set.chain(hand).collect(),
        areas: ran.effects.areas,
        handoffs: ran.effects.handoffs,
    })
}

/// The cases of these procedures.
fn declared(cases: &[Beside], procedures: &[&str]) -> Vec<Beside> {
    let of = |case: &&Beside| procedures.contains(&case.facts.procedure.as_str());
    cases.iter().filter(of).cloned().collect()
}

/// The cases beside that a transition sees. What else is loaded depends on who shares a batch; of
/// the cases that ended it sees those it asks for.
fn visible(
    input: &Decide<'_>,
    transition: &TransitionSpec,
    payload: &Value,
) -> Result<Vec<Beside>, Refusal> {
    let since = transition.looks_back(payload, input.case.map(|case| case.data))?;
    let asked = |procedure: &str, closed: Timestamp| {
        transition.ended_beside.contains(&procedure) && since.is_some_and(|since| closed >= since)
    };
    let mut cases = declared(input.beside, &transition.beside);
    cases.retain(|other| match other.facts.closed_at {
        None => true,
        Some(closed) => asked(&other.facts.procedure, closed),
    });
    Ok(cases)
}

fn check_state(transition: &TransitionSpec, case: Option<CaseView<'_>>) -> Result<(), Refusal> {
    let fits = match case {
        None => transition.opens_case,
        Some(case) => case.facts.is_open() && transition.starts_in(&case.facts.state),
    };
    if fits {
        return Ok(());
    }
    let state = case.map_or_else(|| "-".to_owned(), |case| case.facts.state.clone());
    Err(Refusal::NotFromState { transition: transition.name.to_owned(), state })
}

/// The actor acts in person, or the step says who did.
fn check_acted_by(
    transition: &TransitionSpec,
    profile: &Profile,
    acted_by: Option<&ActedBy>,
) -> Result<(), Refusal> {
    match acted_by {
        Some(acted) if transition.acted_by.contains(&acted.role) => Ok(()),
        Some(acted) => Err(Refusal::ActedByRole {
            transition: transition.name.to_owned(),
            found: acted.role.clone(),
            needed: transition.acted_by.clone(),
        }),
        None if profile.holds_any(&transition.acted_by) => Ok(()),
        None => Err(Refusal::ActedByMissing {
            transition: transition.name.to_owned(),
            needed: transition.acted_by.clone(),
        }),
    }
}

/// The state the case moves to: the only one declared, or the declared one that `apply` chose.
fn target(
    transition: &TransitionSpec,
    case: Option<CaseView<'_>>,
    effects: &Effects,
) -> Result<String, Refusal> {
    let same = case.map(|case| case.facts.state.clone()).filter(|_| transition.keeps_state);
    match effects.to {
        Some(to) if transition.to.contains(&to) => Ok(to.to_owned()),
        Some(to) => Err(Refusal::field(
            "to",
            format!("`{}` leads to {:?}, its code chose `{to}`", transition.name, transition.to),
        )),
        None => match (same, transition.to.as_slice()) {
            (Some(same), _) => Ok(same),
            (None, [only]) => Ok((*only).to_owned()),
            (None, several) => Err(Refusal::field(
                "to",
                format!("`{}` leads to {several:?}, its code chose none", transition.name),
            )),
        },
    }
}

struct Move<'a> {
    transition: &'a TransitionSpec,
    from: Option<&'a str>,
    to: &'a str,
    effects: &'a Effects,
}

fn carry_duties(
    ledger: &mut Ledger<'_>,
    definition: &Definition,
    clocks: &Clocks,
    moves: &Move<'_>,
) -> Result<(), Refusal> {
    let Move { transition, from, to, effects } = *moves;
    let stays = from == Some(to);
    let fulfils = |duty: &OwedDuty| {
        let named = match definition.duty(&duty.name) {
            Some(spec) => spec.fulfilled_by.contains(&transition.name),
            None => definition
                .waits()
                .iter()
                .any(|wait| wait.name == duty.name && wait.fires == transition.name),
        };
        named && !effects.left_open.contains(&duty.name.as_str())
    };
    // A state duty whose step keeps the state opens anew with the next date.
    let again: Vec<String> = ledger
        .open()
        .filter(|duty| stays && duty.kind == DutyKind::State && fulfils(duty))
        .filter(|duty| definition.duty(&duty.name).is_some_and(|spec| !spec.once))
        .map(|duty| duty.name.clone())
        .collect();
    ledger.close(DutyState::Fulfilled, fulfils);
    if !stays {
        ledger.close(DutyState::Cancelled, |duty| {
            matches!(duty.kind, DutyKind::State | DutyKind::Wait)
        });
    }
    if definition.is_terminal(to) {
        let side: Vec<String> = ledger
            .open()
            .filter(|duty| duty.kind == DutyKind::Side)
            .map(|duty| duty.name.clone())
            .collect();
        if !side.is_empty() && !transition.life_event {
            return Err(Refusal::DutiesOpen { duties: side });
        }
        ledger.close(DutyState::Cancelled, |_| true);
        return Ok(());
    }
    for spec in definition.duties() {
        let opens = match spec.kind {
            DutyKind::State if stays => again.iter().any(|name| name == spec.name),
            DutyKind::State => spec.states.contains(&to) && !effects.held_back.contains(&spec.name),
            DutyKind::Open => from.is_none(),
            DutyKind::Side => {
                transition.opens.contains(&spec.name) && !effects.held_back.contains(&spec.name)
            }
            DutyKind::Wait => false,
        };
        if opens {
            ledger.open_duty(spec, clocks, Some(to));
        }
    }
    if !stays {
        ledger.open_waits(to, clocks, &effects.held_back);
    }
    Ok(())
}
