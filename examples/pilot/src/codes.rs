//! Every stable code, as `docs/codes.md` lists it.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use hexacase::{
    engine::EngineError,
    procedure::{Definition, Refusal},
    store::StoreError,
};
use hexacase_postgres::TroubleKind;

use crate::{county::fault::Fault, error::PilotError, sheet::SheetFault};

/// Codes that no table of their own has.
const OTHERS: &[(&str, &str)] = &[
    ("blob.failed", "附件库出错"),
    ("definition.invalid", "程序定义有问题"),
    ("input.invalid", "文件有多处错误，没有写入任何内容"),
    ("input.needs_transfer", "会减少人员已有的岗位，须用 staff transfer 办理"),
    ("input.unknown_person", "人员名录中没有此人，或帐号已停用"),
    ("input.refused", "文件中有不能导入的行，没有写入任何内容"),
    ("rules.invalid", "规则文件有错误"),
    ("setup.incomplete", "本程序不能在此数据库上工作"),
    ("hint", "不是原因，而是建议的做法"),
];

/// What a code means, in Chinese.
pub fn meaning(code: &str, definitions: &[Arc<Definition>]) -> Option<String> {
    let tables: [&[(&str, &str)]; 5] =
        [&Refusal::CODES, &StoreError::CODES, &EngineError::CODES, &PilotError::CODES, OTHERS];
    let mut known = tables.into_iter().flatten();
    if let Some((_, zh)) = known.find(|(known, _)| *known == code) {
        return Some((*zh).to_owned());
    }
    let guard = code.strip_prefix("refusal.")?;
    let mut guards = definitions.iter().flat_map(|definition| definition.guards());
    guards.find(|known| known.code == guard).map(|known| known.text.zh.to_string())
}

const HEAD: &str = "\
# 代码 Codes

<!-- Generated from the tables of codes in the sources; mend those. -->

每个不能办理、每次失败都有一个稳定的代码；脚本应看代码，不看文字。
Every refusal and every failure has a stable code; scripts should read the code, not the text.

退出码 Exit codes: `0` 完成 done · `1` 失败 failure · `2` 用法 usage · `3` 不能办理 refused ·
`4` 核验、体检发现问题 `verify`, `doctor` found a fault · `5` 繁忙，请再试 busy, try again
";

/// `docs/codes.md`.
pub fn markdown<'d>(definitions: impl IntoIterator<Item = &'d Definition>) -> String {
    let mut text = HEAD.to_owned();
    section(&mut text, "不能办理 Refusals", "退出码 exit code 3", &Refusal::CODES);
    guards(&mut text, definitions);
    let store = "退出码 exit code 1；繁忙 busy 5";
    section(&mut text, "数据库 Stores", store, &StoreError::CODES);
    section(
        &mut text,
        "引擎 The engine",
        "退出码 exit code 1；可重试 retryable 5",
        &EngineError::CODES,
    );
    postgres(&mut text);
    let pilot = "`usage.…` 退出码 exit code 2；其余 others 1, 3";
    section(&mut text, "命令行 The command line", pilot, &PilotError::CODES);
    let sheets = "退出码 exit code 3，逐行给出 row by row";
    section(&mut text, "周工作表 Weekly sheets", sheets, &SheetFault::CODES);
    section(&mut text, "其他 Others", "", OTHERS);
    faults(&mut text);
    text
}

fn section(text: &mut String, title: &str, note: &str, codes: &[(&str, &str)]) {
    let _ = write!(text, "\n## {title}\n\n");
    if !note.is_empty() {
        let _ = write!(text, "{note}\n\n");
    }
    text.push_str("| code | 中文 |\n|---|---|\n");
    for (code, zh) in codes {
        let _ = writeln!(text, "| `{code}` | {zh} |");
    }
}

/// What a server does, with what to do about it. Each is a reason of a failure of the store.
fn postgres(text: &mut String) {
    text.push_str("\n## PostgreSQL\n\n作为原因给出 given as a reason of `store.…`；");
    text.push_str("退出码 exit code 1，连接中断 a lost connection 5\n\n");
    text.push_str("| code | 中文 | English | 做法 what to do |\n|---|---|---|---|\n");
    for kind in TroubleKind::ALL {
        let (what, advice) = (kind.what(), kind.advice());
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {}<br>{} |",
            kind.code(),
            what.zh,
            what.en,
            advice.zh,
            advice.en
        );
    }
}

/// The rules of the procedures. Several procedures may share one.
fn guards<'d>(text: &mut String, definitions: impl IntoIterator<Item = &'d Definition>) {
    let mut known = BTreeMap::new();
    for definition in definitions {
        for guard in definition.guards() {
            let entry = known.entry(guard.code).or_insert_with(|| (*guard, Vec::new()));
            entry.1.push(definition.name());
        }
    }
    text.push_str("\n## 程序规则 Rules of the procedures\n\n退出码 exit code 3\n\n");
    text.push_str(
        "| code | 中文 | English | 依据 basis | 程序 procedures |\n|---|---|---|---|---|\n",
    );
    for (code, (guard, procedures)) in known {
        let (zh, en) = (&guard.text.zh, &guard.text.en);
        let procedures: Vec<_> = procedures.iter().map(|name| format!("`{name}`")).collect();
        let procedures = procedures.join(" ");
        let _ =
            writeln!(text, "| `refusal.{code}` | {zh} | {en} | {} | {procedures} |", guard.basis);
    }
}

/// What can be wrong with a cell or a file, each with an example of its text.
fn faults(text: &mut String) {
    text.push_str("\n## 导入文件 Files\n\n退出码 exit code 3；无法读取文件 unreadable 1\n\n");
    text.push_str("| code | 中文 | English |\n|---|---|---|\n");
    for fault in Fault::examples() {
        let (zh, en) = (fault.zh(), fault.en());
        let _ = writeln!(text, "| `{}` | {zh} | {en} |", fault.code());
    }
}
