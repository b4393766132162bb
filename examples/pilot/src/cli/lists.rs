//! The arguments of commands that list.

use clap::{Args, ValueEnum};
use hexacase::terms::{area::AreaCode, id::ActorId};

use super::{AsOf, PageArgs};

/// `cases`.
#[derive(Args, Clone, Debug)]
pub struct CasesArgs {
    /// 程序 · of this procedure
    #[arg(long)]
    pub procedure: Option<String>,
    /// 状态 · in this state
    #[arg(long)]
    pub state: Option<String>,
    /// 区划（含下级） · in this area or within it
    #[arg(long)]
    pub area: Option<AreaCode>,
    /// 对象 · about this subject
    #[arg(long, value_name = "ID")]
    pub subject: Option<String>,
    /// 事件 · of this incident
    #[arg(long, value_name = "ID")]
    pub incident: Option<String>,
    /// 只列未结 · open ones only
    #[arg(long)]
    pub open: bool,
    /// 分页 · the page
    #[command(flatten)]
    pub page: PageArgs,
}

/// `child`.
#[derive(Args, Clone, Debug)]
pub struct ChildArgs {
    /// 姓名（可写一部分）、登记号或编号 · a name or a part of it, a register number, an id
    #[arg(value_name = "NAME-OR-ID")]
    pub text: String,
    /// 何时由谁照料，缺省为现在；只写日期即该日终了 · who cares for the child then; a date means its end
    #[arg(long, value_name = "TIME")]
    pub at: Option<AsOf>,
}

/// `case`.
#[derive(Args, Clone, Debug)]
pub struct CaseArgs {
    /// 个案 · the case: an id, its end, or its number
    pub case: String,
    /// 截至当时所登记的情况；只写日期即该日终了 · as it was recorded then; a date means its end
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<AsOf>,
    /// 逐级提醒：到了哪一级、下一级何时 · each duty's ladder: where it stands, what comes next
    #[arg(long)]
    pub ladder: bool,
}

/// `trail`.
#[derive(Args, Clone, Debug)]
pub struct TrailArgs {
    /// 个案 · the case
    pub case: String,
    /// 分页 · the page
    #[command(flatten)]
    pub page: PageArgs,
}

/// `worklist`.
#[derive(Args, Clone, Debug)]
pub struct WorklistArgs {
    /// 谁的待办 · whose
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 分页 · the page
    #[command(flatten)]
    pub page: PageArgs,
}

/// By what overdue duties are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OverdueBy {
    /// 单位 · the holding unit
    Unit,
    /// 责任方 · the party
    Party,
    /// 村 · the area of the case
    Village,
    /// 人员 · the person
    Person,
    /// 期限 · the time limit
    Limit,
}

/// `overdue`.
#[derive(Args, Clone, Debug)]
pub struct OverdueArgs {
    /// 分类计数 · counts them by this
    #[arg(long, value_enum)]
    pub by: Option<OverdueBy>,
    /// 区划（含下级） · in this area or within it
    #[arg(long)]
    pub area: Option<AreaCode>,
    /// 分页 · the page
    #[command(flatten)]
    pub page: PageArgs,
}
