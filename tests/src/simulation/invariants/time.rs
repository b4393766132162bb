//! What time may do, and what it may not.

use std::collections::BTreeSet;

use hexacase::{
    duty::owed::{DutyChange, LedgerLine, OwedDuty},
    procedure::Mode,
    trail::{Kind, LinkKind},
};

use crate::simulation::{
    invariant::{Invariant, Verdict},
    mirror::{MERGE, is_of_the_ladder},
    moment::{Entry, Moment, Touched},
};

/// The invariants of this file.
pub const ALL: &[Invariant] = &[
    Invariant {
        name: "time_decides_nothing",
        number: Some(13),
        says: "the sweep changes no state but by a declared wait whose time has passed",
        check: time_decides_nothing,
    },
    Invariant {
        name: "provisional_fires_nothing",
        number: Some(13),
        says: "a date that rests on a year without its notice ends no wait",
        check: provisional_fires_nothing,
    },
    Invariant {
        name: "rung_once_a_generation",
        number: None,
        says: "a rung is climbed once in each generation of a deadline, in order, when it is due",
        check: rung_once_a_generation,
    },
    Invariant {
        name: "judicial_organs_are_asked",
        number: Some(18),
        says: "no judicial organ is reminded through its superiors or scored: it gets inquiries only",
        check: judicial_organs_are_asked,
    },
    Invariant {
        name: "generation_grows",
        number: None,
        says: "a deadline changes with a line of its ledger and, while it runs, in a new generation",
        check: generation_grows,
    },
    Invariant {
        name: "extension_stands",
        number: None,
        says: "what a person extended is not taken back by a notice or a correction; of two cases \
               that are merged the earlier date governs",
        check: extension_stands,
    },
    Invariant {
        name: "time_goes_on",
        number: None,
        says: "nothing is recorded before it happened or before the entry before it",
        check: time_goes_on,
    },
];

/// The wait whose passing a step of time itself is.
fn fired<'e>(moment: &Moment, case: &Touched, entry: &'e Entry) -> Option<&'e OwedDuty> {
    let definition = moment.ground.definition(case.facts())?;
    let waits = definition.waits().iter();
    let names: Vec<&str> = waits
        .filter(|wait| wait.fires == entry.envelope.transition)
        .map(|wait| wait.name)
        .collect();
    let owed = entry.before.as_ref()?.duties.iter();
    owed.into_iter().find(|duty| names.contains(&duty.name.as_str()))
}

fn time_decides_nothing(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().filter(|(_, entry)| entry.by_system()).map(|(case, entry)| {
        let envelope = &entry.envelope;
        match envelope.kind {
            Kind::Escalate | Kind::Reproject | Kind::Informed => {
                Verdict::of(envelope.from.as_ref() == Some(&envelope.to), || {
                    format!("time moved it to `{}`", envelope.to)
                })
            }
            Kind::Step if entry.links(LinkKind::HandedFrom).next().is_none() => {
                let passed = fired(moment, case, entry).and_then(OwedDuty::due);
                Verdict::of(passed.is_some_and(|due| due < moment.at), || {
                    format!("time took `{}`, due {passed:?}", envelope.transition)
                })
            }
            // A wait may hand over like any step; a ladder may propose, and nothing more.
            Kind::OpenedBy => Verdict::of(proposed_or_after_wait(moment, entry), || {
                format!("time opened a case by `{}`", envelope.transition)
            }),
            Kind::Step => Verdict::Idle,
            Kind::Engine | Kind::Proposed | Kind::Staff => {
                Verdict::Broken(format!("time took `{}`", envelope.transition))
            }
        }
    }))
}

fn proposed_or_after_wait(moment: &Moment, entry: &Entry) -> bool {
    entry.links(LinkKind::HandedFrom).all(|(from, handoff)| {
        let sender = moment.case(from);
        let step = sender.is_some_and(|sender| sender.entries.iter().any(Entry::is_step));
        let registry = moment.ground.engine.registry();
        let handoffs = registry.iter().flat_map(|each| each.transitions());
        let mut proposes = handoffs
            .flat_map(|step| &step.handoffs)
            .filter(|known| Some(known.id) == handoff && known.mode == Mode::Propose);
        step || proposes.next().is_some() || handoff.is_some_and(is_of_the_ladder)
    })
}

fn provisional_fires_nothing(moment: &Moment) -> Verdict {
    let steps = moment.entries().filter(|(_, entry)| entry.by_system() && entry.is_step());
    let fired = Verdict::all(steps.map(|(case, entry)| match fired(moment, case, entry) {
        Some(duty) => {
            let provisional = duty.deadline.as_ref().is_some_and(|deadline| deadline.provisional);
            Verdict::of(!provisional, || format!("`{}` passed by a provisional date", duty.name))
        }
        None => Verdict::Idle,
    }));
    // A wait with a provisional date is in no index of the sweep.
    let waits = moment.touched.iter().flat_map(|case| &case.stored.duties);
    let waits = waits.filter(|duty| {
        duty.kind == hexacase::duty::owed::DutyKind::Wait
            && duty.deadline.as_ref().is_some_and(|deadline| deadline.provisional)
    });
    let armed = waits.map(|duty| {
        Verdict::of(duty.next_rung_at.is_none(), || format!("`{}` is armed", duty.name))
    });
    Verdict::all([fired].into_iter().chain(armed))
}

fn rung_once_a_generation(moment: &Moment) -> Verdict {
    let mut climbed: BTreeSet<_> = BTreeSet::new();
    Verdict::all(moment.rungs.iter().map(|rung| {
        let Some(case) = moment.case(rung.case) else {
            return Verdict::Broken("a rung of a case that was not written to".to_owned());
        };
        let past = case.past().rungs;
        let key = |index| (rung.duty_no, rung.generation, index);
        if past.contains(&key(rung.rung)) || !climbed.insert((rung.case, key(rung.rung))) {
            return Verdict::Broken(format!(
                "rung {} of `{}` was climbed twice",
                rung.rung, rung.duty
            ));
        }
        let below = rung.rung.checked_sub(1);
        let ordered = below.is_none_or(|below| {
            past.contains(&key(below)) || climbed.contains(&(rung.case, key(below)))
        });
        if !ordered {
            return Verdict::Broken(format!("rung {} of `{}` came first", rung.rung, rung.duty));
        }
        let owed = case.open_before().iter().find(|duty| duty.no == rung.duty_no);
        let generation = owed.and_then(|duty| duty.deadline.as_ref()).map(|it| it.generation);
        if generation != Some(rung.generation) {
            return Verdict::Broken(format!(
                "`{}` was not owed in generation {}",
                rung.duty, rung.generation
            ));
        }
        Verdict::of(rung.due < rung.climbed_at, || format!("`{}` was not due", rung.duty))
    }))
}

const JUDICIAL: &[&str] = &["court", "procuratorate"];

fn judicial_organs_are_asked(moment: &Moment) -> Verdict {
    Verdict::all(moment.rungs.iter().map(|rung| {
        let Some(case) = moment.case(rung.case) else { return Verdict::Idle };
        let spec = moment.ground.definition(case.facts()).and_then(|it| it.duty(&rung.duty));
        let judicial = spec.is_some_and(|spec| {
            spec.owed_by.iter().any(|role| JUDICIAL.contains(&role.as_str()))
                || spec.ladder == Some("judicial")
        });
        if !judicial {
            return Verdict::Idle;
        }
        let asked = ["holder", "inquiry", "X03"].contains(&rung.addressee.as_str());
        Verdict::of(asked, || format!("`{}` went to `{}`", rung.duty, rung.addressee))
    }))
}

fn changes(entry: &Entry) -> impl Iterator<Item = (&OwedDuty, Option<LedgerLine>)> {
    entry.envelope.duties.iter().filter_map(|change| match change {
        DutyChange::Set { duty, line } => Some((duty, *line)),
        DutyChange::Closed { .. } => None,
    })
}

fn generation_grows(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().flat_map(|(_, entry)| {
        changes(entry).map(move |(duty, line)| {
            let before = entry.before.as_ref().and_then(|image| {
                image.duties.iter().find(|owed| owed.no == duty.no)?.deadline.as_ref()
            });
            let (Some(before), Some(after)) = (before, duty.deadline.as_ref()) else {
                return Verdict::Idle;
            };
            if after == before {
                return Verdict::Idle;
            }
            Verdict::of(after.generation > before.generation && line.is_some(), || {
                format!(
                    "`{}` went from generation {} to {} by {line:?}",
                    duty.name, before.generation, after.generation
                )
            })
        })
    }))
}

fn extension_stands(moment: &Moment) -> Verdict {
    Verdict::all(moment.touched.iter().flat_map(|case| {
        let extended = case.past().extended;
        case.entries.iter().flat_map(move |entry| {
            let extended = extended.clone();
            changes(entry).map(move |(duty, line)| {
                let by_reckoning = entry.envelope.transition != MERGE
                    && matches!(line, Some(LedgerLine::Reprojected | LedgerLine::Recomputed));
                let granted = extended.get(&duty.no).copied().flatten();
                let (Some(granted), true) = (granted, by_reckoning) else { return Verdict::Idle };
                Verdict::of(duty.due().is_some_and(|due| due >= granted), || {
                    format!("`{}` was extended to {granted}, now {:?}", duty.name, duty.due())
                })
            })
        })
    }))
}

fn time_goes_on(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().map(|(_, entry)| {
        let envelope = &entry.envelope;
        let before = entry.before.as_ref().map(|before| before.facts.recorded_at);
        let sound = envelope.occurred_at <= envelope.recorded_at
            && before.is_none_or(|before| before <= envelope.recorded_at)
            && envelope.recorded_at <= moment.at;
        Verdict::of(sound, || {
            format!("happened {}, recorded {}", envelope.occurred_at, envelope.recorded_at)
        })
    }))
}
