//! Mandatory reports and those who made them.

use hexacase::{
    case::{Check, check_permission},
    procedure::Refusal,
    terms::facts::ANNULLED,
    trail::{Kind, LinkKind},
};

use crate::simulation::{
    invariant::{Invariant, Verdict},
    moment::Moment,
};

/// The invariants of this file.
pub const ALL: &[Invariant] = &[
    Invariant {
        name: "report_waits_for_nobody",
        number: Some(3),
        says: "whoever found it may report at once; nothing that needs approval stands before",
        check: report_waits_for_nobody,
    },
    Invariant {
        name: "sent_report_stays",
        number: Some(6),
        says: "a report that was sent is never annulled; a retraction leaves its duties open",
        check: sent_report_stays,
    },
    Invariant {
        name: "reporter_is_nowhere",
        number: Some(7),
        says: "who reported stands in no envelope, worklist row or message, only in sealed bodies",
        check: reporter_is_nowhere,
    },
    Invariant {
        name: "no_close_in_emergency",
        number: Some(8),
        says: "a report does not close while an emergency of the child is open",
        check: no_close_in_emergency,
    },
    Invariant {
        name: "reopening_names_facts",
        number: Some(15),
        says: "reopening brings new facts and names the state it goes back to, one it was in",
        check: reopening_names_facts,
    },
    Invariant {
        name: "merged_reporters_are_told",
        number: Some(21),
        says: "of merged reports every reporter is owed an answer",
        check: merged_reporters_are_told,
    },
];

const REPORT: &str = "mandatory_report";

fn report_waits_for_nobody(moment: &Moment) -> Verdict {
    let ground = &moment.ground;
    Verdict::all(moment.steps(REPORT, "discover").map(|(case, entry)| {
        let Some(definition) = ground.definition(case.facts()) else { return Verdict::Idle };
        let specs = ["report_to_police", "report_to_department"];
        let specs = specs.iter().filter_map(|name| definition.transition(name));
        let profile = ground.staff.profile(entry.person(), moment.at.date());
        let check = Check {
            roles: ground.engine.roles(),
            profile: &profile,
            case: Some(case.facts()),
            attributes: &case.after.image.attributes,
            duties: &case.after.image.duties,
        };
        Verdict::all(specs.map(|spec| {
            if spec.is_approval() {
                return Verdict::Broken(format!("`{}` needs an approval", spec.name));
            }
            // A handoff may come from somebody who reports through others.
            if entry.envelope.kind == Kind::OpenedBy && !profile.holds_any(&spec.by) {
                return Verdict::Idle;
            }
            match check_permission(definition, spec, &check) {
                Ok(_) => Verdict::Held,
                // A child of another place: whoever is nearer owes the report, at once.
                Err(Refusal::OutOfArea { .. }) if case.after.owes("report_now") => Verdict::Held,
                Err(refusal) => Verdict::Broken(refusal.to_string()),
            }
        }))
    }))
}

fn sent_report_stays(moment: &Moment) -> Verdict {
    let reports = moment.touched.iter().filter(|case| case.facts().procedure == REPORT);
    Verdict::all(reports.map(|case| {
        if case.after.past.sent && case.facts().state == ANNULLED {
            return Verdict::Broken("a report that was sent is annulled".to_owned());
        }
        let retracted = case.entries.iter().filter(|entry| entry.is("record_retraction"));
        let kept = retracted.map(|entry| {
            let before = entry.before.iter().flat_map(|before| &before.duties);
            let mut gone =
                before.filter(|duty| !case.after.image.duties.iter().any(|now| now.no == duty.no));
            let gone = gone.next().map(|duty| duty.name.clone());
            Verdict::of(gone.is_none(), || format!("a retraction ended {gone:?}"))
        });
        let sent = if case.past().sent { Verdict::Held } else { Verdict::Idle };
        Verdict::all([sent].into_iter().chain(kept))
    }))
}

fn reporter_is_nowhere(moment: &Moment) -> Verdict {
    let secret =
        moment.entries().filter_map(|(_, entry)| Some((entry, entry.body.reporter.as_ref()?)));
    Verdict::all(secret.map(|(told, reporter)| {
        let name = told.body.payload.pointer("/reporter/name").and_then(serde_json::Value::as_str);
        let words = [Some(reporter.as_str()), name];
        let shows = |text: &str| words.iter().flatten().any(|word| text.contains(word));
        let envelope = moment
            .entries()
            .map(|(_, entry)| entry)
            .find(|entry| std::str::from_utf8(&entry.bytes).is_ok_and(&shows));
        if let Some(entry) = envelope {
            return Verdict::Broken(format!(
                "the envelope of `{}` names the reporter",
                entry.envelope.transition
            ));
        }
        let told = moment.messages.iter().find(|message| shows(&message.content.to_string()));
        if let Some(message) = told {
            return Verdict::Broken(format!(
                "a message of kind `{}` names the reporter",
                message.kind
            ));
        }
        let rows = moment.touched.iter().flat_map(|case| &case.stored.duties);
        let row = rows.into_iter().find(|duty| duty.holder.person.as_ref() == Some(reporter));
        Verdict::of(row.is_none(), || "a worklist row names the reporter".to_owned())
    }))
}

fn no_close_in_emergency(moment: &Moment) -> Verdict {
    let closings = ["close", "close_unfounded"];
    let closed = closings.into_iter().flat_map(|step| moment.steps(REPORT, step));
    Verdict::all(closed.map(|(case, _)| {
        let open = moment.open_beside(case.facts(), "emergency_response").next();
        Verdict::of(open.is_none(), || "the child has an open emergency".to_owned())
    }))
}

fn reopening_names_facts(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().map(|(case, entry)| {
        let envelope = &entry.envelope;
        if envelope.transition != "reopen" || envelope.kind != Kind::Engine {
            return Verdict::Idle;
        }
        let text = |name| entry.field(name).and_then(serde_json::Value::as_str).unwrap_or("");
        let named = text("state") == envelope.to && !text("facts").is_empty();
        let back = case.past().states.contains(&envelope.to);
        Verdict::of(named && back, || {
            format!("reopened to `{}` by {}", envelope.to, entry.body.payload)
        })
    }))
}

fn merged_reporters_are_told(moment: &Moment) -> Verdict {
    let told = |seen: &crate::simulation::moment::Seen| {
        seen.attribute("merged_cases").and_then(|count| count.parse::<u32>().ok()).unwrap_or(0)
    };
    Verdict::all(moment.touched.iter().filter(|case| case.facts().procedure == REPORT).map(
        |case| {
            let merged = case
                .entries
                .iter()
                .find(|entry| entry.links(LinkKind::MergedFrom).next().is_some());
            if let Some(entry) = merged {
                let before = case.before.as_ref().map_or(0, |before| told(before));
                let from = entry.links(LinkKind::MergedFrom).next();
                let from = from.and_then(|(id, _)| moment.case(id));
                let theirs =
                    from.and_then(|from| from.before.as_ref()).map_or(0, |from| told(from));
                let now = told(&case.after);
                return Verdict::of(now == before + theirs + 1 && case.facts().is_open(), || {
                    format!("{now} reporters besides the own, expected {before} + {theirs} + 1")
                });
            }
            // Each answer is owed by itself: the case does not close before all were told.
            let mut steps = case.entries.iter();
            let closed = steps.any(|entry| entry.is("close") || entry.is("close_unfounded"));
            let reporters = told(&case.after);
            if !closed || reporters == 0 {
                return Verdict::Idle;
            }
            let answered = case.after.past.answers;
            Verdict::of(answered > reporters, || {
                format!("{answered} of {} reporters were told", reporters + 1)
            })
        },
    ))
}
