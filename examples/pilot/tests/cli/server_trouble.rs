//! What can be wrong with a server or the way to it: each is told with its own code, in both
//! languages, with what to do, and never with the password.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::{
    pilot::{Pilot, Said},
    server::{self, Break},
};

/// The call that commits, as it goes over the line; a transaction at READ COMMITTED begins otherwise.
const COMMIT: &str = "COMMIT\0";

/// A form that holds no blank, so that it can stand on a line.
const FORM: &str =
    r#"{"guardians":[{"name":"林例山","relation":"祖父"}],"carer":"林例山","condition":"好"}"#;

/// Another, with which a case is opened.
const CLUE: &str = r#"{"source":"director","facts":"无人照看","seen_at":"2026-01-02","suspected_red":false,"child":"999999-2026-00001"}"#;

/// What a command says of a database at another address.
fn of(pilot: &Pilot, line: &str, url: &str) -> Said {
    let args: Vec<&str> = line.split_whitespace().chain(["--json", "--database", url]).collect();
    let said = pilot.args(&args);
    assert!(!said.err.contains("s3cret") && !said.out.contains("s3cret"), "{}", said.err);
    said
}

/// The codes of a failure: its own, and that of its reason.
fn codes(said: &Said) -> (i32, String, String) {
    let error = said.error();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let hints = error["reasons"].as_array().unwrap().iter().filter(|it| it["code"] == "hint");
    for hint in hints.clone() {
        assert!(!text(&hint["zh"]).is_ascii() && !text(&hint["en"]).is_empty(), "{hint}");
    }
    assert!(hints.count() > 0, "nothing says what to do: {error}");
    (said.code, text(&error["code"]), text(&error["reasons"][0]["code"]))
}

fn told(code: i32, of_store: &str, reason: &str) -> (i32, String, String) {
    (code, of_store.to_owned(), reason.to_owned())
}

#[test]
fn an_address_that_cannot_be_read_is_a_wrong_command_line() {
    let pilot = Pilot::new();
    for (url, code) in [
        ("postgres://u:s3cret@host:port/cases", "usage.database_url"),
        ("mysql://u:s3cret@host/cases", "usage.database_url"),
        ("u:s3cret@host/cases", "usage.database_url"),
        ("postgres://u:s3cret@host/cases?shcema=x", "usage.database_parameter"),
        ("postgres://u:p?s3cret@host/cases", "usage.database_parameter"),
    ] {
        let said = of(&pilot, "cases", url);
        assert_eq!(codes(&said), told(2, code, "hint"), "{url}");
    }
    let said = of(&pilot, "cases", "postgres://u:s3cret@host/cases?schema=No-Name");
    assert_eq!((said.code, &said.error()["code"]), (2, &"usage.schema_name".into()));
}

#[test]
fn nobody_at_the_address_is_told_from_a_wrong_one() {
    let pilot = Pilot::new();
    let expected = told(1, "store.no_access", "postgres.no_answer");
    for url in [&server::nobody(), "postgres://u:s3cret@no-such-host.invalid/cases"] {
        for line in ["cases", "init --realm 999999", "demo", "migrate", "verify"] {
            assert_eq!(codes(&of(&pilot, line, url)), expected, "{line} {url}");
        }
    }
    // A check-up finds the same, as a finding.
    let said = of(&pilot, "doctor", &server::nobody());
    assert_eq!(said.code, 4);
    assert!(said.out.contains("store.no_access") && said.out.contains("没有数据库服务器应答"));
    let said = pilot.args(&["cases", "--database", &server::nobody()]);
    assert!(said.err.contains("请核对地址和端口"), "{}", said.err);
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_database_say_what_to_look_at() {
    let pilot = Pilot::on_postgres();
    let user = format!("{}_user", pilot.schema());
    server::run(format!("CREATE ROLE {user} LOGIN PASSWORD 's3cret' IN ROLE guarded")).await;
    let (right, wrong) =
        (server::url_of(&user, "s3cret"), server::url_of(&user, "s3cret-but-wrong"));
    let refused = told(1, "store.no_access", "postgres.user_refused");
    assert_eq!(codes(&of(&pilot, "cases", &wrong)), refused);
    assert_eq!(codes(&of(&pilot, "cases", &server::url_of("nobody_here", "s3cret"))), refused);
    let none = server::url().replace("hexacase@", &format!("{user}@"));
    assert_eq!(codes(&of(&pilot, "cases", &none)), refused);
    let (no_database, lost) = (right.replace("/postgres?", "/nowhere?"), "postgres.no_database");
    assert_eq!(codes(&of(&pilot, "cases", &no_database)), told(1, "store.no_access", lost));
    // With the password all is well, but this user may not make a schema.
    let right = format!("{right}&schema={}", pilot.schema());
    assert_eq!(codes(&of(&pilot, "cases", &right)).1, "store.not_set_up");
    let said = of(&pilot, "init --realm 999999", &right);
    assert_eq!(codes(&said), told(1, "store.no_access", "postgres.no_right"));
    server::run(format!("DROP ROLE {user}")).await;
}

#[tokio::test]
async fn a_schema_that_is_not_ready_for_this_program_says_what_to_do() {
    let pilot = Pilot::on_postgres();
    let schema = pilot.schema();
    let said = pilot.json("cases");
    assert_eq!(codes(&said), told(1, "store.not_set_up", "hint"));
    assert_eq!(codes(&pilot.json("migrate")), told(1, "store.not_set_up", "hint"));
    // Another program's tables.
    server::run(format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.invoice (id BIGINT)")).await;
    for line in ["cases", "init --realm 999999", "demo", "migrate"] {
        let said = pilot.json(line);
        assert_eq!(codes(&said), told(1, "store.unsafe_setting", "hint"), "{line}");
        assert!(said.error()["zh"].as_str().unwrap().contains("invoice"), "{}", said.err);
        assert!(said.error()["reasons"][0]["zh"].as_str().unwrap().contains("?schema="));
    }
    server::run(format!("DROP TABLE {schema}.invoice")).await;
    // A newer and an older version.
    let pilot = pilot.in_county();
    server::run(format!("INSERT INTO {schema}.migration (version, name) VALUES (99, 'x')")).await;
    for line in ["cases", "migrate", "verify"] {
        assert_eq!(codes(&pilot.json(line)), told(1, "store.schema_newer", "hint"), "{line}");
    }
    server::run(format!("DELETE FROM {schema}.migration")).await;
    let said = pilot.json("cases");
    assert_eq!(codes(&said), told(1, "store.schema_older", "hint"));
    assert!(said.error()["reasons"][0]["zh"].as_str().unwrap().contains("pilot migrate"));
}

#[tokio::test]
async fn a_server_without_a_free_connection_is_busy() {
    let pilot = Pilot::on_postgres();
    let user = format!("{}_user", pilot.schema());
    server::run(format!("CREATE ROLE {user} LOGIN CONNECTION LIMIT 0")).await;
    let said = of(&pilot, "cases", &server::url().replace("hexacase@", &format!("{user}@")));
    assert_eq!(codes(&said), told(5, "store.busy", "hint"));
    assert_eq!(said.error()["retry"], true);
    server::run(format!("DROP ROLE {user}")).await;
}

#[tokio::test]
async fn a_lock_that_somebody_holds_is_busy_and_the_same_command_works_afterwards() {
    let pilot = Pilot::on_postgres().in_county();
    let (schema, file) = (pilot.schema(), pilot.file());
    let line = format!("act {file} complete_file --as director-201");
    let form: Value = serde_json::from_str(FORM).unwrap();
    let mut other = server::stranger().await;
    let mut held = other.begin().await.unwrap();
    let lock = |sql: &str| AssertSqlSafe(sql.replace("{schema}", &schema));
    held.execute(lock("SELECT 1 FROM {schema}.case_file FOR UPDATE")).await.unwrap();
    let said = pilot.form(&line, &form);
    assert_eq!(codes(&said), told(5, "store.busy", "hint"));
    // Reading is not hindered by it, but by who locks the whole of it.
    pilot.json("cases").result();
    held.execute(lock("LOCK TABLE {schema}.migration IN ACCESS EXCLUSIVE MODE")).await.unwrap();
    assert_eq!(codes(&pilot.json("cases")), told(5, "store.busy", "hint"));
    held.rollback().await.unwrap();
    pilot.form(&line, &form).result();
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_without_end() {
    let pilot = Pilot::new();
    assert_eq!(codes(&of(&pilot, "cases", &server::silent())), told(5, "store.busy", "hint"));
}

#[test]
fn a_pooler_is_worked_through_once_it_is_spoken_of() {
    let mut pilot = Pilot::on_postgres().in_county();
    let direct = std::mem::take(&mut pilot.database);
    pilot.database = direct.replace(&server::url(), &server::pooler_url());
    // Each command leaves its statements behind in a session that the next gets.
    let said = (0..20).map(|_| pilot.json("cases")).find(|said| said.code != 0).unwrap();
    assert_eq!(codes(&said), told(1, "store.no_access", "postgres.pooler"));
    pilot.database.push_str("&pooled=true");
    for _ in 0..3 {
        pilot.json("cases").result();
    }
    assert_eq!(pilot.json("verify").result()["verdict"], "clean");
}

#[test]
fn a_line_that_breaks_before_anything_was_written_can_be_tried_again() {
    let pilot = Pilot::on_postgres().in_county();
    let file = pilot.file();
    let url = |how| format!("{}?schema={}", server::breaking(&server::url(), how), pilot.schema());
    let lost = told(5, "store.backend", "postgres.connection_lost");
    // A step is one statement after its load (`held AS`); what opens a case is a transaction.
    let act = format!("act {file} complete_file --as director-201 --data {FORM}");
    let open = format!("open risk_alert --as director-201 --data {CLUE}");
    for (line, words) in [
        (&act, "current_setting"),
        (&act, "held AS"),
        (&open, "BEGIN"),
        (&open, "INSERT"),
        (&open, COMMIT),
    ] {
        let said = of(&pilot, line, &url(Break::Before(words)));
        match words {
            // The way to the server broke at once, which is as if nobody were there.
            "current_setting" => {
                assert_eq!(codes(&said), told(1, "store.no_access", "postgres.no_answer"));
            }
            "BEGIN" | "INSERT" => assert_eq!(codes(&said), lost, "{words}"),
            _ => assert_eq!(codes(&said).2, "postgres.outcome_unknown", "{words}"),
        }
    }
    assert_eq!(codes(&of(&pilot, "cases", &url(Break::Before("FROM")))).0, 5);
    assert_eq!(pilot.json(&format!("case {file}")).result()["revision"], 1);
}

#[test]
fn a_line_that_breaks_during_the_commit_leaves_it_to_the_command_id() {
    let pilot = Pilot::on_postgres().in_county();
    let id = "0190a000-0000-7000-8000-000000000001";
    let line = format!("open risk_alert --as director-201 --command-id {id} --data {CLUE}");
    let schema = pilot.schema();
    let breaking = server::breaking(&server::url(), Break::After(COMMIT));
    let url = format!("{breaking}?schema={schema}");
    let said = of(&pilot, &line, &url);
    assert_eq!(codes(&said), told(1, "store.backend", "postgres.outcome_unknown"));
    assert!(said.err.contains("先查看是否已经登记"), "{}", said.err);
    // It was carried out; given again under its id it gives the first receipt.
    let again = of(&pilot, &line, &pilot.database).result();
    assert_eq!((&again["receipt"]["repeated"], &again["revision"]), (&true.into(), &1.into()));
}
