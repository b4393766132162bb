//! `backup`, `restore`: a copy of everything, and back from it.

use std::path::Path;

use hexacase::{
    engine::VerifyOptions,
    terms::time::{Clock as _, Timestamp},
};

use crate::{
    backup::{self, Manifest, Unpacked},
    cli::{BackupArgs, Global, RestoreArgs},
    clock::PilotClock,
    database::{self, DatabaseUrl, Server},
    error::PilotError,
    failure::{Exit, Failure},
    log::LogEvent,
    output::{Output, table, time},
    results::{BackupResult, RestoreResult},
};

fn evidence(manifest: &Manifest) -> u64 {
    manifest.files.iter().filter(|member| member.name.starts_with("blobs/")).count() as u64
}

/// The file of a database, which is copied as a whole. What a server holds is not copied here: its
/// own tools see one state of it while others write, and bring back rights and owners too.
fn file_of(
    url: &DatabaseUrl,
    how: impl FnOnce(&Server) -> (String, String),
) -> Result<&Path, PilotError> {
    match url {
        DatabaseUrl::Sqlite(path) => Ok(path),
        DatabaseUrl::Postgres(server) => {
            let (zh, en) = how(server);
            Err(PilotError::ServerCopy { zh, en })
        }
    }
}

/// How a schema is copied. The database first: evidence is kept before the entry that names it, so
/// whatever the copy names is in the folder by then.
fn dumped(server: &Server) -> (String, String) {
    let (place, files) = (server.place(), server.files().display());
    let dump =
        format!("pg_dump --format=custom --schema={} --file=FILE {}", place.schema, place.database);
    (
        format!("先 `{dump}`（主机、用户同 --database），再复制附件和试点日志的文件夹 {files}"),
        format!("first `{dump}` (host and user as in `--database`), then copy the folder {files}"),
    )
}

/// How it is brought back.
fn loaded(server: &Server) -> (String, String) {
    let (place, files) = (server.place(), server.files().display());
    let load = format!("pg_restore --dbname={} --exit-on-error FILE", place.database);
    (
        format!(
            "库中没有模式 {} 时 `{load}`，再把附件和试点日志放回 {files}，最后 `pilot verify`",
            place.schema
        ),
        format!(
            "where there is no schema {}, `{load}`, then put the folder back to {files}, then \
             `pilot verify`",
            place.schema
        ),
    )
}

pub(super) async fn backup(
    global: &Global,
    args: &BackupArgs,
    out: &Output,
) -> Result<Exit, Failure> {
    let url = DatabaseUrl::of(global)?;
    let file = file_of(&url, dumped)?;
    let opened = database::open(global).await?;
    let progress = out.progress(None, "备份", "copying");
    // The machine's time, in a demo too: this says when the copy was really taken.
    let now = PilotClock::of_the_machine().now();
    let packed = backup::pack(file, &args.file, now).await;
    progress.finish_and_clear();
    let packed = packed?;
    opened.log.append(now, LogEvent::Backup {})?;
    let result = BackupResult {
        file: args.file.display().to_string(),
        bytes: packed.bytes,
        evidence: evidence(&packed.manifest),
        taken_at: now,
        damaged: packed.damaged,
    };
    out.result("backup", &result, || {
        let mut text = table::pairs(&[
            (out.say("备份文件", "backup"), result.file.clone()),
            (out.say("时间", "taken"), time::instant(now, out.lang())),
            (out.say("大小", "size"), size(result.bytes)),
            (out.say("附件", "evidence"), result.evidence.to_string()),
        ]);
        for name in &result.damaged {
            text.push_str(out.say("\n附件已损坏（按原样备份）：", "\ndamaged, copied as it is: "));
            text.push_str(name);
        }
        text.push('\n');
        text.push_str(out.say(
            "备份含全部个人信息且未加密，请存放在加锁、加密的地方，勿与本机放在一处",
            "it holds everything and is not encrypted: keep it locked away, and not with this machine",
        ));
        text
    })?;
    Ok(if result.damaged.is_empty() { Exit::Done } else { Exit::Faulty })
}

/// A size as people read it.
pub(super) fn size(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    const GIB: u64 = 1 << 30;
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{} KiB", bytes / KIB),
        MIB..GIB => format!("{} MiB", bytes / MIB),
        _ => format!("{}.{} GiB", bytes / GIB, bytes % GIB * 10 / GIB),
    }
}

pub(super) async fn restore(
    global: &Global,
    args: &RestoreArgs,
    out: &Output,
) -> Result<(), Failure> {
    if global.database.is_none() {
        return Err(PilotError::DatabaseNotNamed.into());
    }
    let url = DatabaseUrl::of(global)?;
    let file = file_of(&url, loaded)?;
    let unpacked = backup::unpack(&args.file, file)?;
    let (cases, entries) = verified(&unpacked, args, out).await?;
    let manifest = unpacked.put_in_place()?;
    let now: Timestamp = PilotClock::of_the_machine().now();
    let event = LogEvent::Restore { taken_at: manifest.taken_at };
    url.files().log.append(now, event)?;
    let result = RestoreResult {
        realm: manifest.realm.to_string(),
        name: manifest.name.clone(),
        taken_at: manifest.taken_at,
        cases,
        entries,
        evidence: evidence(&manifest),
    };
    out.result("restore", &result, || {
        let text = table::pairs(&[
            (out.say("县域", "realm"), format!("{} {}", result.realm, result.name)),
            (out.say("备份于", "taken"), time::instant(result.taken_at, out.lang())),
            (out.say("个案", "cases"), result.cases.to_string()),
            (out.say("留痕", "entries"), result.entries.to_string()),
            (out.say("附件", "evidence"), result.evidence.to_string()),
        ]);
        let done = out.say("已核验并恢复", "verified and restored");
        let next = out.say(
            "备份之后登记的内容不在其中，请按纸质材料补录（--occurred-at 写实际时间）",
            "what was recorded after the backup is not in it: enter it again with `--occurred-at`",
        );
        format!("{done}\n{text}\n{next}")
    })
}

/// Looks through the unpacked copy: the file, then the trail and the evidence.
async fn verified(
    unpacked: &Unpacked,
    args: &RestoreArgs,
    out: &Output,
) -> Result<(u64, u64), Failure> {
    let opened = database::open_at(&unpacked.database()).await?;
    let checkup = opened.store.check_up().await?;
    let progress = out.progress(None, "核验个案", "verifying cases");
    let bar = progress.clone();
    let options = VerifyOptions { redecide: false };
    let verdict = opened.engine.verify(options, move |done| bar.set_position(done)).await?;
    progress.finish_and_clear();
    opened.store.close().await?;
    let faults = verdict.faults.iter().map(|fault| {
        let seq = fault.seq.map_or_else(String::new, |seq| format!(" {seq}"));
        format!("{} {}{seq}: {}", fault.table, fault.case, fault.problem)
    });
    let problems: Vec<String> = checkup.problems().iter().cloned().chain(faults).collect();
    let Some(first) = problems.first() else { return Ok((verdict.cases, verdict.entries)) };
    if args.despite_faults {
        for problem in &problems {
            out.note(problem, problem);
        }
        return Ok((verdict.cases, verdict.entries));
    }
    let count = problems.len();
    let failure = Failure::from(PilotError::BadBackup {
        file: args.file.display().to_string(),
        zh: format!("核验发现 {count} 处问题，第一处：{first}"),
        en: format!("`verify` finds {count} faults in it, the first: {first}"),
    });
    Err(failure.with_hint(
        "没有更好的备份时可加 --despite-faults 照样恢复，问题会保留并仍可核验出来",
        "where there is no better one, `--despite-faults` restores it as it is, faults and all",
    ))
}
