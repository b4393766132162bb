//! The lists that people ask for all day, and the sweep, are read from an index on both stores,
//! also when thousands of rows are there. The plan is looked at, and never a time.
//!
//! Each store's own tests look at every list with a few rows of one kind; here both are asked for
//! the same, in the same county.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on stops")]

use hexacase::{
    duty::owed::DutyState,
    sql::{self, Merging, Prefix, Script, Select, Text, Value},
    store::{
        CaseQuery, DutyCursor, DutyFilter, DutyQuery, DutyWrite, EntryCursor, EntryQuery, Group,
        GroupOutcome, NewEntry, Scope, SeenAs, Store, WorklistQuery,
    },
    terms::{
        actor::Role,
        id::{CaseId, Digest, IncidentId, SubjectId, UnitId},
    },
    testing::samples::{at, duty, meta, opening, realm, shown},
};
use hexacase_postgres::PostgresStore;
use hexacase_sqlite::{SqliteOptions, SqliteStore};
use hexacase_tests::postgres;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row, sqlite::SqliteConnectOptions};

const CASES: u64 = 10_000;
/// Duties of each case that ended: most of what a county's table of duties holds. In a table of a few
/// thousand rows PostgreSQL rightly reads all of them to join a page of 50 to it.
const ENDED: u32 = 3;
/// Cases about each child.
const PER_CHILD: u64 = 4;
const VILLAGES: u64 = 40;
/// Of the dates, one in a hundred lies before it.
const NOW: i64 = 1_000 + 100;

fn id(kind: u8, number: u64) -> [u8; 16] {
    let mut id = [kind; 16];
    // The digits that differ come first, as in ids by time, and are not in order of number.
    id[1..9].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    id
}

fn village(number: u64) -> String {
    format!("999999101{:03}", 201 + number / PER_CHILD % VILLAGES)
}

/// A case in a village, about a child, with an open duty of its own date.
fn case(number: u64) -> Group {
    let mut group = opening(2);
    let case = CaseId::from_bytes(id(1, number));
    let write = &mut group.cases[0];
    let facts = &mut write.facts;
    facts.id = case;
    facts.subject.id = SubjectId::from_bytes(id(2, number / PER_CHILD));
    facts.incident = IncidentId::from_bytes(id(3, number));
    facts.area = village(number).parse().expect("an area");
    facts.procedure = format!("procedure_{}", number % 9);
    facts.duties = ENDED + 1;
    let ended = (1..=ENDED).map(|no| {
        let mut ended = duty(no, Some(900));
        ended.close(DutyState::Fulfilled, at(800));
        DutyWrite { duty: ended, matches: Vec::new() }
    });
    let mut owed = shown(duty(ENDED + 1, Some(1_000 + i64::try_from(number).expect("a number"))));
    let unit = UnitId::new(format!("unit-{}", number % 30)).expect("a unit");
    owed.matches.push((Role::new("police"), Some(unit)));
    write.duties = ended.chain([owed]).collect();
    group.expect[0].0 = case;
    group.scopes = vec![(Scope::incident(facts.incident), 0)];
    let bytes = format!("entry of {number}").into_bytes();
    let hash = Digest::of(&bytes);
    group.entries = vec![NewEntry { case, bytes, hash, ..group.entries[0].clone() }];
    // What no list here reads.
    Group { commands: Vec::new(), messages: Vec::new(), rungs: Vec::new(), ..group }
}

async fn fill(store: &dyn Store) {
    for first in (0..CASES).step_by(500) {
        let groups: Vec<Group> = (first..first + 500).map(case).collect();
        let mut tx = store.begin(&realm()).await.expect("a transaction");
        let outcomes = tx.append(&groups).await.expect("groups");
        assert!(outcomes.iter().all(|outcome| matches!(outcome, GroupOutcome::Written(_))));
        tx.commit().await.expect("a commit");
    }
}

/// What a list is read from: words of SQLite's plan, and an index of PostgreSQL's with words of the
/// condition by which rows are found in it.
#[derive(Clone, Copy)]
struct Source {
    sqlite: &'static [&'static str],
    postgres: (&'static str, &'static [&'static str]),
}

/// A list, and what it is called here.
struct List {
    name: &'static str,
    script: Script,
    sources: &'static [Source],
}

/// Strands are looked up one after the other, and each is read from a row of it on.
const STRANDS: Source = Source {
    postgres: ("duty_match_pkey", &["realm =", "role =", "unit =", "area "]),
    sqlite: &[
        "m USING PRIMARY KEY (realm=? AND role=? AND unit=? AND area>? AND area<?)",
        "n USING PRIMARY KEY (realm=? AND role=? AND unit=? AND area=? AND due_order=? AND case_id=? \
         AND no=?)",
        "m USING PRIMARY KEY (realm=? AND role=? AND unit=? AND area=? AND (due_order,case_id",
    ],
};
/// All areas by date, from the beginning.
const BY_DATE: Source = Source {
    postgres: ("duty_match_by_date", &["realm =", "role =", "unit ="]),
    sqlite: &["hexacase_duty_match_by_date (realm=? AND role=? AND unit=?)"],
};
/// All areas by date, from a row on.
const BY_DATE_ON: Source = Source {
    postgres: (
        "duty_match_by_date",
        &["realm =", "role =", "unit =", "ROW(due_order, case_id, no) >"],
    ),
    sqlite: &[
        "hexacase_duty_match_by_date (realm=? AND role=? AND unit=? AND (due_order,case_id,no)>",
    ],
};

macro_rules! index {
    ($sqlite:literal, $postgres:literal) => {
        &[Source { sqlite: &[$sqlite], postgres: ($postgres, &["realm ="]) }]
    };
}

fn lists(merging: Merging) -> Vec<List> {
    let area = |number| (village(number), format!("{}:", village(number)));
    let (from, to) = area(0);
    let director = SeenAs::InArea { role: Role::new("clerk"), from, to };
    let police = SeenAs::InUnit { role: Role::new("police"), unit: UnitId::constant("unit-7") };
    let (role, realm_area) = (Role::new("clerk"), realm().area());
    let county = SeenAs::InArea { role, from: realm_area.to_string(), to: realm_area.range_end() };
    let mut lists = Vec::new();
    let cursor = DutyCursor { order: 1_010, case: CaseId::from_bytes(id(1, 10)), no: ENDED + 1 };
    for after in [None, Some(cursor)] {
        let page = |filter| sql::duties(&realm(), &DutyQuery { filter, after, limit: 50 }, merging);
        let (now, none) = (at(NOW), None);
        let (both, all): (&[Source], &[Source]) = match after {
            None => (&[STRANDS, BY_DATE], &[BY_DATE]),
            Some(_) => (&[STRANDS, BY_DATE_ON], &[BY_DATE_ON]),
        };
        for (name, seen, sources) in [
            ("a worklist by area", vec![director.clone()], &[STRANDS][..]),
            ("a worklist by area and by unit", vec![director.clone(), police.clone()], both),
            ("a worklist of all villages and of a unit", vec![county.clone(), police.clone()], all),
        ] {
            let query = WorklistQuery { seen: &seen, after, limit: 50 };
            // Of the cases only the rows: how they stand is each store's own text.
            let rows = Select::new(
                "c.id",
                "FROM wanted AS w CROSS JOIN {prefix}case_file AS c \
                 WHERE c.realm = $1 AND c.id = w.id",
            );
            let script = sql::worklist(&realm(), &query, merging, vec![rows]);
            lists.push(List { name, script, sources });
            let script = page(DutyFilter::SeenAs(seen));
            lists.push(List { name, script, sources });
        }
        let mut list = |name, filter, sources| {
            lists.push(List { name, script: page(filter), sources });
        };
        let by_due = index!("duty_by_due (realm=? AND", "duty_by_due");
        list("overdue", DutyFilter::Overdue { now, area: none }, by_due);
        let town = Some(("999999101".to_owned(), "999999101:".to_owned()));
        list("overdue of a town", DutyFilter::Overdue { now, area: town }, by_due);
        let by_rung = index!("duty_by_rung (realm=? AND", "duty_by_rung");
        list("the sweep", DutyFilter::RungDue { now }, by_rung);
    }
    let child = SubjectId::from_bytes(id(2, 77));
    let query = CaseQuery { subject: Some(child), limit: 50, ..CaseQuery::default() };
    lists.push(List {
        name: "a child with all cases",
        script: sql::cases(&realm(), &query),
        sources: index!("case_by_subject (realm=? AND subject=?", "case_by_subject"),
    });
    let case = Some(CaseId::from_bytes(id(1, 77)));
    let query = EntryQuery { case, bodies: true, limit: u32::MAX, ..EntryQuery::default() };
    lists.push(List {
        name: "the history of a case",
        script: sql::entries(&realm(), &query),
        sources: index!("entry_1 (realm=? AND case_id=?)", "entry_pkey"),
    });
    // What a verification reads: a page of cases with all that is written of them.
    let mut ids: Vec<_> = (0..CASES).map(|number| CaseId::from_bytes(id(1, number))).collect();
    ids.sort_unstable();
    let (from, to) = (ids[1_000], ids[1_199]);
    for after in [None, Some(EntryCursor { recorded_at: at(1), case: from, seq: 1 })] {
        let cases = Some((from, to));
        let query =
            EntryQuery { cases, bodies: true, after, limit: 2_000, ..EntryQuery::default() };
        lists.push(List {
            name: "the entries of some cases",
            script: sql::entries(&realm(), &query),
            sources: index!("entry_1 (realm=? AND case_id>? AND case_id<?)", "entry_pkey"),
        });
    }
    let filter = DutyFilter::OfCases(from, to);
    lists.push(List {
        name: "the duties of some cases",
        script: sql::duties(&realm(), &DutyQuery { filter, after: None, limit: u32::MAX }, merging),
        sources: index!("d USING PRIMARY KEY (realm=? AND case_id>? AND case_id<?)", "duty_pkey"),
    });
    lists
}

/// What is run: several statements are one, in which each is asked for once.
fn together(script: &Script) -> String {
    match &script.text {
        Text::One(statement) => statement.clone(),
        Text::Several(head, selects) => {
            let each = |select: &Select| format!("(SELECT count(*) FROM ({}) AS q)", select.text());
            format!("{head}SELECT {}", selects.iter().map(each).collect::<Vec<_>>().join(", "))
        }
    }
}

macro_rules! planned {
    ($connection:expr, $explain:literal, $column:literal, $prefix:expr, $script:expr) => {{
        let statement = $prefix.render(&together(&$script));
        let mut query = sqlx::query(AssertSqlSafe(format!("{} {statement}", $explain)));
        for value in &$script.values {
            query = match value.clone() {
                Value::Int(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        let rows = query.fetch_all(&mut $connection).await.expect("a plan");
        rows.iter().map(|row| row.get::<String, _>($column)).collect::<Vec<_>>()
    }};
}

#[tokio::test]
async fn no_list_of_a_full_county_is_read_row_by_row_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lists.db");
    let store = SqliteStore::connect(SqliteOptions::new(&path)).await.expect("a database");
    store.init(&meta()).await.expect("an empty database");
    fill(&store).await;
    let prefix = Prefix::table("hexacase_").expect("a prefix");
    let options = SqliteConnectOptions::new().filename(&path);
    let mut connection = options.connect().await.expect("the database");
    for List { name, script, sources } in lists(Merging::Queue) {
        let plan = planned!(connection, "EXPLAIN QUERY PLAN", "detail", prefix, script);
        for words in sources.iter().flat_map(|source| source.sqlite) {
            assert!(plan.iter().any(|line| line.contains(words)), "{name}: {words} in {plan:#?}");
        }
        // What stands in the statement itself, or was found before, may be gone through.
        let scanned = |line: &&String| {
            let table = line.strip_prefix("SCAN ").map(|rest| rest.split(' ').next());
            table.flatten().is_some_and(|table| {
                !["seen", "strand", "merged", "of_strands", "o", "page", "wanted", "w", "q"]
                    .contains(&table)
            }) && !line.contains("CONSTANT ROW")
        };
        let scans: Vec<&String> = plan.iter().filter(scanned).collect();
        assert!(scans.is_empty(), "{name}: {plan:#?}");
    }
}

#[tokio::test]
async fn no_list_of_a_full_county_is_read_row_by_row_on_postgres() {
    let options = postgres::options();
    let store = PostgresStore::connect(options.clone()).await.expect("a database");
    store.init(&meta()).await.expect("an empty schema");
    fill(&store).await;
    let prefix = Prefix::schema(&options.schema).expect("a schema");
    let parsed: sqlx::postgres::PgConnectOptions = options.url.parse().expect("an address");
    let mut connection = parsed.connect().await.expect("the server");
    // As autovacuum does, a minute after so many rows came.
    for table in ["case_file", "entry", "body", "duty", "duty_match", "attribute"] {
        let text = AssertSqlSafe(format!("ANALYZE {}.{table}", options.schema));
        sqlx::query(text).execute(&mut connection).await.expect("statistics");
    }
    for List { name, script, sources } in lists(Merging::Heads) {
        let plan = planned!(connection, "EXPLAIN (COSTS OFF)", 0, prefix, script);
        assert_by_index(name, &plan, sources);
    }
    store.close().await.expect("an end");
}

fn assert_by_index(name: &str, plan: &[String], sources: &[Source]) {
    let told = plan.join("\n");
    for Source { postgres: (index, _), .. } in sources {
        assert!(told.contains(index), "{name}: {index} in\n{told}");
    }
    assert!(!told.contains("Seq Scan"), "{name}:\n{told}");
    // An index that is gone through from end to end is no better than the table.
    for (line, next) in plan.iter().zip(plan.iter().skip(1)) {
        let index = line.contains("Index Scan") || line.contains("Index Only Scan");
        assert!(!index || next.contains("Index Cond"), "{name}:\n{told}");
        // What a worklist shows is read from nothing else.
        let by_key = sources.iter().any(|Source { postgres: (index, keys), .. }| {
            line.contains(&format!("{index} ")) && keys.iter().all(|key| next.contains(key))
        });
        assert!(!(index && line.contains("duty_match")) || by_key, "{name}:\n{told}");
    }
}

/// A text with its values in it, as a statement that the server keeps, and the call of it.
fn kept(text: &str, values: &[Value]) -> (String, String) {
    let (kinds, literals): (Vec<_>, Vec<_>) = values
        .iter()
        .map(|value| match value {
            Value::Int(number) => ("bigint", number.to_string()),
            Value::Text(text) => ("text", format!("'{text}'")),
            Value::Bytes(bytes) => ("bytea", format!("'\\x{}'", hex::encode(bytes))),
        })
        .unzip();
    (
        format!("PREPARE list ({}) AS {text}", kinds.join(", ")),
        format!("EXPLAIN (COSTS OFF) EXECUTE list ({})", literals.join(", ")),
    )
}

/// PostgreSQL plans a statement for its values the first five times, and from then on for any if that
/// seems no worse; what writes is planned once for any.
#[tokio::test]
async fn a_list_is_read_from_its_index_whether_postgres_plans_for_its_values_or_not() {
    let options = postgres::options();
    let store = PostgresStore::connect(options.clone()).await.expect("a database");
    store.init(&meta()).await.expect("an empty schema");
    let prefix = Prefix::schema(&options.schema).expect("a schema");
    let parsed: sqlx::postgres::PgConnectOptions = options.url.parse().expect("an address");
    let mut connection = parsed.connect().await.expect("the server");
    fill(&store).await;
    let text = format!(
        "ANALYZE {0}.duty_match, {0}.duty, {0}.case_file, {0}.entry, {0}.body, {0}.attribute",
        options.schema
    );
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await.expect("statistics");
    for mode in ["force_custom_plan", "force_generic_plan"] {
        for List { name, script, sources } in lists(Merging::Heads) {
            let text = prefix.render(&together(&script));
            let (prepare, explain) = kept(&text, &script.values);
            let before = format!("SET plan_cache_mode = {mode}; {prepare}");
            let run = sqlx::raw_sql(AssertSqlSafe(before)).execute(&mut connection);
            run.await.expect("a statement that is kept");
            let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(&mut connection).await;
            let rows = rows.expect("a plan");
            let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            assert_by_index(&format!("{name}, {mode}"), &plan, sources);
            let end = sqlx::raw_sql("DEALLOCATE list").execute(&mut connection);
            end.await.expect("a statement that is kept no more");
        }
    }
    store.close().await.expect("an end");
}
