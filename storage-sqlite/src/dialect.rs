//! How SQLite loads and appends a batch. A load is one statement; an append is one text of several,
//! each over a document that `jsonb_each` takes apart.

use std::{borrow::Cow, sync::Arc};

use hexacase::{
    sql::{
        self, ATTRIBUTE, BODY, BODY_JOIN, CASE, DUTY, Known, Numbered, Of, Packed, Prefix, Row,
        Rows, Select, Unknown, Value, broken, hexed, outcomes, scope_document, wanted_document,
    },
    store::{Group, GroupOutcome, Loaded, StoreError, Wanted},
    terms::area::Realm,
};
use serde_json::json;
use sqlx::{Row as _, sqlite::SqliteRow};

use crate::{
    link::{Part, failed},
    migrate::VERSION_TEXT,
    reading::Caller,
    settings::SETTINGS,
    statements::{EXPECTED, JOIN, NAMED, NAMED_AND_BESIDE, WRITES, commands, scopes, whole},
};

/// The texts that are the same each time, rendered once.
pub(crate) struct Texts {
    pub(crate) begin: Arc<str>,
    pub(crate) commit: Arc<str>,
    pub(crate) join: Arc<str>,
    load: Load,
    load_beside: Load,
    expected: Arc<str>,
    writes: Vec<(Of, String)>,
}

impl Texts {
    pub(crate) fn new(prefix: &Prefix) -> Self {
        let text = |template: &str| Arc::from(prefix.render(template));
        let begin = format!("BEGIN IMMEDIATE;\n{VERSION_TEXT}");
        let load = |ids: &str| {
            let mut selects = cases(format!("{CASE}, {BODY}"), BODY_JOIN).to_vec();
            selects.extend([commands(), scopes(), sql::directory()]);
            let alone = pack(prefix, &format!("WITH wanted AS MATERIALIZED ({ids}) "), &selects);
            let behind = Arc::from(format!("{};\n{}", prefix.render(&begin), alone.text));
            Load { alone, behind }
        };
        let render = |(of, template): (Of, &str)| (of, prefix.render(template));
        Self {
            begin: text(&begin),
            commit: text(COMMIT),
            join: text(&format!("{JOIN};\n{SETTINGS};\n{VERSION_TEXT};\n{ORIGIN}")),
            load: load(NAMED),
            load_beside: load(NAMED_AND_BESIDE),
            expected: text(EXPECTED),
            writes: WRITES.into_iter().map(render).collect(),
        }
    }
}

impl Texts {
    /// Whether a text begins a transaction.
    pub(crate) fn begins(&self, text: &Arc<str>) -> bool {
        [&self.load, &self.load_beside].iter().any(|load| Arc::ptr_eq(&load.behind, text))
    }
}

/// A load.
struct Load {
    alone: Packed,
    /// The same behind [`begin`](Texts::begin).
    behind: Arc<str>,
}

/// The columns that may hold bytes, which JSON has none of. The id of a person is a text.
const BYTES: [&str; 11] = [
    "id",
    "case_id",
    "definition",
    "rule_pack",
    "subject",
    "incident",
    "head",
    "calendar",
    "hash",
    "entry_hash",
    "body",
];

/// Statements as one. What is looked for in several of them stands in the head.
pub(crate) fn pack(prefix: &Prefix, head: &str, selects: &[Select]) -> Packed {
    Packed::new(prefix, head, selects, |select| {
        let cells: Vec<_> = select
            .names()
            .map(|name| {
                if BYTES.contains(&name) {
                    format!("iif(typeof(q.{name}) = 'blob', '\\x' || hex(q.{name}), q.{name})")
                } else {
                    format!("q.{name}")
                }
            })
            .collect();
        let cells = cells.join(", ");
        format!("SELECT json_group_array(json_array({cells})) FROM ({}) AS q", select.text())
    })
}

/// The cases in the table `wanted`, their attributes and open duties.
fn cases(columns: impl Into<Cow<'static, str>>, join: &str) -> [Select; 3] {
    [
        Select::new(
            columns,
            format!(
                "FROM wanted CROSS JOIN {{prefix}}case_file AS c \
                 ON c.realm = $1 AND c.id = wanted.id {join}"
            ),
        ),
        Select::new(
            ATTRIBUTE,
            "FROM wanted CROSS JOIN {prefix}attribute AS a \
             ON a.realm = $1 AND a.case_id = wanted.id",
        ),
        Select::new(
            DUTY,
            "FROM wanted CROSS JOIN {prefix}duty AS d ON d.realm = $1 AND d.case_id = wanted.id \
             WHERE d.state = 'open' ORDER BY d.case_id, d.no",
        ),
    ]
}

/// How the cases in the table `wanted` stand, and the directory.
pub(crate) fn standing() -> Vec<Select> {
    let [rows, attributes, duties] = cases(CASE, "");
    vec![rows, attributes, duties, sql::directory()]
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
    const OPERATION: &str = "load";
    let shared = Arc::clone(caller.shared());
    let texts = &shared.texts;
    let load = if wanted.looks_beside() { &texts.load_beside } else { &texts.load };
    let text = if begins { &load.behind } else { &load.alone.text };
    let realm = caller.realm().clone();
    let values = vec![realm_value(caller), Value::Text(wanted_document(wanted))];
    let parts = caller.run(OPERATION, Arc::clone(text), values).await?;
    let rows = unpack(OPERATION, &load.alone, parts.first())?;
    sql::loaded(&realm, wanted, rows.into_iter())
}

/// The rows of each of the statements, from what the one made of them gave.
pub(crate) fn unpack(
    operation: &'static str,
    packed: &Packed,
    part: Option<&Part>,
) -> Result<Vec<Vec<Row<SqliteRow>>>, StoreError> {
    let row = part.and_then(|part| part.rows.first());
    let cells = (0..packed.statements()).map(|at| {
        row.map_or(Ok(None), |row| row.try_get::<Option<&[u8]>, _>(at)).map_err(failed(operation))
    });
    packed.rows(operation, cells.collect::<Result<Vec<_>, _>>()?)
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
        let loads = [&texts.load, &texts.load_beside].map(|load| &*load.alone.text);
        let mut all = vec![loads[0], loads[1], &*texts.expected];
        let ids = format!("WITH wanted AS MATERIALIZED ({NAMED}) ");
        let standing = pack(&prefix, &ids, &standing()).text;
        all.push(&*standing);
        all.extend(texts.writes.iter().map(|(_, text)| text.as_str()));
        for text in all {
            for (statement, plan) in plans(&mut connection, text).await {
                for line in plan.lines().filter(|line| line.contains("SCAN")) {
                    // The tables that a text makes itself.
                    let own = ["SCAN j", "SCAN q", "SCAN wanted", "SCAN CONSTANT"];
                    assert!(own.iter().any(|own| line.starts_with(own)), "{statement}\n{plan}");
                }
                assert!(!plan.contains("AUTOMATIC"), "{statement}\n{plan}");
                // A row is found by more than its realm, but for the one of the directory.
                let own = |line: &str| line.starts_with("SEARCH r ") || line.contains("directory");
                let shallow = plan.lines().find(|line| line.ends_with("(realm=?)") && !own(line));
                assert_eq!(shallow, None, "{statement}\n{plan}");
            }
        }
    }
}
