//! The views for the host's own lists say what the lists of the store say.

use hexacase::{
    store::{CaseQuery, DutyFilter, DutyQuery, Store},
    terms::time::Timestamp,
};
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use crate::support::{Database, opening, realm};

async fn rows(database: &Database, text: &str) -> Vec<SqliteRow> {
    let mut connection = database.stranger().await;
    sqlx::query(AssertSqlSafe(text)).fetch_all(&mut connection).await.unwrap()
}

#[tokio::test]
async fn the_views_say_what_the_lists_say() {
    let database = Database::new().await;
    database.append(&[opening(1), opening(2)]).await;
    let mut reader = database.store.reader(&realm()).await.unwrap();

    let cases = reader.cases(&CaseQuery { limit: 9, ..CaseQuery::default() }).await.unwrap();
    let expected: Vec<_> =
        cases.iter().map(|case| (case.number.to_string(), case.facts.state.clone())).collect();
    let viewed = rows(&database, "SELECT * FROM hexacase_v_case ORDER BY case_id").await;
    let found: Vec<(String, String)> =
        viewed.iter().map(|row| (row.get("case_number"), row.get("state"))).collect();
    assert_eq!(found, expected);

    let query = DutyQuery { filter: DutyFilter::All, after: None, limit: 99 };
    let duties = reader.duties(&query).await.unwrap();
    let shown = rows(&database, "SELECT * FROM hexacase_v_worklist").await;
    assert!(!shown.is_empty());
    for row in &shown {
        let (no, due): (i64, Option<i64>) = (row.get("duty_no"), row.get("due_at"));
        let number: String = row.get("case_number");
        let same = |duty: &&hexacase::store::DutyRow| {
            duty.number.to_string() == number && i64::from(duty.duty.no) == no
        };
        let duty = duties.iter().find(same).unwrap();
        assert_eq!(due, duty.duty.due().map(Timestamp::as_millis));
        assert_eq!(row.get::<String, _>("duty"), duty.duty.name);
    }

    let now = duties.iter().filter_map(|row| row.duty.due()).max().unwrap().plus_millis(1);
    let filter = DutyFilter::Overdue { now, area: None };
    let overdue = reader.duties(&DutyQuery { filter, after: None, limit: 99 }).await.unwrap();
    let text = format!("SELECT * FROM hexacase_v_overdue WHERE due_at < {}", now.as_millis());
    assert_eq!(rows(&database, &text).await.len(), overdue.len());
    assert!(!overdue.is_empty());
}
