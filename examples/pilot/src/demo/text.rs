//! What a played county shows, as an official reads it.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use hexacase::{duty::ladder::Addressee, engine::Engine, terms::time::Timestamp};

use super::{
    chain::Chain,
    report::{DemoResult, JUDICIAL},
    story,
};
use crate::{
    county::County,
    output::{Lang, Words},
};

/// So many of the matters that came back from the joint meeting are listed.
const RETURNED_SHOWN: usize = 8;

/// What to try next.
const NEXT: [(&str, &str); 6] = [
    ("overdue", "逾期未办清单"),
    ("worklist --as director-101201", "某村儿童主任的待办"),
    ("cases --procedure mandatory_report", "强制报告个案"),
    ("diagram mandatory_report", "程序图"),
    ("deadline D13 --from 2026-09-25", "期限怎么算"),
    ("verify --redecide", "逐条复核留痕"),
];

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    *table.style_mut() = UTF8_FULL_CONDENSED;
    table.set_header(head.to_vec());
    table
}

fn right(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// The result as an official reads it, and what to try next, on this database where one was named. The
/// address of a server is not said again: it may hold a password.
pub fn text(
    engine: &Engine,
    county: &County,
    result: &DemoResult,
    database: Option<&str>,
) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n一、各程序个案（截至{}）", engine.now().chinese());
    let mut cases = table(&["程序", "状态", "件数"]);
    for row in &result.cases {
        cases.add_row(vec![
            procedure_label(engine, &row.procedure),
            state_label(engine, &row.procedure, &row.state),
            row.count.to_string(),
        ]);
    }
    right(&mut cases, &[2]);
    let _ = writeln!(out, "{cases}");

    out.push_str(&chain(engine, &result.chain));

    let _ = writeln!(out, "\n三、各责任方应办事项");
    let mut duties = table(&["责任方", "按时办结", "逾期办结或免办", "未办", "其中逾期", "按时率"]);
    for row in &result.duties {
        let done = row.on_time + row.late;
        // A rate without anything to count is no rate.
        let rate = (row.on_time * 1000).checked_div(done);
        duties.add_row(vec![
            party_label(&row.party).to_owned(),
            row.on_time.to_string(),
            row.late.to_string(),
            row.open.to_string(),
            row.overdue.to_string(),
            match rate {
                // They are written to, never scored.
                _ if row.party == JUDICIAL => "不评".to_owned(),
                None => "—".to_owned(),
                Some(rate) => format!("{}.{}%", rate / 10, rate % 10),
            },
        ]);
    }
    right(&mut duties, &[1, 2, 3, 4, 5]);
    let _ = writeln!(out, "{duties}");

    let _ = writeln!(out, "\n四、逐级提醒");
    let mut climbed = table(&["提醒或提出", "次数", "其中迟升"]);
    for row in &result.escalations {
        climbed.add_row(vec![
            addressee_label(engine, &row.addressee),
            row.count.to_string(),
            row.late.to_string(),
        ]);
    }
    right(&mut climbed, &[1, 2]);
    let _ = writeln!(out, "{climbed}");

    let _ = writeln!(
        out,
        "\n五、逾期未办（共{}项，列出逾期最久的{}项）",
        result.overdue_count,
        result.overdue.len()
    );
    let mut overdue = table(&["个案", "程序", "事项", "应于", "逾期", "承办单位", "已升级"]);
    for row in &result.overdue {
        let due: Option<Timestamp> = row.due.parse().ok();
        overdue.add_row(vec![
            row.case_number.clone(),
            procedure_label(engine, &row.procedure),
            duty_label(engine, &row.procedure, &row.duty),
            due.map_or(row.due.clone(), |due| due.date().chinese()),
            format!("逾期 {} 天", row.days),
            row.holder
                .as_deref()
                .map_or("（无人承办）".to_owned(), |unit| unit_name(county, unit)),
            format!("{} 级", row.rungs),
        ]);
    }
    let _ = writeln!(out, "{overdue}");

    let _ = writeln!(out, "\n六、一名儿童的经过（留痕 {} 条）", result.story.len());
    out.push_str(&story::text(&result.story));

    let verify = &result.verify;
    let verdict =
        if verify.verdict == "clean" { "一致，未发现改动" } else { "发现问题！" };
    let _ = writeln!(
        out,
        "\n七、留痕校验：{verdict}（个案 {} 件，留痕 {} 条，问题 {} 处）",
        verify.cases, verify.entries, verify.faults
    );
    let _ = writeln!(out, "    留痕摘要 {}", result.trail_digest);
    let _ = writeln!(
        out,
        "    儿童 {} 名，办理 {} 步，途中被拒 {} 步，用时 {:.1} 秒{}",
        result.children,
        result.steps,
        result.refusals,
        result.seconds,
        result.peak_rss_mb.map_or(String::new(), |mb| format!("，内存峰值 {mb} MiB"))
    );
    let on = match database {
        None => String::new(),
        Some(file) if file.starts_with("sqlite:") => format!("（后面加上 --database {file}）"),
        Some(_) => "（后面加上 --database 和同一地址）".to_owned(),
    };
    let _ = writeln!(out, "\n接下来可以试试{on}：");
    for (command, what) in NEXT {
        let _ = writeln!(out, "  pilot {command:<38}{what}");
    }
    out
}

/// The six mechanisms, and what the ladder alone brought before the joint meeting.
fn chain(engine: &Engine, chain: &Chain) -> String {
    let mut out = String::from("\n二、六项机制\n");
    let words = Words::new(Lang::Zh, Vec::new());
    let mut occurred = table(&["机制", "个案", "其中已结", "留痕"]);
    for row in &chain.mechanisms {
        occurred.add_row(vec![
            words.mechanism(&row.mechanism),
            row.cases.to_string(),
            row.ended.to_string(),
            row.entries.to_string(),
        ]);
    }
    right(&mut occurred, &[1, 2, 3]);
    let _ = writeln!(out, "{occurred}");
    let _ = writeln!(out, "    历经全部六项机制的儿童 {} 名", chain.children);
    let _ = writeln!(
        out,
        "    因逾期逐级提醒而自动提请联席会议的事项 {} 项，其中议定并告知原个案 {} 项{}",
        chain.proposed,
        chain.returned.len(),
        if chain.returned.is_empty() { "" } else { "，最早的如下：" }
    );
    if chain.returned.is_empty() {
        return out;
    }
    let mut returned =
        table(&["原个案", "程序", "逾期事项", "提请日期", "议题", "议定并告知", "事项办结"]);
    let day = |at: &str| at.parse().map_or(at.to_owned(), |at: Timestamp| at.date().chinese());
    for row in chain.returned.iter().take(RETURNED_SHOWN) {
        returned.add_row(vec![
            row.case_number.clone(),
            procedure_label(engine, &row.procedure),
            duty_label(engine, &row.procedure, &row.duty),
            day(&row.proposed_at),
            row.item.clone(),
            day(&row.resolved_at),
            row.done_at.as_deref().map_or("未办结".to_owned(), day),
        ]);
    }
    let _ = writeln!(out, "{returned}");
    out
}

/// Whom a rung reaches, or what it proposes.
pub(super) fn addressee_label(engine: &Engine, name: &str) -> String {
    let addressee = Addressee::ALL.iter().find(|addressee| addressee.name() == name);
    let link = || engine.escalation_links().iter().find(|link| link.id == name);
    addressee
        .map(|addressee| addressee.label().zh)
        .or_else(|| link().map(|link| link.label.zh.clone()))
        .map_or(name.to_owned(), |label| label.to_string())
}

pub(super) fn procedure_label(engine: &Engine, name: &str) -> String {
    let definition = engine.registry().newest(name);
    definition.map_or(name.to_owned(), |definition| definition.label().zh.to_string())
}

pub(super) fn state_label(engine: &Engine, procedure: &str, state: &str) -> String {
    let definition = engine.registry().newest(procedure);
    let known = definition.and_then(|definition| definition.state(state));
    match (known, state) {
        (Some(state), _) => state.label.zh.to_string(),
        (None, "annulled") => "作废".to_owned(),
        (None, "merged") => "已并入".to_owned(),
        (None, other) => other.to_owned(),
    }
}

pub(super) fn duty_label(engine: &Engine, procedure: &str, duty: &str) -> String {
    let definition = engine.registry().newest(procedure);
    let known = definition.and_then(|definition| definition.duty(duty));
    known.map_or(duty.to_owned(), |duty| duty.label.zh.to_string())
}

fn unit_name(county: &County, unit: &str) -> String {
    let known = county.units.iter().find(|row| row.id.as_str() == unit);
    known.map_or(unit.to_owned(), |row| row.name.clone())
}

fn party_label(party: &str) -> &str {
    match party {
        "family" => "家庭主体责任",
        "township_village" => "镇村属地责任",
        "department" => "部门监管责任",
        "school" => "学校管理责任",
        "mass_organization" => "群团服务责任",
        "social" => "社会关爱责任",
        "judicial_organ" => "司法机关（不考核）",
        other => other,
    }
}
