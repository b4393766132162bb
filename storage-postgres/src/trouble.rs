//! What keeps a server from doing what was asked, as people have to be told: what it is and what to
//! do about it, in both languages.

use std::{error::Error, fmt};

use hexacase::{store::StoreError, terms::label::Label};
use sqlx::error::DatabaseError;

/// What the server or the way to it did, as the source of a [`StoreError`]. Find it with
/// [`Trouble::of`].
///
/// It repeats no address and no password.
#[derive(Debug)]
pub struct Trouble {
    kind: TroubleKind,
    source: sqlx::Error,
}

/// The kinds of trouble that somebody can do something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TroubleKind {
    /// No server answers at the address.
    NoAnswer,
    /// The server refuses the user or the password.
    UserRefused,
    /// The server has no such database.
    NoDatabase,
    /// The user lacks a right.
    NoRight,
    /// The server takes no writes.
    ReadOnly,
    /// An encrypted connection is asked for and is not to be had.
    NotEncrypted,
    /// A pooler stands between that gives each transaction another session, and nobody said so.
    Pooler,
    /// The connection was lost before anything was committed.
    ConnectionLost,
    /// The connection was lost during a commit: it may have been carried out.
    OutcomeUnknown,
}

impl Trouble {
    /// The trouble behind a store's failure, if it is one of these.
    pub fn of(error: &StoreError) -> Option<&Self> {
        error.source()?.downcast_ref()
    }

    /// Which it is.
    pub fn kind(&self) -> TroubleKind {
        self.kind
    }

    /// What a driver's error is, when a connection could not be opened.
    pub(crate) fn opening(error: &sqlx::Error) -> Option<TroubleKind> {
        match error {
            sqlx::Error::Io(_) => Some(TroubleKind::NoAnswer),
            sqlx::Error::Tls(_) => Some(TroubleKind::NotEncrypted),
            // A pooler says so of a server that it does not reach.
            other if of_line(other) => Some(TroubleKind::NoAnswer),
            other => Self::refusing(other),
        }
    }

    /// What a driver's error is, on a connection that was open.
    pub(crate) fn working(error: &sqlx::Error) -> Option<TroubleKind> {
        let code = error.as_database_error().and_then(DatabaseError::code);
        match (error, code.as_deref()) {
            (sqlx::Error::Io(_), _) | (_, Some("57P01" | "57P02")) => {
                Some(TroubleKind::ConnectionLost)
            }
            _ if of_line(error) => Some(TroubleKind::ConnectionLost),
            _ => Self::refusing(error),
        }
    }

    /// What the server refuses by code.
    fn refusing(error: &sqlx::Error) -> Option<TroubleKind> {
        let code = error.as_database_error().and_then(DatabaseError::code);
        Some(match code.as_deref()? {
            "28P01" | "28000" => TroubleKind::UserRefused,
            "3D000" => TroubleKind::NoDatabase,
            "42501" => TroubleKind::NoRight,
            "25006" => TroubleKind::ReadOnly,
            // A statement was prepared in another session.
            "26000" | "42P05" => TroubleKind::Pooler,
            _ => return None,
        })
    }

    /// The store's error for a driver's error of this kind.
    pub(crate) fn failed(
        kind: TroubleKind,
        operation: &'static str,
        source: sqlx::Error,
    ) -> StoreError {
        let source = Box::new(Self { kind, source });
        match kind {
            TroubleKind::ConnectionLost => {
                StoreError::Backend { operation, retryable: true, source }
            }
            TroubleKind::OutcomeUnknown => {
                StoreError::Backend { operation, retryable: false, source }
            }
            TroubleKind::NoAnswer
            | TroubleKind::UserRefused
            | TroubleKind::NoDatabase
            | TroubleKind::NoRight
            | TroubleKind::ReadOnly
            | TroubleKind::NotEncrypted
            | TroubleKind::Pooler => StoreError::NoAccess { operation, source },
        }
    }
}

/// Whether the server, or a pooler before it, speaks of the connection itself.
fn of_line(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code.starts_with("08"))
}

impl TroubleKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::NoAnswer,
        Self::UserRefused,
        Self::NoDatabase,
        Self::NoRight,
        Self::ReadOnly,
        Self::NotEncrypted,
        Self::Pooler,
        Self::ConnectionLost,
        Self::OutcomeUnknown,
    ];

    /// The stable code, e.g. `postgres.no_database`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAnswer => "postgres.no_answer",
            Self::UserRefused => "postgres.user_refused",
            Self::NoDatabase => "postgres.no_database",
            Self::NoRight => "postgres.no_right",
            Self::ReadOnly => "postgres.read_only",
            Self::NotEncrypted => "postgres.not_encrypted",
            Self::Pooler => "postgres.pooler",
            Self::ConnectionLost => "postgres.connection_lost",
            Self::OutcomeUnknown => "postgres.outcome_unknown",
        }
    }

    /// What it is.
    pub fn what(self) -> Label {
        match self {
            Self::NoAnswer => Label::new(
                "这个地址没有数据库服务器应答",
                "no database server answers at this address",
            ),
            Self::UserRefused => Label::new(
                "数据库服务器不接受这个用户或口令",
                "the server refuses the user or the password",
            ),
            Self::NoDatabase => {
                Label::new("服务器上没有这个数据库", "the server has no database of this name")
            }
            Self::NoRight => Label::new(
                "数据库用户没有这项权限",
                "the user of the database lacks the right to do this",
            ),
            Self::ReadOnly => Label::new("数据库服务器只读", "the server is read-only"),
            Self::NotEncrypted => {
                Label::new("无法建立加密连接", "no encrypted connection is to be had")
            }
            Self::Pooler => Label::new(
                "中间有连接池（如 PgBouncer），每个事务换一个会话",
                "a pooler such as PgBouncer stands between and gives each transaction another session",
            ),
            Self::ConnectionLost => Label::new(
                "与数据库服务器的连接中断，没有写入任何内容",
                "the connection to the server was lost; nothing was written",
            ),
            Self::OutcomeUnknown => Label::new(
                "提交时与数据库服务器的连接中断，不知是否已经写入",
                "the connection was lost during the commit; whether it was written is not known",
            ),
        }
    }

    /// What to do about it.
    pub fn advice(self) -> Label {
        match self {
            Self::NoAnswer => Label::new(
                "请核对地址和端口，并确认数据库服务已经启动、网络可达",
                "look at host and port, and whether the server runs and can be reached",
            ),
            Self::UserRefused => Label::new(
                "请核对地址中的用户；口令可写在地址、环境变量 PGPASSWORD 或 ~/.pgpass 中",
                "look at the user in the address; the password goes there, into PGPASSWORD or into \
                 ~/.pgpass",
            ),
            Self::NoDatabase => Label::new(
                "请核对库名，或由管理员先建立（createdb 库名）",
                "look at its name, or have it made first (`createdb NAME`)",
            ),
            Self::NoRight => Label::new(
                "请由管理员授权：建立模式或在其中建表需要所有者，日常办理需要读写表",
                "have it granted: to make a schema or tables takes its owner, daily work the right \
                 to read and write the tables",
            ),
            Self::ReadOnly => Label::new("请连接主库", "connect to the primary"),
            Self::NotEncrypted => Label::new(
                "请核对地址中的 sslmode 和服务器的证书；本程序也可能没有编入加密功能（tls）",
                "look at `sslmode` in the address and at the server's certificate; this program may \
                 be built without encryption (feature `tls`)",
            ),
            Self::Pooler => Label::new(
                "请说明中间有连接池：程序库设 PostgresOptions::pooled，试点程序在地址后加 pooled=true",
                "say so: `PostgresOptions::pooled` in a program, `pooled=true` in the address for the \
                 pilot",
            ),
            Self::ConnectionLost => Label::new(
                "服务器可能正在重启；稍后再试同一命令",
                "the server may be restarting; give the same command again later",
            ),
            Self::OutcomeUnknown => Label::new(
                "先查看是否已经登记，再决定是否重做；用同一命令编号重复提交不会重复办理",
                "look first whether it was recorded; the same command under the same id is carried \
                 out once",
            ),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind.what().en)
    }
}

impl Error for Trouble {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_code_and_says_what_to_do() {
        for (at, kind) in TroubleKind::ALL.into_iter().enumerate() {
            assert!(kind.code().starts_with("postgres."), "{kind:?}");
            let same = TroubleKind::ALL.iter().filter(|other| other.code() == kind.code());
            assert_eq!(same.count(), 1, "{kind:?} at {at}");
            for text in [kind.what(), kind.advice()] {
                assert!(!text.zh.is_ascii() && !text.zh.ends_with('。'), "{text:?}");
                assert!(text.en.is_ascii() && !text.en.ends_with('.'), "{text:?}");
            }
        }
    }

    #[test]
    fn a_server_that_does_not_answer_is_told_from_one_that_went_away() {
        let gone = || sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        assert_eq!(Trouble::opening(&gone()), Some(TroubleKind::NoAnswer));
        assert_eq!(Trouble::working(&gone()), Some(TroubleKind::ConnectionLost));
        assert_eq!(Trouble::working(&sqlx::Error::RowNotFound), None);
        let error = Trouble::failed(TroubleKind::NoAnswer, "open the database", gone());
        assert!(!error.is_retryable());
        assert_eq!(Trouble::of(&error).map(Trouble::kind), Some(TroubleKind::NoAnswer));
        let error = Trouble::failed(TroubleKind::ConnectionLost, "read", gone());
        assert!(error.is_retryable());
        let error = Trouble::failed(TroubleKind::OutcomeUnknown, "commit", gone());
        assert!(!error.is_retryable());
    }
}
