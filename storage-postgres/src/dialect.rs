//! How PostgreSQL loads and appends a batch: a load is one statement, an append two calls, of which
//! the first locks and looks and the second writes.

use std::sync::Arc;

use async_trait::async_trait;
use hexacase::{
    sql::{
        self, ATTRIBUTE, BODY_JOIN, CASE, DUTY, Known, Of, Prefix, Record, Rows, Unknown, Value,
        broken, hexed, outcomes, wanted_document,
    },
    store::{Group, GroupOutcome, Loaded, ScopeKind, StoreError, Wanted},
    terms::area::Realm,
};
use sqlx::postgres::PgRow;

use crate::{
    migrate::VERSION_TEXT,
    reading::{Caller, parts},
    settings::PostgresOptions,
    statements::{
        BEGIN, COMMANDS, DIRECTORY, DONE_COMMANDS, FIRST_NUMBERS, FIRST_SCOPES, LOCKED_CASES,
        LOCKED_SCOPES, NAMED, NAMED_AND_BESIDE, SCOPES, WRITES,
    },
};

/// The texts that are the same each time, rendered once.
pub(crate) struct Texts {
    pub(crate) begin: String,
    load: Arc<str>,
    load_beside: Arc<str>,
    first_numbers: String,
    first_scopes: String,
    locked: String,
    writes: Vec<(Of, &'static str, String)>,
}

impl Texts {
    pub(crate) fn new(prefix: &Prefix, options: &PostgresOptions) -> Self {
        let load = |ids: &str| {
            let statements = [
                format!(
                    "SELECT {CASE} FROM {{prefix}}case_file AS c {BODY_JOIN} \
                     WHERE c.realm = $1 AND c.id = {WANTED}"
                ),
                format!(
                    "SELECT {ATTRIBUTE} FROM {{prefix}}attribute AS a \
                     WHERE a.realm = $1 AND a.case_id = {WANTED}"
                ),
                format!(
                    "SELECT {DUTY} FROM {{prefix}}duty AS d \
                     WHERE d.realm = $1 AND d.case_id = {WANTED} \
                     AND d.state = 'open' ORDER BY d.case_id, d.no"
                ),
                COMMANDS.to_owned(),
                SCOPES.to_owned(),
                DIRECTORY.to_owned(),
            ];
            let text = format!("WITH wanted AS MATERIALIZED ({ids}) {}", bundle(&statements));
            Arc::from(prefix.render(&text))
        };
        let millis = |time: std::time::Duration| time.as_millis().to_string();
        let begin = BEGIN
            .replace("{lock_timeout}", &millis(options.lock_timeout))
            .replace("{statement_timeout}", &millis(options.statement_timeout))
            .replace("{idle_timeout}", &millis(options.statement_timeout));
        let locked = [LOCKED_SCOPES, LOCKED_CASES, DONE_COMMANDS].join(";\n");
        let render = |(of, name, text): (Of, &'static str, &str)| (of, name, prefix.render(text));
        Self {
            begin: prefix.render(&format!("{begin};\n{VERSION_TEXT}")),
            load: load(NAMED),
            load_beside: load(NAMED_AND_BESIDE),
            first_numbers: prefix.render(FIRST_NUMBERS),
            first_scopes: prefix.render(FIRST_SCOPES),
            locked: prefix.render(&locked),
            writes: WRITES.into_iter().map(render).collect(),
        }
    }
}

/// Any of the cases that a load wants.
const WANTED: &str = "ANY (ARRAY(SELECT wanted.id FROM wanted))";

/// Several statements as one, which see one state: a column each, with the rows as a document.
pub(crate) fn bundle(statements: &[String]) -> String {
    let part = |statement: &String| format!("(SELECT json_agg(q) FROM ({statement}) AS q)::text");
    format!("SELECT {}", statements.iter().map(part).collect::<Vec<_>>().join(",\n"))
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
        values: Vec<Value>,
    ) -> Result<Written<Vec<PgRow>>, StoreError>;

    /// Forgets the marked place, if there is one.
    async fn keep(&mut self) -> Result<(), StoreError>;
}

fn realm_value(caller: &dyn Caller) -> Value {
    Value::Text(caller.realm().as_str().to_owned())
}

/// Loads what a batch wants, in one call.
pub(crate) async fn load_batch(
    caller: &mut dyn Caller,
    wanted: &Wanted,
) -> Result<Loaded, StoreError> {
    const OPERATION: &str = "load";
    let texts = &caller.shared().texts;
    let text = Arc::clone(if wanted.looks_beside() { &texts.load_beside } else { &texts.load });
    let realm = caller.realm().clone();
    let values = vec![realm_value(caller), Value::Text(wanted_document(wanted))];
    let rows = caller.run(OPERATION, text, values).await?;
    sql::loaded(&realm, wanted, parts(OPERATION, &rows)?.into_iter())
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
    let of_kind = |kind: ScopeKind, scopes: &mut dyn Iterator<Item = hexacase::store::Scope>| {
        joined(scopes.filter(|scope| scope.kind == kind).map(|scope| hexed(&scope.id)))
    };
    let (subject, incident) = (ScopeKind::Subject, ScopeKind::Incident);
    let scopes = || unknown.scopes.iter().copied();
    statements
        .join(";\n")
        .replace("{realm}", realm.as_str())
        .replace("{years}", &joined(years.iter().map(ToString::to_string)))
        .replace("{first_subjects}", &of_kind(subject, &mut first.iter().copied()))
        .replace("{first_incidents}", &of_kind(incident, &mut first.iter().copied()))
        .replace("{subjects}", &of_kind(subject, &mut scopes()))
        .replace("{incidents}", &of_kind(incident, &mut scopes()))
        .replace("{cases}", &joined(unknown.cases.iter().map(|id| hexed(id.as_bytes()))))
        .replace("{commands}", &joined(unknown.commands.iter().map(|id| hexed(id.as_bytes()))))
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(",")
}

/// Writes rows; gives for each year in which cases were numbered the number before the first.
async fn write<W: Writer>(
    writer: &mut W,
    rows: Rows<'_>,
) -> Result<Written<Vec<(i32, i64)>>, StoreError> {
    const OPERATION: &str = "append";
    let directories = rows.directories;
    let documents = rows.documents()?;
    let texts = Arc::clone(writer.shared());
    let included: Vec<_> =
        texts.texts.writes.iter().filter(|(of, ..)| documents.rows(*of) > 0).collect();
    if included.is_empty() {
        return Ok(Written::Stands(Vec::new()));
    }
    let expected: Vec<usize> = included.iter().map(|(of, ..)| documents.rows(*of)).collect();
    let mut values = vec![realm_value(writer)];
    values.extend(documents.values());
    values.push(Value::Int(directories));
    let text = one_statement(&included);
    let rows = match writer.write(text.into(), values).await? {
        Written::Stands(rows) => rows,
        Written::Taken(error) => return Ok(Written::Taken(error)),
    };
    let mut before = Vec::new();
    for row in &rows {
        let row = Record::new(row, "case_number", &["year"]);
        match row.maybe_int("part")? {
            None => before.push((row.count("year")?, row.int("number")?)),
            Some(part) => {
                let at = usize::try_from(part).unwrap_or(usize::MAX);
                let (of, all) = (included.get(at).map(|(of, ..)| *of), expected.get(at).copied());
                let changed = row.int("number")?;
                // Nobody else can have changed a row that is locked.
                if all.and_then(|all| i64::try_from(all).ok()) != Some(changed) {
                    let all = all.unwrap_or_default();
                    return Err(broken(
                        OPERATION,
                        format!("{changed} of {all} {of:?} were written"),
                    ));
                }
            }
        }
    }
    Ok(Written::Stands(before))
}

/// The parts that have rows, as one statement that tells how many rows each wrote, where that is
/// known before, and the number before the first of each year.
fn one_statement(included: &[&(Of, &'static str, String)]) -> String {
    let parts: Vec<String> =
        included.iter().map(|(_, name, text)| format!("{name} AS ({text})")).collect();
    let mut told = vec![
        "SELECT NULL::bigint AS part, 0::bigint AS year, 0::bigint AS number \
         WHERE FALSE"
            .to_owned(),
    ];
    for (at, (of, name, _)) in included.iter().enumerate() {
        if *of == Of::YearsRaised {
            told.push(format!("SELECT NULL, year, before FROM {name}"));
        }
        if of.touches_all() {
            told.push(format!("SELECT {at}, 0, count(*) FROM {name}"));
        }
    }
    format!("WITH {}\n{}", parts.join(",\n"), told.join("\nUNION ALL "))
}
