//! `staff leave`, `staff deputy`, `staff transfer`: changes of one person, with the duties they move.

use hexacase::{
    engine::{Engine, EngineError, Moved, Post, StaffChange, StaffPlan},
    procedure::Refusal,
    store::{Absence, StaffRow},
    terms::{
        actor::{Actor, Grant},
        id::ActorId,
    },
};

use super::{child, people, refused};
use crate::{
    cli::{Global, StaffDeputyArgs, StaffLeaveArgs, StaffTransferArgs},
    county::roles,
    database::{self, Opened},
    error::PilotError,
    failure::Failure,
    output::{Lang, Output, Words, table, time},
    results::{GrantLine, MovedLine, StaffChangeResult},
};

/// How many names stand in a cell.
const NAMES: usize = 3;

pub(super) async fn leave(
    global: &Global,
    args: StaffLeaveArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let absence = Absence { from: args.from, to: args.to, deputy: args.deputy };
    let change = StaffChange::Leave { person: args.person, absence };
    changed(&opened, "staff leave", change, args.actor, args.dry_run, out).await
}

pub(super) async fn deputy(
    global: &Global,
    args: StaffDeputyArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let on = args.on.unwrap_or_else(|| opened.engine.now().date());
    let change = StaffChange::Deputy { person: args.person, on, deputy: args.to };
    changed(&opened, "staff deputy", change, args.actor, args.dry_run, out).await
}

pub(super) async fn transfer(
    global: &Global,
    args: StaffTransferArgs,
    out: &Output,
) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    let post = match (args.unit, args.area) {
        (Some(unit), Some(area)) => {
            let mut grants = Vec::with_capacity(args.role.len());
            for name in args.role {
                let role = roles::named(&name).ok_or(PilotError::UnknownRole(name))?.role.clone();
                grants.push(Grant { role, area: area.clone(), unit: unit.clone() });
            }
            Some(Post { unit, leader: args.leader, grants })
        }
        _ => None,
    };
    let change = StaffChange::Transfer {
        person: args.person,
        to: args.to,
        post,
        // Looking at the list is what a dry run is for.
        list_confirmed: args.list_confirmed || args.dry_run,
    };
    changed(&opened, "staff transfer", change, args.actor, args.dry_run, out).await
}

async fn changed(
    opened: &Opened,
    command: &str,
    change: StaffChange,
    actor: ActorId,
    dry_run: bool,
    out: &Output,
) -> Result<(), Failure> {
    let (engine, words) = (&opened.engine, opened.words(out));
    let known = engine.staff().await?;
    let named = |id: &ActorId| known.iter().any(|row| &row.id == id);
    if let Some(stranger) = [change.person(), &actor].into_iter().find(|id| !named(id)) {
        return Err(people::unknown(stranger));
    }
    let actor = Actor::at_work(actor);
    let done = if dry_run {
        engine.plan_staff_change(&actor, &change).await.map(|plan| (None, plan))
    } else {
        let done = engine.carry_staff_change(&actor, &change).await;
        done.map(|(receipt, plan)| (Some(receipt), plan))
    };
    let (receipt, plan) = done.map_err(|error| told(error, &change, &words))?;
    let result = StaffChangeResult {
        person: change.person().to_string(),
        dry_run,
        receipt: receipt.map(|receipt| receipt.hash),
        people: plan.people.iter().map(people::line).collect(),
        taken_over: plan.taken_over.iter().map(GrantLine::from).collect(),
        duties: plan.duties.iter().map(line).collect(),
        lost: plan.duties.iter().filter(|moved| moved.to.is_empty()).count() as u64,
        leaderless: plan.leaderless.iter().map(ToString::to_string).collect(),
    };
    let text = text(engine, &words, &change, &plan, &result, out).await?;
    out.result(command, &result, || text)
}

fn line(moved: &Moved) -> MovedLine {
    let row = &moved.row;
    MovedLine {
        case: row.case,
        case_number: row.number.to_string(),
        procedure: row.procedure.clone(),
        duty: row.duty.name.clone(),
        due: row.duty.due(),
        subject: row.subject,
        in_person: moved.in_person,
        to: moved.to.iter().map(ToString::to_string).collect(),
    }
}

/// A refusal, with what would help.
fn told(error: EngineError, change: &StaffChange, words: &Words) -> Failure {
    let refusal = match error {
        EngineError::Refused(refusal) => refusal,
        other => return other.into(),
    };
    let zh = match &refusal {
        Refusal::Field { field, reason } => field_zh(field, reason),
        Refusal::NotApplicable { reason, .. } => format!("不能办理：{}", reason.zh),
        other => refused::chinese(&words.in_lang(Lang::Zh), "directory", other),
    };
    let missing = matches!(refusal, Refusal::RoleMissing { .. });
    let lost = matches!(refusal, Refusal::NotApplicable { .. });
    let failure = Failure { zh, ..Failure::from(refusal) };
    if missing {
        return failure.with_hint(
            "该人员所在单位的负责人（或其代理人）也可以办理",
            "the leader of the person's unit, or the leader's deputy, may as well",
        );
    }
    match change {
        StaffChange::Transfer { .. } if lost => failure.with_hint(
            "加 --dry-run 可先看移交清单",
            "look at the list of duties with `--dry-run` first",
        ),
        _ => failure,
    }
}

/// The fields of a change in Chinese: the engine's reasons are in English only.
fn field_zh(field: &str, reason: &str) -> String {
    match field {
        "list_confirmed" => {
            "交接双方须先核对移交清单（--dry-run 可列出），核对后加 --list-confirmed".to_owned()
        }
        "person" => format!("人员没有在用帐号：{reason}"),
        "to" => format!("接任人或末日不正确：{reason}"),
        "deputy" => format!("代理人不正确：{reason}"),
        _ => format!("“{field}”不符合要求：{reason}"),
    }
}

async fn text(
    engine: &Engine,
    words: &Words,
    change: &StaffChange,
    plan: &StaffPlan,
    result: &StaffChangeResult,
    out: &Output,
) -> Result<String, Failure> {
    let staff = engine.staff().await?;
    let name = |id: &ActorId| called(&staff, id);
    let mut parts = vec![headline(change, &name, result.dry_run, out)];
    for grant in &plan.taken_over {
        let role = words.role(&grant.role);
        let (area, unit) = (&grant.area, &grant.unit);
        parts.push(format!(
            "{}{role}（{area}，{unit}）",
            out.say("接任人取得岗位：", "takes over: ")
        ));
    }
    if plan.duties.is_empty() {
        parts.push(out.say("没有涉及的未办事项", "no open duty is concerned").to_owned());
    } else {
        let subjects = plan.duties.iter().map(|moved| (moved.row.case, moved.row.subject));
        let children = child::names_of(engine, subjects).await?;
        let header = match out.lang() {
            Lang::Zh => ["应于", "事项", "案号", "对象", "方式", "之后由谁办理"],
            Lang::En => ["due", "duty", "case", "subject", "held", "afterwards with"],
        };
        let rows = plan.duties.iter().map(|moved| {
            let row = &moved.row;
            let held = if moved.in_person {
                out.say("本人承办，移交", "in person, handed over")
            } else {
                out.say("按岗位", "by role")
            };
            vec![
                row.duty.due().map_or_else(String::new, |due| time::due(due, out.lang())),
                words.duty(&row.procedure, &row.duty.name),
                row.number.to_string(),
                child::shown(&children, row.case, row.subject),
                held.to_owned(),
                names(&moved.to, &name, out),
            ]
        });
        parts.push(table::table(&header, rows));
    }
    if result.lost > 0 {
        parts.push(match out.lang() {
            Lang::Zh => {
                format!("有 {} 项届时无人可办：这样不能办理，请指定代理人或接任人", result.lost)
            }
            Lang::En => format!("{} would be left to nobody: this will be refused", result.lost),
        });
    }
    for unit in &result.leaderless {
        let text = out.say("单位将没有负责人：", "without a leader afterwards: ");
        parts.push(format!("{text}{unit}"));
    }
    Ok(parts.join("\n"))
}

fn headline(
    change: &StaffChange,
    name: &impl Fn(&ActorId) -> String,
    dry_run: bool,
    out: &Output,
) -> String {
    let person = name(change.person());
    let leader = || out.say("单位负责人", "the leader of the unit").to_owned();
    let zh = match change {
        StaffChange::Leave { absence, .. } => {
            let deputy = absence.deputy.as_ref().map_or_else(leader, name);
            let (from, to) = (absence.from, absence.to);
            out.say("{0}：{1} 至 {2} 离岗，由{3}代办", "{0}: away from {1} to {2}, {3} stands in")
                .replace("{0}", &person)
                .replace("{1}", &from.to_string())
                .replace("{2}", &to.to_string())
                .replace("{3}", &deputy)
        }
        StaffChange::Deputy { on, deputy, .. } => {
            let deputy = deputy.as_ref().map_or_else(leader, name);
            out.say("{0}：{1} 所在的离岗期间由{2}代办", "{0}: {2} stands in for the absence on {1}")
                .replace("{0}", &person)
                .replace("{1}", &on.to_string())
                .replace("{2}", &deputy)
        }
        StaffChange::Transfer { to, post, .. } => {
            let to = to.as_ref().map_or_else(|| out.say("（未指定）", "(nobody)").to_owned(), name);
            let what = match post {
                Some(post) => format!("{}{}", out.say("调往 ", "moves to "), post.unit),
                None => out.say("离职，帐号停用", "leaves for good").to_owned(),
            };
            format!("{person}：{what}，{}{to}", out.say("接任人", "successor "))
        }
        _ => person,
    };
    let done = if dry_run {
        out.say("未写入", "nothing written")
    } else {
        out.say("已登记", "done")
    };
    format!("{zh}（{done}）")
}

/// A person as colleagues know them.
pub(super) fn called(staff: &[StaffRow], id: &ActorId) -> String {
    let row = staff.iter().find(|row| &row.id == id);
    row.map_or_else(|| id.to_string(), |row| format!("{}（{id}）", row.name))
}

fn names(ids: &[ActorId], name: &impl Fn(&ActorId) -> String, out: &Output) -> String {
    if ids.is_empty() {
        return out.say("无人！", "nobody!").to_owned();
    }
    let mut text: Vec<String> = ids.iter().take(NAMES).map(name).collect();
    if ids.len() > NAMES {
        let more = ids.len() - NAMES;
        text.push(out.say("等另 {} 人", "and {} more").replace("{}", &more.to_string()));
    }
    text.join("\n")
}
