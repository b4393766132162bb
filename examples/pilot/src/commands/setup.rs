//! `init`, `migrate`: the life of a database.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::Path,
};

use hexacase::terms::entropy::SystemEntropy;

use crate::{
    catalog::{InitResult, MigrateResult},
    cli::{Global, InitArgs},
    county::columns::{AREAS, CHILDREN, STAFF, Table, UNITS},
    database,
    error::PilotError,
    failure::Failure,
    output::{Output, table},
};

/// What a pilot fills in before it begins.
const FORMS: [&Table; 4] = [&AREAS, &UNITS, &STAFF, &CHILDREN];

pub(super) async fn init(global: &Global, args: InitArgs, out: &Output) -> Result<(), Failure> {
    if let Some(folder) = &args.forms {
        // Looked at before anything is made, so that a refusal leaves nothing.
        for path in FORMS.iter().map(|table| folder.join(table.file)) {
            if path.symlink_metadata().is_ok() {
                return Err(PilotError::Exists(path.display().to_string()).into());
            }
        }
    }
    let name = args.name.unwrap_or_else(|| args.realm.to_string());
    let (meta, schema_version) = database::init(global, args.realm, name, &SystemEntropy).await?;
    let result = InitResult {
        realm: meta.realm.to_string(),
        name: meta.name,
        origin: format!("hexacase/{}/{}", meta.realm, meta.origin),
        created_at: meta.created_at,
        schema_version,
        forms: args.forms.as_deref().map(forms).transpose()?.unwrap_or_default(),
    };
    out.result("init", &result, || {
        let done = out.say("数据库已初始化", "the database is set up");
        let lines = table::pairs(&[
            (out.say("县域", "realm"), format!("{} {}", result.realm, result.name)),
            (out.say("留痕来源", "origin"), result.origin.clone()),
            (out.say("待填表格", "to fill in"), result.forms.join("\n")),
        ]);
        let next = out.say(
            "下一步：`pilot staff import staff.csv --as 编号` 导入人员，再用 `pilot import` 导入台账",
            "next: `pilot staff import staff.csv --as ID`, then `pilot import` takes in the register",
        );
        format!("{done}\n{lines}\n{next}")
    })
}

/// Writes the files to fill in: a header each, marked so that spreadsheets read it as Chinese.
fn forms(folder: &Path) -> Result<Vec<String>, PilotError> {
    fs::create_dir_all(folder).map_err(|error| PilotError::io("make", folder, &error))?;
    let mut written = Vec::new();
    for table in FORMS {
        let path = folder.join(table.file);
        let failed = |error| PilotError::io("write", &path, &error);
        let header: Vec<&str> = table.columns.iter().map(|column| column.zh).collect();
        let mut file =
            OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed)?;
        file.write_all(format!("\u{feff}{}\n", header.join(",")).as_bytes()).map_err(failed)?;
        written.push(path.display().to_string());
    }
    Ok(written)
}

pub(super) async fn migrate(global: &Global, out: &Output) -> Result<(), Failure> {
    let (from, to) = database::migrate(global).await?;
    let result = MigrateResult { from, to };
    out.result("migrate", &result, || {
        if from == Some(to) {
            return format!("{}{to}", out.say("数据库已是最新版本 ", "nothing to do: version "));
        }
        let before = from.map_or_else(|| "-".to_owned(), |from| from.to_string());
        format!("{} {before} → {to}", out.say("数据库结构已升级", "the schema was migrated"))
    })
}
