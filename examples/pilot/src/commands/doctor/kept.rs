//! The database: its file or server, its settings, the disk.

use std::path::Path;

use super::{Findings, Patient};
use crate::{
    commands::backup::size,
    database::{Checkup, PilotStore},
    failure::Failure,
    results::Level,
};

/// Below so much free room a warning is due, and below a tenth of it a fault.
const ROOM: u64 = 1 << 30;

/// A database that could not be opened.
pub(super) fn not_opened(failure: &Failure, findings: &mut Findings) {
    let hint = failure.reasons.iter().find(|reason| reason.code == "hint");
    let (zh, en) = hint.map_or(("", ""), |hint| (hint.zh.as_str(), hint.en.as_str()));
    let code = failure.code.clone();
    let mut found = (format!("数据库不能使用：{}", failure.zh), failure.en.clone());
    // The English text names its causes already.
    for reason in failure.reasons.iter().filter(|reason| reason.code != "hint") {
        found.0.push('：');
        found.0.push_str(&reason.zh);
    }
    findings.add(&code, Level::Fault, found, (zh, en));
}

pub(super) async fn look(patient: &Patient<'_>, folder: &Path, findings: &mut Findings) {
    let checked = patient.opened.store.check_up().await;
    match checked {
        Ok(Checkup::Sqlite(checkup)) => file(&checkup, findings),
        Ok(Checkup::Postgres(checkup)) => server(&checkup, findings),
        Err(error) => {
            let failure = Failure::from(error);
            let (check, advice) = match patient.opened.store {
                PilotStore::Sqlite(_) => ("file.structure", DAMAGED),
                PilotStore::Postgres(_) => ("server.structure", DAMAGED_SERVER),
            };
            let found = (format!("数据库检查失败：{}", failure.zh), failure.en.clone());
            findings.add(check, Level::Fault, found, advice);
        }
    }
    room(folder, findings);
}

const DAMAGED: (&str, &str) = (
    "停止使用，把文件连同 -wal 另存，用 pilot restore 最近的备份 --database sqlite:新文件 恢复",
    "stop working, keep the file and its -wal, and `pilot restore` the last backup to a new file",
);

const DAMAGED_SERVER: (&str, &str) = (
    "停止使用，请管理员检查服务器的磁盘和日志，必要时从最近的备份恢复",
    "stop working, and have the administrator look at the server's disk and log",
);

fn file(checkup: &hexacase_sqlite::Checkup, findings: &mut Findings) {
    let (journal, level) = (&checkup.journal_mode, checkup.synchronous);
    let (sqlite, all, free) = (&checkup.sqlite, size(checkup.bytes), size(checkup.free_bytes));
    findings.good(
        "file.settings",
        format!(
            "数据库设置安全：SQLite {sqlite}，journal_mode {journal}，synchronous {level}，{all}（空闲 {free}）"
        ),
        format!(
            "safe settings: SQLite {sqlite}, journal_mode {journal}, synchronous {level}, {all} ({free} free)"
        ),
    );
    let count = checkup.problems.len();
    match checkup.problems.first() {
        None => findings.good("file.structure", "数据库文件结构完好", "the file is whole"),
        Some(first) => findings.add(
            "file.structure",
            Level::Fault,
            (
                format!("数据库文件已损坏（{count} 处），第一处：{first}"),
                format!("the file is damaged ({count}), first: {first}"),
            ),
            DAMAGED,
        ),
    }
}

fn server(checkup: &hexacase_postgres::Checkup, findings: &mut Findings) {
    let (version, commit) = (&checkup.server, &checkup.synchronous_commit);
    let all = size(u64::try_from(checkup.bytes).unwrap_or(0));
    findings.good(
        "server.settings",
        format!("数据库设置安全：PostgreSQL {version}，synchronous_commit {commit}，{all}"),
        format!("safe settings: PostgreSQL {version}, synchronous_commit {commit}, {all}"),
    );
    let count = checkup.problems.len();
    match checkup.problems.first() {
        None => findings.good(
            "server.structure",
            "数据库服务器没有发现损坏",
            "the server knows of no damage",
        ),
        Some(first) => findings.add(
            "server.structure",
            Level::Fault,
            (
                format!("数据库已损坏（{count} 处），第一处：{first}"),
                format!("the database is damaged ({count}), first: {first}"),
            ),
            DAMAGED_SERVER,
        ),
    }
}

fn room(folder: &Path, findings: &mut Findings) {
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
