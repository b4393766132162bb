//! A failure of a store, with what to do about it.

use hexacase::store::StoreError;
use hexacase_postgres::Trouble;

use super::{Exit, Failure, Place, Reason, with_sources};

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = if error.is_retryable() { Exit::Busy } else { Exit::Failed };
        let failure = Self::new(exit, error.code(), error.zh(), with_sources(&error));
        if let Some(trouble) = Trouble::of(&error) {
            return failure.of_trouble(trouble);
        }
        match error {
            StoreError::NotSetUp => failure.with_hint(
                "用 `pilot init --realm 区划代码 --database …` 初始化，或用 `pilot demo` 生成演示库",
                "set it up with `pilot init --realm CODE --database …`, or play `pilot demo`",
            ),
            StoreError::SchemaOlder { .. } => failure.with_hint(
                "请先执行 `pilot migrate --database …`",
                "run `pilot migrate --database …` first",
            ),
            StoreError::SchemaNewer { .. } => failure.with_hint(
                "请安装更新的程序；没有改动数据库",
                "install a newer program; the database was left as it is",
            ),
            StoreError::Unsafe { setting, found, expected } => {
                failure.of_setting(setting, &found, expected)
            }
            StoreError::NotADatabase { .. } => failure.with_hint(
                "请核对 --database 所写的文件；从未改动它",
                "look at what `--database` names; the file was left as it is",
            ),
            StoreError::Damaged { .. } => failure.with_hint(
                "停止使用，另存此文件及 -wal，用 `pilot restore 最近的备份 --database sqlite:新文件` 恢复；\
                 PostgreSQL 数据库请管理员从备份恢复",
                "stop working, keep the file and its -wal, and `pilot restore` the last backup to a \
                 new file; a PostgreSQL database is restored by its administrator",
            ),
            StoreError::DiskFull { .. } => failure.with_hint(
                "请清理磁盘后重试；已登记的内容没有丢失",
                "make room and try again; nothing recorded was lost",
            ),
            StoreError::DiskFailed { .. } => failure.with_hint(
                "请管理员检查磁盘、配额和文件大小上限；先查看最后一步是否已经登记，再决定是否重做",
                "have the administrator look at the disk, the quota and the limit for the size of a \
                 file; look whether the last step was recorded before it is done again",
            ),
            StoreError::NoAccess { .. } => failure.with_hint(
                "请检查文件和文件夹的读写权限、磁盘是否只读、路径是否存在",
                "look at the rights of the file and its folder, and whether the path exists",
            ),
            StoreError::Busy { .. } => failure.with_hint(
                "可能另有程序占着锁，或者数据库的连接已满；一直如此时请管理员查看",
                "another program may hold a lock, or all connections are taken; if it goes on, have \
                 the administrator look",
            ),
            _ => failure,
        }
    }
}

impl Failure {
    /// With the trouble that caused it as its reason, and what to do about it.
    fn of_trouble(mut self, trouble: &Trouble) -> Self {
        let (what, advice) = (trouble.kind().what(), trouble.kind().advice());
        self.reasons.push(Reason {
            code: trouble.kind().code().to_owned(),
            zh: what.zh.into_owned(),
            en: what.en.into_owned(),
            value: None,
            place: Place::default(),
        });
        self.with_hint(advice.zh, advice.en)
    }

    /// With the setting that was refused, by the names that the stores give to what they refuse.
    fn of_setting(mut self, setting: &str, found: &str, expected: &str) -> Self {
        // What is in backticks are names; the words around them are English.
        let names: Vec<&str> = found.split('`').skip(1).step_by(2).collect();
        self.zh = match setting {
            "the schema" | "the database" if !names.is_empty() => {
                format!("{}：其中是别的程序的表，如 {}", self.zh, names.join("、"))
            }
            "the server" => format!("{}：服务器是备库，应连接主库", self.zh),
            _ => format!("{}：{setting} 为 {found}，应为 {expected}", self.zh),
        };
        let hint = match setting {
            "the schema" => (
                "没有改动它；请在地址后加 ?schema=另一模式",
                "it was left as it is; name another schema with `?schema=` in the address",
            ),
            "the database" => (
                "没有改动它；请核对 --database 所写的数据库",
                "it was left as it is; look at what `--database` names",
            ),
            "the realm" => (
                "这个模式中有几个县域的数据，试点程序只能用于一个县域的模式",
                "the pilot works in schemas of one realm only",
            ),
            _ => (
                "请管理员改正服务器或文件的这项设置",
                "have the administrator mend this setting of the server or the file",
            ),
        };
        self.with_hint(hint.0, hint.1)
    }
}
