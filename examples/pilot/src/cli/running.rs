//! The arguments of commands that keep a pilot running: people, the morning, copies, the review.

use std::path::PathBuf;

use clap::Args;
use hexacase::terms::{
    area::AreaCode,
    id::{ActorId, UnitId},
    time::CivilDate,
};

/// `staff leave`.
#[derive(Args, Clone, Debug)]
pub struct StaffLeaveArgs {
    /// 离岗人员 · who will be away
    #[arg(value_name = "PERSON")]
    pub person: ActorId,
    /// 首日 · the first day
    #[arg(long, value_name = "DATE")]
    pub from: CivilDate,
    /// 末日 · the last day
    #[arg(long, value_name = "DATE")]
    pub to: CivilDate,
    /// 代理人；不写则由单位负责人代办 · who stands in; without one the leader of the unit
    #[arg(long, value_name = "PERSON")]
    pub deputy: Option<ActorId>,
    /// 经办人：数据管理员、联席会议办公室或单位负责人 · who records it
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 只列出影响，不写入 · only shows what it does
    #[arg(long)]
    pub dry_run: bool,
}

/// `staff deputy`.
#[derive(Args, Clone, Debug)]
pub struct StaffDeputyArgs {
    /// 离岗人员 · who is, or will be, away
    #[arg(value_name = "PERSON")]
    pub person: ActorId,
    /// 离岗期间的任一日，缺省为今天 · a day of the absence, today unless said
    #[arg(long, value_name = "DATE")]
    pub on: Option<CivilDate>,
    /// 代理人 · who stands in
    #[arg(long, value_name = "PERSON", required_unless_present = "none")]
    pub to: Option<ActorId>,
    /// 取消代理人，由单位负责人代办 · no deputy: the leader of the unit
    #[arg(long, conflicts_with = "to")]
    pub none: bool,
    /// 经办人：数据管理员、联席会议办公室或单位负责人 · who records it
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 只列出影响，不写入 · only shows what it does
    #[arg(long)]
    pub dry_run: bool,
}

/// `staff transfer`.
#[derive(Args, Clone, Debug)]
pub struct StaffTransferArgs {
    /// 调动或离职人员 · who moves or leaves
    #[arg(value_name = "PERSON")]
    pub person: ActorId,
    /// 接任人 · who takes over
    #[arg(long, value_name = "PERSON")]
    pub to: Option<ActorId>,
    /// 新单位；不写新单位即离职，帐号停用 · the new office; without one the person leaves for good
    #[arg(long, value_name = "UNIT", requires_all = ["area", "role"])]
    pub unit: Option<UnitId>,
    /// 新区划 · the area of the new roles
    #[arg(long, value_name = "CODE", requires = "unit")]
    pub area: Option<AreaCode>,
    /// 新岗位，中文或代码，可写多个 · the new roles, by name or code
    #[arg(long, value_name = "ROLE", requires = "unit", num_args = 1..)]
    pub role: Vec<String>,
    /// 任新单位负责人 · leads the new office
    #[arg(long, requires = "unit")]
    pub leader: bool,
    /// 双方已核对移交清单 · both looked through the list of duties
    #[arg(long)]
    pub list_confirmed: bool,
    /// 经办人：数据管理员、联席会议办公室或单位负责人 · who records it
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 只列出移交清单，不写入 · only lists the duties
    #[arg(long)]
    pub dry_run: bool,
}

/// `backup`.
#[derive(Args, Clone, Debug)]
pub struct BackupArgs {
    /// 备份文件，不得已存在 · the file to write; nothing may be there
    pub file: PathBuf,
}

/// `restore`.
#[derive(Args, Clone, Debug)]
pub struct RestoreArgs {
    /// 备份文件 · the file that `backup` wrote
    pub file: PathBuf,
    /// 核验发现问题也恢复 · although `verify` finds faults in it
    #[arg(long)]
    pub despite_faults: bool,
}

/// `doctor`.
#[derive(Args, Clone, Debug)]
pub struct DoctorArgs {
    /// 督办、备份间隔多少小时起提醒 · from how many hours on a missing sweep or backup is told
    #[arg(long, value_name = "HOURS", default_value_t = 48, value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub hours: u32,
}

/// `today`.
#[derive(Args, Clone, Debug)]
pub struct TodayArgs {
    /// 谁 · whose day
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
}

/// `note`.
#[derive(Args, Clone, Debug)]
pub struct NoteArgs {
    /// 内容；不要写身份证号、电话 · the note; no identity or telephone numbers
    pub text: String,
    /// 谁 · who says it
    #[arg(long = "as", value_name = "ACTOR")]
    pub actor: ActorId,
    /// 写入此个案的留痕；不写即为对程序的意见 · about this case; else about the program
    #[arg(long, value_name = "CASE")]
    pub case: Option<String>,
}

/// `review`.
#[derive(Args, Clone, Debug)]
pub struct ReviewArgs {
    /// 首日 · the first day
    #[arg(long, value_name = "DATE")]
    pub from: CivilDate,
    /// 末日 · the last day
    #[arg(long, value_name = "DATE")]
    pub to: CivilDate,
}
