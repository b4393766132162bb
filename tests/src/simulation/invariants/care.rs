//! Help and guardianship: who decided, what the child said, since when; and whom a task can be given.

use serde_json::Value;

use crate::simulation::{
    invariant::{Invariant, Verdict},
    moment::Moment,
};

/// The invariants of this file.
pub const ALL: &[Invariant] = &[
    Invariant {
        name: "returned_by_decision",
        number: Some(5),
        says: "harmed by a guardian, a child goes home by the conference only; else by a report",
        check: returned_by_decision,
    },
    Invariant {
        name: "services_done_with_none_open",
        number: Some(11),
        says: "services are done only when no referral of the plan is open",
        check: services_done_with_none_open,
    },
    Invariant {
        name: "child_was_heard",
        number: Some(16),
        says: "the child's view, or why it is missing, stands in plan, placement change and return",
        check: child_was_heard,
    },
    Invariant {
        name: "taken_over_once",
        number: Some(17),
        says: "the time of taking over is constant; the norm of a year runs only where harm is true",
        check: taken_over_once,
    },
    Invariant {
        name: "judicial_organs_get_no_task",
        number: Some(18),
        says: "no court or procuratorate leads an action item or is put under listed oversight",
        check: judicial_organs_get_no_task,
    },
    Invariant {
        name: "action_has_a_source",
        number: Some(19),
        says: "an action item comes from minutes, a finding or a review, never from the sweep",
        check: action_has_a_source,
    },
];

const GUARDIANSHIP: &str = "temporary_guardianship";

fn harmed(data: &Value) -> bool {
    data.get("guardian_did_harm") == Some(&Value::Bool(true))
}

fn returned_by_decision(moment: &Moment) -> Verdict {
    let decided = moment.steps(GUARDIANSHIP, "decide_return").map(|(_, entry)| {
        if harmed(&entry.data_before) {
            return Verdict::Broken(
                "decided without the conference, though harm was done".to_owned(),
            );
        }
        Verdict::of(entry.field("report").is_some(), || "without the report".to_owned())
    });
    let concluded = moment.steps(GUARDIANSHIP, "conclude_return").map(|(_, entry)| {
        Verdict::of(entry.field("minutes").is_some(), || "without the minutes".to_owned())
    });
    let collected = moment.steps(GUARDIANSHIP, "collect_child").map(|(case, entry)| {
        let by = case.past().returning;
        let right = match by.as_deref() {
            Some("conclude_return") => true,
            Some("decide_return") => !harmed(&entry.data_before),
            _ => false,
        };
        Verdict::of(right, || format!("the child went home by {by:?}"))
    });
    Verdict::all(decided.chain(concluded).chain(collected))
}

fn services_done_with_none_open(moment: &Moment) -> Verdict {
    Verdict::all(moment.steps("assessment_assistance", "services_done").map(|(case, _)| {
        let open = moment.open_beside(case.facts(), "referral").next();
        Verdict::of(open.is_none(), || "a referral of the child is open".to_owned())
    }))
}

/// Steps whose form says what the child says.
const HEARING: &[(&str, &str)] = &[
    ("assessment_assistance", "submit_report"),
    ("assessment_assistance", "close_goal_met"),
    (GUARDIANSHIP, "change_placement"),
    (GUARDIANSHIP, "decide_return"),
    (GUARDIANSHIP, "conclude_return"),
];

fn child_was_heard(moment: &Moment) -> Verdict {
    let heard = HEARING.iter().flat_map(|(procedure, step)| moment.steps(procedure, step));
    let heard = heard.map(|(_, entry)| {
        let says = ["child_view", "why_not"].iter().any(|field| entry.field(field).is_some());
        Verdict::of(says, || format!("`{}` says nothing of the child", entry.envelope.transition))
    });
    // A plan rests on a report in which the child was heard.
    let planned = moment.steps("assessment_assistance", "draft_plan").map(|(case, _)| {
        let reported = case.past().hands.contains_key("submit_report");
        Verdict::of(reported, || "a plan without a report".to_owned())
    });
    Verdict::all(heard.chain(planned))
}

/// Steps by which civil affairs takes the child over, for the first time or anew.
const TAKING_OVER: &[&str] = &["approve", "relapse"];

fn taken_over_once(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().map(|(case, entry)| {
        if case.facts().procedure != GUARDIANSHIP {
            return Verdict::Idle;
        }
        let at = |data: &Value| data.get("taken_over_at").filter(|at| !at.is_null()).cloned();
        let (before, after) = (at(&entry.data_before), at(&entry.body.data));
        let step = entry.envelope.transition.as_str();
        // A correction of the date itself states it anew.
        let anew = TAKING_OVER.contains(&step) || step == "amend_entry";
        if before.is_some() && before != after && !anew {
            return Verdict::Broken(format!("`{step}` moved it from {before:?} to {after:?}"));
        }
        let duties = case.after.image.duties.iter();
        let mut norm = duties.filter(|duty| {
            duty.deadline.as_ref().is_some_and(|deadline| deadline.limit.as_str() == "D14")
        });
        if let Some(duty) = norm.next() {
            return Verdict::of(harmed(&case.after.data), || {
                format!("D14 runs for `{}` though no guardian did harm", duty.name)
            });
        }
        if before.is_some() { Verdict::Held } else { Verdict::Idle }
    }))
}

const JUDICIAL: &[&str] = &["court", "procuratorate"];

fn judicial_organs_get_no_task(moment: &Moment) -> Verdict {
    Verdict::all(moment.touched.iter().map(|case| {
        let text = |key: &str| case.after.data.get(key).and_then(Value::as_str);
        let who = match case.facts().procedure.as_str() {
            "action_item" => text("lead"),
            "listed_oversight" if case.facts().state == "issued" => text("owed_by"),
            _ => None,
        };
        let Some(who) = who else { return Verdict::Idle };
        let staff = moment.ground.staff.people();
        let mut of_unit = staff.filter(|row| row.unit.as_str() == who).flat_map(|row| &row.grants);
        let judicial =
            JUDICIAL.contains(&who) || of_unit.any(|grant| JUDICIAL.contains(&grant.role.as_str()));
        Verdict::of(!judicial, || format!("`{who}` was given a task"))
    }))
}

fn action_has_a_source(moment: &Moment) -> Verdict {
    Verdict::all(moment.steps("action_item", "assign").map(|(case, entry)| {
        let source = case.after.data.get("source").filter(|source| !source.is_null());
        Verdict::of(source.is_some() && !entry.by_system(), || {
            format!("source {source:?}, by {}", entry.person())
        })
    }))
}
