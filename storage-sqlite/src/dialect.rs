//! How SQLite loads and appends a batch: one text of several statements, each over a document that
//! `jsonb_each` takes apart.

use std::sync::Arc;

use hexacase::{
    sql::{
        self, ATTRIBUTE, BODY, BODY_JOIN, CASE, DUTY, Known, Numbered, Of, Prefix, Rows, Unknown,
        Value, broken, hexed, outcomes, scope_document, wanted_document,
    },
    store::{Group, GroupOutcome, Loaded, StoreError, Wanted},
    terms::area::Realm,
};
use serde_json::json;

use crate::{
    link::Part,
    migrate::VERSION_TEXT,
    reading::Caller,
    settings::SETTINGS,
    statements::{
        COMMANDS, DIRECTORY, EXPECTED, JOIN, NAMED, NAMED_AND_BESIDE, SCOPES, WRITES, whole,
    },
};

/// The texts that are the same each time, rendered once.
pub(crate) struct Texts {
    pub(crate) begin: Arc<str>,
    pub(crate) commit: Arc<str>,
    pub(crate) join: Arc<str>,
    load: Arc<str>,
    standing: Arc<str>,
    load_beside: Arc<str>,
    /// [`begin`](Self::begin) and a load behind it.
    begin_load: Arc<str>,
    begin_load_beside: Arc<str>,
    expected: Arc<str>,
    writes: Vec<(Of, String)>,
}

impl Texts {
    pub(crate) fn new(prefix: &Prefix) -> Self {
        let cases = |ids: &str, columns: &str, join: &str| {
            [
                format!(
                    "WITH wanted AS ({ids}) SELECT {columns} FROM wanted CROSS JOIN \
                     {{prefix}}case_file AS c ON c.realm = $1 AND c.id = wanted.id {join}"
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
            ]
            .join(";\n")
        };
        let load = |ids: &str| {
            let cases = cases(ids, &format!("{CASE}, {BODY}"), BODY_JOIN);
            [&cases, COMMANDS, SCOPES, DIRECTORY].join(";\n")
        };
        let text = |template: &str| Arc::from(prefix.render(template));
        let begin = format!("BEGIN IMMEDIATE;\n{VERSION_TEXT}");
        let (named, beside) = (load(NAMED), load(NAMED_AND_BESIDE));
        let render = |(of, template): (Of, &str)| (of, prefix.render(template));
        Self {
            begin: text(&begin),
            commit: text(COMMIT),
            join: text(&format!("{JOIN};\n{SETTINGS};\n{VERSION_TEXT};\n{ORIGIN}")),
            load: text(&named),
            standing: text(&[&cases(NAMED, CASE, ""), DIRECTORY].join(";\n")),
            load_beside: text(&beside),
            begin_load: text(&format!("{begin};\n{named}")),
            begin_load_beside: text(&format!("{begin};\n{beside}")),
            expected: text(EXPECTED),
            writes: WRITES.into_iter().map(render).collect(),
        }
    }
}

impl Texts {
    /// Whether a text begins a transaction.
    pub(crate) fn begins(&self, text: &Arc<str>) -> bool {
        [&self.begin_load, &self.begin_load_beside].iter().any(|begins| Arc::ptr_eq(begins, text))
    }
}

const COMMIT: &str = "COMMIT";
const ORIGIN: &str = "SELECT origin FROM {prefix}meta";

fn realm_value(caller: &dyn Caller) -> Value {
    Value::Text(caller.realm().as_str().to_owned())
}

/// Loads what a batch wants, in one call, which may begin the transaction too: then what that told
/// is left out of what it gives.
pub(crate) async fn load_batch(
    caller: &mut dyn Caller,
    wanted: &Wanted,
    begins: bool,
) -> Result<Loaded, StoreError> {
    let texts = &caller.shared().texts;
    let standing = wanted.is_standing_of_named() && !begins;
    let text = Arc::clone(match (begins, wanted.looks_beside()) {
        (false, false) if standing => &texts.standing,
        (false, false) => &texts.load,
        (false, true) => &texts.load_beside,
        (true, false) => &texts.begin_load,
        (true, true) => &texts.begin_load_beside,
    });
    let realm = caller.realm().clone();
    let values = vec![realm_value(caller), Value::Text(wanted_document(wanted))];
    let parts = caller.run("load", text, values).await?;
    let rows = parts.into_iter().map(|part| part.rows);
    if standing { sql::standing(&realm, rows) } else { sql::loaded(&realm, wanted, rows) }
}

/// Writes the groups that meet what is known, in one call; one more goes before it if somebody
/// expects what was not loaded in this transaction.
pub(crate) async fn append_batch(
    caller: &mut dyn Caller,
    known: &mut Known,
    groups: &[Group],
) -> Result<Vec<GroupOutcome>, StoreError> {
    let mut batch = Batch::of(caller, known, groups, false).await?;
    let parts = if batch.kinds.is_empty() {
        Vec::new()
    } else {
        caller.run(APPEND, Arc::clone(&batch.text), std::mem::take(&mut batch.values)).await?
    };
    let outcomes = batch.outcomes(caller.realm(), groups, &parts)?;
    known
        .wrote(groups.iter().zip(&batch.stands).filter(|(_, stands)| **stands).map(|(one, _)| one));
    Ok(outcomes)
}

/// What is tried when a batch is written.
pub(crate) const APPEND: &str = "append";

/// A batch that is ready to be written.
pub(crate) struct Batch {
    pub(crate) text: Arc<str>,
    pub(crate) values: Vec<Value>,
    /// Which groups are as they expect.
    stands: Vec<bool>,
    numbered: Numbered,
    /// The years in which cases are numbered, and how many.
    years: Vec<(i32, i64)>,
    /// For each statement what it is for, and how many rows; nothing for one that only looks.
    kinds: Vec<Option<(Of, usize)>>,
}

impl Batch {
    /// The statements that write the groups which meet what is known; where they are the `last`,
    /// COMMIT stands behind them, and before it what keeps a batch of which a row was not met from
    /// being committed.
    pub(crate) async fn of(
        caller: &mut dyn Caller,
        known: &mut Known,
        groups: &[Group],
        last: bool,
    ) -> Result<Self, StoreError> {
        let unknown = known.unknown(groups);
        if !unknown.is_empty() {
            look(caller, known, unknown).await?;
        }
        let stands: Vec<bool> = groups.iter().map(|group| known.meets(group)).collect();
        let mut rows = Rows::default();
        for (group, _) in groups.iter().zip(&stands).filter(|(_, stands)| **stands) {
            rows.add(group)?;
        }
        let numbered = std::mem::take(&mut rows.numbered);
        let directories = rows.directories;
        let documents = rows.documents()?;
        let mut texts: Vec<&str> = Vec::new();
        let mut kinds = Vec::new();
        for (of, text) in &caller.shared().texts.writes {
            let count = documents.rows(*of);
            if count == 0 {
                continue;
            }
            texts.push(text);
            kinds.push(Some((*of, count)));
            if let Some(whole) = whole(*of).filter(|_| last) {
                texts.push(whole);
                kinds.push(None);
            }
        }
        if last {
            texts.push(COMMIT);
        }
        let text = texts.join(";\n").into();
        let years = documents.years.clone();
        let mut values = vec![realm_value(caller)];
        values.extend(documents.values());
        values.push(Value::Int(directories));
        Ok(Self { text, values, stands, numbered, years, kinds })
    }

    /// Whether, of the last batch, so many statements are all but COMMIT.
    pub(crate) fn only_commit_is_left(&self, done: usize) -> bool {
        done == self.kinds.len()
    }

    /// What became of the groups, from what the statements gave.
    pub(crate) fn outcomes(
        &self,
        realm: &Realm,
        groups: &[Group],
        parts: &[Part],
    ) -> Result<Vec<GroupOutcome>, StoreError> {
        let mut before = Vec::new();
        for (kind, part) in self.kinds.iter().zip(parts) {
            let Some((of, rows)) = kind else { continue };
            let all = u64::try_from(*rows).unwrap_or(u64::MAX);
            if of.touches_all() && part.changed != all {
                // Nobody else can have changed a row under the lock.
                let changed = part.changed;
                return Err(broken(APPEND, format!("{changed} of {all} {of:?} were written")));
            }
            if *of == Of::YearsRaised {
                before = numbers(part, &self.years)?;
            }
        }
        Ok(outcomes(realm, groups, &self.stands, &self.numbered, &before))
    }
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
        let mut all = vec![&*texts.load, &*texts.load_beside, &*texts.standing, &*texts.expected];
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
