//! What somebody owes in a week: the rows of a sheet.

use hexacase::{
    engine::{Engine, Staff, WorkItem},
    procedure::Definition,
    terms::{
        actor::{Actor, Role},
        area::AreaPurpose,
        facts::{CaseFacts, SubjectKind},
        id::{ActorId, Digest},
        time::{CivilDate, Timestamp},
    },
};

use super::{Asked, RowId, SheetId};
use crate::{
    error::PilotError,
    failure::Failure,
    output::Words,
    paper::{Names, file_of, takes_part},
};

const PAGE: u32 = 200;

/// A row: one duty of one case.
#[derive(Clone, Debug, PartialEq)]
pub struct WeekRow {
    /// What it is about.
    pub id: RowId,
    /// Its key.
    pub key: String,
    /// The number of the case.
    pub number: String,
    /// The state of the case.
    pub state: String,
    /// The revision of the case.
    pub revision: i64,
    /// The duty, in words.
    pub duty: String,
    /// The child, or whom else the case is about.
    pub child: String,
    /// Where that is.
    pub place: String,
    /// Guardian and telephone, as far as the person may see them.
    pub contact: String,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// Whether that may still move.
    pub provisional: bool,
    /// The steps that fulfil it and that a sheet can hold.
    pub asked: Vec<Asked>,
}

/// A sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct WeekSheet {
    /// Its id.
    pub id: SheetId,
    /// The name of the person.
    pub person: String,
    /// The person's office.
    pub unit: String,
    /// The first day.
    pub monday: CivilDate,
    /// The last day.
    pub sunday: CivilDate,
    /// What is owed: without a date first, then by date.
    pub rows: Vec<WeekRow>,
}

/// The Monday of the week of a day.
pub fn monday_of(day: CivilDate) -> CivilDate {
    // 1970-01-01 was a Thursday.
    let since = day.days().saturating_add(3).rem_euclid(7);
    CivilDate::from_days(day.days().saturating_sub(since))
}

impl WeekSheet {
    /// What `actor` owes until the end of the week of `day`, visits among it: everything on the
    /// worklist that has no date or is due by then.
    ///
    /// # Errors
    /// [`PilotError::NoSuchPerson`]; what the engine says of a case.
    pub async fn of(
        engine: &Engine,
        words: &Words,
        names: &Names,
        actor: &ActorId,
        day: CivilDate,
    ) -> Result<Self, Failure> {
        let Some(person) = names.person(actor) else {
            return Err(PilotError::NoSuchPerson(actor.to_string()).into());
        };
        let monday = monday_of(day);
        let sunday = monday.plus_days(6);
        let held = held(engine, actor).await?;
        let due_then = |item: &WorkItem| item.row.duty.due().is_none_or(|due| due.date() <= sunday);
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let page = engine.worklist(&Actor::at_work(actor.clone()), after, PAGE).await?;
            items.extend(page.items.into_iter().filter(due_then));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let content: Vec<u8> = items.iter().flat_map(content).collect();
        let id = SheetId::new(engine, actor, monday, Digest::of(&content));
        let mut rows = Vec::new();
        for (no, item) in (1..).zip(&items) {
            rows.push(row(engine, words, names, (actor, &held), (no, &id), item).await?);
        }
        let unit = names.unit(person.unit.as_str());
        Ok(Self { id, person: person.name.clone(), unit, monday, sunday, rows })
    }
}

/// What of a duty makes a sheet another one: the duty, and the state its case is in.
fn content(item: &WorkItem) -> Vec<u8> {
    let mut bytes = item.row.case.as_bytes().to_vec();
    bytes.extend(item.row.duty.no.to_be_bytes());
    bytes.extend(item.row.state.as_bytes());
    bytes.push(0);
    bytes
}

/// The roles that somebody holds today, for absent colleagues too.
pub(crate) async fn held(engine: &Engine, actor: &ActorId) -> Result<Vec<Role>, Failure> {
    let staff = Staff::new(0, engine.staff().await?);
    let profile = staff.profile(actor, engine.now().date());
    Ok(profile.grants.into_iter().map(|grant| grant.role).collect())
}

/// The steps that fulfil a duty, as a sheet asks for them.
pub(crate) fn asked_of(
    words: &Words,
    definition: Option<&Definition>,
    steps: &[&str],
    held: &[Role],
) -> Vec<Asked> {
    let Some(definition) = definition else { return Vec::new() };
    steps.iter().filter_map(|step| Asked::of(words, definition, step, held)).collect()
}

async fn row(
    engine: &Engine,
    words: &Words,
    names: &Names,
    (actor, held): (&ActorId, &[Role]),
    (no, sheet): (u32, &SheetId),
    item: &WorkItem,
) -> Result<WeekRow, Failure> {
    let duty = &item.row.duty;
    let facts = engine.stored_case(item.row.case).await?.facts;
    let id = RowId { no, case: item.row.case, duty: duty.no };
    let (child, contact) = child(engine, actor, &facts).await?;
    let area = facts.areas.get(&AreaPurpose::Residence).unwrap_or(&facts.area);
    let definition = words.definition(&facts.procedure).map(AsRef::as_ref);
    Ok(WeekRow {
        key: id.key(sheet.as_str()),
        id,
        number: item.row.number.to_string(),
        revision: facts.revision.get(),
        duty: words.duty(&facts.procedure, &duty.name),
        child,
        place: names.area(area),
        contact,
        due: duty.due(),
        provisional: duty.deadline.as_ref().is_some_and(|deadline| deadline.provisional),
        asked: asked_of(words, definition, &item.transitions, held),
        state: facts.state,
    })
}

/// The child's name, and whom to ask for: the latter only for those with a part in the child's
/// file.
async fn child(
    engine: &Engine,
    actor: &ActorId,
    facts: &CaseFacts,
) -> Result<(String, String), Failure> {
    match facts.subject.kind {
        SubjectKind::Child => {}
        SubjectKind::UnidentifiedChild => return Ok(("身份不明儿童".to_owned(), String::new())),
        SubjectKind::Unit | SubjectKind::Village | SubjectKind::Town | SubjectKind::County => {
            return Ok((String::new(), String::new()));
        }
    }
    let Some((file, register)) = file_of(engine, facts.subject.id).await? else {
        return Ok((String::new(), String::new()));
    };
    let fact = |key: &str| register.get(key).and_then(|value| value.as_str());
    let name = fact("name").unwrap_or_default().to_owned();
    if !takes_part(engine, actor, file).await? {
        return Ok((name, "（须在系统中另行查询）".to_owned()));
    }
    let guardian = fact("guardian").map(|name| match fact("relation") {
        Some(relation) => format!("{name}（{relation}）"),
        None => name.to_owned(),
    });
    let contact: Vec<String> =
        guardian.into_iter().chain(fact("phone").map(str::to_owned)).collect();
    Ok((name, contact.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        let day = |text: &str| text.parse::<CivilDate>().unwrap();
        assert_eq!(monday_of(day("2026-05-03")), day("2026-04-27"));
        assert_eq!(monday_of(day("2026-05-04")), day("2026-05-04"));
        assert_eq!(monday_of(day("2026-05-10")), day("2026-05-04"));
    }
}
