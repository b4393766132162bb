//! The children: watched, visited, cared for, moved.

use hexacase::{duty::owed::DutyState, trail::Kind};
use serde_json::Value;

use crate::simulation::{
    invariant::{Invariant, Verdict},
    moment::{Moment, Touched},
};

/// The invariants of this file.
pub const ALL: &[Invariant] = &[
    Invariant {
        name: "one_carer",
        number: Some(4),
        says: "the custody ledger has one holder at every instant; lines are only ever added",
        check: one_carer,
    },
    Invariant {
        name: "cleared_with_nothing_open",
        number: Some(9),
        says: "an alert is not cleared while a report, emergency or guardianship is open, nor of a moved child",
        check: cleared_with_nothing_open,
    },
    Invariant {
        name: "visit_means_met",
        number: Some(10),
        says: "no visit duty is fulfilled by a visit that did not meet the child",
        check: visit_means_met,
    },
    Invariant {
        name: "rebound_leaves_nothing",
        number: Some(20),
        says: "a case bound to another child is not readable at the wrong one",
        check: rebound_leaves_nothing,
    },
    Invariant {
        name: "moved_stays_until_received",
        number: Some(23),
        says: "what moves with a child stays open here until it is acknowledged there",
        check: moved_stays_until_received,
    },
    Invariant {
        name: "one_file_a_child",
        number: None,
        says: "a child has one open file",
        check: one_file_a_child,
    },
];

/// The custody ledger in what a case remembers.
fn ledger(data: &Value) -> &[Value] {
    data.get("custody").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn one_carer(moment: &Moment) -> Verdict {
    Verdict::all(moment.touched.iter().map(|case| {
        let lines = ledger(&case.after.data);
        if lines.is_empty() {
            return Verdict::Idle;
        }
        for (earlier, later) in lines.iter().zip(lines.iter().skip(1)) {
            let at = |line: &Value| line.get("at").and_then(Value::as_str).map(str::to_owned);
            if at(later) < at(earlier) {
                return Verdict::Broken(format!("a line goes back in time: {later}"));
            }
        }
        // A correction may state a line anew; any other step adds lines and signs old ones.
        let corrected = case.entries.iter().any(|entry| entry.envelope.kind == Kind::Engine);
        let before = case.before.as_ref().map_or(&[][..], |before| ledger(&before.data));
        let without_paper = |line: &Value| {
            let mut line = line.clone();
            if let Some(fields) = line.as_object_mut() {
                fields.remove("document");
            }
            line
        };
        if let (false, Some(why)) =
            (corrected, behind_another(moment, case, lines.get(before.len()..).unwrap_or_default()))
        {
            return Verdict::Broken(why);
        }
        let kept = corrected
            || (before.len() <= lines.len()
                && before.iter().zip(lines).all(|(a, b)| without_paper(a) == without_paper(b)));
        Verdict::of(kept, || "a line of the ledger was changed or taken away".to_owned())
    }))
}

/// The ledger is one over all cases of a child: a new line does not lie before what another open
/// case of the child says.
fn behind_another(moment: &Moment, case: &Touched, fresh: &[Value]) -> Option<String> {
    let at = |line: &Value| line.get("at").and_then(Value::as_str).map(str::to_owned);
    let writers = ["emergency_response", "temporary_guardianship"];
    let others = writers.iter().flat_map(|writer| moment.open_beside(case.facts(), writer));
    let last = others.filter_map(|other| ledger(&other.data).last().and_then(at)).max()?;
    let behind = fresh.iter().find(|line| at(line).is_some_and(|at| at < last))?;
    Some(format!("a line lies before the child's last one at {last}: {behind}"))
}

const HARM: &[&str] = &["mandatory_report", "emergency_response", "temporary_guardianship"];

fn cleared_with_nothing_open(moment: &Moment) -> Verdict {
    Verdict::all(moment.steps("risk_alert", "clear").map(|(case, entry)| {
        let open =
            HARM.iter().find(|other| moment.open_beside(case.facts(), other).next().is_some());
        if let Some(open) = open {
            return Verdict::Broken(format!("an open `{open}` of the child"));
        }
        let moved = entry.data_before.get("moved_away") == Some(&Value::Bool(true))
            || case.after.attribute("moved_away").is_some();
        Verdict::of(!moved, || "the child moved away".to_owned())
    }))
}

const VISITS: &[&str] = &[
    "first_visit",
    "visit",
    "visit_until_accepted",
    "routine_visit",
    "follow_visit",
    "follow_up_visit",
];

fn visit_means_met(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().map(|(_, entry)| {
        let fulfilled = entry.ended(DutyState::Fulfilled).find(|name| VISITS.contains(name));
        let result = entry.field("result").and_then(Value::as_str);
        match fulfilled {
            // What ends the visiting altogether, such as taking the child over anew, is no visit.
            Some(_) if !entry.is("record_visit") => Verdict::Idle,
            Some(duty) => Verdict::of(result == Some("met"), || {
                format!("`{duty}` was fulfilled by a visit with the result {result:?}")
            }),
            // A visit that met nobody leaves its duty open: that is shown here too.
            None if entry.is("record_visit") && result != Some("met") => Verdict::Held,
            None => Verdict::Idle,
        }
    }))
}

fn rebound_leaves_nothing(moment: &Moment) -> Verdict {
    let rebound = |case: &Touched| {
        let before = case.before.as_ref().map(|before| before.facts().subject.id);
        let bound = case.entries.iter().any(|entry| {
            entry.envelope.kind == Kind::Engine && entry.envelope.transition == "rebind_subject"
        });
        bound && before != Some(case.facts().subject.id)
    };
    Verdict::all(moment.touched.iter().filter(|case| rebound(case)).map(|case| {
        let id = case.facts().id;
        let wrong = case.before.as_ref().map(|before| before.facts().subject.id.to_string());
        if case.after.attribute("rebound_from") != wrong.as_deref() {
            return Verdict::Broken("no tombstone says where it was before".to_owned());
        }
        Verdict::of(!moment.left_behind.contains(&id), || {
            "the wrong child's cases still list it".to_owned()
        })
    }))
}

/// State of a case that waits for another place, the state it ends in there, and the steps that
/// say that the place acknowledged it.
const MOVING: &[(&str, &str, &str, &[&str])] = &[
    ("risk_alert", "transferring_out", "transferred_out", &["transfer_accepted"]),
    ("care_file", "moving_out", "archived", &["receive_elsewhere"]),
    ("assessment_assistance", "transferring_out", "transferred_out", &["transfer_accepted"]),
    ("temporary_guardianship", "transferring", "ended_transferred", &["transfer_accepted"]),
];

fn moved_stays_until_received(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().map(|(case, entry)| {
        let envelope = &entry.envelope;
        let moving = MOVING.iter().find(|(procedure, ..)| *procedure == case.facts().procedure);
        let Some((_, waits, gone, by)) = moving else { return Verdict::Idle };
        // A death ends the wait: nobody is left to be received.
        let dead = entry.is("record_life_event")
            && entry.field("event").is_some_and(|event| event == "died" || event == "turned_18");
        let leaves = envelope.from.as_deref() == Some(waits) && envelope.to == *gone;
        if leaves && !dead {
            return Verdict::of(by.contains(&envelope.transition.as_str()), || {
                format!("`{}` ended what waits for another place", envelope.transition)
            });
        }
        let told = entry.is("record_life_event")
            && entry.field("event").is_some_and(|event| event == "moved_away");
        let was = entry.before.as_ref().is_some_and(|before| before.facts.is_open());
        if told && was {
            return Verdict::of(case.facts().is_open(), || "moving away ended the case".to_owned());
        }
        Verdict::Idle
    }))
}

fn one_file_a_child(moment: &Moment) -> Verdict {
    Verdict::all(moment.touched.iter().filter(|case| case.after.is_open("care_file")).map(|case| {
        let other = moment.open_beside(case.facts(), "care_file").next();
        Verdict::of(other.is_none(), || "the child has two open files".to_owned())
    }))
}
