//! `init`, `migrate`: the life of a database.

use hexacase::terms::entropy::SystemEntropy;

use crate::{
    catalog::{InitResult, MigrateResult},
    cli::{Global, InitArgs},
    database,
    failure::Failure,
    output::{Output, table},
};

pub(super) async fn init(global: &Global, args: InitArgs, out: &Output) -> Result<(), Failure> {
    let name = args.name.unwrap_or_else(|| args.realm.to_string());
    let (meta, schema_version) = database::init(global, args.realm, name, &SystemEntropy).await?;
    let result = InitResult {
        realm: meta.realm.to_string(),
        name: meta.name,
        origin: format!("hexacase/{}/{}", meta.realm, meta.origin),
        created_at: meta.created_at,
        schema_version,
    };
    out.result("init", &result, || {
        let done = out.say("数据库已初始化", "the database is set up");
        let lines = table::pairs(&[
            (out.say("县域", "realm"), format!("{} {}", result.realm, result.name)),
            (out.say("留痕来源", "origin"), result.origin.clone()),
        ]);
        let next = out.say(
            "下一步：`pilot staff import staff.csv --as 编号` 导入人员，再用 `pilot import` 导入台账",
            "next: `pilot staff import staff.csv --as ID`, then `pilot import` takes in the register",
        );
        format!("{done}\n{lines}\n{next}")
    })
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
