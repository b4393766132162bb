//! What can go wrong in a store.

use std::error::Error;

use crate::terms::area::Realm;

/// A failure of a store. Expected outcomes (a conflict, a repeated command) are no errors; they
/// are answers of [`append`](super::StoreTx::append).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database belongs to nobody yet.
    #[error("the database is empty; set it up first (`init`)")]
    NotSetUp,
    /// The schema is older than this program.
    #[error("the database has schema version {found}, this program needs {needed}; migrate it")]
    SchemaOlder {
        /// Found.
        found: i64,
        /// Needed.
        needed: i64,
    },
    /// The schema is newer than this program.
    #[error(
        "the database has schema version {found}, this program knows {known}; use a newer program"
    )]
    SchemaNewer {
        /// Found.
        found: i64,
        /// Known.
        known: i64,
    },
    /// The database is another realm's.
    #[error("the database is that of realm {found}, not of {wanted}")]
    OtherRealm {
        /// The realm it was set up for.
        found: Realm,
        /// The realm that was asked for.
        wanted: Realm,
    },
    /// A setting that would lose or falsify what was written.
    #[error("unsafe setting: {setting} is {found}, expected {expected}")]
    Unsafe {
        /// The setting.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A row that cannot be read.
    #[error("table `{table}`, row {row}, column `{column}`: {problem}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The key of the row.
        row: String,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The host's transaction was begun in a way that cannot take a write lock any more. Begin it
    /// with BEGIN IMMEDIATE and try again.
    #[error(
        "the host's transaction reads already and cannot be raised to a write; begin it IMMEDIATE"
    )]
    HostMustBeginImmediate,
    /// What is there is no database at all, e.g. a text file.
    #[error("the file is no database (while trying to {operation})")]
    NotADatabase {
        /// What was tried.
        operation: &'static str,
    },
    /// The file is a database, but pages of it are damaged.
    #[error("the database is damaged (while trying to {operation})")]
    Damaged {
        /// What was tried.
        operation: &'static str,
        /// What the driver says.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no room left on the disk. Nothing of the transaction was kept.
    #[error("the disk is full (while trying to {operation})")]
    DiskFull {
        /// What was tried.
        operation: &'static str,
    },
    /// The disk or its file system did not do what was asked: it is broken, or gives no more room to
    /// this program (a quota, a limit for the size of a file). If it happened in a commit, whether
    /// that was written is not known; a command that is given again under its id finds out.
    #[error("the disk failed, or gives this program no more room (while trying to {operation})")]
    DiskFailed {
        /// What was tried.
        operation: &'static str,
        /// What the driver says.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The database may not be opened or written, or does not answer.
    #[error("the database cannot be opened or written (while trying to {operation})")]
    NoAccess {
        /// What was tried.
        operation: &'static str,
        /// What the driver says.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A step in this transaction was interrupted; it can only be rolled back.
    #[error("a step in this transaction was interrupted; it was rolled back")]
    Interrupted,
    /// The store is busy. The same call may succeed later.
    #[error("the store is busy while trying to {operation}")]
    Busy {
        /// What was tried.
        operation: &'static str,
    },
    /// The database failed.
    #[error("the store failed to {operation}")]
    Backend {
        /// What was tried.
        operation: &'static str,
        /// Whether the same call may succeed. Unknown failures are not retryable.
        retryable: bool,
        /// What the driver says.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl StoreError {
    /// Whether the same call may succeed if it is tried again.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::HostMustBeginImmediate => true,
            Self::Backend { retryable, .. } => *retryable,
            Self::NotSetUp
            | Self::SchemaOlder { .. }
            | Self::SchemaNewer { .. }
            | Self::OtherRealm { .. }
            | Self::Unsafe { .. }
            | Self::Corrupt { .. }
            | Self::NotADatabase { .. }
            | Self::Damaged { .. }
            | Self::DiskFull { .. }
            | Self::DiskFailed { .. }
            | Self::NoAccess { .. }
            | Self::Interrupted => false,
        }
    }

    /// Whether a commit that failed so certainly wrote nothing. After any other failure only the
    /// database knows.
    pub fn wrote_nothing(&self) -> bool {
        self.is_retryable() || matches!(self, Self::DiskFull { .. } | Self::Interrupted)
    }

    /// The stable code, e.g. `store.busy`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSetUp => "store.not_set_up",
            Self::SchemaOlder { .. } => "store.schema_older",
            Self::SchemaNewer { .. } => "store.schema_newer",
            Self::OtherRealm { .. } => "store.other_realm",
            Self::Unsafe { .. } => "store.unsafe_setting",
            Self::Corrupt { .. } => "store.corrupt",
            Self::HostMustBeginImmediate => "store.host_must_begin_immediate",
            Self::NotADatabase { .. } => "store.not_a_database",
            Self::Damaged { .. } => "store.damaged",
            Self::DiskFull { .. } => "store.disk_full",
            Self::DiskFailed { .. } => "store.disk_failed",
            Self::NoAccess { .. } => "store.no_access",
            Self::Interrupted => "store.interrupted",
            Self::Busy { .. } => "store.busy",
            Self::Backend { .. } => "store.backend",
        }
    }

    /// Every code with its Chinese text.
    pub const CODES: [(&'static str, &'static str); 15] = [
        ("store.not_set_up", "数据库尚未初始化，请先执行 init"),
        ("store.schema_older", "数据库版本较旧，请先执行 migrate"),
        ("store.schema_newer", "数据库版本较新，请使用更新的程序"),
        ("store.other_realm", "数据库属于另一个县域"),
        ("store.unsafe_setting", "数据库设置不安全，拒绝使用"),
        ("store.corrupt", "数据库中有无法读取的数据"),
        ("store.host_must_begin_immediate", "宿主事务须以 BEGIN IMMEDIATE 开始"),
        ("store.not_a_database", "这个文件不是数据库"),
        ("store.damaged", "数据库文件已损坏"),
        ("store.disk_full", "磁盘空间已满，没有写入任何内容"),
        ("store.disk_failed", "磁盘读写失败：磁盘有故障，或者配额、文件大小已到上限"),
        ("store.no_access", "数据库不能打开或不能写入"),
        ("store.interrupted", "事务中的办理被中断，已回滚"),
        ("store.busy", "数据库繁忙，请稍后再试"),
        ("store.backend", "数据库出错"),
    ];

    /// The Chinese text.
    pub fn zh(&self) -> &'static str {
        let code = self.code();
        Self::CODES.iter().find(|(known, _)| *known == code).map_or("数据库出错", |(_, zh)| zh)
    }
}
