//! The example runs to its end, and a crash between its two writes and the commit leaves nothing.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{
    env,
    process::{Command, Output},
};

use sqlx::{AssertSqlSafe, PgPool};

fn run(more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_embed-postgres")).args(more).output().unwrap()
}

/// The server of the tests; the example has its tables to itself there.
async fn server() -> PgPool {
    let url = env::var("HEXACASE_POSTGRES").unwrap_or_else(|_| {
        panic!(
            "HEXACASE_POSTGRES names no server. Run this test with one:\n\n    tests/postgres run \
             cargo nextest run -p embed-postgres\n\nor, with all others:\n\n    tests/run\n"
        )
    });
    PgPool::connect(&url).await.unwrap()
}

/// How many rows the portal's table and the tables of the cases have.
async fn rows(pool: &PgPool) -> Vec<i64> {
    let tables = "SELECT schemaname || '.' || tablename FROM pg_tables \
                  WHERE schemaname IN ('hexacase', 'public') ORDER BY 1";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(pool).await.unwrap();
    assert!(tables.iter().any(|table| table == "public.visit") && tables.len() > 8, "{tables:?}");
    let mut rows = Vec::new();
    for table in tables {
        let count = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        rows.push(sqlx::query_scalar(count).fetch_one(pool).await.unwrap());
    }
    rows
}

#[tokio::test]
async fn write_and_step_stand_or_fall_together_whatever_happens() {
    let pool = server().await;
    let output = run(&[]);
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

    let before = rows(&pool).await;
    let crashed = run(&["crash"]);
    assert!(!crashed.status.success() && crashed.stdout.is_empty(), "{crashed:?}");
    assert_eq!(rows(&pool).await, before, "the crash left half a visit");
    assert!(run(&[]).status.success(), "what the crash left is no hindrance");
}
