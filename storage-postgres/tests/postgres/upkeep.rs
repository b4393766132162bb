//! What a database looks like from inside.

use crate::support::{Database, opening};

#[tokio::test]
async fn a_check_up_tells_settings_and_size() {
    let database = Database::new().await;
    let before = database.store.check_up().await.unwrap();
    assert!(before.server.starts_with(|first: char| first.is_ascii_digit()), "{before:?}");
    assert_eq!(before.synchronous_commit, "on");
    assert_eq!(before.problems, Vec::<String>::new());
    database.append(&[opening(2)]).await;
    assert!(database.store.check_up().await.unwrap().bytes > before.bytes);
}
