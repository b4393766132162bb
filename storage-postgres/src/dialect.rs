//! How PostgreSQL loads and appends a batch: a load is one statement, an append two calls, of which
//! the first locks and looks and the second writes.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use hexacase::{
    sql::{
        self, ATTRIBUTE, BODY, CASE, DUTY, Documents, Known, Of, Packed, Prefix, Record, Row, Rows,
        Select, Unknown, Value, broken, hexed, outcomes,
    },
    store::{Group, GroupOutcome, Loaded, Scope, ScopeKind, StoreError, Wanted},
    terms::{
        area::Realm,
        id::{CaseId, CommandId, IncidentId, SubjectId},
    },
};
use sqlx::{Row as _, postgres::PgRow};

use crate::{
    link::{Bind, failed},
    migrate::{VERSION, VERSION_TEXT},
    reading::Caller,
    settings::PostgresOptions,
    statements::{
        BEGIN, BODIES, DONE_COMMANDS, FIRST_NUMBERS, FIRST_SCOPES, HELD, LOCKED_CASES,
        LOCKED_SCOPES, NAMED_AND_BESIDE, WRITES, commands, scopes,
    },
};

/// The texts that are the same each time, rendered once.
pub(crate) struct Texts {
    pub(crate) begin: String,
    load: Packed,
    load_beside: Packed,
    first_numbers: String,
    first_scopes: String,
    locked: String,
    pub(crate) held: String,
    writes: Vec<Part>,
    /// The statements of [`AtOnce`](crate::at_once::AtOnce) so far, by the names of their parts:
    /// steps of one kind have the same, and the server knows it then.
    at_once: Mutex<BTreeMap<Vec<&'static str>, Arc<str>>>,
}

impl Texts {
    pub(crate) fn new(prefix: &Prefix, options: &PostgresOptions) -> Self {
        let load = |head: &str, wanted: &str| {
            let mut selects = cases(wanted, format!("{CASE}, {BODY}"), BODIES).to_vec();
            selects.extend([commands(), scopes(), sql::directory()]);
            pack(prefix, head, &selects)
        };
        let beside = format!("WITH wanted AS MATERIALIZED ({NAMED_AND_BESIDE}) ");
        let millis = |time: std::time::Duration| time.as_millis().to_string();
        let begin = BEGIN
            .replace("{lock_timeout}", &millis(options.lock_timeout))
            .replace("{statement_timeout}", &millis(options.statement_timeout))
            .replace("{idle_timeout}", &millis(options.statement_timeout));
        let locked = [LOCKED_SCOPES, LOCKED_CASES, DONE_COMMANDS].join(";\n");
        let held = HELD.replace("{version}", VERSION_TEXT).replace("{known}", &VERSION.to_string());
        let render = |(of, name, text): (Of, &'static str, &str)| {
            let (text, places) = apart(name, &prefix.render(text));
            Part { of, name, text, places }
        };
        Self {
            begin: prefix.render(&format!("{begin};\n{VERSION_TEXT}")),
            load: load("", "unnest((SELECT $2::bytea[]))"),
            load_beside: load(&beside, "wanted"),
            first_numbers: prefix.render(FIRST_NUMBERS),
            first_scopes: prefix.render(FIRST_SCOPES),
            locked: prefix.render(&locked),
            held: prefix.render(&held),
            writes: WRITES.into_iter().map(render).collect(),
            at_once: Mutex::default(),
        }
    }

    /// The statement of these parts, put together if there is none yet.
    pub(crate) fn at_once(
        &self,
        included: &Included<'_>,
        make: impl FnOnce(&Included<'_>) -> String,
    ) -> Arc<str> {
        let names = included.iter().map(|(part, _)| part.name).collect();
        let mut texts = self.at_once.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(texts.entry(names).or_insert_with(|| make(included).into()))
    }
}

/// A part of the statement that writes.
pub(crate) struct Part {
    of: Of,
    pub(crate) name: &'static str,
    text: String,
    /// The places of the rows that it changes, where it finds them so.
    places: Option<String>,
}

/// A part apart from the look for the places of its rows, so that both can be counted.
fn apart(name: &str, text: &str) -> (String, Option<String>) {
    let found = text.split_once("(SELECT ").and_then(|(head, rest)| {
        let (inner, tail) = rest.rsplit_once(") AS j\nWHERE ")?;
        tail.contains(".ctid = j.place").then_some((head, inner, tail))
    });
    let Some((head, inner, tail)) = found else { return (text.to_owned(), None) };
    let tail = tail.trim_end_matches("\nRETURNING 1");
    let text = format!("{head}{name}_places AS j\nWHERE {tail}\nRETURNING 1");
    (text, Some(format!("SELECT {inner}")))
}

/// Statements as one.
pub(crate) fn pack(prefix: &Prefix, head: &str, selects: &[Select]) -> Packed {
    Packed::new(prefix, head, selects, |select| {
        // An array, and not the row itself: its columns' names are no part of what they say, and to
        // write them takes as long as the rest.
        let cells: Vec<_> = select.names().map(|name| format!("q.{name}")).collect();
        let (cells, text) = (cells.join(", "), select.text());
        format!("SELECT json_agg(json_build_array({cells}))::text FROM ({text}) AS q")
    })
}

/// The cases in the table `wanted`, their attributes and open duties.
fn cases(wanted: &str, columns: impl Into<Cow<'static, str>>, join: &str) -> [Select; 3] {
    let each = |table: &str, condition: &str, key: &str, rest: &str| {
        format!(
            "FROM {wanted} AS w (id) CROSS JOIN LATERAL (SELECT f.* FROM {{prefix}}{table} AS f \
             WHERE f.realm = $1 AND f.{key} = w.id{condition} OFFSET 0) AS {rest}"
        )
    };
    let (open, ordered) = (" AND f.state = 'open'", "d ORDER BY d.case_id, d.no");
    [
        Select::new(columns, each("case_file", "", "id", &format!("c {join}"))),
        Select::new(ATTRIBUTE, each("attribute", "", "case_id", "a")),
        Select::new(DUTY, each("duty", open, "case_id", ordered)),
    ]
}

/// How the cases in the table `wanted` stand, and the directory.
pub(crate) fn standing() -> Vec<Select> {
    let [rows, attributes, duties] = cases("wanted", CASE, "");
    vec![rows, attributes, duties, sql::directory()]
}

/// What became of the statement that writes.
pub(crate) enum Written<T> {
    /// It stands, and this is what it told.
    Stands(T),
    /// A key was taken that nobody could lock; nothing was written.
    Taken(StoreError),
}

/// A transaction that can be written in.
#[async_trait]
pub(crate) trait Writer: Caller {
    /// Runs several statements without values, and gives the rows of each; begins the transaction
    /// or marks a place in it before, or goes back to where it did so if that is done `again`.
    async fn look(&mut self, text: &str, again: bool) -> Result<Vec<Vec<PgRow>>, StoreError>;

    /// Runs the statement that writes.
    async fn write(
        &mut self,
        text: Arc<str>,
        values: Vec<Bind>,
    ) -> Result<Written<Vec<PgRow>>, StoreError>;

    /// Forgets the marked place, if there is one.
    async fn keep(&mut self) -> Result<(), StoreError>;
}

fn realm_value(caller: &dyn Caller) -> Bind {
    Value::Text(caller.realm().as_str().to_owned()).into()
}

/// The ids of the scopes of a kind.
pub(crate) fn of_kind<'s>(kind: ScopeKind, scopes: impl IntoIterator<Item = &'s Scope>) -> Bind {
    Bind::keys(scopes.into_iter().filter(|scope| scope.kind == kind).map(|scope| &scope.id))
}

/// Loads what a batch wants, in one call.
pub(crate) async fn load_batch(
    caller: &mut dyn Caller,
    wanted: &Wanted,
) -> Result<Loaded, StoreError> {
    const OPERATION: &str = "load";
    let shared = Arc::clone(caller.shared());
    let texts = &shared.texts;
    let realm = caller.realm().clone();
    let load = if wanted.looks_beside() { &texts.load_beside } else { &texts.load };
    let values = wanted_values(realm_value(caller), wanted);
    let rows = caller.run(OPERATION, Arc::clone(&load.text), values).await?;
    sql::loaded(&realm, wanted, unpack(OPERATION, load, &rows)?.into_iter())
}

/// The rows of each of the statements, from what the one made of them gave.
pub(crate) fn unpack(
    operation: &'static str,
    packed: &Packed,
    rows: &[PgRow],
) -> Result<Vec<Vec<Row<PgRow>>>, StoreError> {
    let row = rows.first();
    let cells = (0..packed.statements()).map(|at| {
        let cell = row.map_or(Ok(None), |row| row.try_get::<Option<&str>, _>(at));
        Ok(cell.map_err(failed(operation))?.map(str::as_bytes))
    });
    packed.rows(operation, cells.collect::<Result<Vec<_>, StoreError>>()?)
}

/// The cases that a load names, each once: a row comes as often as it is asked for.
fn named(wanted: &Wanted) -> BTreeSet<&[u8; 16]> {
    wanted.cases.iter().map(CaseId::as_bytes).collect()
}

/// The values of a load.
fn wanted_values(realm: Bind, wanted: &Wanted) -> Vec<Bind> {
    let commands: BTreeSet<_> = wanted.commands.iter().map(CommandId::as_bytes).collect();
    vec![
        realm,
        Bind::keys(named(wanted)),
        Bind::keys(commands),
        Bind::keys(wanted.beside.iter().map(CaseId::as_bytes)),
        Bind::keys(wanted.ended_beside.iter().map(|(id, _)| id.as_bytes())),
        Bind::Ints(wanted.ended_beside.iter().map(|(_, since)| since.as_millis()).collect()),
        Bind::keys(wanted.subjects.iter().map(SubjectId::as_bytes)),
        Bind::keys(wanted.incidents.iter().map(IncidentId::as_bytes)),
        of_kind(ScopeKind::Incident, &wanted.scopes),
        of_kind(ScopeKind::Subject, &wanted.scopes),
    ]
}

/// Locks what the groups expect, and writes those that it meets, in two calls.
///
/// A key that is taken when it comes to writing belongs to somebody who was not to be seen before,
/// because a row that is not there cannot be locked. He has committed by then, so a second look
/// sees him; what is taken still is the groups' own fault.
pub(crate) async fn append_batch<W: Writer>(
    writer: &mut W,
    groups: &[Group],
) -> Result<Vec<GroupOutcome>, StoreError> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut taken = broken("append", "a key of the batch is taken");
    for again in [false, true] {
        let mut known = Known::default();
        let unknown = known.unknown(groups);
        let text = looking(&writer.shared().texts, writer.realm(), groups, &unknown);
        let mut found = writer.look(&text, again).await?;
        // Scopes, cases, commands; before them what made rows and gave none.
        let mut found = found.split_off(found.len().saturating_sub(3));
        if found.len() == 3 {
            found.swap(0, 1);
        }
        known.found(unknown, found.into_iter())?;
        let stands: Vec<bool> = groups.iter().map(|group| known.meets(group)).collect();
        let mut rows = Rows::default();
        for (group, _) in groups.iter().zip(&stands).filter(|(_, stands)| **stands) {
            rows.add(group)?;
        }
        let numbered = std::mem::take(&mut rows.numbered);
        match write(writer, rows).await? {
            Written::Stands(before) => {
                writer.keep().await?;
                return Ok(outcomes(writer.realm(), groups, &stands, &numbered, &before));
            }
            Written::Taken(error) => taken = error,
        }
    }
    Err(taken)
}

/// The text that locks what groups expect and looks at it.
fn looking(texts: &Texts, realm: &Realm, groups: &[Group], unknown: &Unknown) -> String {
    let new = groups.iter().flat_map(|group| &group.cases).filter_map(|case| case.number_in);
    let mut years: Vec<i32> = new.collect();
    years.sort_unstable();
    years.dedup();
    let first: Vec<_> = groups
        .iter()
        .flat_map(|group| &group.scopes)
        .filter_map(|(scope, revision)| (*revision == 0).then_some(*scope))
        .collect();
    let mut statements = Vec::new();
    if !years.is_empty() {
        statements.push(texts.first_numbers.as_str());
    }
    if !first.is_empty() {
        statements.push(&texts.first_scopes);
    }
    statements.push(&texts.locked);
    let hexed_of = |kind: ScopeKind, scopes: &mut dyn Iterator<Item = Scope>| {
        joined(scopes.filter(|scope| scope.kind == kind).map(|scope| hexed(&scope.id)))
    };
    let (subject, incident) = (ScopeKind::Subject, ScopeKind::Incident);
    let scopes = || unknown.scopes.iter().copied();
    statements
        .join(";\n")
        .replace("{realm}", realm.as_str())
        .replace("{years}", &joined(years.iter().map(ToString::to_string)))
        .replace("{first_subjects}", &hexed_of(subject, &mut first.iter().copied()))
        .replace("{first_incidents}", &hexed_of(incident, &mut first.iter().copied()))
        .replace("{subjects}", &hexed_of(subject, &mut scopes()))
        .replace("{incidents}", &hexed_of(incident, &mut scopes()))
        .replace("{cases}", &joined(unknown.cases.iter().map(|id| hexed(id.as_bytes()))))
        .replace("{commands}", &joined(unknown.commands.iter().map(|id| hexed(id.as_bytes()))))
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(",")
}

/// The parts of a statement that have rows, and how many.
pub(crate) type Included<'t> = Vec<(&'t Part, usize)>;

pub(crate) fn included<'t>(texts: &'t Texts, documents: &Documents) -> Included<'t> {
    let counted = texts.writes.iter().map(|part| (part, documents.rows(part.of)));
    counted.filter(|(_, rows)| *rows > 0).collect()
}

pub(crate) fn kinds(included: &Included<'_>) -> Vec<(Of, usize)> {
    included.iter().map(|(part, rows)| (part.of, *rows)).collect()
}

/// The values `$1` to `$16` of the statement that writes.
pub(crate) fn written_values(realm: Bind, documents: Documents, directories: i64) -> Vec<Bind> {
    let mut values = vec![realm];
    values.extend(documents.values().into_iter().map(Bind::from));
    values.push(Value::Int(directories).into());
    values
}

/// Writes rows; gives for each year in which cases were numbered the number before the first.
async fn write<W: Writer>(
    writer: &mut W,
    rows: Rows<'_>,
) -> Result<Written<Vec<(i32, i64)>>, StoreError> {
    let directories = rows.directories;
    let documents = rows.documents()?;
    let shared = Arc::clone(writer.shared());
    let included = included(&shared.texts, &documents);
    if included.is_empty() {
        return Ok(Written::Stands(Vec::new()));
    }
    let (text, kinds) = (one_statement(&included, told_count), kinds(&included));
    let values = written_values(realm_value(writer), documents, directories);
    match writer.write(text.into(), values).await? {
        Written::Stands(rows) => Ok(Written::Stands(told(&rows, &kinds)?)),
        Written::Taken(error) => Ok(Written::Taken(error)),
    }
}

/// What the statement that writes told, checked; the number before the first of each year.
pub(crate) fn told(rows: &[PgRow], kinds: &[(Of, usize)]) -> Result<Vec<(i32, i64)>, StoreError> {
    let mut before = Vec::new();
    for row in rows {
        let row = Record::new(row, "case_number", &["year"]);
        match row.maybe_int("part")? {
            None => before.push((row.count("year")?, row.int("number")?)),
            Some(NOTHING) => {}
            Some(part) => {
                let at = usize::try_from(part).unwrap_or(usize::MAX);
                let (of, all) = kinds.get(at).copied().unzip();
                let changed = row.int("number")?;
                // Nobody else can have changed a row that is locked.
                if all.and_then(|all| i64::try_from(all).ok()) != Some(changed) {
                    let all = all.unwrap_or_default();
                    return Err(broken(
                        "append",
                        format!("{changed} of {all} {of:?} were written"),
                    ));
                }
            }
        }
    }
    Ok(before)
}

/// What a statement tells where nothing is to be told but that it did not fail.
const NOTHING: i64 = -2;

/// Tells how many rows a part wrote, for the caller to compare with what he asked for.
fn told_count(at: usize, part: &Part) -> String {
    let count = format!("SELECT {at}, 0, count(*) FROM {}", part.name);
    match &part.places {
        Some(_) => format!("{count}\nUNION ALL {}", all_places(part.name)),
        None => count,
    }
}

/// Fails where a part changed fewer rows than it found the places of.
fn all_places(name: &str) -> String {
    format!(
        "SELECT {NOTHING}, 0, 1 / ((SELECT count(*) FROM {name}) = \
         (SELECT count(*) FROM {name}_places))::int"
    )
}

/// The parts that have rows, as one statement that tells the number before the first of each year,
/// and how many rows each part wrote, as `count` would have it, where that is known before.
///
/// A row whose place was found and which is not changed there was written anew by somebody else
/// meanwhile: the statement then fails ([`MISSED`](crate::link::MISSED)), because half of a step
/// would be written.
pub(crate) fn one_statement(
    included: &Included<'_>,
    count: impl Fn(usize, &Part) -> String,
) -> String {
    let mut parts = Vec::new();
    let mut told = vec![
        "SELECT NULL::bigint AS part, 0::bigint AS year, 0::bigint AS number \
         WHERE FALSE"
            .to_owned(),
    ];
    for (at, (part, _)) in included.iter().enumerate() {
        let (of, name) = (part.of, part.name);
        if let Some(places) = &part.places {
            parts.push(format!("{name}_places AS MATERIALIZED ({places})"));
        }
        parts.push(format!("{name} AS ({})", part.text));
        if of == Of::YearsRaised {
            told.push(format!("SELECT NULL, year, before FROM {name}"));
        }
        if of.touches_all() {
            told.push(count(at, part));
        } else if part.places.is_some() {
            told.push(all_places(name));
        }
    }
    format!("WITH {}\n{}", parts.join(",\n"), told.join("\nUNION ALL "))
}
