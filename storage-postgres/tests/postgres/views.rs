//! The views for the host's own lists say what the lists of the store say.

use hexacase::{
    store::{CaseQuery, DutyFilter, DutyQuery, SeenAs, Store},
    terms::{actor::Role, time::Timestamp},
};
use sqlx::{AssertSqlSafe, Executor, Row as _, postgres::PgRow};

use crate::{
    server::stranger,
    support::{Database, at, opening, realm},
};

async fn rows(database: &Database, text: &str) -> Vec<PgRow> {
    let text = text.replace("{schema}", &database.options.schema);
    stranger().await.fetch_all(AssertSqlSafe(text)).await.unwrap()
}

#[tokio::test]
async fn the_views_say_what_the_lists_say() {
    let database = Database::new().await;
    database.append(&[opening(1), opening(2)]).await;
    let mut reader = database.store.reader(&realm()).await.unwrap();

    let cases = reader.cases(&CaseQuery { limit: 9, ..CaseQuery::default() }).await.unwrap();
    let viewed = rows(&database, "SELECT * FROM {schema}.v_case ORDER BY case_id").await;
    let expected: Vec<_> = cases
        .iter()
        .map(|case| (case.number.to_string(), case.facts.state.clone(), case.facts.revision.get()))
        .collect();
    let found: Vec<(String, String, i64)> = viewed
        .iter()
        .map(|row| (row.get("case_number"), row.get("state"), row.get("revision")))
        .collect();
    assert_eq!(found, expected);

    let all = DutyFilter::All;
    let duties = reader.duties(&DutyQuery { filter: all, after: None, limit: 99 }).await.unwrap();
    let role = rows(&database, "SELECT DISTINCT role, unit, area FROM {schema}.v_worklist").await;
    let (role, unit): (String, String) = (role[0].get("role"), role[0].get("unit"));
    assert!(unit.is_empty(), "the samples are shown by area");
    let seen = SeenAs::InArea { role: Role::named(role), from: "9".into(), to: ":".into() };
    let query = DutyQuery { filter: DutyFilter::SeenAs(vec![seen]), after: None, limit: 99 };
    let listed = reader.duties(&query).await.unwrap();
    let viewed =
        rows(&database, "SELECT * FROM {schema}.v_worklist ORDER BY due_at NULLS FIRST, case_id")
            .await;
    let found: Vec<(String, Option<i64>)> =
        viewed.iter().map(|row| (row.get("duty"), row.get("due_at"))).collect();
    let expected: Vec<_> = listed
        .iter()
        .map(|row| (row.duty.name.clone(), row.duty.due().map(Timestamp::as_millis)))
        .collect();
    assert_eq!(found, expected);
    assert!(!found.is_empty());

    let latest = duties.iter().filter_map(|row| row.duty.due()).max().unwrap_or(at(0));
    let now = latest.plus_millis(1);
    let overdue =
        DutyQuery { filter: DutyFilter::Overdue { now, area: None }, after: None, limit: 99 };
    let listed = reader.duties(&overdue).await.unwrap();
    let text = format!("SELECT * FROM {{schema}}.v_overdue WHERE due_at < {}", now.as_millis());
    assert_eq!(rows(&database, &text).await.len(), listed.len());
    assert!(!listed.is_empty());
}
