//! Lists of duties and cases: their order, their pages, and the index that each of them uses.

use hexacase::{
    sql::{self, Merging, Prefix, Script, Value},
    store::{
        CaseQuery, DutyCursor, DutyFilter, DutyQuery, DutyRow, EntryCursor, EntryQuery, Group,
        SeenAs, StaffRow, Store,
    },
    terms::{
        actor::{Grant, Role},
        id::{ActorId, UnitId},
    },
};
use sqlx::Row;

use crate::support::{Database, TOWN, at, case_id, duty, moving, opening, realm, shown};

/// Cases 2 to 5: duties without a date, with two dates that are equal, of a unit, and a gap.
async fn filled() -> Database {
    let database = Database::new().await;
    let with = |n: u8, duties| {
        let mut group = opening(n);
        group.cases[0].duties = duties;
        group
    };
    let mut of_unit = shown(duty(2, Some(300)));
    of_unit.matches = vec![(Role::new("police"), Some(UnitId::constant("p-1")))];
    let mut gap = shown(duty(1, Some(300)));
    gap.duty.holder.gap = true;
    gap.matches = vec![(Role::new("clerk"), None), (Role::new("leader"), None)];
    let mut elsewhere = with(5, vec![shown(duty(1, Some(150)))]);
    elsewhere.cases[0].facts.area = "999999002".parse().unwrap();
    database
        .append(&[
            with(2, vec![shown(duty(1, Some(200))), of_unit]),
            with(3, vec![shown(duty(1, None))]),
            with(4, vec![gap]),
            elsewhere,
        ])
        .await;
    database
}

fn seen(role: &'static str, area: &str) -> SeenAs {
    SeenAs::InArea { role: Role::new(role), from: area.to_owned(), to: format!("{area}:") }
}

fn found(rows: &[DutyRow]) -> Vec<(u8, u32)> {
    rows.iter().map(|row| (row.case.as_bytes()[1], row.duty.no)).collect()
}

async fn list(database: &Database, filter: DutyFilter) -> Vec<(u8, u32)> {
    let mut reader = database.store.reader(&realm()).await.unwrap();
    let query = DutyQuery { filter: filter.clone(), after: None, limit: 100 };
    let all = reader.duties(&query).await.unwrap();
    // Pages of one follow each other without gap or repeat.
    let mut paged: Vec<DutyRow> = Vec::new();
    loop {
        let after = paged.last().map(|row| DutyCursor {
            order: match filter {
                DutyFilter::RungDue { .. } => row.duty.next_rung_at,
                _ => row.duty.due(),
            }
            .map_or(i64::MIN, hexacase::terms::time::Timestamp::as_millis),
            case: row.case,
            no: row.duty.no,
        });
        let query = DutyQuery { filter: filter.clone(), after, limit: 1 };
        let page = reader.duties(&query).await.unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all, "{filter:?}");
    found(&all)
}

#[tokio::test]
async fn every_list_of_duties_has_what_it_asks_for_in_its_order() {
    let database = filled().await;
    let clerk = DutyFilter::SeenAs(vec![seen("clerk", TOWN), seen("leader", TOWN)]);
    assert_eq!(list(&database, clerk).await, [(3, 1), (2, 1), (4, 1)]);
    let county = DutyFilter::SeenAs(vec![seen("clerk", "999999")]);
    assert_eq!(list(&database, county).await, [(3, 1), (5, 1), (2, 1), (4, 1)]);
    let police = |unit| SeenAs::InUnit { role: Role::new("police"), unit };
    let ours = DutyFilter::SeenAs(vec![police(UnitId::constant("p-1"))]);
    assert_eq!(list(&database, ours).await, [(2, 2)]);
    let theirs =
        DutyFilter::SeenAs(vec![police(UnitId::constant("p-2")), seen("police", "999999")]);
    assert_eq!(list(&database, theirs).await, []);
    assert_eq!(list(&database, DutyFilter::SeenAs(Vec::new())).await, []);
    let overdue = |now, area| DutyFilter::Overdue { now: at(now), area };
    assert_eq!(list(&database, overdue(300, None)).await, [(5, 1), (2, 1)]);
    let town = Some((TOWN.to_owned(), format!("{TOWN}:")));
    assert_eq!(list(&database, overdue(301, town)).await, [(2, 1), (2, 2), (4, 1)]);
    assert_eq!(list(&database, DutyFilter::RungDue { now: at(201) }).await, [(5, 1), (2, 1)]);
    assert_eq!(list(&database, DutyFilter::Gaps).await, [(4, 1)]);
    assert_eq!(list(&database, DutyFilter::OfCase(case_id(2))).await, [(2, 1), (2, 2)]);
    assert_eq!(list(&database, DutyFilter::Deadlines).await, [(5, 1), (2, 1), (2, 2), (4, 1)]);
    assert_eq!(list(&database, DutyFilter::All).await.len(), 5);
}

#[tokio::test]
async fn a_duty_leaves_the_worklist_when_it_ends_and_follows_its_case_to_another_area() {
    let database = filled().await;
    let mut ended = duty(1, Some(200));
    ended.close(hexacase::duty::owed::DutyState::Fulfilled, at(120));
    let mut step = moving(2, 1);
    step.cases[0].facts.area = "999999002".parse().unwrap();
    // Rows that are shown although the duty ended are not taken.
    step.cases[0].duties = vec![shown(ended)];
    database.append(&[step]).await;
    assert_eq!(
        list(&database, DutyFilter::SeenAs(vec![seen("clerk", TOWN)])).await,
        [(3, 1), (4, 1)]
    );
    let police = SeenAs::InUnit { role: Role::new("police"), unit: UnitId::constant("p-1") };
    assert_eq!(list(&database, DutyFilter::SeenAs(vec![police])).await, [(2, 2)]);
    let areas: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT area FROM hexacase_duty_match WHERE role = 'police'")
            .fetch_all(&mut database.stranger().await)
            .await
            .unwrap();
    assert_eq!(areas, ["999999002"]);
    assert_eq!(list(&database, DutyFilter::OfCase(case_id(2))).await.len(), 2);
    assert_eq!(list(&database, DutyFilter::All).await.len(), 5);
}

#[tokio::test]
async fn every_condition_on_cases_finds_its_case() {
    let database = filled().await;
    let mut reader = database.store.reader(&realm()).await.unwrap();
    let base = CaseQuery { limit: 9, ..CaseQuery::default() };
    let facts = opening(5).cases[0].facts.clone();
    for (query, count) in [
        (base.clone(), 4),
        (CaseQuery { subject: Some(facts.subject.id), ..base.clone() }, 1),
        (CaseQuery { incident: Some(facts.incident), ..base.clone() }, 1),
        (CaseQuery { number: Some((2026, 4)), ..base.clone() }, 1),
        (CaseQuery { number: Some((2027, 4)), ..base.clone() }, 0),
        (CaseQuery { area: Some((TOWN.into(), "999999002".into())), ..base.clone() }, 3),
        (
            CaseQuery { procedure: Some("visit".into()), state: Some("s1".into()), ..base.clone() },
            4,
        ),
        (CaseQuery { state: Some("s2".into()), open_only: true, ..base.clone() }, 0),
        (CaseQuery { attribute: Some(("grade".into(), "high".into())), ..base.clone() }, 4),
        (CaseQuery { attribute: Some(("grade".into(), "low".into())), ..base.clone() }, 0),
        (CaseQuery { after: Some(case_id(3)), ..base.clone() }, 2),
        (CaseQuery { limit: 1, ..base.clone() }, 1),
    ] {
        let cases = reader.cases(&query).await.unwrap();
        assert_eq!(cases.len(), count, "{query:?}");
        assert!(cases.iter().all(|case| case.attributes.len() == 1 && !case.duties.is_empty()));
    }
}

#[tokio::test]
async fn the_feed_goes_on_after_its_cursor_in_time_and_the_history_in_number() {
    let database = filled().await;
    database.append(&[moving(2, 1)]).await;
    let mut reader = database.store.reader(&realm()).await.unwrap();
    let mut query = EntryQuery { limit: 2, ..EntryQuery::default() };
    let mut read = Vec::new();
    loop {
        let page = reader.entries(&query).await.unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.iter().all(|entry| entry.body.is_none()));
        query.after =
            Some(EntryCursor { recorded_at: last.recorded_at, case: last.case, seq: last.seq });
        read.extend(page.into_iter().map(|entry| (entry.case.as_bytes()[1], entry.seq)));
    }
    assert_eq!(read, [(2, 1), (3, 1), (4, 1), (5, 1), (2, 2)]);
    let until = EntryQuery { case: Some(case_id(2)), until: Some(at(101)), limit: 9, ..query };
    let until = EntryQuery { after: None, ..until };
    assert_eq!(reader.entries(&until).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_directory_counts_the_groups_that_change_it() {
    let database = Database::new().await;
    let person = |id: &'static str, active| StaffRow {
        id: ActorId::constant(id),
        name: "张三".to_owned(),
        grants: vec![Grant {
            role: Role::new("clerk"),
            area: TOWN.parse().unwrap(),
            unit: UnitId::constant("u-1"),
        }],
        unit: UnitId::constant("u-1"),
        leader: true,
        active,
        absences: Vec::new(),
    };
    let change = |n: u8, staff| Group { staff, ..opening(n) };
    database.append(&[change(2, vec![person("a", true), person("b", true)])]).await;
    database
        .append(&[change(3, vec![person("b", false)]), change(4, vec![person("c", true)])])
        .await;
    let mut reader = database.store.reader(&realm()).await.unwrap();
    let (revision, staff) = reader.staff().await.unwrap();
    assert_eq!(revision, 3);
    assert_eq!(staff, [person("a", true), person("b", false), person("c", true)]);
    assert_eq!(database.load(&[]).await.unwrap().directory, 3);
}

async fn plan(database: &Database, script: Script) -> String {
    let text = Prefix::table("hexacase_").unwrap().render(&script.statements()[0]);
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")));
    for value in script.values {
        query = match value {
            Value::Int(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    let rows = query.fetch_all(&mut database.stranger().await).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    lines.join("\n")
}

#[tokio::test]
async fn every_list_is_read_from_its_index() {
    let database = filled().await;
    let after = Some(DutyCursor { order: 5, case: case_id(1), no: 1 });
    for (filter, index, sorted) in [
        (
            DutyFilter::SeenAs(vec![seen("a", TOWN), seen("b", TOWN)]),
            "m USING PRIMARY KEY (realm=? AND role=? AND unit=? AND area>? AND area<?)",
            true,
        ),
        (
            DutyFilter::SeenAs(vec![seen("a", "99"), seen("b", "999999")]),
            "m USING COVERING INDEX hexacase_duty_match_by_date (realm=? AND role=? AND unit=?",
            true,
        ),
        (
            DutyFilter::Overdue { now: at(9), area: None },
            "hexacase_duty_by_due (realm=? AND",
            false,
        ),
        (DutyFilter::RungDue { now: at(9) }, "hexacase_duty_by_rung (realm=? AND", false),
        (DutyFilter::Gaps, "hexacase_duty_gap (realm=?", false),
        (DutyFilter::OfCase(case_id(2)), "d USING PRIMARY KEY (realm=? AND case_id=?)", true),
    ] {
        for after in [None, after] {
            let script = sql::duties(
                &realm(),
                &DutyQuery { filter: filter.clone(), after, limit: 9 },
                Merging::Queue,
            );
            let plan = plan(&database, script).await;
            assert!(plan.contains(index), "{filter:?}\n{plan}");
            assert!(!plan.contains("SCAN hexacase") && !plan.contains("SCAN d"), "{plan}");
            assert_eq!(plan.contains("TEMP B-TREE FOR ORDER BY"), sorted, "{plan}");
        }
    }
    let base = CaseQuery { limit: 9, ..CaseQuery::default() };
    let facts = opening(5).cases[0].facts.clone();
    for (query, index) in [
        (
            CaseQuery { subject: Some(facts.subject.id), ..base.clone() },
            "case_by_subject (realm=? AND subject=?",
        ),
        (
            CaseQuery { incident: Some(facts.incident), ..base.clone() },
            "case_by_incident (realm=? AND incident=?",
        ),
        (
            CaseQuery { number: Some((2026, 1)), ..base.clone() },
            "case_by_number (realm=? AND year=? AND number=?)",
        ),
        (
            CaseQuery { procedure: Some("a".into()), state: Some("b".into()), ..base.clone() },
            "case_by_state (realm=? AND procedure=? AND state=?",
        ),
        (
            CaseQuery { attribute: Some(("a".into(), "b".into())), ..base.clone() },
            "attribute_by_value (realm=? AND name=? AND value=?)",
        ),
    ] {
        let plan = plan(&database, sql::cases(&realm(), &query)).await;
        assert!(plan.contains(index), "{query:?}\n{plan}");
    }
    let feed = EntryQuery {
        after: Some(EntryCursor { recorded_at: at(1), case: case_id(1), seq: 1 }),
        limit: 9,
        ..EntryQuery::default()
    };
    let plan = plan(&database, sql::entries(&realm(), &feed)).await;
    assert!(plan.contains("entry_by_time (realm=? AND"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}
