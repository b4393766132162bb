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
pub(crate) trait Session: Send {
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
    session: &mut dyn Session,
    operation: &'static str,
    script: Script,
) -> Result<impl Iterator<Item = Vec<SqliteRow>>, StoreError> {
    let text = session.shared().prefix.render(&script.statements.join(";\n"));
    let parts = session.run(operation, text.into(), script.values).await?;
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
    session: &mut dyn Session,
    query: &CaseQuery,
) -> Result<Vec<StoredCase>, StoreError> {
    let realm = session.realm().clone();
    assemble(&realm, rows_of(session, "list cases", sql::cases(&realm, query)).await?)
}

pub(crate) async fn entries(
    session: &mut dyn Session,
    query: &EntryQuery,
) -> Result<Vec<StoredEntry>, StoreError> {
    let script = sql::entries(session.realm(), query);
    let mut rows = rows_of(session, "list entries", script).await?;
    decoded(rows.next(), |row| sql::entry(row, query.bodies))
}

pub(crate) async fn duties(
    session: &mut dyn Session,
    query: &DutyQuery,
) -> Result<Vec<DutyRow>, StoreError> {
    let realm = session.realm().clone();
    let mut rows = rows_of(session, "list duties", sql::duties(&realm, query)).await?;
    decoded(rows.next(), |row| sql::duty_row(&realm, row))
}

pub(crate) async fn rungs(
    session: &mut dyn Session,
    case: Option<CaseId>,
    limit: u32,
) -> Result<Vec<Rung>, StoreError> {
    let script = sql::rungs(session.realm(), case, limit);
    let mut rows = rows_of(session, "list rungs", script).await?;
    decoded(rows.next(), sql::rung)
}

pub(crate) async fn messages(
    session: &mut dyn Session,
    after: Option<(Timestamp, MessageId)>,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let script = sql::messages(session.realm(), after, limit);
    let mut rows = rows_of(session, "list messages", script).await?;
    decoded(rows.next(), sql::message)
}

pub(crate) async fn definitions_in_use(
    session: &mut dyn Session,
) -> Result<Vec<DefinitionInUse>, StoreError> {
    let script = sql::definitions_in_use(session.realm());
    let mut rows = rows_of(session, "list the definitions in use", script).await?;
    decoded(rows.next(), sql::definition_in_use)
}

pub(crate) async fn staff(session: &mut dyn Session) -> Result<(i64, Vec<StaffRow>), StoreError> {
    let script = sql::staff_list(session.realm());
    let mut rows = rows_of(session, "list the staff", script).await?;
    let revision = dialect::directory(rows.next().as_deref())?;
    Ok((revision, decoded(rows.next(), sql::staff)?))
}

/// Gives a session the reads of the contract.
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
                $crate::session::cases(self, query).await
            }

            async fn entries(
                &mut self,
                query: &hexacase::store::EntryQuery,
            ) -> Result<Vec<hexacase::store::StoredEntry>, hexacase::store::StoreError> {
                $crate::session::entries(self, query).await
            }

            async fn duties(
                &mut self,
                query: &hexacase::store::DutyQuery,
            ) -> Result<Vec<hexacase::store::DutyRow>, hexacase::store::StoreError> {
                $crate::session::duties(self, query).await
            }

            async fn rungs(
                &mut self,
                case: Option<hexacase::terms::id::CaseId>,
                limit: u32,
            ) -> Result<Vec<hexacase::store::Rung>, hexacase::store::StoreError> {
                $crate::session::rungs(self, case, limit).await
            }

            async fn messages(
                &mut self,
                after: Option<(
                    hexacase::terms::time::Timestamp,
                    hexacase::terms::id::MessageId,
                )>,
                limit: u32,
            ) -> Result<Vec<hexacase::store::Message>, hexacase::store::StoreError> {
                $crate::session::messages(self, after, limit).await
            }

            async fn definitions_in_use(
                &mut self,
            ) -> Result<Vec<hexacase::store::DefinitionInUse>, hexacase::store::StoreError> {
                $crate::session::definitions_in_use(self).await
            }

            async fn staff(
                &mut self,
            ) -> Result<(i64, Vec<hexacase::store::StaffRow>), hexacase::store::StoreError> {
                $crate::session::staff(self).await
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
impl Session for Reader {
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
