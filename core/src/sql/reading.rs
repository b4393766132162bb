//! The reads of the contract, once for everything that can run their texts: readers and the kinds
//! of transaction of each database.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{
    cells::{Cells, Record},
    decode,
    packed::Select,
    post, read,
    script::Script,
    worklist::Merging,
};
use crate::{
    store::{
        Answered, CaseQuery, DefinitionInUse, Delivery, DeliveryQuery, DutyCursor, DutyQuery,
        DutyRow, EntryQuery, Loaded, Message, Read, Rung, Scope, StaffRow, StoreError, StoredCase,
        StoredEntry, Submitted, Wanted, WorklistQuery,
    },
    terms::{
        area::Realm,
        id::{CaseId, CommandId, MessageId},
        time::Timestamp,
    },
};

/// Something that runs the texts of reads in one realm. It gets all of [`Read`] for it.
#[async_trait]
pub trait Reading: Send {
    /// A row of the database.
    type Row: Cells + Send + Sync;

    /// The realm.
    fn realm(&self) -> &Realm;

    /// How its database merges what a worklist shows.
    fn merging(&self) -> Merging;

    /// What is to be known of cases whose ids are in the table `wanted (id)`: their rows, attributes
    /// and open duties; and the directory.
    fn standing(&self) -> Vec<Select>;

    /// Runs the statements of a script, which see one state, and gives the rows of each.
    ///
    /// # Errors
    /// What the database says.
    async fn ask(
        &mut self,
        operation: &'static str,
        script: Script,
    ) -> Result<Vec<Vec<Self::Row>>, StoreError>;

    /// Loads what a batch wants.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], or what the database says.
    async fn load_batch(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError>;
}

/// Asks for one kind of row and decodes each.
async fn list<C, T>(
    caller: &mut C,
    operation: &'static str,
    script: Script,
    decode: impl Fn(&C::Row) -> Result<T, StoreError> + Send,
) -> Result<Vec<T>, StoreError>
where
    C: Reading,
    T: Send,
{
    let rows = caller.ask(operation, script).await?;
    rows.into_iter().next().unwrap_or_default().iter().map(decode).collect()
}

#[async_trait]
impl<C: Reading> Read for C {
    async fn load(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        self.load_batch(wanted).await
    }

    async fn cases(&mut self, query: &CaseQuery) -> Result<Vec<StoredCase>, StoreError> {
        let realm = self.realm().clone();
        let rows = self.ask("list cases", read::cases(&realm, query)).await?;
        assemble(&mut rows.into_iter(), |row| decode::case(&realm, row))
    }

    async fn entries(&mut self, query: &EntryQuery) -> Result<Vec<StoredEntry>, StoreError> {
        let script = read::entries(self.realm(), query);
        list(self, "list entries", script, |row| decode::entry(row, query.bodies)).await
    }

    async fn duties(&mut self, query: &DutyQuery) -> Result<Vec<DutyRow>, StoreError> {
        let realm = self.realm().clone();
        let script = read::duties(&realm, query, self.merging());
        list(self, "list duties", script, |row| decode::duty_row(&realm, row)).await
    }

    async fn worklist(
        &mut self,
        page: &WorklistQuery<'_>,
    ) -> Result<(Vec<DutyCursor>, Loaded), StoreError> {
        let realm = self.realm().clone();
        let script = read::worklist(&realm, page, self.merging(), self.standing());
        let mut rows = self.ask("list a worklist", script).await?.into_iter();
        let places = rows.next().unwrap_or_default();
        let places = places.iter().map(decode::duty_cursor).collect::<Result<_, _>>()?;
        let cases = assemble(&mut rows, |row| decode::standing(&realm, row))?;
        let directory = directory(rows.next())?;
        Ok((places, Loaded { cases, directory, ..Loaded::default() }))
    }

    async fn rungs(&mut self, case: Option<CaseId>, limit: u32) -> Result<Vec<Rung>, StoreError> {
        let script = read::rungs(self.realm(), case, limit);
        list(self, "list rungs", script, decode::rung).await
    }

    async fn messages(
        &mut self,
        after: Option<(Timestamp, MessageId)>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let script = read::messages(self.realm(), after, limit);
        list(self, "list messages", script, decode::message).await
    }

    async fn definitions_in_use(&mut self) -> Result<Vec<DefinitionInUse>, StoreError> {
        let script = read::definitions_in_use(self.realm());
        list(self, "list the definitions in use", script, decode::definition_in_use).await
    }

    async fn staff(&mut self) -> Result<(i64, Vec<StaffRow>), StoreError> {
        let script = read::staff_list(self.realm());
        let mut rows = self.ask("list the staff", script).await?.into_iter();
        let revision = directory(rows.next())?;
        let people = rows.next().unwrap_or_default();
        Ok((revision, people.iter().map(decode::staff).collect::<Result<_, _>>()?))
    }

    async fn deliveries(&mut self, query: &DeliveryQuery) -> Result<Vec<Delivery>, StoreError> {
        let script = post::deliveries(self.realm(), query);
        list(self, "list deliveries", script, post::delivery).await
    }

    async fn submitted(&mut self, limit: u32) -> Result<Vec<Submitted>, StoreError> {
        let script = post::submitted(self.realm(), limit);
        list(self, "list the inbox", script, post::submitted_row).await
    }

    async fn answered(&mut self, id: CommandId) -> Result<Option<Answered>, StoreError> {
        let script = post::answered(self.realm(), id);
        Ok(list(self, "read an answer", script, post::answered_row).await?.pop())
    }
}

/// What a load found, from the rows of cases, attributes, open duties, commands, scopes and the
/// directory.
///
/// # Errors
/// [`StoreError::Corrupt`]; [`StoreError::NotSetUp`] where the realm has no directory.
pub fn loaded<R: Cells>(
    realm: &Realm,
    wanted: &Wanted,
    mut rows: impl Iterator<Item = Vec<R>>,
) -> Result<Loaded, StoreError> {
    let cases = assemble(&mut rows, |row| decode::case(realm, row))?;
    let commands = rows.next().unwrap_or_default();
    let commands =
        commands.iter().map(|row| decode::command(realm, row)).collect::<Result<_, _>>()?;
    // A scope without a row stands at 0.
    let mut scopes: BTreeMap<Scope, i64> = wanted.scopes.iter().map(|scope| (*scope, 0)).collect();
    for case in cases.iter().filter(|case| wanted.cases.contains(&case.facts.id)) {
        scopes.insert(Scope::subject(case.facts.subject.id), 0);
        scopes.insert(Scope::incident(case.facts.incident), 0);
    }
    for row in rows.next().unwrap_or_default() {
        let (scope, revision) = decode::scope(&row)?;
        scopes.insert(scope, revision);
    }
    let directory = directory(rows.next())?;
    Ok(Loaded { cases, commands, scopes, directory })
}

/// Cases from the rows of cases, attributes and open duties.
fn assemble<R: Cells>(
    rows: &mut impl Iterator<Item = Vec<R>>,
    decode: impl Fn(&R) -> Result<StoredCase, StoreError>,
) -> Result<Vec<StoredCase>, StoreError> {
    let found = rows.next().unwrap_or_default();
    let mut cases = found.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    cases.sort_by_key(|case| case.facts.id);
    let place = |cases: &mut [StoredCase], id: CaseId| {
        cases.binary_search_by_key(&id, |case| case.facts.id).ok()
    };
    for row in rows.next().unwrap_or_default() {
        let (id, name, value) = decode::attribute(&row)?;
        if let Some(case) = place(&mut cases, id).and_then(|at| cases.get_mut(at)) {
            case.attributes.insert(name, value);
        }
    }
    for row in rows.next().unwrap_or_default() {
        let (id, duty) = decode::duty(&row)?;
        if let Some(case) = place(&mut cases, id).and_then(|at| cases.get_mut(at)) {
            case.duties.push(duty);
        }
    }
    Ok(cases)
}

/// The revision of the directory.
fn directory<R: Cells>(rows: Option<Vec<R>>) -> Result<i64, StoreError> {
    let rows = rows.unwrap_or_default();
    let row = rows.first().ok_or(StoreError::NotSetUp)?;
    Record::new(row, "directory", &[]).int("revision")
}
