//! The file, its settings, the disk, the schema.

use std::path::Path;

use super::{Findings, Patient};
use crate::{commands::backup::size, failure::Failure, results::Level};

/// Below so much free room a warning is due, and below a tenth of it a fault.
const ROOM: u64 = 1 << 30;

/// A database that could not be opened.
pub(super) fn not_opened(failure: &Failure, findings: &mut Findings) {
    let hint = failure.reasons.iter().find(|reason| reason.code == "hint");
    let (zh, en) = hint.map_or(("", ""), |hint| (hint.zh.as_str(), hint.en.as_str()));
    let code = failure.code.clone();
    let found = (format!("数据库不能使用：{}", failure.zh), failure.en.clone());
    findings.add(&code, Level::Fault, found, (zh, en));
}

pub(super) async fn look(patient: &Patient<'_>, path: &Path, findings: &mut Findings) {
    match patient.opened.store.check_up().await {
        Ok(checkup) => {
            let (journal, level) = (&checkup.journal_mode, checkup.synchronous);
            let all = (checkup.bytes, checkup.free_bytes);
            findings.good(
                "file.settings",
                format!(
                    "数据库设置安全：SQLite {}，journal_mode {journal}，synchronous {level}，{}（空闲 {}）",
                    checkup.sqlite,
                    size(all.0),
                    size(all.1)
                ),
                format!(
                    "safe settings: SQLite {}, journal_mode {journal}, synchronous {level}, {} ({} free)",
                    checkup.sqlite,
                    size(all.0),
                    size(all.1)
                ),
            );
            match checkup.problems.first() {
                None => findings.good("file.structure", "数据库文件结构完好", "the file is whole"),
                Some(first) => findings.add(
                    "file.structure",
                    Level::Fault,
                    (
                        format!(
                            "数据库文件已损坏（{} 处），第一处：{first}",
                            checkup.problems.len()
                        ),
                        format!("the file is damaged ({}), first: {first}", checkup.problems.len()),
                    ),
                    DAMAGED,
                ),
            }
        }
        Err(error) => {
            let failure = Failure::from(error);
            let found = (format!("数据库检查失败：{}", failure.zh), failure.en.clone());
            findings.add("file.structure", Level::Fault, found, DAMAGED);
        }
    }
    room(path, findings);
}

const DAMAGED: (&str, &str) = (
    "停止使用，把文件连同 -wal 另存，用 pilot restore 最近的备份 --database sqlite:新文件 恢复",
    "stop working, keep the file and its -wal, and `pilot restore` the last backup to a new file",
);

fn room(path: &Path, findings: &mut Findings) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    match fs4::available_space(folder) {
        Ok(room) if room >= ROOM => findings.good(
            "disk.room",
            format!("磁盘剩余 {}", size(room)),
            format!("{} of room on the disk", size(room)),
        ),
        Ok(room) => findings.add(
            "disk.room",
            if room < ROOM / 10 { Level::Fault } else { Level::Warning },
            (format!("磁盘只剩 {}", size(room)), format!("only {} of room", size(room))),
            (
                "请清理磁盘；写满后不能登记，已登记的不会丢失",
                "make room: a full disk takes no entries",
            ),
        ),
        Err(error) => findings.add(
            "disk.room",
            Level::Note,
            (format!("磁盘剩余空间不能查知：{error}"), format!("the room is not known: {error}")),
            ("", ""),
        ),
    }
}
