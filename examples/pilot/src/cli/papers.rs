//! The arguments of commands that print, and that read what was printed.

use std::path::PathBuf;

use clap::Args;
use hexacase::terms::{id::ActorId, time::CivilDate};

/// `print`.
#[derive(Args, Clone, Debug)]
pub struct PrintArgs {
    /// 文书，`--list` 列出全部 · the form; `--list` lists them
    #[arg(required_unless_present = "list")]
    pub form: Option<String>,
    /// 个案 · the case: an id, its end, or its number
    #[arg(required_unless_present_any = ["blank", "list"], conflicts_with = "blank")]
    pub case: Option<String>,
    /// 打印人；只印此人可看的内容 · who prints; only what this person may see
    #[arg(long = "as", value_name = "ACTOR", required_unless_present_any = ["blank", "list"])]
    pub actor: Option<ActorId>,
    /// 写入此文件，缺省为标准输出 · into this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// 县的文件夹，取区划和单位的名称 · a county's folder, for the names of areas and offices
    #[arg(long, value_name = "DIR")]
    pub county: Option<PathBuf>,
    /// 空白表，全部手填，不需数据库 · the empty form
    #[arg(long)]
    pub blank: bool,
    /// 列出全部文书，不需数据库 · lists the forms
    #[arg(long, conflicts_with_all = ["form", "case"])]
    pub list: bool,
}

/// `sheet`.
#[derive(Args, Clone, Debug)]
pub struct SheetArgs {
    /// 谁的工作表 · whose
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 该日所在的一周（周一至周日），缺省为本周 · the week of this day, Monday to Sunday
    #[arg(long, value_name = "DATE", num_args = 0..=1)]
    pub week: Option<Option<CivilDate>>,
    /// 写入此文件：.html 打印用，.xlsx 或 .csv 填写用；缺省为标准输出（HTML） · .html to print, .xlsx or .csv to fill in
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// 县的文件夹，取区划和单位的名称 · a county's folder, for the names of areas and offices
    #[arg(long, value_name = "DIR")]
    pub county: Option<PathBuf>,
}

/// `record`.
#[derive(Args, Clone, Debug)]
pub struct RecordArgs {
    /// 填好的工作表（.xlsx 或 .csv） · the sheet that was filled in
    pub file: PathBuf,
    /// 登记人；不是表上的人时，记为“由表上的人办理” · who records it
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 只检查，不写入 · only checks, writes nothing
    #[arg(long)]
    pub dry_run: bool,
}
