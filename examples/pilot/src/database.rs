//! The pilot's database: finding it, setting it up, opening an engine on it.
//!
//! A command that is not meant to make a database never makes one, and real work is never played
//! over.

use std::{
    fs, io,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

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
use hexacase_sqlite::{SqliteOptions, SqliteStore};

use crate::{
    blobs::DirBlobs,
    cli::Global,
    clock::PilotClock,
    error::PilotError,
    failure::Failure,
    log::PilotLog,
    output::{Output, Words},
};

/// Where the demo is, and every command looks, unless told otherwise.
pub const DEFAULT: &str = "sqlite:demo.db";

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrl {
    path: PathBuf,
}

impl DatabaseUrl {
    /// The database that a command names, or the default one.
    ///
    /// # Errors
    /// [`PilotError::DatabaseUrl`].
    pub fn of(global: &Global) -> Result<Self, PilotError> {
        global.database.as_deref().unwrap_or(DEFAULT).parse()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether something is there.
    pub fn exists(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|file| file.len() > 0)
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// Deletes the database with its evidence.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn delete(&self) -> Result<(), PilotError> {
        for end in ["", "-wal", "-shm", "-journal", ".pilot.jsonl"] {
            let mut file = self.path.as_os_str().to_owned();
            file.push(end);
            let file = PathBuf::from(file);
            gone(fs::remove_file(&file))
                .map_err(|error| PilotError::io("delete", &file, &error))?;
        }
        let blobs = DirBlobs::beside(&self.path);
        gone(fs::remove_dir_all(blobs.root()))
            .map_err(|error| PilotError::io("delete", blobs.root(), &error))
    }

    async fn connect(&self) -> Result<SqliteStore, Failure> {
        let connected = SqliteStore::connect(SqliteOptions::new(&self.path)).await;
        connected.map_err(|error| self.says(error))
    }

    /// What is wrong with the file, with its name, and where it is no database with what it is.
    fn says(&self, error: StoreError) -> Failure {
        let told = matches!(
            error,
            StoreError::NotADatabase { .. }
                | StoreError::Damaged { .. }
                | StoreError::NoAccess { .. }
                | StoreError::DiskFull { .. }
        );
        let what = match error {
            StoreError::NotADatabase { .. } => kind_of(&self.path),
            _ => None,
        };
        let mut failure = Failure::from(error);
        if told {
            let (zh, en) = what.unwrap_or_default();
            failure.zh = format!("{}：“{}”{zh}", failure.zh, self.shown());
            failure.en = format!("{}: `{}`{en}", failure.en, self.shown());
            failure.place.file = Some(self.shown());
        }
        failure
    }
}

/// What a file that is no database seems to be.
fn kind_of(path: &Path) -> Option<(&'static str, &'static str)> {
    use std::io::Read as _;

    let mut start = Vec::new();
    fs::File::open(path).ok()?.take(512).read_to_end(&mut start).ok()?;
    let text = match std::str::from_utf8(&start) {
        Ok(text) => Some(text),
        // The piece may end within a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(start.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    };
    let is_text = |text: &str| !text.chars().any(|sign| sign.is_control() && !sign.is_whitespace());
    Some(match start.as_slice() {
        [b'P', b'K', 3, 4, ..] => {
            ("是压缩包或电子表格（.zip、.xlsx）", " is an archive or a spreadsheet")
        }
        [b'%', b'P', b'D', b'F', ..] => ("是 PDF 文件", " is a PDF"),
        _ if start.starts_with(b"manifest.json\0") => (
            "是 pilot backup 的备份文件，请用 pilot restore 恢复",
            " is a backup: use `pilot restore`",
        ),
        _ if text.is_some_and(is_text) => {
            ("是文本文件（如 CSV）", " is a text file, such as a CSV")
        }
        _ => ("的内容不是数据库", " does not begin as a database does"),
    })
}

/// What was not there before is gone as well.
fn gone(deleted: io::Result<()>) -> io::Result<()> {
    match deleted {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

impl FromStr for DatabaseUrl {
    type Err = PilotError;

    fn from_str(text: &str) -> Result<Self, PilotError> {
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self { path: path.into() }),
            _ => Err(PilotError::DatabaseUrl(text.to_owned())),
        }
    }
}

/// A database that is ready for work.
#[derive(Debug)]
pub struct Opened {
    /// The engine.
    pub engine: Engine,
    /// Its store.
    pub store: SqliteStore,
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
    if !url.exists() {
        return Err(PilotError::NoDatabase(url.shown()).into());
    }
    let store = url.connect().await?;
    let meta = store.meta().await?;
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
    let url = DatabaseUrl { path: path.to_owned() };
    let store = url.connect().await?;
    ready(&url, store, PilotClock::of_the_machine(), |setup| setup).await
}

/// When the last entry of a database was recorded; when it was set up, if it has none.
///
/// # Errors
/// What the database says.
pub async fn last_recorded(store: &SqliteStore, meta: &Meta) -> Result<Timestamp, StoreError> {
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
    store: SqliteStore,
    clock: impl Clock,
    with: impl FnOnce(Setup) -> Setup,
) -> Result<Opened, Failure> {
    let blobs = DirBlobs::beside(url.path());
    let setup = county::setup(store.clone())?.clock(clock).blobs(blobs.clone());
    let engine = with(setup).open().await?;
    Ok(Opened { engine, store, blobs, log: PilotLog::beside(url.path()) })
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
    let created_at = PilotClock::of_the_machine().now();
    let origin = OriginId::from(uuid_v7(created_at, entropy));
    let meta = Meta { realm, name, origin, created_at, demo: false };
    store.init(&meta).await?;
    store.close().await?;
    Ok((meta, SqliteStore::needed_schema_version()))
}

/// Brings a database to this program's version, and gives the version before and after.
///
/// # Errors
/// It is not there, or it is newer.
pub async fn migrate(global: &Global) -> Result<(Option<i64>, i64), Failure> {
    let url = DatabaseUrl::of(global)?;
    if !url.exists() {
        return Err(PilotError::NoDatabase(url.shown()).into());
    }
    let store = url.connect().await?;
    let before = store.schema_version().await?;
    if before.is_none() {
        return Err(StoreError::NotSetUp.into());
    }
    store.migrate().await?;
    store.close().await?;
    Ok((before, SqliteStore::needed_schema_version()))
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
    if url.exists() {
        let store = url.connect().await?;
        let known = store.meta().await;
        store.close().await?;
        match known {
            Ok(known) if known.demo => url.delete()?,
            Ok(_) => return Err(PilotError::NotDemo(url.shown()).into()),
            // Tables without an owner: a demo that was interrupted before it began.
            Err(StoreError::NotSetUp) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let store = url.connect().await?;
    store.init(&Meta { demo: true, ..meta.clone() }).await?;
    ready(&url, store, clock, |setup| setup.entropy(entropy)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_kind_of_database() {
        let url: DatabaseUrl = "sqlite:a/b.db".parse().unwrap();
        assert_eq!(url.path(), Path::new("a/b.db"));
        for bad in ["a.db", "sqlite:", "postgres://x", ""] {
            assert_eq!(
                bad.parse::<DatabaseUrl>(),
                Err(PilotError::DatabaseUrl(bad.to_owned())),
                "{bad}"
            );
        }
    }
}
