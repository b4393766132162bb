//! What would help against what the pilot itself finds wrong.

use super::PilotError;
use crate::failure::{Failure, Place, Reason};

impl From<PilotError> for Failure {
    fn from(error: PilotError) -> Self {
        let failure = Self::new(error.exit(), error.code(), error.zh(), error.to_string());
        match error {
            PilotError::AmbiguousId { matches, .. }
            | PilotError::SeveralChildren { matches, .. } => {
                let hints = matches.into_iter().map(|text| Reason::hint(text.clone(), text));
                Self { reasons: hints.collect(), ..failure }
            }
            PilotError::DataNotJson { line, column, .. } => {
                let place = Place {
                    row: u64::try_from(line).ok(),
                    column: Some(column.to_string()),
                    ..Place::default()
                };
                Self { place: Box::new(place), ..failure }
            }
            PilotError::DatabaseUrl(_) | PilotError::UrlParameter(_) => failure.with_hint(
                "如 postgres://用户@主机:5432/库?schema=模式；口令写在环境变量 PGPASSWORD 或 \
                 ~/.pgpass 中，写在地址里的特殊字符须写作 %XX",
                "such as postgres://USER@HOST:5432/DATABASE?schema=SCHEMA; keep the password in \
                 PGPASSWORD or ~/.pgpass, or write its special characters as %XX",
            ),
            PilotError::ServerCopy { zh, en } => failure.with_hint(zh, en),
            PilotError::FilesMissing(folder) => failure.with_hint(
                format!(
                    "在原来的文件夹中运行，或用 --files 指明；这个数据库确实还没有附件时，先建立空文件夹：\
                     mkdir '{folder}'"
                ),
                format!(
                    "run it where it ran before, or name the folder with `--files`; where there \
                     never were any, make an empty one: mkdir '{folder}'"
                ),
            ),
            PilotError::FilesOfAnother(_) => failure.with_hint(
                "没有改动任何内容；用 --files 指明这个数据库自己的文件夹",
                "nothing was changed; name this database's own folder with `--files`",
            ),
            PilotError::NoDatabase(_) => failure.with_hint(
                "用 `pilot demo` 生成演示库，或用 `pilot init --realm 区划代码 --database …` 新建",
                "play `pilot demo`, or set one up with `pilot init --realm CODE --database …`",
            ),
            PilotError::NoSuchChild(_) => failure.with_hint(
                "用 `pilot child 姓名` 查找；台账用 `pilot import 文件` 导入",
                "look with `pilot child NAME`; a register is taken in by `pilot import FILE`",
            ),
            PilotError::NoSuchPerson(_) => {
                failure.with_hint("`pilot staff list` 可查人员", "see `pilot staff list`")
            }
            PilotError::NotDemo(_) => failure.with_hint(
                "用 --database 指定演示库的位置，如 sqlite:另一路径，或地址后加 ?schema=另一模式",
                "say where the demo goes with `--database`: another path, or another `?schema=`",
            ),
            PilotError::Exists(_) => failure.with_hint(
                "换一个文件名，或先把原有文件移走",
                "take another name, or move it away",
            ),
            PilotError::BadBackup { .. } => failure.with_hint(
                "没有改动任何内容；请换一份备份，或从原处重新复制",
                "nothing was changed; take another backup, or copy it anew",
            ),
            PilotError::UnknownProcedure(_) => failure
                .with_hint("`pilot definitions` 列出全部程序", "`pilot definitions` lists them"),
            PilotError::UnknownLimit(_) => {
                failure.with_hint("`pilot limits` 列出全部期限", "`pilot limits` lists them")
            }
            PilotError::UnknownPaper(_) | PilotError::PaperOfAnother { .. } => failure
                .with_hint("`pilot print --list` 列出全部文书", "`pilot print --list` lists them"),
            PilotError::BadId(_) => {
                failure.with_hint("`pilot cases` 列出个案", "`pilot cases` lists cases")
            }
            _ => failure,
        }
    }
}
