//! What a reader and the three kinds of transaction have in common: a way to run a text.

use std::sync::Arc;

use async_trait::async_trait;
use hexacase::{
    sql::{Merging, Reading, Row, Script, Select, Text},
    store::{Loaded, StoreError, Wanted},
    terms::area::Realm,
};
use sqlx::{Postgres, pool::PoolConnection, postgres::PgRow};

use crate::{
    dialect::{self, pack, unpack},
    link::{self, Bind, failed},
    store::Shared,
};

/// Something that can run texts.
#[async_trait]
pub(crate) trait Caller: Reading<Row = Row<PgRow>> {
    fn shared(&self) -> &Arc<Shared>;

    /// Runs one statement.
    async fn run(
        &mut self,
        operation: &'static str,
        text: Arc<str>,
        values: Vec<Bind>,
    ) -> Result<Vec<PgRow>, StoreError>;
}

/// Runs a script and gives the rows of each of its statements.
pub(crate) async fn ask(
    caller: &mut dyn Caller,
    operation: &'static str,
    script: Script,
) -> Result<Vec<Vec<Row<PgRow>>>, StoreError> {
    let prefix = &caller.shared().prefix;
    let values = script.values.into_iter().map(Bind::from).collect();
    match script.text {
        Text::One(statement) => {
            let text = prefix.render(&statement).into();
            let rows = caller.run(operation, text, values).await?;
            Ok(vec![rows.into_iter().map(Row::Driver).collect()])
        }
        Text::Several(head, selects) => {
            let packed = pack(prefix, &head, &selects);
            let rows = caller.run(operation, Arc::clone(&packed.text), values).await?;
            unpack(operation, &packed, &rows)
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

/// A connection on loan that must not go back in the middle of something.
struct Loan {
    connection: Option<PoolConnection<Postgres>>,
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
        values: Vec<Bind>,
    ) -> Result<Vec<PgRow>, StoreError> {
        let shared = &self.shared;
        let mut loan = Loan { connection: Some(shared.acquire().await?) };
        let Some(connection) = loan.connection.as_mut() else { return Ok(Vec::new()) };
        if shared.pooled {
            // A pooler may give the two halves of a statement to two sessions, but never those of
            // a transaction.
            let begin = link::run_all(connection, &shared.counters, "BEGIN READ ONLY");
            link::within(shared.patience, begin).await.map_err(failed(operation))?;
        }
        let call = link::run(connection, &shared.counters, text, values, !shared.pooled);
        let rows = link::within(shared.patience, call).await.map_err(failed(operation))?;
        if shared.pooled {
            let end = link::run_all(connection, &shared.counters, "COMMIT");
            link::within(shared.patience, end).await.map_err(failed(operation))?;
        }
        // It came to its end and may go back.
        drop(loan.connection.take());
        Ok(rows)
    }
}

#[async_trait]
impl Reading for Reader {
    type Row = Row<PgRow>;

    fn realm(&self) -> &Realm {
        &self.realm
    }

    fn merging(&self) -> Merging {
        Merging::Heads
    }

    fn standing(&self) -> Vec<Select> {
        dialect::standing()
    }

    async fn ask(
        &mut self,
        operation: &'static str,
        script: Script,
    ) -> Result<Vec<Vec<Row<PgRow>>>, StoreError> {
        ask(self, operation, script).await
    }

    async fn load_batch(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        dialect::load_batch(self, wanted).await
    }
}
