//! `child`: finding a child; and the names of the children and units a list is about.

use std::collections::{BTreeMap, BTreeSet};

use hexacase::{
    engine::Engine,
    procedure::LEAD_UNIT,
    store::{CaseQuery, StaffRow, StoredCase},
    terms::{
        facts::{Subject, SubjectKind},
        id::{CaseId, SubjectId},
    },
};
use serde_json::Value;

use super::{cases, custody};
use crate::{
    cli::{AsOf, ChildArgs, Global},
    database,
    error::PilotError,
    failure::Failure,
    ids,
    index::{Child, ChildIndex, REGISTER, masked},
    output::{Lang, Output, Words, table, time},
    results::{CaseLine, ChildLine, Page},
};

pub(super) async fn find(global: &Global, args: &ChildArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out));
    let mut index = ChildIndex::default();
    index.follow(engine).await?;
    let text = args.text.trim();
    // Nothing named is nobody: an unset variable of a shell must not show a child.
    let mut found: Vec<&Child> = if text.is_empty() { Vec::new() } else { index.named(text) };
    if found.is_empty() {
        let subject =
            ids::subject(engine, text).await.map_err(|failure| match failure.code.as_str() {
                "usage.ambiguous_id" => failure,
                _ => PilotError::NoSuchChild(text.to_owned()).into(),
            })?;
        found.extend(index.child(subject));
        if found.is_empty() {
            return Err(PilotError::NoSuchChild(text.to_owned()).into());
        }
    }
    let at = args.at.map_or_else(|| engine.now(), |AsOf(at)| at);
    let mut items = Vec::new();
    for child in found {
        let query = CaseQuery { subject: Some(child.subject), limit: 1000, ..CaseQuery::default() };
        let stored = engine.cases(&query).await?;
        let carer = custody::carer(engine, &stored, at).await?;
        let cases: Vec<CaseLine> = stored.iter().map(cases::line).collect();
        let fact = |name: &str| child.fact(name).map(str::to_owned);
        items.push(ChildLine {
            subject: child.subject,
            file: child.file,
            name: fact("name"),
            sex: fact("sex"),
            birth: fact("birth"),
            guardian: fact("guardian"),
            carer,
            cases,
        });
    }
    let page = Page::whole(items);
    out.result("child", &page, || {
        let blocks: Vec<_> = page.items.iter().map(|line| text_of(line, &words, out)).collect();
        blocks.join("\n\n")
    })
}

fn text_of(line: &ChildLine, words: &Words, out: &Output) -> String {
    let or_empty = |fact: &Option<String>| fact.clone().unwrap_or_default();
    let carer = line.carer.as_ref().map(|carer| custody::text(carer, out)).unwrap_or_default();
    let head = table::pairs(&[
        (out.say("姓名", "name"), or_empty(&line.name)),
        (out.say("性别", "sex"), or_empty(&line.sex)),
        (out.say("出生", "birth"), or_empty(&line.birth)),
        (out.say("监护人", "guardian"), or_empty(&line.guardian)),
        (out.say("照料人", "cared for by"), carer),
        (out.say("编号", "id"), line.subject.to_string()),
    ]);
    let header = match out.lang() {
        Lang::Zh => ["案号", "程序", "状态", "立案", "结案"],
        Lang::En => ["case", "procedure", "state", "opened", "closed"],
    };
    let rows = line.cases.iter().map(|case| {
        vec![
            case.case_number.clone(),
            words.procedure(&case.procedure),
            words.state(&case.procedure, &case.state),
            time::instant(case.opened_at, out.lang()),
            case.closed_at.map_or_else(String::new, |at| time::instant(at, out.lang())),
        ]
    });
    format!("{head}\n{}", table::table(&header, rows))
}

/// What lists call the subjects of cases.
#[derive(Debug, Default)]
pub(super) struct Names {
    children: BTreeMap<SubjectId, String>,
    units: BTreeMap<CaseId, String>,
}

/// The masked names of the children these cases are about, as far as they have a file, and the units
/// of those about a unit. Each is read by itself: a page of a list names few.
pub(super) async fn names_of(
    engine: &Engine,
    subjects: impl IntoIterator<Item = (CaseId, SubjectId)>,
) -> Result<Names, Failure> {
    let cases: BTreeMap<CaseId, SubjectId> = subjects.into_iter().collect();
    let subjects: BTreeSet<SubjectId> = cases.values().copied().collect();
    let mut names = Names::default();
    for subject in subjects {
        let query = CaseQuery {
            procedure: Some(REGISTER.to_owned()),
            subject: Some(subject),
            limit: 1,
            ..CaseQuery::default()
        };
        for case in engine.cases(&query).await? {
            let data = engine.data_of(&case)?;
            if let Some(name) = data.pointer("/register/name").and_then(Value::as_str) {
                names.children.insert(subject, masked(name));
            }
        }
    }
    let unnamed = cases.into_iter().filter(|(_, subject)| !names.children.contains_key(subject));
    let unnamed: Vec<CaseId> = unnamed.map(|(case, _)| case).collect();
    let mut staff = None;
    for case in unnamed {
        let stored = engine.stored_case(case).await?;
        if stored.facts.subject.kind != SubjectKind::Unit {
            continue;
        }
        let people = match &mut staff {
            Some(people) => people,
            none => none.insert(engine.staff().await?),
        };
        names.units.extend(unit_of(&stored, people).map(|unit| (case, unit)));
    }
    Ok(names)
}

/// The unit a case is about: the one it is entrusted to, else the one it was opened about. A task
/// given to another unit stays about the first, and whoever reads a list looks for the one that has
/// it.
fn unit_of(case: &StoredCase, staff: &[StaffRow]) -> Option<String> {
    if let Some(lead) = case.attributes.get(LEAD_UNIT) {
        return Some(lead.clone());
    }
    let Subject { id, .. } = case.facts.subject;
    let named = |row: &&StaffRow| Subject::unit(&case.facts.realm, &row.unit).id == id;
    staff.iter().find(named).map(|row| row.unit.to_string())
}

/// The subject of a case as lists show it: the masked name or the unit, else the end of the id.
pub(super) fn shown(names: &Names, case: CaseId, subject: SubjectId) -> String {
    let name = names.children.get(&subject).or_else(|| names.units.get(&case));
    name.cloned().unwrap_or_else(|| {
        let id = subject.to_string();
        id.rsplit('-').next().map_or_else(String::new, |end| format!("…{end}"))
    })
}
