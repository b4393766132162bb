//! The pilot's database: finding it, setting it up, opening an engine on it.
//!
//! A command that is not meant to make a database never makes one, and real work is never played
//! over.

mod file;
mod files;
mod server;
mod store;
mod url;

use std::{path::Path, sync::Arc};

use hexacase::{
    county,
    engine::{Engine, Setup},
    procedure::Definition,
    store::{CaseQuery, Meta, Store, StoreError},
    terms::{
        area::Realm,
        entropy::{Entropy, uuid_v7},
        id::OriginId,
        time::{Clock, Timestamp},
    },
};

pub use self::{
    files::Files,
    server::Server,
    store::{Checkup, PilotStore},
    url::{DEFAULT, DatabaseUrl},
};
use crate::{
    blobs::DirBlobs,
    cli::Global,
    clock::PilotClock,
    error::PilotError,
    failure::Failure,
    log::PilotLog,
    output::{Output, Words},
};

/// A database that is ready for work.
#[derive(Debug)]
pub struct Opened {
    /// The engine.
    pub engine: Engine,
    /// Its store.
    pub store: PilotStore,
    /// Its evidence.
    pub blobs: DirBlobs,
    /// The pilot's own log.
    pub log: PilotLog,
}

impl Opened {
    /// The words of the definitions it carries.
    pub fn words(&self, out: &Output) -> Words {
        Words::new(out.lang(), self.engine.registry().iter().map(Arc::clone).collect())
    }
}

/// The definitions of this program, without a database.
///
/// # Errors
/// Every problem of every definition.
pub fn definitions() -> Result<Vec<Arc<Definition>>, Failure> {
    let rules = hexacase::care::rules::national();
    Ok(hexacase::care::definitions(rules)?.into_iter().map(Arc::new).collect())
}

/// Opens the database that a command names. A demo's own now is the end of the day on which its
/// last entry was recorded.
///
/// # Errors
/// It is not there, not set up, not of this version, or not a demo although `--now` is given.
pub async fn open(global: &Global) -> Result<Opened, Failure> {
    let url = DatabaseUrl::of(global)?;
    url.must_exist()?;
    let store = url.connect().await?;
    let meta = store.meta().await?;
    url.files().must_be_of(&meta)?;
    let clock = match (meta.demo, global.now) {
        (true, Some(now)) => PilotClock::standing_at(now),
        (true, None) => PilotClock::standing_at(last_recorded(&store, &meta).await?.date().end()),
        (false, None) => PilotClock::of_the_machine(),
        (false, Some(_)) => return Err(PilotError::NowNeedsDemo.into()),
    };
    ready(&url, store, clock, |setup| setup).await
}

/// Opens a database file without asking what it is: a copy that is being looked at.
///
/// # Errors
/// It is not set up, or not of this version.
pub async fn open_at(path: &Path) -> Result<Opened, Failure> {
    let url = DatabaseUrl::Sqlite(path.to_owned());
    let store = url.connect().await?;
    ready(&url, store, PilotClock::of_the_machine(), |setup| setup).await
}

/// When the last entry of a database was recorded; when it was set up, if it has none.
///
/// # Errors
/// What the database says.
pub async fn last_recorded(store: &PilotStore, meta: &Meta) -> Result<Timestamp, StoreError> {
    const PAGE: u32 = 500;
    let mut reader = store.reader(&meta.realm).await?;
    let (mut last, mut after) = (meta.created_at, None);
    loop {
        let query = CaseQuery { after, limit: PAGE, ..CaseQuery::default() };
        let cases = reader.cases(&query).await?;
        last = cases.iter().map(|case| case.facts.recorded_at).fold(last, Ord::max);
        after = cases.last().map(|case| case.facts.id);
        if cases.len() < PAGE as usize {
            return Ok(last);
        }
    }
}

async fn ready(
    url: &DatabaseUrl,
    store: PilotStore,
    clock: impl Clock,
    with: impl FnOnce(Setup) -> Setup,
) -> Result<Opened, Failure> {
    let Files { blobs, log, .. } = url.files();
    let setup = county::setup(store.clone())?.clock(clock).blobs(blobs.clone());
    let engine = with(setup).open().await?;
    Ok(Opened { engine, store, blobs, log })
}

/// Sets an empty database up for real work, and gives what it is and its schema's version.
///
/// # Errors
/// [`PilotError::DatabaseNotNamed`]: the default one is the demo's;
/// [`PilotError::SetUpBefore`].
pub async fn init(
    global: &Global,
    realm: Realm,
    name: String,
    entropy: &dyn Entropy,
) -> Result<(Meta, i64), Failure> {
    if global.database.is_none() {
        return Err(PilotError::DatabaseNotNamed.into());
    }
    if global.now.is_some() {
        return Err(PilotError::NowNeedsDemo.into());
    }
    let url = DatabaseUrl::of(global)?;
    let store = url.connect().await?;
    match store.meta().await {
        Err(StoreError::NotSetUp) => {}
        Ok(_) => return Err(PilotError::SetUpBefore(url.shown()).into()),
        Err(other) => return Err(other.into()),
    }
    url.files().must_be_free()?;
    let created_at = PilotClock::of_the_machine().now();
    let origin = OriginId::from(uuid_v7(created_at, entropy));
    let meta = Meta { realm, name, origin, created_at, demo: false };
    store.init(&meta).await?;
    url.files().make(&meta)?;
    store.close().await?;
    Ok((meta, store.needed_schema_version()))
}

/// Brings a database to this program's version, and gives the version before and after.
///
/// # Errors
/// It is not there, or it is newer.
pub async fn migrate(global: &Global) -> Result<(Option<i64>, i64), Failure> {
    let url = DatabaseUrl::of(global)?;
    url.must_exist()?;
    let store = url.connect().await?;
    let before = store.schema_version().await?;
    if before.is_none() {
        return Err(StoreError::NotSetUp.into());
    }
    store.migrate().await?;
    store.close().await?;
    Ok((before, store.needed_schema_version()))
}

/// Makes a demo database anew, in place of an older demo, and opens it with this clock and this
/// source of randomness.
///
/// # Errors
/// [`PilotError::NotDemo`]: what is there is somebody's work, or cannot be told.
pub async fn create_demo(
    global: &Global,
    meta: &Meta,
    clock: impl Clock,
    entropy: impl Entropy,
) -> Result<Opened, Failure> {
    let url = DatabaseUrl::of(global)?;
    // Nothing makes a file only to look into it.
    if url.must_exist().is_ok() {
        let store = url.connect().await?;
        let known = store.meta().await;
        store.close().await?;
        match known {
            Ok(known) if known.demo => url.take_demo_away(&known).await?,
            Ok(_) => return Err(PilotError::NotDemo(url.shown()).into()),
            // Tables without an owner: a demo that was interrupted before it began.
            Err(StoreError::NotSetUp) => url.files().must_be_free()?,
            Err(other) => return Err(other.into()),
        }
    }
    let store = url.connect().await?;
    let meta = Meta { demo: true, ..meta.clone() };
    store.init(&meta).await?;
    url.files().make(&meta)?;
    ready(&url, store, clock, |setup| setup.entropy(entropy)).await
}
