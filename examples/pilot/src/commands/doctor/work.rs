//! Time and upkeep: the calendar, the clock, the sweep, copies, duties that nobody holds.

use std::collections::BTreeSet;

use hexacase::{
    store::{DutyCursor, DutyFilter, DutyRow},
    terms::{
        id::CaseId,
        time::{Clock as _, Timestamp},
    },
};

use super::{Findings, Patient};
use crate::{
    clock::PilotClock,
    database::{self, PilotStore},
    failure::Failure,
    log::{LogEvent, LogLine},
    output::{Lang, time},
    results::Level,
};

const PAGE: u32 = 500;
/// The notice of a year is usually published in the autumn before.
const NOTICE_MONTH: u32 = 11;

pub(super) async fn look(patient: &Patient<'_>, findings: &mut Findings) -> Result<(), Failure> {
    calendar(patient, findings);
    clock(patient, findings).await?;
    let (lines, unread) = match patient.opened.log.lines() {
        Ok(read) => read,
        Err(error) => {
            let found = (format!("试点日志：{}", error.zh()), error.to_string());
            findings.add("log.unreadable", Level::Warning, found, ("", ""));
            (Vec::new(), 0)
        }
    };
    if unread > 0 {
        findings.add(
            "log.lines",
            Level::Note,
            (
                format!("试点日志有 {unread} 行不能读取（断电时可能写了一半），其余不受影响"),
                format!("{unread} lines of the log cannot be read; the others count"),
            ),
            ("", ""),
        );
    }
    sweep(patient, &lines, findings).await?;
    backup(patient, &lines, findings);
    gaps(patient, findings).await
}

fn calendar(patient: &Patient<'_>, findings: &mut Findings) {
    let (calendar, today) = (patient.opened.engine.calendar(), patient.now.date());
    let advice = (
        "国务院办公厅发布放假通知后更新程序；在此之前有关期限标为“暂定”",
        "update the program once the notice is published; until then such dates are provisional",
    );
    let missing = |year| {
        (format!("{year} 年放假通知尚未载入"), format!("the notice for {year} is not loaded"))
    };
    let (this, next) = (today.year(), today.year() + 1);
    if !calendar.covers(this) {
        findings.add("calendar.horizon", Level::Warning, missing(this), advice);
    } else if calendar.covers(next) {
        let last = calendar.last_year().unwrap_or(next);
        findings.good(
            "calendar.horizon",
            format!("放假日历载至 {last} 年"),
            format!("the calendar reaches {last}"),
        );
    } else {
        let late = today.month() >= NOTICE_MONTH;
        let level = if late { Level::Warning } else { Level::Note };
        findings.add("calendar.horizon", level, missing(next), advice);
    }
}

async fn clock(patient: &Patient<'_>, findings: &mut Findings) -> Result<(), Failure> {
    if patient.opened.engine.meta().demo {
        let (zh, en) = ("演示库，时间由程序设定", "a demo: its time is set");
        findings.add("clock.demo", Level::Note, (zh.to_owned(), en.to_owned()), ("", ""));
        return Ok(());
    }
    let meta = patient.opened.engine.meta().clone();
    let last = database::last_recorded(&patient.opened.store, &meta).await?;
    let said = |at: Timestamp, lang| time::instant(at, lang);
    let now = PilotClock::of_the_machine().now();
    if now < last {
        findings.add(
            "clock.behind",
            Level::Fault,
            (
                format!(
                    "本机时间 {} 早于最后一条留痕 {}",
                    said(now, Lang::Zh),
                    said(last, Lang::Zh)
                ),
                format!(
                    "the machine says {}, the last entry is of {}",
                    said(now, Lang::En),
                    said(last, Lang::En)
                ),
            ),
            (
                "先校准本机时间再登记；若时间本来正确，则此前有一段时间走快了，请核对那些留痕",
                "set the clock before you record; if it is right now, it ran ahead before",
            ),
        );
    } else {
        let (zh, en) = (said(now, Lang::Zh), said(now, Lang::En));
        let (zh, en) = (format!("本机时间 {zh}"), format!("the machine says {en}"));
        findings.good("clock.behind", zh, en);
    }
    Ok(())
}

async fn sweep(
    patient: &Patient<'_>,
    lines: &[LogLine],
    findings: &mut Findings,
) -> Result<(), Failure> {
    let hours = i64::from(patient.hours);
    let now = patient.now.plus_hours(-hours);
    let due = patient.opened.engine.duties(DutyFilter::RungDue { now }, None, 1).await?;
    let last = lines.iter().rev().find(|line| matches!(line.event, LogEvent::Sweep {}));
    let advice = (
        "运行 pilot sweep；并请设为每天早上自动运行（见试点说明）",
        "run `pilot sweep`, and let it run every morning",
    );
    let at = |lang| last.map(|line| time::instant(line.at, lang));
    if !due.is_empty() {
        findings.add(
            "sweep.late",
            Level::Fault,
            (
                format!(
                    "逾期提醒已超过 {hours} 小时没有发出（上次督办：{}）",
                    at(Lang::Zh).unwrap_or_else(|| "没有记录".to_owned())
                ),
                format!(
                    "reminders are more than {hours} hours late (last sweep: {})",
                    at(Lang::En).unwrap_or_else(|| "none known".to_owned())
                ),
            ),
            advice,
        );
        return Ok(());
    }
    match last {
        Some(line) if line.at >= now => findings.good(
            "sweep.late",
            format!("上次督办 {}", at(Lang::Zh).unwrap_or_default()),
            format!("last sweep {}", at(Lang::En).unwrap_or_default()),
        ),
        _ if patient.opened.engine.meta().demo => {}
        _ => findings.add(
            "sweep.late",
            Level::Warning,
            (
                format!("{hours} 小时内没有运行督办（眼下没有漏发的提醒）"),
                format!("no sweep within {hours} hours (no reminder is late yet)"),
            ),
            advice,
        ),
    }
    Ok(())
}

fn backup(patient: &Patient<'_>, lines: &[LogLine], findings: &mut Findings) {
    if patient.opened.engine.meta().demo {
        return;
    }
    if matches!(patient.opened.store, PilotStore::Postgres(_)) {
        findings.add(
            "backup.age",
            Level::Note,
            (
                "服务器的备份情况在这里查不到".to_owned(),
                "whether the server is copied is not known here".to_owned(),
            ),
            (
                "请与管理员确认每天备份数据库，并一并备份附件文件夹（做法见 pilot backup）",
                "make sure that it is, every day, and the folder of evidence with it (`pilot backup` \
                 says how)",
            ),
        );
        return;
    }
    let now = PilotClock::of_the_machine().now();
    let hours = i64::from(patient.hours);
    let last = lines.iter().rev().find(|line| matches!(line.event, LogEvent::Backup {}));
    let advice = (
        "运行 pilot backup 文件名，并把文件放到另一台机器或加锁的移动硬盘上",
        "run `pilot backup FILE`, and put the file on another machine or a disk under lock",
    );
    match last {
        None => findings.add(
            "backup.age",
            Level::Warning,
            ("从未备份".to_owned(), "there was never a backup".to_owned()),
            advice,
        ),
        Some(line) if line.at < now.plus_hours(-hours) => findings.add(
            "backup.age",
            Level::Warning,
            (
                format!("上次备份在 {hours} 小时以前：{}", time::instant(line.at, Lang::Zh)),
                format!(
                    "the last backup is older than {hours} hours: {}",
                    time::instant(line.at, Lang::En)
                ),
            ),
            advice,
        ),
        Some(line) => findings.good(
            "backup.age",
            format!("上次备份 {}", time::instant(line.at, Lang::Zh)),
            format!("last backup {}", time::instant(line.at, Lang::En)),
        ),
    }
}

/// All duties of a list.
pub(super) async fn all(
    patient: &Patient<'_>,
    filter: DutyFilter,
) -> Result<Vec<DutyRow>, Failure> {
    let (mut rows, mut after): (Vec<DutyRow>, Option<DutyCursor>) = (Vec::new(), None);
    loop {
        let page = patient.opened.engine.duties(filter.clone(), after, PAGE).await?;
        let more = page.len() == PAGE as usize;
        after = page.last().map(DutyRow::cursor);
        rows.extend(page);
        if !more {
            return Ok(rows);
        }
    }
}

async fn gaps(patient: &Patient<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let gaps = all(patient, DutyFilter::Gaps).await?;
    let cases: BTreeSet<CaseId> = gaps.iter().map(|row| row.case).collect();
    let Some(first) = gaps.first() else {
        findings.good("duties.gaps", "没有无人承办的事项", "every duty is held by somebody");
        return Ok(());
    };
    let (count, cases) = (gaps.len(), cases.len());
    let (number, role) = (&first.number, &first.duty.holder.role);
    findings.add(
        "duties.gaps",
        // The coordinating body has them on its list: nothing is lost, but somebody has to look.
        Level::Warning,
        (
            format!("{count} 项应办事项（{cases} 件个案）没有承办单位，例如 {number} 缺“{role}”"),
            format!("{count} duties of {cases} cases are held by nobody, e.g. {number} lacks `{role}`"),
        ),
        (
            "补上该岗位人员（staff import），再由镇或联席会议办公室 act 个案 reassign_holder 指定承办",
            "enter people of that role, then let the town or the office `act CASE reassign_holder`",
        ),
    );
    Ok(())
}
