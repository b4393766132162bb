//! The other cases that a paper names, and the children in them whose names it must not say.

use std::collections::BTreeSet;

use hexacase::{
    engine::Engine,
    terms::{
        facts::SubjectKind,
        id::{ActorId, CaseId},
    },
};
use serde_json::Value;

use super::{
    dossier::{Filed, Title, file_of},
    reading::text,
    sight::takes_part,
};
use crate::{failure::Failure, output::Words};

/// Where a case or a form names others.
const NAMED_IN: [&str; 3] = ["items", "case", "cases"];

/// The cases that `filed` names itself, and the names of the children they are about or name in
/// turn. What a case is called is for those who have a part in it; its number is for everybody.
pub(super) async fn read(
    engine: &Engine,
    words: &Words,
    filed: &Filed,
    actor: &ActorId,
) -> Result<(Vec<Title>, Vec<String>), Failure> {
    let (mut titles, mut names) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    let own = std::iter::once(&filed.data).chain(filed.steps.iter().map(|step| &step.form));
    let mut waiting: Vec<(CaseId, bool)> = Vec::new();
    own.for_each(|value| waiting.extend(named(value).map(|id| (id, true))));
    waiting.reverse();
    while let Some((id, direct)) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        // A number given elsewhere, or an id of another county, is no case of ours.
        let Ok(case) = engine.stored_case(id).await else { continue };
        let data = engine.data_of(&case)?;
        if matches!(case.facts.subject.kind, SubjectKind::Child)
            && let Some((_, register)) = file_of(engine, case.facts.subject.id).await?
        {
            names.extend(text(register.get("name")));
        }
        if !direct {
            continue;
        }
        waiting.extend(named(&data).map(|id| (id, false)));
        let procedure = words.procedure(&case.facts.procedure);
        let (mut title, mut conclusion) = (procedure, None);
        if takes_part(engine, actor, id).await? {
            title = text(data.get("title")).unwrap_or(title);
            conclusion = text(data.get("conclusion"));
        }
        titles.push(Title { number: case.number.to_string(), title, conclusion });
    }
    Ok((titles, names))
}

fn named(value: &Value) -> impl Iterator<Item = CaseId> + '_ {
    NAMED_IN.iter().filter_map(|field| value.get(field)).flat_map(|value| {
        let list = value.as_array().map(Vec::as_slice);
        let ids = list.unwrap_or(std::slice::from_ref(value)).iter();
        ids.filter_map(|id| id.as_str()?.parse().ok()).collect::<Vec<_>>()
    })
}
