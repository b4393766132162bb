//! `import`: the register of children, all or nothing.

use std::{fs, path::Path};

use hexacase::{
    engine::{Engine, EngineError},
    store::Store as _,
    terms::actor::Actor,
};

use super::refused::chinese;
use crate::{
    catalog::ImportResult,
    cli::{Global, ImportArgs},
    county::{Ground, columns, read_children},
    database,
    demo::{open_file, subject_of},
    error::PilotError,
    failure::{Exit, Failure},
    index::{ChildIndex, REGISTER},
    output::{Lang, Output},
};

/// A file's name and its bytes.
pub(super) fn read(path: &Path) -> Result<(String, Vec<u8>), PilotError> {
    let bytes = fs::read(path).map_err(|error| PilotError::io("read", path, &error))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok((name.unwrap_or_else(|| path.display().to_string()), bytes))
}

/// What the rows of a file may name: the areas and units in the files beside it, where there are
/// such, and in any case the county.
pub(super) fn ground(file: &Path, engine: &Engine) -> Result<Ground, Failure> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let beside = |name: &str| {
        let path = folder.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PilotError::io("read", &path, &error)),
        }
    };
    let (areas, units) = (beside(columns::AREAS.file)?, beside(columns::UNITS.file)?);
    let realm = engine.meta().realm.clone();
    Ok(Ground::new(realm, engine.now().date(), areas.as_deref(), units.as_deref())?)
}

pub(super) async fn children(
    global: &Global,
    args: &ImportArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let (engine, words) = (&opened.engine, opened.words(out).in_lang(Lang::Zh));
    let (name, bytes) = read(&args.file)?;
    let rows = read_children(&name, &bytes, &ground(&args.file, engine)?)?;
    let mut index = ChildIndex::default();
    index.follow(engine).await?;
    let realm = engine.meta().realm.clone();
    let mut result = ImportResult {
        file: name.clone(),
        rows: rows.len() as u64,
        imported: 0,
        known: 0,
        dry_run: args.dry_run,
    };
    let progress = out.progress(Some(result.rows), "导入", "importing");
    // One transaction for the whole file: it is committed when every row was taken.
    let mut tx = opened.store.begin(&realm).await?;
    let actor = Actor::at_work(args.actor.clone());
    let mut refused = Vec::new();
    for (row, child) in &rows {
        progress.inc(1);
        let id = subject_of(&realm, &child.register_number);
        if index.child(id).is_some() {
            result.known += 1;
            continue;
        }
        match engine.execute_in(&mut *tx, open_file(&actor, &realm, child)).await {
            Ok(_) => result.imported += 1,
            Err(EngineError::Refused(refusal)) => {
                let zh = chinese(&words, REGISTER, &refusal);
                let failure = Failure { zh, ..Failure::from(refusal) };
                refused.push(failure.in_row(&name, *row).into_reason());
            }
            Err(other) => return Err(other.into()),
        }
    }
    progress.finish_and_clear();
    if !refused.is_empty() {
        let count = refused.len();
        let mut failure = Failure::new(
            Exit::Refused,
            "input.refused",
            format!("{name} 有 {count} 行不能导入，没有写入任何内容"),
            format!("{count} rows of {name} are refused; nothing was written"),
        );
        failure.reasons = refused;
        return Err(failure);
    }
    if args.dry_run || result.imported == 0 {
        drop(tx);
    } else {
        tx.commit().await?;
    }
    out.result("import", &result, || text(&result, out))
}

/// What an import did, in words.
pub(super) fn text(result: &ImportResult, out: &Output) -> String {
    let ImportResult { file, rows, imported, known, dry_run } = result;
    match (out.lang(), dry_run) {
        (Lang::Zh, true) => {
            format!("{file}：{rows} 行均正确，可导入 {imported} 行，已有 {known} 行；未写入")
        }
        (Lang::Zh, false) => {
            format!("{file}：{rows} 行，导入 {imported} 行，已有 {known} 行未动")
        }
        (Lang::En, true) => {
            format!("{file}: {rows} rows are good, {imported} new, {known} known; nothing written")
        }
        (Lang::En, false) => {
            format!("{file}: {rows} rows, {imported} taken in, {known} known and left as they are")
        }
    }
}
