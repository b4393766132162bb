//! How SQLite loads and appends a batch: one text of several statements, each over a document that
//! `jsonb_each` takes apart.

use std::sync::Arc;

use hexacase::{
    sql::{
        self, ATTRIBUTE, BODY_JOIN, CASE, DUTY, Known, Of, Prefix, Rows, Unknown, Value, broken,
        hexed, outcomes, scope_document, wanted_document,
    },
    store::{Group, GroupOutcome, Loaded, StoreError, Wanted},
};
use serde_json::json;

use crate::{
    link::Part,
    migrate::VERSION_TEXT,
    reading::Caller,
    settings::SETTINGS,
    statements::{COMMANDS, DIRECTORY, EXPECTED, JOIN, NAMED, NAMED_AND_BESIDE, SCOPES, WRITES},
};

/// The texts that are the same each time, rendered once.
pub(crate) struct Texts {
    pub(crate) begin: Arc<str>,
    pub(crate) commit: Arc<str>,
    pub(crate) join: Arc<str>,
    load: Arc<str>,
    load_beside: Arc<str>,
    expected: Arc<str>,
    writes: Vec<(Of, String)>,
}

impl Texts {
    pub(crate) fn new(prefix: &Prefix) -> Self {
        let load = |ids: &str| {
            let statements = [
                format!(
                    "WITH wanted AS ({ids}) SELECT {CASE} FROM wanted CROSS JOIN \
                     {{prefix}}case_file AS c ON c.realm = $1 AND c.id = wanted.id {BODY_JOIN}"
                ),
                format!(
                    "WITH wanted AS ({ids}) SELECT {ATTRIBUTE} FROM wanted CROSS JOIN \
                     {{prefix}}attribute AS a ON a.realm = $1 AND a.case_id = wanted.id"
                ),
                format!(
                    "WITH wanted AS ({ids}) SELECT {DUTY} FROM wanted CROSS JOIN \
                     {{prefix}}duty AS d ON d.realm = $1 AND d.case_id = wanted.id \
                     WHERE d.state = 'open' ORDER BY d.case_id, d.no"
                ),
                COMMANDS.to_owned(),
                SCOPES.to_owned(),
                DIRECTORY.to_owned(),
            ];
            prefix.render(&statements.join(";\n")).into()
        };
        let text = |template: &str| Arc::from(prefix.render(template));
        let render = |(of, template): (Of, &str)| (of, prefix.render(template));
        Self {
            begin: text(&format!("BEGIN IMMEDIATE;\n{VERSION_TEXT}")),
            commit: text("COMMIT"),
            join: text(&format!("{JOIN};\n{SETTINGS};\n{VERSION_TEXT};\n{ORIGIN}")),
            load: load(NAMED),
            load_beside: load(NAMED_AND_BESIDE),
            expected: text(EXPECTED),
            writes: WRITES.into_iter().map(render).collect(),
        }
    }
}

const ORIGIN: &str = "SELECT origin FROM {prefix}meta";

fn realm_value(caller: &dyn Caller) -> Value {
    Value::Text(caller.realm().as_str().to_owned())
}

/// Loads what a batch wants, in one call.
pub(crate) async fn load_batch(
    caller: &mut dyn Caller,
    wanted: &Wanted,
) -> Result<Loaded, StoreError> {
    let texts = &caller.shared().texts;
    let text = Arc::clone(if wanted.looks_beside() { &texts.load_beside } else { &texts.load });
    let realm = caller.realm().clone();
    let values = vec![realm_value(caller), Value::Text(wanted_document(wanted))];
    let parts = caller.run("load", text, values).await?;
    sql::loaded(&realm, wanted, parts.into_iter().map(|part| part.rows))
}

/// Writes the groups that meet what is known, in one call; one more goes before it if somebody
/// expects what was not loaded in this transaction.
pub(crate) async fn append_batch(
    caller: &mut dyn Caller,
    known: &mut Known,
    groups: &[Group],
) -> Result<Vec<GroupOutcome>, StoreError> {
    let unknown = known.unknown(groups);
    if !unknown.is_empty() {
        look(caller, known, unknown).await?;
    }
    let stands: Vec<bool> = groups.iter().map(|group| known.meets(group)).collect();
    let written = || groups.iter().zip(&stands).filter(|(_, stands)| **stands).map(|(one, _)| one);
    let mut rows = Rows::default();
    for group in written() {
        rows.add(group)?;
    }
    let numbered = std::mem::take(&mut rows.numbered);
    let last = write(caller, rows).await?;
    known.wrote(written());
    Ok(outcomes(caller.realm(), groups, &stands, &numbered, &last))
}

/// Looks at what is expected and not known yet.
async fn look(
    caller: &mut dyn Caller,
    known: &mut Known,
    unknown: Unknown,
) -> Result<(), StoreError> {
    let document = json!({
        "cases": unknown.cases.iter().map(|id| hexed(id.as_bytes())).collect::<Vec<_>>(),
        "scopes": unknown.scopes.iter().map(scope_document).collect::<Vec<_>>(),
        "commands": unknown.commands.iter().map(|id| hexed(id.as_bytes())).collect::<Vec<_>>(),
    });
    let text = Arc::clone(&caller.shared().texts.expected);
    let values = vec![realm_value(caller), Value::Text(document.to_string())];
    let parts = caller.run("look at what a batch expects", text, values).await?;
    known.found(unknown, parts.into_iter().map(|part| part.rows))
}

/// Writes rows; gives for each year in which cases were numbered the number before the first.
async fn write(caller: &mut dyn Caller, rows: Rows<'_>) -> Result<Vec<(i32, i64)>, StoreError> {
    const OPERATION: &str = "append";
    let directories = rows.directories;
    let documents = rows.documents()?;
    let included: Vec<(Of, &str)> = caller
        .shared()
        .texts
        .writes
        .iter()
        .filter(|(of, _)| documents.rows(*of) > 0)
        .map(|(of, text)| (*of, text.as_str()))
        .collect();
    if included.is_empty() {
        return Ok(Vec::new());
    }
    let texts: Vec<&str> = included.iter().map(|(_, text)| *text).collect();
    let text = texts.join(";\n").into();
    let kinds: Vec<(Of, usize)> =
        included.iter().map(|(of, _)| (*of, documents.rows(*of))).collect();
    let years = documents.years.clone();
    let mut values = vec![realm_value(caller)];
    values.extend(documents.values());
    values.push(Value::Int(directories));
    let parts = caller.run(OPERATION, text, values).await?;
    let mut last = Vec::new();
    for ((of, rows), part) in kinds.into_iter().zip(&parts) {
        let all = u64::try_from(rows).unwrap_or(u64::MAX);
        if of.touches_all() && part.changed != all {
            // Nobody else can have changed a row under the lock.
            let changed = part.changed;
            return Err(broken(OPERATION, format!("{changed} of {all} {of:?} were written")));
        }
        if of == Of::YearsRaised {
            last = numbers(part, &years)?;
        }
    }
    Ok(last)
}

/// The numbers before the first of a batch, from those after its last.
fn numbers(part: &Part, counts: &[(i32, i64)]) -> Result<Vec<(i32, i64)>, StoreError> {
    let mut before = Vec::new();
    for row in &part.rows {
        let row = sql::Record::new(row, "case_number", &["year"]);
        let (year, last): (i32, i64) = (row.count("year")?, row.int("last")?);
        let count = counts.iter().find(|(counted, _)| *counted == year).map_or(0, |(_, n)| *n);
        before.push((year, last.saturating_sub(count)));
    }
    Ok(before)
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqliteConnection};

    use super::*;

    /// The plan of each statement of a text, on an empty schema.
    async fn plans(connection: &mut SqliteConnection, text: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for statement in text.split(";\n") {
            let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
            let rows = connection.fetch_all(explained).await.unwrap();
            let lines: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
            found.push((statement.to_owned(), lines.join("\n")));
        }
        found
    }

    #[tokio::test]
    async fn no_statement_of_a_batch_reads_a_whole_table() {
        let prefix = Prefix::table("p_").unwrap();
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for (_, text) in crate::migrate::MIGRATIONS {
            connection.execute(AssertSqlSafe(prefix.render(text))).await.unwrap();
        }
        let texts = Texts::new(&prefix);
        let mut all = vec![&*texts.load, &*texts.load_beside, &*texts.expected];
        all.extend(texts.writes.iter().map(|(_, text)| text.as_str()));
        for text in all {
            for (statement, plan) in plans(&mut connection, text).await {
                for line in plan.lines().filter(|line| line.contains("SCAN")) {
                    let own = ["SCAN j", "SCAN wanted", "SCAN CONSTANT"];
                    assert!(own.iter().any(|own| line.starts_with(own)), "{statement}\n{plan}");
                }
                assert!(!plan.contains("AUTOMATIC"), "{statement}\n{plan}");
                // A row is found by more than its realm.
                let shallow = plan.lines().find(|line| line.ends_with("(realm=?)"));
                let whole = statement.contains("p_directory");
                assert!(shallow.is_none() || whole, "{statement}\n{plan}");
            }
        }
    }
}
