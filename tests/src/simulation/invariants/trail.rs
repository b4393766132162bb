//! The trail and the store: what is written is what the entries say, once.

use hexacase::{
    procedure::wide::WideStep,
    store::Scope,
    terms::id::Digest,
    trail::{Kind, genesis, link},
};

use super::holders::is_directory;
use crate::simulation::{
    invariant::{Invariant, Verdict},
    mirror::kept,
    moment::{Act, Answer, Entry, Moment, Touched},
};

/// The invariants of this file.
pub const ALL: &[Invariant] = &[
    Invariant {
        name: "stored_is_replayed",
        number: None,
        says: "what the store has of a case is what a replay of its entries gives",
        check: stored_is_replayed,
    },
    Invariant {
        name: "chain_is_intact",
        number: None,
        says: "every entry is the hash of its bytes, follows the one before, and holds its body",
        check: chain_is_intact,
    },
    Invariant {
        name: "revision_counts_entries",
        number: None,
        says: "the revision of a case is the number of its entries",
        check: revision_counts_entries,
    },
    Invariant {
        name: "step_is_an_edge",
        number: None,
        says: "a step leads where its definition says; anything else keeps the state",
        check: step_is_an_edge,
    },
    Invariant {
        name: "ended_stays_ended",
        number: None,
        says: "a case that has ended moves by nothing but a reopening",
        check: ended_stays_ended,
    },
    Invariant {
        name: "scopes_rise",
        number: None,
        says: "a step that looks beside or opens a case raises its scopes; none ever falls",
        check: scopes_rise,
    },
    Invariant {
        name: "command_once",
        number: None,
        says: "a command id gives the same receipt again and writes nothing again",
        check: command_once,
    },
    Invariant {
        name: "stale_revision_is_refused",
        number: None,
        says: "whoever expects a revision that the case no longer has is refused",
        check: stale_revision_is_refused,
    },
    Invariant {
        name: "refusal_writes_nothing",
        number: None,
        says: "a refused command leaves no entry and no message",
        check: refusal_writes_nothing,
    },
    Invariant {
        name: "receipt_is_the_entry",
        number: None,
        says: "the receipt names the entry that was written and the cases it was linked to",
        check: receipt_is_the_entry,
    },
    Invariant {
        name: "messages_have_an_entry",
        number: None,
        says: "every message stands in the entry it was written with",
        check: messages_have_an_entry,
    },
];

fn stored_is_replayed(moment: &Moment) -> Verdict {
    Verdict::all(moment.touched.iter().map(|case| {
        let (told, kept) = (&case.after.image, kept(&case.stored));
        if told.facts != kept.facts {
            return Verdict::Broken(format!("facts {:?}, told {:?}", kept.facts, told.facts));
        }
        if told.attributes != kept.attributes {
            return Verdict::Broken(format!("{:?}, told {:?}", kept.attributes, told.attributes));
        }
        let body = case.entries.last().map(|entry| entry.sealed.as_slice());
        let stored = case.stored.body.as_ref().map(|sealed| sealed.bytes.as_slice());
        if body.is_none() || body != stored {
            return Verdict::Broken("the case's body is not that of its last entry".to_owned());
        }
        Verdict::of(told.duties == kept.duties, || "other duties than told".to_owned())
    }))
}

fn chain_is_intact(moment: &Moment) -> Verdict {
    let origin = moment.ground.engine.origin();
    Verdict::all(moment.entries().map(|(case, entry)| {
        let facts = case.facts();
        let before = match &entry.before {
            Some(before) => before.facts.head,
            None => genesis(&facts.realm, facts.id, origin),
        };
        // That the bytes are canonical is looked at by `read_entry`, which read them.
        let sound = link(&entry.bytes) == entry.hash
            && entry.envelope.prev == before
            && Digest::of(&entry.sealed) == entry.envelope.body;
        Verdict::of(sound, || format!("entry {} does not fit the chain", entry.envelope.seq))
    }))
}

fn revision_counts_entries(moment: &Moment) -> Verdict {
    Verdict::all(moment.touched.iter().map(|case| {
        let (revision, entries) = (case.stored.facts.revision.get(), case.after.past.entries);
        let last = case.entries.last().map(|entry| entry.envelope.seq);
        Verdict::of(revision == entries && last == Some(entries), || {
            format!("revision {revision}, {entries} entries, the last is {last:?}")
        })
    }))
}

fn step_is_an_edge(moment: &Moment) -> Verdict {
    let cases = moment.entries().filter(|(case, _)| !is_directory(&case.after));
    Verdict::all(cases.map(|(case, entry)| {
        let envelope = &entry.envelope;
        let kept = envelope.from.as_ref() == Some(&envelope.to);
        let holds = match envelope.kind {
            Kind::Step | Kind::OpenedBy => is_edge(moment, case, entry),
            Kind::Informed | Kind::Proposed | Kind::Escalate | Kind::Reproject => kept,
            Kind::Engine => {
                let moves = [WideStep::AnnulCase, WideStep::MergeCase, WideStep::Reopen];
                kept || moves.iter().any(|step| step.name() == envelope.transition)
            }
            Kind::Staff => false,
        };
        Verdict::of(holds, || {
            format!("`{}` from {:?} to `{}`", envelope.transition, envelope.from, envelope.to)
        })
    }))
}

fn is_edge(moment: &Moment, case: &Touched, entry: &Entry) -> bool {
    let (Some(spec), to) = (case.spec(&moment.ground, entry), entry.envelope.to.as_str()) else {
        return false;
    };
    match entry.envelope.from.as_deref() {
        None => spec.opens_case && spec.to.contains(&to),
        Some(from) => {
            spec.starts_in(from) && (spec.to.contains(&to) || (spec.keeps_state && from == to))
        }
    }
}

fn ended_stays_ended(moment: &Moment) -> Verdict {
    Verdict::all(moment.entries().map(|(_, entry)| {
        let ended = entry.before.as_ref().is_some_and(|before| !before.facts.is_open());
        if !ended {
            return Verdict::Idle;
        }
        let envelope = &entry.envelope;
        let kept = envelope.ended && envelope.from.as_ref() == Some(&envelope.to);
        Verdict::of(kept || envelope.transition == WideStep::Reopen.name(), || {
            format!("`{}` moved an ended case to `{}`", envelope.transition, envelope.to)
        })
    }))
}

fn scopes_rise(moment: &Moment) -> Verdict {
    if let Some((scope, before, after)) =
        moment.scopes.iter().find(|(_, before, after)| after < before)
    {
        return Verdict::Broken(format!("{scope:?} fell from {before} to {after}"));
    }
    if !matches!(moment.act, Act::Asked { .. }) {
        return Verdict::Idle;
    }
    Verdict::all(moment.entries().map(|(case, entry)| {
        let facts = case.facts();
        let born = entry.before.is_none();
        let looks = case
            .spec(&moment.ground, entry)
            .is_some_and(|spec| !spec.beside.is_empty() || !spec.handoffs.is_empty());
        if is_directory(&case.after) || !(entry.is_step() && (born || looks)) {
            return Verdict::Idle;
        }
        let child = facts.subject.kind.is_child().then(|| Scope::subject(facts.subject.id));
        let wanted = child.into_iter().chain([Scope::incident(facts.incident)]);
        Verdict::all(wanted.map(|wanted| {
            let moved = moment.scopes.iter().find(|(scope, ..)| *scope == wanted);
            let rose = moved.is_some_and(|(_, before, after)| after > before);
            Verdict::of(rose, || format!("{wanted:?}: {moved:?}"))
        }))
    }))
}

fn command_once(moment: &Moment) -> Verdict {
    let Act::Asked { id: Some((_, Some(first))), answer, .. } = &moment.act else {
        return Verdict::Idle;
    };
    if !moment.touched.is_empty() || !moment.messages.is_empty() {
        return Verdict::Broken("a repeated command wrote something".to_owned());
    }
    match answer {
        Answer::Done(again) => {
            let same = again.repeated
                && (again.case, again.revision, again.hash, &again.state, &again.number)
                    == (first.case, first.revision, first.hash, &first.state, &first.number);
            Verdict::of(same, || format!("first {first:?}, then {again:?}"))
        }
        Answer::Refused(code) => Verdict::of(code == OTHER_COMMAND, || {
            format!("a repeated command is refused with {code}")
        }),
    }
}

fn stale_revision_is_refused(moment: &Moment) -> Verdict {
    let Act::Asked { stale: true, answer, .. } = &moment.act else { return Verdict::Idle };
    Verdict::of(matches!(answer, Answer::Refused(_)), || "it was carried out".to_owned())
}

/// What a command of another content under a known id is answered with.
pub const OTHER_COMMAND: &str = "refusal.command_reused";

fn refusal_writes_nothing(moment: &Moment) -> Verdict {
    let Act::Asked { answer: Answer::Refused(code), .. } = &moment.act else {
        return Verdict::Idle;
    };
    Verdict::of(moment.touched.is_empty() && moment.messages.is_empty(), || {
        format!("{code}, and yet something was written")
    })
}

fn receipt_is_the_entry(moment: &Moment) -> Verdict {
    let Act::Asked { answer: Answer::Done(receipt), .. } = &moment.act else {
        return Verdict::Idle;
    };
    if receipt.repeated {
        return Verdict::Idle;
    }
    let case = moment.case(receipt.case);
    let last = case.and_then(|case| Some((case, case.entries.last()?)));
    let Some((case, last)) = last else {
        return Verdict::Broken("nothing was written to the receipt's case".to_owned());
    };
    let same = last.hash == receipt.hash
        && last.envelope.seq == receipt.revision.get()
        && last.envelope.to == receipt.state
        && case.stored.number == receipt.number;
    if !same {
        return Verdict::Broken(format!("{receipt:?}"));
    }
    let mut named: Vec<_> = receipt.linked.iter().chain([&receipt.case]).copied().collect();
    let mut written: Vec<_> = moment.touched.iter().map(|case| case.facts().id).collect();
    named.sort();
    named.dedup();
    written.sort();
    Verdict::of(named == written, || format!("named {named:?}, written {written:?}"))
}

fn messages_have_an_entry(moment: &Moment) -> Verdict {
    Verdict::all(moment.messages.iter().map(|message| {
        let named = moment.case(message.case).is_some_and(|case| {
            case.entries.iter().any(|entry| {
                entry.envelope.seq == message.seq && entry.envelope.messages.contains(&message.id)
            })
        });
        Verdict::of(named, || format!("a message of kind `{}` stands in no entry", message.kind))
    }))
}
