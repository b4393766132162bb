//! What a reader and the three kinds of transaction have in common: a way to run a text.

use std::sync::Arc;

use async_trait::async_trait;
use hexacase::{
    sql::{Merging, Reading, Row, Script, Select, Text, Value},
    store::{Loaded, StoreError, Wanted},
    terms::area::Realm,
};
use sqlx::{Sqlite, pool::PoolConnection, sqlite::SqliteRow};

use crate::{
    dialect::{self, pack, unpack},
    link::{self, Part, failed},
    store::Shared,
};

/// Something that can run texts.
#[async_trait]
pub(crate) trait Caller: Reading<Row = Row<SqliteRow>> {
    fn shared(&self) -> &Arc<Shared>;

    /// Runs a text.
    async fn run(
        &mut self,
        operation: &'static str,
        text: Arc<str>,
        values: Vec<Value>,
    ) -> Result<Vec<Part>, StoreError>;
}

/// Runs a script and gives the rows of each of its statements.
pub(crate) async fn ask(
    caller: &mut dyn Caller,
    operation: &'static str,
    script: Script,
) -> Result<Vec<Vec<Row<SqliteRow>>>, StoreError> {
    let prefix = &caller.shared().prefix;
    match script.text {
        Text::One(statement) => {
            let text = prefix.render(&statement).into();
            let parts = caller.run(operation, text, script.values).await?;
            let rows = |part: Part| part.rows.into_iter().map(Row::Driver).collect();
            Ok(parts.into_iter().map(rows).collect())
        }
        Text::Several(head, selects) => {
            let packed = pack(prefix, &head, &selects);
            let parts = caller.run(operation, Arc::clone(&packed.text), script.values).await?;
            unpack(operation, &packed, parts.first())
        }
    }
}

/// Reads on connections of the pool, each call on one of its own.
pub(crate) struct Reader {
    shared: Arc<Shared>,
    realm: Realm,
}

impl Reader {
    pub(crate) fn new(shared: Arc<Shared>, realm: Realm) -> Self {
        Self { shared, realm }
    }
}

/// A connection on loan that must not go back with a transaction open.
struct Loan {
    connection: Option<PoolConnection<Sqlite>>,
}

impl Drop for Loan {
    fn drop(&mut self) {
        // The call was dropped half way, or failed: nobody is to get this connection again, and
        // closing it ends what is open on it.
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}

#[async_trait]
impl Caller for Reader {
    fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    async fn run(
        &mut self,
        operation: &'static str,
        text: Arc<str>,
        values: Vec<Value>,
    ) -> Result<Vec<Part>, StoreError> {
        let mut loan = Loan { connection: Some(self.shared.acquire().await?) };
        let Some(connection) = loan.connection.as_mut() else { return Ok(Vec::new()) };
        let parts = link::run(connection, &self.shared.counters, text, values)
            .await
            .map_err(failed(operation))?;
        // It came to its end and may go back.
        drop(loan.connection.take());
        Ok(parts)
    }
}

#[async_trait]
impl Reading for Reader {
    type Row = Row<SqliteRow>;

    fn realm(&self) -> &Realm {
        &self.realm
    }

    fn merging(&self) -> Merging {
        Merging::Queue
    }

    fn standing(&self) -> Vec<Select> {
        dialect::standing()
    }

    async fn ask(
        &mut self,
        operation: &'static str,
        script: Script,
    ) -> Result<Vec<Vec<Row<SqliteRow>>>, StoreError> {
        ask(self, operation, script).await
    }

    async fn load_batch(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        dialect::load_batch(self, wanted, false).await
    }
}
