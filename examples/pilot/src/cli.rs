//! The command line. Help stands in Chinese with English beside it.

mod lists;
mod papers;
mod running;
mod steps;

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum};
use hexacase::terms::{
    area::{AreaCode, Realm},
    id::ActorId,
    time::{CivilDate, TimeError, Timestamp},
};

pub use lists::{CaseArgs, CasesArgs, ChildArgs, OverdueArgs, OverdueBy, TrailArgs, WorklistArgs};
pub use papers::{PrintArgs, RecordArgs, SheetArgs};
pub use running::{
    BackupArgs, DoctorArgs, NoteArgs, RestoreArgs, ReviewArgs, StaffDeputyArgs, StaffLeaveArgs,
    StaffTransferArgs, TodayArgs,
};
pub use steps::{
    ActArgs, AmendArgs, AnnulArgs, AnnulBecause, AttachArgs, ConfirmArgs, DeclineArgs, FileClass,
    JoinArgs, MergeArgs, OpenArgs, RebindArgs, ReopenArgs, SplitArgs, StepArgs,
};

use crate::output::Lang;

/// 未成年人保护个案办理试点程序。 Casework for child protection in a county: the pilot.
///
/// 不带命令即运行演示（同 `pilot demo`）。 Without a command the demo is played.
///
/// 退出码 Exit codes: 0 完成 done · 1 失败 failure · 2 用法 usage · 3 不能办理 refused ·
/// 4 核验、体检发现问题 `verify`, `doctor` found a fault · 5 繁忙，请再试 busy, try again
#[derive(Debug, Parser)]
#[command(name = "pilot", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// 各命令通用。 For all commands.
    #[command(flatten)]
    pub global: Global,
    /// 命令。 The command.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command takes.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// 以 JSON 输出 · results as one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// 语言 · language
    #[arg(long, global = true, value_enum, default_value_t)]
    pub lang: Lang,
    /// 数据库：`sqlite:路径` 或 `postgres://用户@主机/库?schema=模式`；缺省为 `sqlite:demo.db` · the database
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// PostgreSQL 数据库的附件和试点日志所在文件夹，缺省为 `hexacase-库-模式` · evidence and log of a
    /// PostgreSQL database
    #[arg(long, global = true, value_name = "DIR")]
    pub files: Option<PathBuf>,
    /// 当前时间，仅用于演示库 · the time, in a demo database only
    #[arg(long, global = true, value_name = "TIME")]
    pub now: Option<Timestamp>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 演示：导入示例县，演过一年 · imports the sample county and plays its year
    Demo(DemoArgs),
    /// 初始化空数据库 · sets an empty database up
    Init(InitArgs),
    /// 升级数据库结构 · brings the schema to this program's version
    Migrate,
    /// 备份数据库、附件和试点日志到一个文件，使用中也可 · copies everything into one file, also in use
    Backup(BackupArgs),
    /// 从备份恢复到新的数据库，先核验，从不覆盖 · restores into a new database, never over one
    Restore(RestoreArgs),
    /// 体检：数据库、日历、人员、督办、备份，有问题给出做法 · checks everything and says what to do
    Doctor(DoctorArgs),
    /// 导入儿童台账（CSV、Excel），全部正确才写入 · takes in the register, all or nothing
    Import(RegisterArgs),
    /// 导出儿童台账（CSV、Excel） · writes the register of children to a file
    Export(ExportArgs),
    /// 人员名录 · the directory of staff
    Staff(StaffArgs),
    /// 立案 · opens a case
    Open(OpenArgs),
    /// 办理一步 · takes a step
    Act(ActArgs),
    /// 更正一步中的一项 · corrects a field of an entry
    Amend(AmendArgs),
    /// 作废个案 · annuls a case
    Annul(AnnulArgs),
    /// 更换对象 · rebinds a case to another child
    Rebind(RebindArgs),
    /// 并案：归入另一案的事件 · joins another case's incident
    Join(JoinArgs),
    /// 拆分：另立事件 · splits a case from its incident
    Split(SplitArgs),
    /// 合并重复个案 · merges a duplicate into the case that goes on
    Merge(MergeArgs),
    /// 重启已结个案 · reopens a case
    Reopen(ReopenArgs),
    /// 复核同意 · a second person confirms a step
    Confirm(ConfirmArgs),
    /// 复核不同意 · a second person declines a step
    Decline(DeclineArgs),
    /// 附件入案 · puts a file into a case
    Attach(AttachArgs),
    /// 个案列表 · lists cases
    Cases(CasesArgs),
    /// 查找儿童 · finds a child by name, register number or id
    Child(ChildArgs),
    /// 一个个案 · one case
    Case(CaseArgs),
    /// 个案留痕 · the entries of a case
    Trail(TrailArgs),
    /// 全部留痕，按登记次序 · all entries in the order they were recorded
    Feed(PageArgs),
    /// 今日：逾期、今天、本周、代办、提醒、待复核 · the morning of one person
    Today(TodayArgs),
    /// 备注：入个案留痕，或对程序提意见 · a note on a case, or feedback on the program
    Note(NoteArgs),
    /// 试点小结：步数、登记时差、不能办理、线索到走访 · how the pilot went
    Review(ReviewArgs),
    /// 待办事项 · what somebody has to do
    Worklist(WorklistArgs),
    /// 逾期事项 · what is overdue
    Overdue(OverdueArgs),
    /// 能否办理及原因 · why a step is possible, or not
    Explain(ExplainArgs),
    /// 推算期限及理由，不需数据库 · reckons a date and says why
    Deadline(DeadlineArgs),
    /// 打印文书（HTML，A4） · prints a form on paper
    Print(PrintArgs),
    /// 周工作表，供没有网络的村填写（HTML 或 .xlsx） · what somebody owes in a week, to fill in
    Sheet(SheetArgs),
    /// 登记填好的周工作表，每行一个凭证 · records a sheet that was filled in, row by row
    Record(RecordArgs),
    /// 立即逐级提醒一次 · climbs the ladders once, now
    Sweep,
    /// 检查程序定义与规则，不需数据库 · checks definitions and rules
    Check(CheckArgs),
    /// 程序定义，不需数据库 · the procedures
    Definitions(DefinitionsArgs),
    /// 程序图，不需数据库 · draws a procedure or the chain
    Diagram(DiagramArgs),
    /// 表单或命令结果的 JSON Schema，不需数据库 · the schema of a form or a result
    Schema(SchemaArgs),
    /// 全部期限，不需数据库 · all time limits
    Limits,
    /// 核验全部留痕 · checks the whole database against its trail
    Verify(VerifyArgs),
}

/// A page of a list.
#[derive(Args, Clone, Debug)]
pub struct PageArgs {
    /// 最多条数 · at most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
    /// 接上一页的 next · after the `next` of an earlier page
    #[arg(long, value_name = "CURSOR")]
    pub after: Option<String>,
}

/// `demo`.
#[derive(Args, Clone, Debug, Default)]
pub struct DemoArgs {
    /// 县的文件夹，缺省为示例县 · a county's folder instead of the sample
    #[arg(long, value_name = "DIR")]
    pub county: Option<PathBuf>,
    /// 儿童人数（自动生成） · how many children, in a generated county
    #[arg(long, value_name = "N", conflicts_with = "county")]
    pub children: Option<u32>,
    /// 种子 · the seed
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// 年数（自动生成） · how many years, in a generated county
    #[arg(long, value_name = "Y", conflicts_with = "county")]
    pub years: Option<u32>,
    /// What every command takes; filled in from there.
    #[arg(skip)]
    pub global: Global,
}

/// `init`.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// 县级区划代码，六位 · the county's six digits
    #[arg(long, value_name = "CODE", value_parser = realm)]
    pub realm: Realm,
    /// 名称 · its name
    #[arg(long)]
    pub name: Option<String>,
    /// 把待填的表格（区划、单位、人员、台账）写到此文件夹 · writes the files to fill in there
    #[arg(long, value_name = "DIR")]
    pub forms: Option<PathBuf>,
}

/// `staff import`, and what `import` has in common with it.
#[derive(Args, Clone, Debug)]
pub struct ImportArgs {
    /// 台账文件，格式见 docs/formats.md · the file
    pub file: PathBuf,
    /// 经办人 · who takes it in
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 只检查，不写入 · only checks, writes nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `import`.
#[derive(Args, Clone, Debug)]
pub struct RegisterArgs {
    /// 文件和经办人 · the file, and who takes it in
    #[command(flatten)]
    pub import: ImportArgs,
    /// 对照表：县里自己的列名、写法 · a map from the county's own headings and values
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// 有错的行另存一个文件，其余照常导入 · takes the good rows and writes the others to a file
    #[arg(long)]
    pub skip_bad: bool,
}

/// `export`.
#[derive(Args, Clone, Debug)]
pub struct ExportArgs {
    /// 写到哪个文件，.csv 或 .xlsx · the file, `.csv` or `.xlsx`
    pub file: PathBuf,
    /// CSV 的编码 · the encoding of a CSV file
    #[arg(long, value_enum, default_value_t)]
    pub encoding: EncodingArg,
    /// 只导出此区划 · only children who live in this area
    #[arg(long)]
    pub area: Option<AreaCode>,
    /// 文件已存在时覆盖 · writes over a file that is there
    #[arg(long)]
    pub overwrite: bool,
}

/// An encoding of a CSV file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EncodingArg {
    /// UTF-8，带 BOM，Excel 可直接打开 · with a byte order mark, as Excel reads it best
    #[default]
    Utf8Bom,
    /// UTF-8
    Utf8,
    /// GB18030
    Gb18030,
}

/// `staff`.
#[derive(Args, Clone, Debug)]
pub struct StaffArgs {
    /// 命令 · the command
    #[command(subcommand)]
    pub command: StaffCommand,
}

/// What is done with the directory.
#[derive(Clone, Debug, Subcommand)]
pub enum StaffCommand {
    /// 人员列表 · lists people
    List(StaffListArgs),
    /// 导入人员（CSV），全部正确才写入 · takes people in, all or nothing
    Import(ImportArgs),
    /// 离岗登记，可指定代理人 · an absence, with or without a deputy
    Leave(StaffLeaveArgs),
    /// 指定、更换代理人 · names or changes a deputy
    Deputy(StaffDeputyArgs),
    /// 调动或离职，工作一并移交 · moves somebody, or lets somebody go, and hands the work over
    Transfer(StaffTransferArgs),
}

/// `staff list`.
#[derive(Args, Clone, Debug)]
pub struct StaffListArgs {
    /// 有此岗位 · with this role
    #[arg(long)]
    pub role: Option<String>,
    /// 在此区划 · within this area
    #[arg(long)]
    pub area: Option<AreaCode>,
    /// 分页 · the page
    #[command(flatten)]
    pub page: PageArgs,
}

/// `explain`.
#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// 个案 · the case
    pub case: String,
    /// 办理事项 · the transition
    pub transition: String,
    /// 谁 · who
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
}

/// `deadline`.
#[derive(Args, Clone, Debug)]
pub struct DeadlineArgs {
    /// 期限编号，如 D25 · the limit's id
    pub limit: String,
    /// 起算时间 · the event it runs from
    #[arg(long, value_name = "TIME")]
    pub from: Timestamp,
    /// 日期未定时不给暂定日期 · no answer where it would be provisional
    #[arg(long)]
    pub strict: bool,
}

/// `check`.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// 县级规则文件 · a county's overlay over the national rules
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
}

/// `definitions`.
#[derive(Args, Clone, Debug)]
pub struct DefinitionsArgs {
    /// 只看此程序 · only this one
    pub procedure: Option<String>,
}

/// What draws a diagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DiagramKind {
    /// Mermaid
    #[default]
    Mermaid,
    /// Graphviz
    Dot,
}

/// `diagram`.
#[derive(Args, Clone, Debug)]
pub struct DiagramArgs {
    /// 程序，或 chain（机制链） · a procedure, or `chain`
    #[arg(value_name = "PROCEDURE|chain")]
    pub procedure: String,
    /// 格式 · the format
    #[arg(long, value_enum, default_value_t)]
    pub format: DiagramKind,
    /// 标出此个案的状态 · marks the state of this case
    #[arg(long, value_name = "CASE")]
    pub case: Option<String>,
}

/// `schema`.
#[derive(Args, Clone, Debug)]
pub struct SchemaArgs {
    /// 程序 · the procedure
    #[arg(required_unless_present = "output")]
    pub procedure: Option<String>,
    /// 办理事项 · the transition
    #[arg(required_unless_present = "output")]
    pub transition: Option<String>,
    /// 此命令结果的格式 · the schema of a command's result instead
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["procedure", "transition"])]
    pub output: Option<String>,
}

/// `verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// 逐步重新办理并比对 · decides every step again and compares
    #[arg(long)]
    pub redecide: bool,
}

/// A time up to which things were recorded: a date means its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf(pub Timestamp);

impl FromStr for AsOf {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        match text.parse::<CivilDate>() {
            Ok(date) => Ok(Self(date.end())),
            Err(_) => text.parse().map(Self),
        }
    }
}

/// Six digits; trailing groups of zeros are cut.
fn realm(text: &str) -> Result<Realm, String> {
    let area: AreaCode = text.parse().map_err(|problem| format!("{problem}"))?;
    area.as_str()
        .parse()
        .map_err(|_| format!("expected the six digits of a county, found `{text}`"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_date_alone_means_its_end() {
        let AsOf(at) = "2026-05-03".parse().unwrap();
        assert_eq!(at.to_string(), "2026-05-03T23:59:59.999+08:00");
        let AsOf(at) = "2026-05-03 14:05".parse().unwrap();
        assert_eq!(at.to_string(), "2026-05-03T14:05:00.000+08:00");
    }

    #[test]
    fn a_realm_may_be_written_with_its_zeros() {
        assert_eq!(realm("999999000000").unwrap().as_str(), "999999");
        assert!(realm("9999").is_err());
    }
}
