//! What people write for a case, a child or an incident: an id, the end of one, a number.

use hexacase::{
    engine::Engine,
    store::{CaseQuery, StoredCase},
    terms::{
        facts::Subject,
        id::{CaseId, IncidentId, SubjectId},
    },
};

use crate::{error::PilotError, failure::Failure, index::ChildIndex};

/// The fewest characters of an id's end that are looked for.
const SHORTEST_END: usize = 8;
const PAGE: u32 = 500;

/// The case that somebody means.
///
/// # Errors
/// `refusal.no_such_case`, [`PilotError::BadId`], [`PilotError::AmbiguousId`].
pub async fn case(engine: &Engine, text: &str) -> Result<CaseId, Failure> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    if let Some((realm, year, number)) = case_number(text) {
        let query = CaseQuery { number: Some((year, number)), limit: 2, ..CaseQuery::default() };
        let here = realm == engine.meta().realm.as_str();
        let found = if here { engine.cases(&query).await? } else { Vec::new() };
        return found.first().map(|case| case.facts.id).ok_or_else(|| no_such_case(text));
    }
    let end = end_of_id(text)?;
    let mut matches = Vec::new();
    each_case(engine, CaseQuery::default(), |case| {
        if ends_with(case.facts.id.as_bytes(), &end) {
            matches.push((case.facts.id, format!("{} {}", case.facts.id, case.number)));
        }
    })
    .await?;
    only(text, matches, || no_such_case(text))
}

fn no_such_case(text: &str) -> Failure {
    let refusal = hexacase::procedure::Refusal::NoSuchCase { case: text.to_owned() };
    Failure::from(refusal).with_hint("`pilot cases` 列出个案", "`pilot cases` lists cases")
}

/// The incident that somebody means: its id, or the end of it.
///
/// # Errors
/// [`PilotError::BadId`], [`PilotError::AmbiguousId`].
pub async fn incident(engine: &Engine, text: &str) -> Result<IncidentId, Failure> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let end = end_of_id(text)?;
    let mut matches: Vec<(IncidentId, String)> = Vec::new();
    each_case(engine, CaseQuery::default(), |case| {
        let id = case.facts.incident;
        if ends_with(id.as_bytes(), &end) && !matches.iter().any(|(known, _)| *known == id) {
            matches.push((id, id.to_string()));
        }
    })
    .await?;
    only(text, matches, || PilotError::BadId(text.to_owned()).into())
}

/// The subject that somebody means: its id or the end of it, or a child's register number.
///
/// # Errors
/// [`PilotError::NoSuchChild`], [`PilotError::AmbiguousId`].
pub async fn subject(engine: &Engine, text: &str) -> Result<SubjectId, Failure> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let mut index = ChildIndex::default();
    index.follow(engine).await?;
    if let Some(child) = index.by_register_number(&engine.meta().realm, text) {
        return Ok(child.subject);
    }
    let unknown = || PilotError::NoSuchChild(text.to_owned()).into();
    let Ok(end) = end_of_id(text) else { return Err(unknown()) };
    let mut matches: Vec<(SubjectId, String)> = Vec::new();
    each_case(engine, CaseQuery::default(), |case| {
        let id = case.facts.subject.id;
        if ends_with(id.as_bytes(), &end) && !matches.iter().any(|(known, _)| *known == id) {
            matches.push((id, id.to_string()));
        }
    })
    .await?;
    only(text, matches, unknown)
}

/// The subject with its kind, where a case is about it already.
///
/// # Errors
/// As [`subject`].
pub async fn known_subject(
    engine: &Engine,
    text: &str,
) -> Result<(SubjectId, Option<Subject>), Failure> {
    let id = subject(engine, text).await?;
    let query = CaseQuery { subject: Some(id), limit: 1, ..CaseQuery::default() };
    let cases = engine.cases(&query).await?;
    Ok((id, cases.first().map(|case| case.facts.subject)))
}

/// Calls `take` with each case.
pub(crate) async fn each_case(
    engine: &Engine,
    query: CaseQuery,
    mut take: impl FnMut(&StoredCase) + Send,
) -> Result<(), Failure> {
    let mut after = query.after;
    loop {
        let page = CaseQuery { after, limit: PAGE, ..query.clone() };
        let cases = engine.cases(&page).await?;
        cases.iter().for_each(&mut take);
        // The engine leaves its own record out of a page, so only an empty page is the end.
        let Some(last) = cases.last() else { return Ok(()) };
        after = Some(last.facts.id);
    }
}

fn only<T>(
    text: &str,
    mut matches: Vec<(T, String)>,
    none: impl FnOnce() -> Failure,
) -> Result<T, Failure> {
    if matches.len() > 1 {
        let matches = matches.into_iter().map(|(_, shown)| shown).collect();
        return Err(PilotError::AmbiguousId { text: text.to_owned(), matches }.into());
    }
    matches.pop().map(|(id, _)| id).ok_or_else(none)
}

/// `realm-year-number`, as a receipt shows it.
fn case_number(text: &str) -> Option<(&str, i32, i64)> {
    let mut parts = text.split('-');
    let (realm, year, number) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = realm.len() == 6
        && year.len() == 4
        && parts.next().is_none()
        && [realm, year, number].into_iter().all(digits);
    if fits { Some((realm, year.parse().ok()?, number.parse().ok()?)) } else { None }
}

/// The end of an id, without its hyphens.
fn end_of_id(text: &str) -> Result<String, Failure> {
    let end: String = text.chars().filter(|sign| *sign != '-').collect::<String>().to_lowercase();
    let fits = (SHORTEST_END..=32).contains(&end.len())
        && end.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { Ok(end) } else { Err(PilotError::BadId(text.to_owned()).into()) }
}

fn ends_with(id: &[u8; 16], end: &str) -> bool {
    let digits = CaseId::from_bytes(*id).to_string().replace('-', "");
    digits.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_has_three_parts_of_digits() {
        assert_eq!(case_number("999999-2026-000012"), Some(("999999", 2026, 12)));
        for bad in ["999999-2026", "99999-2026-1", "999999-2026-1-1", "999999-2026-x", "a"] {
            assert_eq!(case_number(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_end_of_an_id_may_hold_hyphens() {
        let id: CaseId = "0190a000-0000-7000-8000-0000deadbeef".parse().unwrap();
        assert!(ends_with(id.as_bytes(), &end_of_id("8000-0000DEADBEEF").unwrap()));
        assert!(!ends_with(id.as_bytes(), &end_of_id("deadbeee").unwrap()));
        assert!(end_of_id("beef").is_err());
        assert!(end_of_id("nothexadecimal").is_err());
    }
}
