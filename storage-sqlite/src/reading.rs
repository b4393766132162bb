//! What a reader and the three kinds of transaction have in common: a way to run a text. All
//! reads stand here once.

use std::sync::Arc;

use async_trait::async_trait;
use hexacase::{
    sql::{self, Script, Value},
    store::{
        CaseQuery, DefinitionInUse, DutyQuery, DutyRow, EntryQuery, Loaded, Message, Read, Rung,
        StaffRow, StoreError, StoredCase, StoredEntry, Wanted,
    },
    terms::{
        area::Realm,
        id::{CaseId, MessageId},
        time::Timestamp,
    },
};
use sqlx::{Sqlite, pool::PoolConnection, sqlite::SqliteRow};

use crate::{
    dialect,
    link::{self, Part, failed},
    store::Shared,
};

/// Something that can run texts.
#[async_trait]
pub(crate) trait Caller: Send {
    fn shared(&self) -> &Arc<Shared>;

    fn realm(&self) -> &Realm;

    /// Runs statements that see one state.
    async fn run(
        &mut self,
        operation: &'static str,
        text: Arc<str>,
        values: Vec<Value>,
    ) -> Result<Vec<Part>, StoreError>;
}

/// Runs a script and gives the rows of each of its statements.
pub(crate) async fn rows_of(
    caller: &mut dyn Caller,
    operation: &'static str,
    script: Script,
) -> Result<impl Iterator<Item = Vec<SqliteRow>>, StoreError> {
    let text = caller.shared().prefix.render(&script.statements.join(";\n"));
    let parts = caller.run(operation, text.into(), script.values).await?;
    Ok(parts.into_iter().map(|part| part.rows))
}

fn decoded<T>(
    rows: Option<Vec<SqliteRow>>,
    decode: impl Fn(&SqliteRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.unwrap_or_default().iter().map(decode).collect()
}

/// Cases from the rows of cases, attributes and open duties.
pub(crate) fn assemble(
    realm: &Realm,
    mut rows: impl Iterator<Item = Vec<SqliteRow>>,
) -> Result<Vec<StoredCase>, StoreError> {
    let mut cases = decoded(rows.next(), |row| sql::case(realm, row))?;
    let place = |cases: &mut [StoredCase], id: CaseId| {
        cases.binary_search_by_key(&id, |case| case.facts.id).ok()
    };
    cases.sort_by_key(|case| case.facts.id);
    for row in rows.next().unwrap_or_default() {
        let (id, name, value) = sql::attribute(&row)?;
        if let Some(case) = place(&mut cases, id).and_then(|at| cases.get_mut(at)) {
            case.attributes.insert(name, value);
        }
    }
    for row in rows.next().unwrap_or_default() {
        let (id, duty) = sql::duty(&row)?;
        if let Some(case) = place(&mut cases, id).and_then(|at| cases.get_mut(at)) {
            case.duties.push(duty);
        }
    }
    Ok(cases)
}

pub(crate) async fn cases(
    caller: &mut dyn Caller,
    query: &CaseQuery,
) -> Result<Vec<StoredCase>, StoreError> {
    let realm = caller.realm().clone();
    assemble(&realm, rows_of(caller, "list cases", sql::cases(&realm, query)).await?)
}

pub(crate) async fn entries(
    caller: &mut dyn Caller,
    query: &EntryQuery,
) -> Result<Vec<StoredEntry>, StoreError> {
    let script = sql::entries(caller.realm(), query);
    let mut rows = rows_of(caller, "list entries", script).await?;
    decoded(rows.next(), |row| sql::entry(row, query.bodies))
}

pub(crate) async fn duties(
    caller: &mut dyn Caller,
    query: &DutyQuery,
) -> Result<Vec<DutyRow>, StoreError> {
    let realm = caller.realm().clone();
    let mut rows = rows_of(caller, "list duties", sql::duties(&realm, query)).await?;
    decoded(rows.next(), |row| sql::duty_row(&realm, row))
}

pub(crate) async fn rungs(
    caller: &mut dyn Caller,
    case: Option<CaseId>,
    limit: u32,
) -> Result<Vec<Rung>, StoreError> {
    let script = sql::rungs(caller.realm(), case, limit);
    let mut rows = rows_of(caller, "list rungs", script).await?;
    decoded(rows.next(), sql::rung)
}

pub(crate) async fn messages(
    caller: &mut dyn Caller,
    after: Option<(Timestamp, MessageId)>,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let script = sql::messages(caller.realm(), after, limit);
    let mut rows = rows_of(caller, "list messages", script).await?;
    decoded(rows.next(), sql::message)
}

pub(crate) async fn definitions_in_use(
    caller: &mut dyn Caller,
) -> Result<Vec<DefinitionInUse>, StoreError> {
    let script = sql::definitions_in_use(caller.realm());
    let mut rows = rows_of(caller, "list the definitions in use", script).await?;
    decoded(rows.next(), sql::definition_in_use)
}

pub(crate) async fn staff(caller: &mut dyn Caller) -> Result<(i64, Vec<StaffRow>), StoreError> {
    let script = sql::staff_list(caller.realm());
    let mut rows = rows_of(caller, "list the staff", script).await?;
    let revision = dialect::directory(rows.next().as_deref())?;
    Ok((revision, decoded(rows.next(), sql::staff)?))
}

/// Gives a caller the reads of the contract.
macro_rules! reads {
    ($load:path, $($header:tt)*) => {
        #[async_trait::async_trait]
        $($header)* {
            async fn load(
                &mut self,
                wanted: &hexacase::store::Wanted,
            ) -> Result<hexacase::store::Loaded, hexacase::store::StoreError> {
                $load(self, wanted).await
            }

            async fn cases(
                &mut self,
                query: &hexacase::store::CaseQuery,
            ) -> Result<Vec<hexacase::store::StoredCase>, hexacase::store::StoreError> {
                $crate::reading::cases(self, query).await
            }

            async fn entries(
                &mut self,
                query: &hexacase::store::EntryQuery,
            ) -> Result<Vec<hexacase::store::StoredEntry>, hexacase::store::StoreError> {
                $crate::reading::entries(self, query).await
            }

            async fn duties(
                &mut self,
                query: &hexacase::store::DutyQuery,
            ) -> Result<Vec<hexacase::store::DutyRow>, hexacase::store::StoreError> {
                $crate::reading::duties(self, query).await
            }

            async fn rungs(
                &mut self,
                case: Option<hexacase::terms::id::CaseId>,
                limit: u32,
            ) -> Result<Vec<hexacase::store::Rung>, hexacase::store::StoreError> {
                $crate::reading::rungs(self, case, limit).await
            }

            async fn messages(
                &mut self,
                after: Option<(
                    hexacase::terms::time::Timestamp,
                    hexacase::terms::id::MessageId,
                )>,
                limit: u32,
            ) -> Result<Vec<hexacase::store::Message>, hexacase::store::StoreError> {
                $crate::reading::messages(self, after, limit).await
            }

            async fn definitions_in_use(
                &mut self,
            ) -> Result<Vec<hexacase::store::DefinitionInUse>, hexacase::store::StoreError> {
                $crate::reading::definitions_in_use(self).await
            }

            async fn staff(
                &mut self,
            ) -> Result<(i64, Vec<hexacase::store::StaffRow>), hexacase::store::StoreError> {
                $crate::reading::staff(self).await
            }
        }
    };
}
pub(crate) use reads;

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

    fn realm(&self) -> &Realm {
        &self.realm
    }

    async fn run(
        &mut self,
        operation: &'static str,
        text: Arc<str>,
        values: Vec<Value>,
    ) -> Result<Vec<Part>, StoreError> {
        let mut loan = Loan { connection: Some(self.shared.acquire().await?) };
        let Some(connection) = loan.connection.as_mut() else { return Ok(Vec::new()) };
        // Several statements see one state only within a transaction.
        let several = text.contains(";\n");
        let text = if several { format!("BEGIN;\n{text};\nCOMMIT").into() } else { text };
        let mut parts = link::run(connection, &self.shared.counters, text, values)
            .await
            .map_err(failed(operation))?;
        // It came to its end and may go back.
        drop(loan.connection.take());
        if several {
            parts.pop();
            parts.drain(..1.min(parts.len()));
        }
        Ok(parts)
    }
}

async fn load_unlocked(reader: &mut Reader, wanted: &Wanted) -> Result<Loaded, StoreError> {
    dialect::load_batch(reader, wanted).await
}

reads!(load_unlocked, impl Read for Reader);
