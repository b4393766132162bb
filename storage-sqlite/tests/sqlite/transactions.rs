//! Transactions of our own: how many calls they take, and what is left of those that are dropped.

use hexacase::{
    store::{CaseQuery, Group, GroupOutcome, Store, StoreError, Wanted},
    terms::id::CommandId,
};

use crate::support::{
    Database, bytes16, cancel_after, case_id, duty, facts, moving, opening, realm, shown,
};

fn wanted(n: u8) -> Wanted {
    Wanted {
        cases: vec![case_id(n)],
        commands: vec![CommandId::from_bytes(bytes16(n))],
        scopes: opening(n).scopes.into_iter().map(|(scope, _)| scope).collect(),
        ..Wanted::default()
    }
}

async fn cases(database: &Database) -> usize {
    let query = CaseQuery { limit: 1000, ..CaseQuery::default() };
    let mut reader = database.store.reader(&realm()).await.unwrap();
    reader.cases(&query).await.unwrap().len()
}

#[tokio::test]
async fn a_step_takes_two_calls_and_a_list_one() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    let count = || database.store.statements();
    let calls = |before: hexacase_sqlite::Counts| count().calls - before.calls;

    let before = count();
    let mut tx = database.store.begin(&realm()).await.unwrap();
    assert_eq!(calls(before), 0);
    tx.load(&wanted(3)).await.unwrap();
    assert_eq!(calls(before), 1);
    tx.conclude(&[opening(3)]).await.unwrap();
    assert_eq!(calls(before), 2);
    assert!(count().statements - before.statements < 40);

    // One more for who appends and commits.
    let before = count();
    let mut tx = database.store.begin(&realm()).await.unwrap();
    tx.load(&wanted(5)).await.unwrap();
    tx.append(&[opening(5)]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(calls(before), 3);

    // What was not loaded is looked at first.
    let before = count();
    let mut tx = database.store.begin(&realm()).await.unwrap();
    tx.append(&[opening(4)]).await.unwrap();
    assert_eq!(calls(before), 3);
    drop(tx);

    let mut reader = database.store.reader(&realm()).await.unwrap();
    let before = count();
    reader.cases(&CaseQuery { limit: 9, ..CaseQuery::default() }).await.unwrap();
    reader.load(&wanted(2)).await.unwrap();
    reader.staff().await.unwrap();
    reader.rungs(None, 9).await.unwrap();
    reader.messages(None, 9).await.unwrap();
    assert_eq!(calls(before), 5);
}

#[tokio::test]
async fn a_losing_group_leaves_the_others_and_the_transaction_alone() {
    let database = Database::new().await;
    database.append(&[opening(2), opening(3)]).await;
    let mut tx = database.store.begin(&realm()).await.unwrap();
    let repeated = Group { expect: Vec::new(), ..opening(2) };
    let outcomes =
        tx.append(&[moving(2, 5), moving(3, 1), opening(4), opening(3), repeated]).await.unwrap();
    let written: Vec<bool> =
        outcomes.iter().map(|one| matches!(one, GroupOutcome::Written(_))).collect();
    assert_eq!(written, [false, true, true, false, false]);
    // What was written in this transaction counts for what follows in it.
    let outcomes = tx.append(&[moving(3, 1), moving(4, 1)]).await.unwrap();
    assert_eq!(outcomes, [GroupOutcome::Conflict, GroupOutcome::Written(Vec::new())]);
}

#[tokio::test]
async fn a_second_append_goes_on_from_the_first() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    let mut tx = database.store.begin(&realm()).await.unwrap();
    for revision in 1..12 {
        let outcomes = tx.append(&[moving(2, revision)]).await.unwrap();
        assert_eq!(outcomes, [GroupOutcome::Written(Vec::new())]);
    }
    assert_eq!(tx.append(&[moving(2, 11)]).await.unwrap(), [GroupOutcome::Conflict]);
    tx.commit().await.unwrap();
    let loaded = database.load(&[case_id(2)]).await.unwrap();
    assert_eq!(loaded.cases[0].facts, facts(2, 12));
    assert_eq!(loaded.cases[0].body.as_ref().unwrap().bytes, b"body 12 of 2");
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_and_lets_go_of_the_lock() {
    let database = Database::new().await;
    let mut tx = database.store.begin(&realm()).await.unwrap();
    tx.append(&[opening(2)]).await.unwrap();
    drop(tx);
    // Without a turn of our own, the lock is free for the host.
    let host = database.host().await;
    let tx = host.begin_with("BEGIN IMMEDIATE").await.unwrap();
    drop(tx);
    assert_eq!(cases(&database).await, 0);
    database.append(&[opening(2)]).await;
    assert_eq!(cases(&database).await, 1);
}

#[tokio::test]
async fn a_step_dropped_at_any_await_leaves_all_or_nothing() {
    let database = Database::new().await;
    let mut whole = 0;
    for n in 2..250 {
        let polls = usize::from(n) - 1;
        let step = async {
            let mut tx = database.store.begin(&realm()).await?;
            tx.load(&wanted(n)).await?;
            tx.append(&[opening(n)]).await?;
            tx.commit().await
        };
        let ended = cancel_after(polls, step).await;
        // The next step is not hindered and sees all of the one before or nothing.
        let mut tx = database.store.begin(&realm()).await.unwrap();
        let loaded = tx.load(&wanted(n)).await.unwrap();
        let there = loaded.cases.len();
        assert_eq!(loaded.commands.len(), there);
        assert_eq!(loaded.scopes.values().sum::<i64>(), 2 * i64::try_from(there).unwrap());
        drop(tx);
        if let Some(ended) = ended {
            ended.unwrap();
            assert_eq!(there, 1);
            whole += 1;
        }
        if whole == 3 {
            return;
        }
    }
    panic!("no step came to its end");
}

#[tokio::test]
async fn a_read_dropped_at_any_await_gives_no_open_transaction_back() {
    let database = Database::new().await;
    database.append(&[opening(2)]).await;
    for polls in 1..30 {
        let mut reader = database.store.reader(&realm()).await.unwrap();
        let dropped = wanted(2);
        let ended = cancel_after(polls, reader.load(&dropped)).await;
        // A connection with an old snapshot would not see this step.
        let revision = i64::try_from(polls).unwrap();
        database.append(&[moving(2, revision)]).await;
        for _ in 0..5 {
            let loaded = database.load(&[case_id(2)]).await.unwrap();
            assert_eq!(loaded.cases[0].facts.revision.get(), revision + 1);
        }
        if let Some(ended) = ended {
            ended.unwrap();
        }
    }
}

#[tokio::test]
async fn a_transaction_whose_call_was_dropped_cannot_be_committed() {
    let database = Database::new().await;
    let mut tx = database.store.begin(&realm()).await.unwrap();
    // Long enough that it cannot be over at the first look.
    let groups: Vec<_> = (2..=250).map(opening).collect();
    assert!(cancel_after(1, tx.append(&groups)).await.is_none());
    assert!(matches!(tx.append(&groups).await, Err(StoreError::Interrupted)));
    assert!(matches!(tx.commit().await, Err(StoreError::Interrupted)));
    assert_eq!(cases(&database).await, 0);
}

#[tokio::test]
async fn a_transaction_that_failed_half_way_cannot_be_committed() {
    let database = Database::new().await;
    let mut tx = database.store.begin(&realm()).await.unwrap();
    // Two entries of one number are the engine's fault and an SQL error.
    let mut group = opening(2);
    group.entries.push(group.entries[0].clone());
    let error = tx.append(&[group]).await.unwrap_err();
    assert!(matches!(error, StoreError::Backend { retryable: false, .. }), "{error:?}");
    assert!(matches!(tx.commit().await, Err(StoreError::Interrupted)));
    assert_eq!(cases(&database).await, 0);
}

#[tokio::test]
async fn a_second_writer_waits_and_is_told_when_it_takes_too_long() {
    let database = Database::new().await;
    let first = database.store.begin(&realm()).await.unwrap();
    let error = database.store.begin(&realm()).await.err();
    assert!(matches!(error, Some(StoreError::Busy { .. })), "{error:?}");
    drop(first);
    // The database's own lock is asked for with the first call.
    let host = database.host().await;
    let held = host.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let mut second = database.store.begin(&realm()).await.unwrap();
    let error = second.load(&wanted(2)).await.err();
    drop(second);
    assert!(matches!(error, Some(StoreError::Busy { .. })), "{error:?}");
    drop(held);
    database.append(&[opening(2)]).await;
}

#[tokio::test]
async fn numbers_go_on_through_batches_and_years() {
    let database = Database::new().await;
    let in_year = |n: u8, year: i32| {
        let mut group = opening(n);
        group.cases[0].number_in = Some(year);
        group
    };
    let numbers = |outcomes: Vec<GroupOutcome>| -> Vec<String> {
        let written = outcomes.into_iter().flat_map(|outcome| match outcome {
            GroupOutcome::Written(cases) => cases,
            GroupOutcome::Conflict => Vec::new(),
        });
        written.map(|(_, number)| number.to_string()).collect()
    };
    let outcomes = database.append(&[in_year(2, 2026), in_year(3, 2027), in_year(4, 2026)]).await;
    assert_eq!(
        numbers(outcomes),
        ["999999-2026-000001", "999999-2027-000001", "999999-2026-000002"]
    );
    let outcomes = database.append(&[in_year(2, 2026), in_year(5, 2026)]).await;
    assert_eq!(numbers(outcomes), ["999999-2026-000003"]);
    let loaded = database.load(&[case_id(5)]).await.unwrap();
    assert_eq!(loaded.cases[0].number.number, 3);
}

#[tokio::test]
async fn quotes_and_rare_characters_come_back_as_they_went_in() {
    let database = Database::new().await;
    let odd = "O'Brien \"𠮷\" \\ e\u{301} \u{1F9D2} {prefix} $1 ?2; -- \u{2028}";
    let mut group = opening(2);
    odd.clone_into(&mut group.cases[0].facts.state);
    odd.clone_into(&mut group.cases[0].facts.procedure);
    group.cases[0].attributes = vec![(odd.to_owned(), Some(odd.to_owned()))];
    let mut owed = duty(1, None);
    odd.clone_into(&mut owed.name);
    group.cases[0].duties = vec![shown(owed.clone())];
    group.messages[0].content = serde_json::json!({ odd: [odd, "\u{0}", 1, null] });
    odd.clone_into(&mut group.entries[0].key);
    group.entries[0].bytes = vec![0, 255, b'"', b'\''];
    group.entries[0].body = Vec::new();
    let written = group.clone();
    database.append(&[group]).await;
    let loaded = database.load(&[case_id(2)]).await.unwrap();
    let case = &loaded.cases[0];
    assert_eq!(case.facts, written.cases[0].facts);
    assert_eq!(case.attributes.get(odd).map(String::as_str), Some(odd));
    assert_eq!(case.duties, [owed]);
    let body = case.body.as_ref().unwrap();
    assert_eq!((body.key.as_str(), body.bytes.len()), (odd, 0));
    let mut reader = database.store.reader(&realm()).await.unwrap();
    assert_eq!(reader.messages(None, 9).await.unwrap(), written.messages);
    let query = CaseQuery {
        attribute: Some((odd.to_owned(), odd.to_owned())),
        state: Some(odd.to_owned()),
        limit: 9,
        ..CaseQuery::default()
    };
    assert_eq!(reader.cases(&query).await.unwrap(), loaded.cases);
    let entries = hexacase::store::EntryQuery { bodies: true, limit: 9, ..Default::default() };
    let entries = reader.entries(&entries).await.unwrap();
    assert_eq!(entries[0].bytes, written.entries[0].bytes);
    assert_eq!(entries[0].body, Some(Vec::new()));
}
