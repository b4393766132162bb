//! Rows that were changed by hand are named: table, key, column.

use crate::support::{Database, bytes16, case_id, opening, realm};
use hexacase::{
    store::{DutyFilter, DutyQuery, EntryQuery, Store, StoreError, Wanted},
    terms::id::CommandId,
};

async fn corrupted(change: &'static str) -> String {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    database.run(change).await;
    let mut reader = database.store.reader(&realm()).await.unwrap();
    let wanted = Wanted {
        cases: vec![case_id(2)],
        commands: vec![CommandId::from_bytes(bytes16(2))],
        ..Wanted::default()
    };
    let all = DutyQuery { filter: DutyFilter::All, after: None, limit: 9 };
    let entries = EntryQuery { bodies: true, limit: 9, ..EntryQuery::default() };
    let results = [
        reader.load(&wanted).await.map(drop),
        reader.duties(&all).await.map(drop),
        reader.entries(&entries).await.map(drop),
        reader.rungs(None, 9).await.map(drop),
        reader.messages(None, 9).await.map(drop),
        reader.staff().await.map(drop),
        database.store.meta().await.map(drop),
    ];
    let error = results.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(!error.is_retryable());
    error.to_string()
}

#[tokio::test]
async fn every_unreadable_cell_is_named_with_its_row() {
    let case = case_id(2);
    for (change, said) in [
        (
            "UPDATE hexacase_case_file SET head = x'00'",
            format!("table `case_file`, row {case}, column `head`: expected 32 bytes, found 1"),
        ),
        (
            "UPDATE hexacase_case_file SET subject_kind = 'dog'",
            format!(
                "table `case_file`, row {case}, column `subject_kind`: expected child, \
                 unidentified_child, unit, village, town, county, found `dog`"
            ),
        ),
        (
            "UPDATE hexacase_case_file SET areas = '{\"moon\":\"1\"}'",
            format!("table `case_file`, row {case}, column `areas`: unknown variant `moon`"),
        ),
        (
            "UPDATE hexacase_case_file SET duties = -1",
            format!("table `case_file`, row {case}, column `duties`: -1 is out of range"),
        ),
        (
            "UPDATE hexacase_case_file SET state = CAST(x'ff' AS TEXT)",
            format!("table `case_file`, row {case}, column `state`: invalid utf-8"),
        ),
        (
            "UPDATE hexacase_attribute SET value = CAST(x'6768ff' AS TEXT)",
            format!("table `attribute`, row {case}/grade, column `value`: invalid utf-8"),
        ),
        (
            "DELETE FROM hexacase_body",
            format!("table `body`, row {case}/1, column `bytes`: the body of the case's last"),
        ),
        (
            "UPDATE hexacase_duty SET state = 'odd' WHERE no = 1",
            format!("table `duty`, row {case}/1, column `state`: expected open, fulfilled"),
        ),
        (
            "UPDATE hexacase_duty SET calendar = NULL",
            format!("table `duty`, row {case}/1, column `calendar`: expected a value, found NULL"),
        ),
        (
            "UPDATE hexacase_entry SET hash = x''",
            format!("table `entry`, row {case}/1, column `hash`: expected 32 bytes, found 0"),
        ),
        (
            "UPDATE hexacase_command SET hash = x'01'",
            format!(
                "table `command`, row {}, column `hash`: expected 32 bytes",
                CommandId::from_bytes(bytes16(2))
            ),
        ),
        (
            "UPDATE hexacase_rung SET addressee = CAST(x'ff' AS TEXT)",
            format!("table `rung`, row {case}/1/0/0, column `addressee`: invalid utf-8"),
        ),
        (
            "UPDATE hexacase_message SET content = '{'",
            format!("table `message`, row {case}, column `content`: EOF while parsing"),
        ),
        (
            "INSERT INTO hexacase_staff VALUES ('999999', 'zhang', '张', '[', 'u', 0, 1, '[]')",
            "table `staff`, row zhang, column `grants`: EOF while parsing".to_owned(),
        ),
        // An id whose characters are digits in hexadecimal is an id all the same.
        (
            "INSERT INTO hexacase_staff VALUES ('999999', '5566', '张', '[', 'u', 0, 1, '[]')",
            "table `staff`, row 5566, column `grants`: EOF while parsing".to_owned(),
        ),
        (
            "INSERT INTO hexacase_staff VALUES \
             ('999999', 'zhang', CAST(x'ff' AS TEXT), '[]', 'u', 0, 1, '[]')",
            "table `staff`, row zhang, column `name`: invalid utf-8".to_owned(),
        ),
        (
            "UPDATE hexacase_meta SET origin = x'aa'",
            "table `meta`, row 999999, column `origin`: expected 16 bytes, found 1".to_owned(),
        ),
    ] {
        let found = corrupted(change).await;
        assert!(found.starts_with(&said), "{found}\n{said}");
    }
}
