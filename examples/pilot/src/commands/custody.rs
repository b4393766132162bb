//! Who cares for a child: the custody ledger over all its cases, at one instant.

use hexacase::{
    care::{
        codes::PlacementKind,
        mechanisms::custody_ledger::{CaseLedger, ChildLedger, CustodyEnd, CustodyHolder, WRITERS},
    },
    engine::{Engine, EngineError},
    store::StoredCase,
    terms::{facts::ANNULLED, time::Timestamp},
};

use crate::{
    failure::Failure,
    output::{Lang, Output, time},
    results::CarerLine,
};

/// Who had the child then, as its cases say; nothing before it was first taken along.
pub(super) async fn carer(
    engine: &Engine,
    cases: &[StoredCase],
    at: Timestamp,
) -> Result<Option<CarerLine>, Failure> {
    let mut writers: Vec<&StoredCase> = cases
        .iter()
        .filter(|case| WRITERS.contains(&case.facts.procedure.as_str()))
        .filter(|case| case.facts.state != ANNULLED)
        .collect();
    writers.sort_by_key(|case| (case.facts.opened_at, case.facts.id));
    let mut ledgers = Vec::new();
    for case in writers {
        let ledger = CaseLedger::read(&engine.data_of(case)?).map_err(|problem| {
            EngineError::BadBody { case: case.facts.id, reason: problem.to_string() }
        })?;
        ledgers.push((case.facts.id, ledger));
    }
    let child = ChildLedger::of(ledgers);
    let Some(line) = child.at(at) else { return Ok(None) };
    let (holder, name) = match &line.record.to {
        CustodyHolder::Person(person) => ("person", Some(person.name.to_string())),
        CustodyHolder::Organ(organ) => ("organ", Some(organ.to_string())),
        CustodyHolder::Actor(actor) => {
            let staff = engine.staff().await?;
            let row = staff.into_iter().find(|row| row.id == *actor);
            ("actor", Some(row.map_or_else(|| actor.to_string(), |row| row.name)))
        }
        CustodyHolder::Unit(unit) => ("unit", Some(unit.to_string())),
        CustodyHolder::Nobody(CustodyEnd::OfAge) => ("of_age", None),
        CustodyHolder::Nobody(CustodyEnd::Died) => ("died", None),
    };
    let number = cases.iter().find(|case| case.facts.id == line.case);
    Ok(Some(CarerLine {
        holder: holder.to_owned(),
        name,
        placement: line.record.kind.map(|kind| kind.name().to_owned()),
        since: line.record.at,
        case: line.case,
        case_number: number.map(|case| case.number.to_string()).unwrap_or_default(),
    }))
}

/// The carer in words.
pub(super) fn text(carer: &CarerLine, out: &Output) -> String {
    let since = time::instant(carer.since, out.lang());
    let who = match (carer.holder.as_str(), &carer.name) {
        ("of_age", _) => out.say("已成年", "of age").to_owned(),
        ("died", _) => out.say("已死亡", "dead").to_owned(),
        (_, name) => name.clone().unwrap_or_default(),
    };
    let kind = PlacementKind::ALL
        .iter()
        .find(|kind| carer.placement.as_deref() == Some(kind.name()))
        .map(|kind| kind.label());
    let kind = kind.map(|label| out.lang().of(&label.zh, &label.en).to_owned());
    let number = &carer.case_number;
    match out.lang() {
        Lang::Zh => {
            let of = kind.map(|kind| format!("（{kind}）")).unwrap_or_default();
            format!("{who}{of}，自{since}起，见{number}")
        }
        Lang::En => {
            let of = kind.map(|kind| format!(" ({kind})")).unwrap_or_default();
            format!("{who}{of}, since {since}, by {number}")
        }
    }
}
