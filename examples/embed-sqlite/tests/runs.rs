//! The example runs to its end, and a crash between its two writes and the commit leaves nothing.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{
    path::Path,
    process::{Command, Output},
};

use sqlx::{AssertSqlSafe, SqlitePool};

fn run(file: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_embed-sqlite")).arg(file).args(more).output().unwrap()
}

/// How many rows the portal's table and the tables of the cases have.
async fn rows(file: &Path) -> Vec<i64> {
    let pool = SqlitePool::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&pool).await.unwrap();
    assert!(tables.iter().any(|table| table == "visit") && tables.len() > 8, "{tables:?}");
    let mut rows = Vec::new();
    for table in tables {
        let count = AssertSqlSafe(format!("SELECT count(*) FROM \"{table}\""));
        rows.push(sqlx::query_scalar(count).fetch_one(&pool).await.unwrap());
    }
    pool.close().await;
    rows
}

#[tokio::test]
async fn write_and_step_stand_or_fall_together_whatever_happens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portal.db");
    let output = run(&file, &[]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "一并提交 committed together: 999999-",
        "走访 visits 1, 留痕 entries 1",
        "一并撤回 rolled back together: 999999-",
        "不能办理 refused: ",
        "个案已变动 conflict: ",
        "走访 visits 2, 留痕 entries 2",
        "待办 to do: 999999-",
    ] {
        assert!(said.contains(line), "`{line}` is not in\n{said}");
    }
    assert_eq!(said.matches("走访 visits 1, 留痕 entries 1").count(), 2, "{said}");

    let before = rows(&file).await;
    let crashed = run(&file, &["crash"]);
    assert!(!crashed.status.success() && crashed.stdout.is_empty(), "{crashed:?}");
    assert_eq!(rows(&file).await, before, "the crash left half a visit");
    assert!(run(&file, &[]).status.success(), "what the crash left is no hindrance");
}
