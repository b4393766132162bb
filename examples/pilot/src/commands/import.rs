//! `import`: the register of children, all good or nothing, in one transaction.

mod handed_back;
mod said;

use std::{collections::BTreeSet, fs, path::Path};

use hexacase::{
    engine::{Engine, EngineError, Staff},
    store::{Store as _, StoreTx},
    terms::{actor::Actor, id::ActorId, time::CivilDate},
};

use super::refused::chinese;
use crate::{
    cli::{Global, RegisterArgs},
    county::{
        Ground, columns, mapping::Mapping, problem::InputErrors, register_file::RegisterFile,
    },
    database::{self, Opened},
    demo::{open_file, update_file},
    error::PilotError,
    failure::{Exit, Failure, Reason},
    index::REGISTER,
    output::{Lang, Output},
    register::{
        Register,
        plan::{Action, Plan, Reach, plan, update_form},
    },
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

/// The rows of a plan as they are taken, in the caller's transaction.
struct Taking<'e> {
    opened: &'e Opened,
    actor: Actor,
    register: &'e Register,
    today: CivilDate,
    name: &'e str,
    out: &'e Output,
}

impl Taking<'_> {
    /// Takes every row; those that are refused, with their reasons.
    async fn take(&self, tx: &mut dyn StoreTx, plan: &Plan) -> Result<Vec<Reason>, Failure> {
        let engine = &self.opened.engine;
        let (realm, words) = (&engine.meta().realm, self.opened.words(self.out).in_lang(Lang::Zh));
        let progress = self.out.progress(Some(plan.rows.len() as u64), "导入", "importing");
        let mut refused = Vec::new();
        for (row, child, action) in &plan.rows {
            progress.inc(1);
            let command = match action {
                Action::Same | Action::Closed => continue,
                Action::Open => open_file(&self.actor, realm, child),
                Action::Update(at, changes) => {
                    let Some(file) = self.register.files.get(*at) else { continue };
                    let form = update_form(changes, child, self.today);
                    // What was compared must still be so when it is changed.
                    update_file(&self.actor, file.case, form).expecting(file.revision)
                }
            };
            match engine.execute_in(tx, command).await {
                Ok(_) => {}
                Err(EngineError::Refused(refusal)) => {
                    let zh = chinese(&words, REGISTER, &refusal);
                    let failure = Failure { zh, ..Failure::from(refusal) };
                    refused.push(failure.in_row(self.name, *row).into_reason());
                }
                Err(other) => return Err(other.into()),
            }
        }
        progress.finish_and_clear();
        Ok(refused)
    }
}

/// For which areas somebody may take children in, also as a deputy.
async fn reach(engine: &Engine, actor: &ActorId) -> Result<Reach, Failure> {
    let profile = Staff::new(0, engine.staff().await?).profile(actor, engine.now().date());
    let definition = engine.registry().newest(REGISTER);
    let by = definition.and_then(|definition| definition.transition("open_file"));
    let by = by.map(|spec| spec.by.as_slice()).unwrap_or_default();
    let grants = profile.grants.into_iter().filter(|grant| by.contains(&grant.role));
    let areas = grants.map(|grant| grant.area).collect();
    Ok(Reach { realm: engine.meta().realm.clone(), areas })
}

pub(super) async fn children(
    global: &Global,
    args: &RegisterArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let engine = &opened.engine;
    let realm = engine.meta().realm.clone();
    let (name, bytes) = read(&args.import.file)?;
    let mapping = match &args.map {
        Some(path) => {
            let (name, bytes) = read(path)?;
            Mapping::read(&name, &bytes)?
        }
        None => Mapping::default(),
    };
    let file = RegisterFile::open(&name, &bytes, mapping)?;
    let mut rows = file.read(&ground(&args.import.file, engine)?)?;
    let progress = out.progress(None, "读取档案", "reading files");
    let register = Register::load(engine, |count| progress.set_position(count as u64)).await?;
    progress.finish_and_clear();
    let mut result = said::result_of(&name, &rows, args.import.dry_run);
    let mut problems = std::mem::take(&mut rows.problems);
    let reach = reach(engine, &args.import.actor).await?;
    let mut plan = plan(&name, &reach, rows, &register);
    problems.append(&mut plan.problems);
    problems.sort_by_key(|problem| problem.row);
    if !problems.is_empty() && !args.skip_bad {
        return Err(InputErrors(problems).into());
    }
    // One transaction for the whole file: it is committed when every row was taken, or every row
    // that is not skipped. Whatever ends the program before leaves the database as it was.
    let taking = Taking {
        opened: &opened,
        actor: Actor::at_work(args.import.actor.clone()),
        register: &register,
        today: engine.now().date(),
        name: &name,
        out,
    };
    let mut tx = opened.store.begin(&realm).await?;
    let refused = taking.take(&mut *tx, &plan).await?;
    if !refused.is_empty() && !args.skip_bad {
        return Err(refused_rows(&name, refused));
    }
    let bad: BTreeSet<u64> = refused.iter().filter_map(|reason| reason.place.row).collect();
    plan.rows.retain(|(row, _, _)| !bad.contains(row));
    said::fill(&mut result, &plan, &register);
    let reasons = handed_back::reasons(&problems, &refused, out.lang());
    result.skipped = reasons.len() as u64;
    let write = !args.import.dry_run;
    let mut handed_back = None;
    if write && !reasons.is_empty() {
        // Before the commit: rows that were not taken must stand somewhere once the others are in.
        let path = handed_back::write(&args.import.file, &file, &reasons)?;
        result.skipped_file = Some(path.display().to_string());
        handed_back = Some(path);
    }
    if write && result.imported + result.changed > 0 {
        if let Err(error) = tx.commit().await {
            // Nothing was taken, so nothing was left out.
            drop(handed_back.map(fs::remove_file));
            return Err(error.into());
        }
    } else {
        drop(tx);
    }
    out.result("import", &result, || said::text(&result, &problems, &refused, out))
}

fn refused_rows(name: &str, refused: Vec<Reason>) -> Failure {
    let count = refused.len();
    let mut failure = Failure::new(
        Exit::Refused,
        "input.refused",
        format!("{name} 有 {count} 行不能导入，没有写入任何内容"),
        format!("{count} rows of {name} are refused; nothing was written"),
    );
    failure.reasons = refused;
    failure
}
