//! Violations: for each invariant a true moment of a simulation, made untrue in one place.

use std::sync::Arc;

use hexacase::{
    duty::owed::{DutyChange, DutyKind, LedgerLine, OwedDuty},
    engine::{Receipt, Staff},
    procedure::Definition,
    store::Message,
    terms::{
        area::Realm,
        facts::{ANNULLED, CaseFacts, CaseNumber},
        id::{ActorId, CaseId, Digest, MessageId, Revision},
        time::Timestamp,
    },
    trail::{Kind, LinkKind},
};
use serde_json::{Value, json};

use super::{
    invariants::holders::is_directory,
    moment::{Act, Answer, Entry, Moment, Seen, Touched},
};

/// Makes the moment untrue for the invariant of this name; false where the moment offers no place
/// for it, nothing where no violation of it is known.
pub fn plant(name: &str, moment: &mut Moment) -> Option<bool> {
    Some(match name {
        "open_case_is_held" => seen(moment, |seen| {
            for duty in &mut seen.image.duties {
                duty.holder.gap = false;
                duty.holder.unit = None;
            }
            seen.facts().is_open() && !is_directory(seen)
        }),
        "worklist_is_permission" => moment.looks.first_mut().is_some_and(|look| {
            look.listed = !look.listed;
            true
        }),
        "step_by_one_who_may" | "permission_is_the_function" | "report_waits_for_nobody" => {
            moment.ground.staff = Arc::new(Staff::new(0, Vec::new()));
            true
        }
        "checked_by_another" => own_hand(moment),
        "confirmed_by_another" => before(moment, |case, entry| {
            let seq = entry.body.payload.get("entry").and_then(Value::as_i64).unwrap_or(0);
            case.past.proposed.insert(seq, entry.person().clone());
        }),
        "duties_of_the_state" => seen(moment, |seen| {
            let state = seen.image.duties.iter_mut().find(|duty| duty.kind == DutyKind::State);
            state.is_some_and(|duty| {
                "of_another_state".clone_into(&mut duty.name);
                true
            })
        }),
        "sent_report_stays" => seen(moment, |seen| {
            ANNULLED.clone_into(&mut seen.image.facts.state);
            seen.past.sent
        }),
        "reporter_is_nowhere" => entry(moment, |entry| {
            let reporter = entry.body.reporter.clone();
            reporter.is_some_and(|id| {
                entry.bytes.extend_from_slice(id.as_str().as_bytes());
                true
            })
        }),
        "no_close_in_emergency" => another(moment, "emergency_response"),
        "cleared_with_nothing_open" => {
            became(moment, "risk_alert", "clear") && another(moment, "emergency_response")
        }
        "one_file_a_child" => another(moment, "care_file"),
        "reopening_names_facts" => entry(moment, |entry| {
            entry.envelope.kind = Kind::Engine;
            "reopen".clone_into(&mut entry.envelope.transition);
            entry.body.payload = json!({"state": entry.envelope.to, "facts": ""});
            true
        }),
        "merged_reporters_are_told" => {
            // In every touched case, as the report need not be the first; also where none was merged:
            // then a report that closes has reporters nobody told.
            for case in &mut moment.touched {
                let attributes = &mut Arc::make_mut(&mut case.after).image.attributes;
                attributes.insert("merged_cases".to_owned(), "9".to_owned());
            }
            !moment.touched.is_empty()
        }
        "one_carer" => seen(moment, |seen| {
            let lines = seen.data.get_mut("custody").and_then(Value::as_array_mut);
            lines.is_some_and(|lines| {
                let line = json!({"to": {"organ": "别处"}, "at": "0"});
                lines.push(line);
                lines.len() > 1
            })
        }),
        "visit_means_met" => entry(moment, |entry| {
            let fulfilled = entry.ended(hexacase::duty::owed::DutyState::Fulfilled).next();
            let there = fulfilled.is_some() && entry.body.payload.get("result").is_some();
            there && set(entry, "result", json!("not_home"))
        }),
        "rebound_leaves_nothing" => {
            moment.left_behind.extend(moment.touched.iter().map(|case| case.facts().id));
            true
        }
        "moved_stays_until_received" => moved(moment),
        "time_goes_on" => entry(moment, |entry| {
            let late = entry.envelope.recorded_at.plus_hours(1);
            entry.envelope.occurred_at = late;
            true
        }),
        _ => {
            return of_handoffs(name, moment)
                .or_else(|| of_care(name, moment))
                .or_else(|| of_trail(name, moment));
        }
    })
}

fn of_handoffs(name: &str, moment: &mut Moment) -> Option<bool> {
    Some(match name {
        "handoff_opens_at_once" => entry(moment, |entry| {
            entry.envelope.links.retain(|link| link.kind != LinkKind::HandedTo);
            !entry.body.handed.is_empty()
        }),
        "proposal_waits_for_a_person" => {
            before(moment, |case, _| case.past.proposal = Some("H04".to_owned()))
                && entry(moment, |entry| {
                    entry.envelope.actor = ActorId::constant("system");
                    elsewhere(entry)
                })
        }
        "handoff_is_linked_both_ways" => {
            for case in &mut moment.touched {
                for entry in &mut case.entries {
                    entry.envelope.links.retain(|link| link.kind != LinkKind::HandedFrom);
                }
            }
            true
        }
        "informed_keeps_its_state" => {
            entry(moment, |entry| entry.envelope.kind == Kind::Informed && elsewhere(entry))
        }
        "time_decides_nothing" => entry(moment, |entry| entry.by_system() && elsewhere(entry)),
        "provisional_fires_nothing" => moment.touched.iter_mut().any(|case| {
            let dated = case.stored.duties.iter_mut().find(|duty| duty.deadline.is_some());
            dated.is_some_and(|duty| {
                duty.kind = DutyKind::Wait;
                duty.next_rung_at = Some(moment.at);
                if let Some(deadline) = &mut duty.deadline {
                    deadline.provisional = true;
                }
                true
            })
        }),
        "rung_once_a_generation" => {
            let again = moment.rungs.first().cloned();
            moment.rungs.extend(again.clone());
            again.is_some()
        }
        "judicial_organs_are_asked" => over_a_judicial_organ(moment),
        "generation_grows" => changed(moment, |_, duty, line| {
            *line = None;
            duty.deadline.as_mut().is_some_and(|deadline| {
                deadline.generation = 0;
                deadline.due = Some(Timestamp::from_millis(0));
                true
            })
        }),
        "extension_stands" => changed(moment, |before, duty, line| {
            *line = Some(LedgerLine::Reprojected);
            before.past.extended.insert(duty.no, Some(Timestamp::from_millis(i64::MAX)));
            true
        }),
        _ => return None,
    })
}

/// A rung over a duty of a judicial organ goes to its superiors.
fn over_a_judicial_organ(moment: &mut Moment) -> bool {
    let Moment { touched, rungs, ground, .. } = moment;
    rungs.iter_mut().any(|rung| {
        let case = touched.iter().find(|case| case.facts().id == rung.case);
        let duties = case.and_then(|case| ground.definition(case.facts()));
        let mut duties = duties.map(Definition::duties).unwrap_or_default().iter();
        duties.find(|duty| duty.ladder == Some("judicial")).is_some_and(|duty| {
            duty.name.clone_into(&mut rung.duty);
            "town_leader".clone_into(&mut rung.addressee);
            true
        })
    })
}

fn of_care(name: &str, moment: &mut Moment) -> Option<bool> {
    Some(match name {
        "returned_by_decision" => became(moment, "temporary_guardianship", "collect_child"),
        "services_done_with_none_open" => {
            became(moment, "assessment_assistance", "services_done") && another(moment, "referral")
        }
        "child_was_heard" => became(moment, "temporary_guardianship", "change_placement"),
        "taken_over_once" => {
            became(moment, "temporary_guardianship", "change_placement")
                && entry(moment, |entry| {
                    entry.data_before = json!({"taken_over_at": "2026-01-01"});
                    entry.body.data = json!({"taken_over_at": "2026-01-02"});
                    true
                })
        }
        "judicial_organs_get_no_task" => {
            became(moment, "action_item", "assign")
                && seen(moment, |seen| {
                    seen.data = json!({"lead": "court"});
                    true
                })
        }
        "action_has_a_source" => {
            became(moment, "action_item", "assign")
                && seen(moment, |seen| {
                    seen.data = json!({});
                    true
                })
        }
        _ => return None,
    })
}

/// The first case that was written to was of this procedure and took this step, with an empty form.
fn became(moment: &mut Moment, procedure: &str, transition: &str) -> bool {
    let Some(case) = moment.touched.first_mut() else { return false };
    procedure.clone_into(&mut Arc::make_mut(&mut case.after).image.facts.procedure);
    let Some(entry) = case.entries.first_mut() else { return false };
    entry.envelope.kind = Kind::Step;
    transition.clone_into(&mut entry.envelope.transition);
    entry.body.payload = json!({});
    true
}

fn of_trail(name: &str, moment: &mut Moment) -> Option<bool> {
    Some(match name {
        "stored_is_replayed" => stored(moment, |facts| "elsewhere".clone_into(&mut facts.state)),
        "revision_counts_entries" => stored(moment, |facts| facts.revision = facts.revision.next()),
        "chain_is_intact" => entry(moment, |entry| {
            entry.bytes.push(b' ');
            true
        }),
        "step_is_an_edge" => entry(moment, elsewhere),
        "ended_stays_ended" => entry(moment, |entry| {
            "attach".clone_into(&mut entry.envelope.transition);
            entry.envelope.ended = false;
            true
        }),
        "scopes_rise" => {
            for (_, before, after) in &mut moment.scopes {
                *before = *after;
            }
            true
        }
        "command_once" => match &mut moment.act {
            Act::Asked { id: Some((_, Some(first))), answer: Answer::Done(_), .. } => {
                "elsewhere".clone_into(&mut first.state);
                true
            }
            _ => false,
        },
        "stale_revision_is_refused" => match &mut moment.act {
            Act::Asked { answer, .. } => {
                *answer = Answer::Done(receipt(&moment.ground.engine.meta().realm));
                true
            }
            _ => false,
        },
        "refusal_writes_nothing" => {
            moment.messages.push(message(moment.at));
            true
        }
        "receipt_is_the_entry" => match &mut moment.act {
            Act::Asked { answer: Answer::Done(receipt), .. } => {
                receipt.linked.push(CaseId::from_bytes([1; 16]));
                true
            }
            _ => false,
        },
        "messages_have_an_entry" => moment.messages.first_mut().is_some_and(|message| {
            message.seq += 100;
            true
        }),
        _ => return None,
    })
}

/// Changes how a touched case stands, the first that can be changed.
fn seen(moment: &mut Moment, mut change: impl FnMut(&mut Seen) -> bool) -> bool {
    moment.touched.iter_mut().any(|case| change(Arc::make_mut(&mut case.after)))
}

/// Changes what the store has of every touched case.
fn stored(moment: &mut Moment, change: impl Fn(&mut CaseFacts)) -> bool {
    moment.touched.iter_mut().for_each(|case| change(&mut case.stored.facts));
    !moment.touched.is_empty()
}

/// Changes an entry, the first that can be changed.
fn entry(moment: &mut Moment, change: impl FnMut(&mut Entry) -> bool) -> bool {
    moment.touched.iter_mut().flat_map(|case| &mut case.entries).any(change)
}

/// Changes what was remembered of the cases before the step.
fn before(moment: &mut Moment, change: impl Fn(&mut Seen, &Entry)) -> bool {
    let mut any = false;
    for Touched { before, entries, .. } in &mut moment.touched {
        if let Some(before) = before {
            for entry in entries.iter() {
                change(Arc::make_mut(before), entry);
            }
            any = true;
        }
    }
    any
}

/// Changes a duty that an entry tells of and whose deadline ran before.
fn changed(
    moment: &mut Moment,
    change: impl Fn(&mut Seen, &mut OwedDuty, &mut Option<LedgerLine>) -> bool,
) -> bool {
    moment.touched.iter_mut().any(|Touched { before, entries, .. }| {
        let Some(before) = before else { return false };
        entries.iter_mut().flat_map(|entry| &mut entry.envelope.duties).any(|told| match told {
            DutyChange::Set { duty, line } => {
                let dated = |owed: &OwedDuty| owed.no == duty.no && owed.deadline.is_some();
                before.image.duties.iter().any(dated) && change(Arc::make_mut(before), duty, line)
            }
            DutyChange::Closed { .. } => false,
        })
    })
}

fn elsewhere(entry: &mut Entry) -> bool {
    "elsewhere".clone_into(&mut entry.envelope.to);
    true
}

fn set(entry: &mut Entry, name: &str, value: Value) -> bool {
    entry.body.payload.as_object_mut().is_some_and(|form| {
        form.insert(name.to_owned(), value);
        true
    })
}

/// Whoever checks did it before.
fn own_hand(moment: &mut Moment) -> bool {
    let ground = moment.ground.clone();
    let mut any = false;
    for case in &mut moment.touched {
        let specs: Vec<_> = case
            .entries
            .iter()
            .filter_map(|entry| Some((case.spec(&ground, entry)?, entry.person().clone())))
            .collect();
        let Some(before) = &mut case.before else { continue };
        for (spec, person) in specs {
            for earlier in &spec.four_eyes {
                any = true;
                Arc::make_mut(before).past.hands.insert((*earlier).to_owned(), person.clone());
            }
        }
    }
    any
}

/// What waits for another place ends otherwise.
fn moved(moment: &mut Moment) -> bool {
    seen(moment, |seen| {
        let at = seen.image.facts.recorded_at;
        seen.image.facts.closed_at = Some(at);
        true
    });
    entry(moment, |entry| {
        if !entry.is("record_life_event") {
            "dismiss".clone_into(&mut entry.envelope.transition);
        }
        true
    })
}

/// Another open case of a procedure about the same child.
fn another(moment: &mut Moment, procedure: &str) -> bool {
    let Some(case) = moment.touched.first() else { return false };
    let mut others = Vec::new();
    for case in moment.touched.iter().chain([case]) {
        let mut other = case.after.as_ref().clone();
        procedure.clone_into(&mut other.image.facts.procedure);
        other.image.facts.id = CaseId::from_bytes([1; 16]);
        other.image.facts.closed_at = None;
        others.push(Arc::new(other));
    }
    moment.beside.extend(others);
    true
}

fn receipt(realm: &Realm) -> Receipt {
    Receipt {
        case: CaseId::from_bytes([1; 16]),
        number: CaseNumber { realm: realm.clone(), year: 2026, number: 1 },
        revision: Revision::FIRST,
        state: "elsewhere".to_owned(),
        hash: Digest::from_bytes([1; 32]),
        recorded_at: Timestamp::from_millis(0),
        command: None,
        repeated: false,
        proposed: false,
        linked: Vec::new(),
    }
}

fn message(at: Timestamp) -> Message {
    Message {
        id: MessageId::from_bytes([1; 16]),
        case: CaseId::from_bytes([1; 16]),
        seq: 1,
        kind: "handoff".to_owned(),
        content: json!({}),
        recorded_at: at,
    }
}
