//! The arguments of commands that take a step.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use hexacase::terms::{
    id::{ActorId, CommandId},
    time::Timestamp,
};

/// What every step takes.
#[derive(Args, Clone, Debug)]
pub struct StepArgs {
    /// 经办人 · who records it
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 命令编号，重复提交不会重复办理 · a repeat under the same id gives the first receipt
    #[arg(long, value_name = "ID")]
    pub command_id: Option<CommandId>,
    /// 个案应处于第几步，否则不办理 · refuses if the case has moved on
    #[arg(long, value_name = "N")]
    pub expect_revision: Option<i64>,
    /// 实际发生时间，缺省为现在 · when it happened, if not now
    #[arg(long, value_name = "TIME")]
    pub occurred_at: Option<Timestamp>,
}

/// `open`.
#[derive(Args, Clone, Debug)]
pub struct OpenArgs {
    /// 程序 · the procedure
    pub procedure: String,
    /// 立案的办理事项，缺省为第一项 · the transition that opens it, the first unless said
    #[arg(long, value_name = "TRANSITION")]
    pub by: Option<String>,
    /// 经办人 · who records it
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 表单：JSON、@文件 或 -；另可含 `acted_by`、`child`、`areas`、`incident` · the form: JSON, @file or -
    #[arg(long)]
    pub data: Option<String>,
    /// 命令编号，重复提交不会重复办理 · a repeat under the same id gives the first receipt
    #[arg(long, value_name = "ID")]
    pub command_id: Option<CommandId>,
    /// 实际发生时间，缺省为现在 · when it happened, if not now
    #[arg(long, value_name = "TIME")]
    pub occurred_at: Option<Timestamp>,
}

/// `act`.
#[derive(Args, Clone, Debug)]
pub struct ActArgs {
    /// 个案 · the case: an id, its end, or its number
    pub case: String,
    /// 办理事项，含通用办理 · the transition, or an engine-wide step
    pub transition: String,
    /// 表单：JSON、@文件 或 -；另可含 `acted_by`、`child` · the form: JSON, @file or -
    #[arg(long)]
    pub data: Option<String>,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// `amend`.
#[derive(Args, Clone, Debug)]
pub struct AmendArgs {
    /// 个案 · the case
    pub case: String,
    /// 第几步 · the number of the entry
    pub entry: i64,
    /// 表单中的字段，或 `occurred_at` · the field of its form, or `occurred_at`
    pub field: String,
    /// 更正后的值（JSON，或文字） · what it should have said: JSON, or text
    pub value: String,
    /// 原因 · why
    #[arg(long)]
    pub reason: String,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// Why a case is annulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum AnnulBecause {
    /// 重复 · a duplicate
    Duplicate,
    /// 程序选错 · the wrong procedure
    WrongProcedure,
    /// 误开 · opened by mistake
    OpenedByMistake,
    /// 测试 · a test entry
    TestEntry,
}

impl AnnulBecause {
    /// The name used in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::WrongProcedure => "wrong_procedure",
            Self::OpenedByMistake => "opened_by_mistake",
            Self::TestEntry => "test_entry",
        }
    }
}

/// `annul`.
#[derive(Args, Clone, Debug)]
pub struct AnnulArgs {
    /// 个案 · the case
    pub case: String,
    /// 原因 · why
    #[arg(long, value_enum)]
    pub reason: AnnulBecause,
    /// 说明 · in words
    #[arg(long)]
    pub text: String,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// `rebind`.
#[derive(Args, Clone, Debug)]
pub struct RebindArgs {
    /// 个案 · the case
    pub case: String,
    /// 正确的儿童：登记号或编号 · the right child: a register number or an id
    pub child: String,
    /// 原因 · why
    #[arg(long)]
    pub reason: String,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// `join`.
#[derive(Args, Clone, Debug)]
pub struct JoinArgs {
    /// 个案 · the case
    pub case: String,
    /// 该事件的另一个案 · a case of the incident it joins
    pub other: String,
    /// 原因 · why
    #[arg(long)]
    pub reason: String,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// `split`.
#[derive(Args, Clone, Debug)]
pub struct SplitArgs {
    /// 个案 · the case
    pub case: String,
    /// 原因 · why
    #[arg(long)]
    pub reason: String,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// `merge`.
#[derive(Args, Clone, Debug)]
pub struct MergeArgs {
    /// 重复的个案，并入后结束 · the duplicate, which ends
    pub case: String,
    /// 继续办理的个案 · the case that goes on
    pub survivor: String,
    /// 原因 · why
    #[arg(long)]
    pub reason: String,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// `reopen`.
#[derive(Args, Clone, Debug)]
pub struct ReopenArgs {
    /// 个案 · the case
    pub case: String,
    /// 回到的状态 · the state to go back to
    #[arg(long)]
    pub state: String,
    /// 原因 · why
    #[arg(long)]
    pub cause: String,
    /// 新的情况 · the new facts
    #[arg(long)]
    pub facts: String,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// `confirm`.
#[derive(Args, Clone, Debug)]
pub struct ConfirmArgs {
    /// 个案 · the case
    pub case: String,
    /// 提出的那一步 · the number of the entry that proposed it
    pub entry: i64,
    /// 看了什么 · what was looked at
    #[arg(long)]
    pub note: Option<String>,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// `decline`.
#[derive(Args, Clone, Debug)]
pub struct DeclineArgs {
    /// 个案 · the case
    pub case: String,
    /// 提出的那一步 · the number of the entry that proposed it
    pub entry: i64,
    /// 原因 · why
    #[arg(long)]
    pub reason: String,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}

/// Who may see a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FileClass {
    /// 可看个案者 · whoever may see the case
    #[default]
    Case,
    /// 医疗、鉴定材料 · health, injuries, forensic matter
    Medical,
    /// 可能泄露报告人的材料 · whatever could tell who reported
    Reporter,
}

/// `attach`.
#[derive(Args, Clone, Debug)]
pub struct AttachArgs {
    /// 个案 · the case
    pub case: String,
    /// 文件 · the file
    pub file: PathBuf,
    /// 说明 · what it is
    #[arg(long)]
    pub note: Option<String>,
    /// 谁可以看 · who may see it
    #[arg(long, value_enum, default_value_t)]
    pub class: FileClass,
    /// 通用选项 · as for every step
    #[command(flatten)]
    pub step: StepArgs,
}
