//! The index that each list is read from. Their order and pages are tested by the conformance suite.

use hexacase::{
    sql::{self, Merging, Prefix, Script, Value},
    store::{
        CaseQuery, DutyCursor, DutyFilter, DutyQuery, EntryCursor, EntryQuery, GroupOutcome,
        SeenAs, Store, Wanted,
    },
    terms::actor::Role,
};
use sqlx::Row;

use crate::{
    server::stranger,
    support::{Database, TOWN, at, case_id, duty, moving, opening, realm, shown},
};

fn seen(role: &'static str, area: &str) -> SeenAs {
    SeenAs::InArea { role: Role::new(role), from: area.to_owned(), to: format!("{area}:") }
}

/// A county with so many rows that no list is read row by row.
async fn filled() -> Database {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    for text in [
        "INSERT INTO {schema}.case_file SELECT realm, decode(lpad(to_hex(n), 32, '0'), 'hex'), year, \
           n, procedure || n % 9, definition, rule_pack, subject_kind, \
           decode('a' || lpad(to_hex(n), 31, '0'), 'hex'), decode('b' || lpad(to_hex(n), 31, '0'), 'hex'), areas, \
           area, opened_by, state || n % 9, 1, opened_at, closed_at, recorded_at, head, duties \
         FROM {schema}.case_file, generate_series(2, 5000) AS n",
        "INSERT INTO {schema}.entry SELECT e.realm, c.id, 1, c.number, e.bytes, e.hash \
         FROM {schema}.entry AS e, {schema}.case_file AS c WHERE c.number > 1",
        "INSERT INTO {schema}.body SELECT b.realm, c.id, 1, b.key_id, b.bytes \
         FROM {schema}.body AS b, {schema}.case_file AS c WHERE c.number > 1",
        "INSERT INTO {schema}.scope SELECT s.realm, s.kind, c.subject, 1 \
         FROM {schema}.scope AS s, {schema}.case_file AS c \
         WHERE c.number > 1 AND s.kind = 'subject'",
        "INSERT INTO {schema}.command SELECT m.realm, c.id, m.hash, c.id, 1, m.state \
         FROM {schema}.command AS m, {schema}.case_file AS c WHERE c.number > 1",
        "INSERT INTO {schema}.duty SELECT d.realm, c.id, 1, d.name, d.kind, \
           CASE WHEN c.number % 20 = 0 THEN 'open' ELSE 'fulfilled' END, d.opened_at, d.closed_at, \
           d.holder_role, d.holder_unit, d.holder_person, c.number % 400 = 0, d.limit_id, \
           d.runs_from, c.number, d.provisional, d.calendar, d.generation, d.suspended_until, \
           d.rung, c.number \
         FROM {schema}.duty AS d, {schema}.case_file AS c WHERE c.number > 1",
        "INSERT INTO {schema}.duty_match SELECT m.realm, m.role || c.number % 9, m.unit, m.area, \
           c.number, c.id, 1 FROM {schema}.duty_match AS m, {schema}.case_file AS c \
         WHERE c.number > 1",
        "INSERT INTO {schema}.attribute SELECT a.realm, c.id, a.name, a.value || c.number % 99 \
         FROM {schema}.attribute AS a, {schema}.case_file AS c WHERE c.number > 1",
        "UPDATE {schema}.case_number SET last = 5000",
        "ANALYZE {schema}.case_file, {schema}.entry, {schema}.duty, {schema}.duty_match, \
         {schema}.attribute, {schema}.body, {schema}.scope, {schema}.command",
    ] {
        database.run(text).await;
    }
    database
}

/// The plan of a list.
async fn plan(database: &Database, script: Script) -> String {
    let text = Prefix::schema(&database.options.schema).unwrap().render(&script.statements()[0]);
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN (COSTS OFF) {text}")));
    for value in script.values {
        query = match value {
            Value::Int(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    let mut connection = stranger().await;
    let rows = query.fetch_all(&mut connection).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

#[tokio::test]
async fn every_list_is_read_from_its_index() {
    let database = filled().await;
    let after = Some(DutyCursor { order: 5, case: case_id(1), no: 1 });
    for (filter, index, sorted) in [
        (DutyFilter::SeenAs(vec![seen("a", TOWN), seen("b", TOWN)]), "duty_match_pkey", true),
        (
            DutyFilter::SeenAs(vec![seen("a", "99"), seen("b", "999999")]),
            "duty_match_by_date",
            true,
        ),
        (DutyFilter::Overdue { now: at(9), area: None }, "duty_by_due", false),
        (DutyFilter::RungDue { now: at(9) }, "duty_by_rung", false),
        (DutyFilter::Gaps, "duty_gap", false),
        (DutyFilter::OfCase(case_id(2)), "duty_pkey", true),
    ] {
        for after in [None, after] {
            let script = sql::duties(
                &realm(),
                &DutyQuery { filter: filter.clone(), after, limit: 9 },
                Merging::Heads,
            );
            let plan = plan(&database, script).await;
            assert!(plan.contains(index), "{filter:?}\n{plan}");
            assert!(!plan.contains("Seq Scan"), "{plan}");
            assert!(sorted || !plan.contains("Sort"), "{plan}");
        }
    }
    let base = CaseQuery { limit: 9, ..CaseQuery::default() };
    let facts = opening(5).cases[0].facts.clone();
    for (query, index) in [
        (CaseQuery { subject: Some(facts.subject.id), ..base.clone() }, "case_by_subject"),
        (CaseQuery { incident: Some(facts.incident), ..base.clone() }, "case_by_incident"),
        (CaseQuery { number: Some((2026, 1)), ..base.clone() }, "case_by_number"),
        (
            CaseQuery { procedure: Some("a".into()), state: Some("b".into()), ..base.clone() },
            "case_by_state",
        ),
        (
            CaseQuery { attribute: Some(("a".into(), "b".into())), ..base.clone() },
            "attribute_by_value",
        ),
    ] {
        let plan = plan(&database, sql::cases(&realm(), &query)).await;
        assert!(plan.contains(index), "{query:?}\n{plan}");
        assert!(!plan.contains("Seq Scan"), "{plan}");
    }
    let feed = EntryQuery {
        after: Some(EntryCursor { recorded_at: at(1), case: case_id(1), seq: 1 }),
        limit: 9,
        ..EntryQuery::default()
    };
    let plan = plan(&database, sql::entries(&realm(), &feed)).await;
    assert!(plan.contains("entry_by_time") && !plan.contains("Sort"), "{plan}");
}

#[tokio::test]
async fn no_step_reads_a_whole_table() {
    let database = filled().await;
    // Tables of one row for each realm or year are read as they are.
    let scans = "SELECT coalesce(sum(seq_scan), 0)::bigint FROM pg_stat_user_tables \
         WHERE schemaname = '{schema}' \
         AND relname NOT IN ('meta', 'directory', 'migration', 'case_number', 'staff')";
    database.store.close().await.unwrap();
    database.sessions_ended().await;
    let before = database.count(scans).await;
    let store = database.another().await;
    // Often enough that the server stops planning each anew.
    for n in 3..20 {
        let group = opening(n);
        let wanted = Wanted {
            cases: vec![case_id(n), case_id(2)],
            beside: vec![case_id(2)],
            ended_beside: vec![(case_id(2), at(5))],
            subjects: vec![group.cases[0].facts.subject.id],
            incidents: vec![group.cases[0].facts.incident],
            commands: vec![group.commands[0].id],
            scopes: group.scopes.iter().map(|(scope, _)| *scope).collect(),
        };
        let mut move_on = moving(n, 1);
        move_on.scopes = group.scopes.iter().map(|(scope, _)| (*scope, 1)).collect();
        move_on.cases[0].attributes = vec![("grade".to_owned(), None)];
        move_on.cases[0].duties = vec![shown(duty(1, Some(900)))];
        for group in [group, move_on] {
            let mut tx = store.begin(&realm()).await.unwrap();
            tx.load(&wanted).await.unwrap();
            let outcomes = tx.append(&[group]).await.unwrap();
            assert!(matches!(outcomes[..], [GroupOutcome::Written(_)]), "{outcomes:?}");
            tx.commit().await.unwrap();
        }
    }
    store.close().await.unwrap();
    database.sessions_ended().await;
    assert_eq!(database.count(scans).await, before, "tables were read from end to end");
}
