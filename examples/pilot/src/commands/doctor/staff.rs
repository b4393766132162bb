//! People: roles that nobody has, absences without anybody standing in, offices without a leader,
//! duties that stay with somebody who is gone.

use std::collections::BTreeSet;

use hexacase::{
    store::{DutyFilter, DutyRow, StaffRow},
    terms::{
        actor::{Account, Grant, Role},
        id::UnitId,
    },
};

use super::{Findings, Patient, work};
use crate::{
    failure::Failure,
    output::{Lang, Words},
    results::Level,
};

/// How many names stand in a sentence.
const NAMES: usize = 6;

pub(super) async fn look(patient: &Patient<'_>, findings: &mut Findings) -> Result<(), Failure> {
    let active: Vec<&StaffRow> = patient.staff.people().filter(|row| row.active).collect();
    if active.is_empty() {
        findings.add(
            "staff.none",
            Level::Fault,
            ("人员名录是空的".to_owned(), "the directory is empty".to_owned()),
            (
                "用 pilot staff import staff.csv --as 编号 导入",
                "take people in with `staff import`",
            ),
        );
        return Ok(());
    }
    roles(patient, &active, findings);
    absences(patient, &active, findings);
    leaders(patient, &active, findings);
    held(patient, &active, findings).await
}

fn listed(names: impl IntoIterator<Item = String>, lang: Lang) -> String {
    let all: Vec<String> = names.into_iter().collect();
    let mut text = all.iter().take(NAMES).cloned().collect::<Vec<_>>().join(lang.of("、", ", "));
    if let Some(more) = all.len().checked_sub(NAMES).filter(|more| *more > 0) {
        text.push_str(&lang.of(" 等另 {} 个", " and {} more").replace("{}", &more.to_string()));
    }
    text
}

/// Roles that every county gives an account, and nobody has.
fn roles(patient: &Patient<'_>, active: &[&StaffRow], findings: &mut Findings) {
    let missing: Vec<Role> = patient
        .opened
        .engine
        .roles()
        .iter()
        .filter(|spec| spec.account == Account::Yes)
        .filter(|spec| !active.iter().any(|row| row.holds(&spec.role)))
        .map(|spec| spec.role.clone())
        .collect();
    if missing.is_empty() {
        findings.good(
            "staff.roles",
            "应有帐号的岗位都有人",
            "every role with an account has people",
        );
        return;
    }
    let words = |lang| {
        let words = Words::new(lang, Vec::new());
        listed(missing.iter().map(|role| words.role(role)), lang)
    };
    findings.add(
        "staff.roles",
        Level::Note,
        (
            format!("{} 个岗位没有人：{}", missing.len(), words(Lang::Zh)),
            format!("{} roles have nobody: {}", missing.len(), words(Lang::En)),
        ),
        (
            "试点不用的岗位可以空缺；这些岗位应办的事项会列入“无人承办”",
            "a pilot may leave roles empty; their duties stand on the list of gaps",
        ),
    );
}

fn absences(patient: &Patient<'_>, active: &[&StaffRow], findings: &mut Findings) {
    let (staff, today) = (&patient.staff, patient.now.date());
    let away: Vec<&StaffRow> =
        active.iter().copied().filter(|row| staff.is_away(&row.id, today)).collect();
    let alone: Vec<&StaffRow> = away
        .iter()
        .copied()
        .filter(|row| {
            let stands_in = |other: &&StaffRow| {
                !staff.is_away(&other.id, today)
                    && staff.stands_in_for(&other.id, today).any(|(away, _)| away.id == row.id)
            };
            !active.iter().any(stands_in)
        })
        .collect();
    if alone.is_empty() {
        findings.good(
            "staff.absences",
            format!("今天离岗 {} 人，都有人代办", away.len()),
            format!("{} people are away today, all with somebody standing in", away.len()),
        );
        return;
    }
    let names = |lang| listed(alone.iter().map(|row| format!("{} {}", row.id, row.name)), lang);
    findings.add(
        "staff.absences",
        Level::Fault,
        (
            format!("今天离岗而无人代办：{}", names(Lang::Zh)),
            format!("away today with nobody standing in: {}", names(Lang::En)),
        ),
        (
            "pilot staff deputy 人员 --to 代理人 --as 经办人",
            "pilot staff deputy PERSON --to DEPUTY --as ACTOR",
        ),
    );
}

fn leaders(patient: &Patient<'_>, active: &[&StaffRow], findings: &mut Findings) {
    let units: BTreeSet<&UnitId> = active.iter().map(|row| &row.unit).collect();
    let leads = |unit: &UnitId| active.iter().any(|row| row.leader && &row.unit == unit);
    let without: Vec<&UnitId> = units.into_iter().filter(|unit| !leads(unit)).collect();
    if without.is_empty() {
        findings.good("staff.leaders", "每个单位都有负责人", "every office has a leader");
        return;
    }
    let names = |lang| listed(without.iter().map(ToString::to_string), lang);
    let _ = patient;
    findings.add(
        "staff.leaders",
        Level::Warning,
        (
            format!("没有负责人的单位：{}（提醒将越级上报）", names(Lang::Zh)),
            format!("offices without a leader: {} (reminders go past them)", names(Lang::En)),
        ),
        (
            "在 staff.csv 中把一人的“负责人”改为“是”，再导入",
            "mark somebody as leader in `staff.csv` and import it again",
        ),
    );
}

/// Open duties that nobody at work can record, or that stay with a person or a unit that is gone.
async fn held(
    patient: &Patient<'_>,
    active: &[&StaffRow],
    findings: &mut Findings,
) -> Result<(), Failure> {
    let rows = work::all(patient, DutyFilter::Open { person: None }).await?;
    let grants: Vec<Grant> = active.iter().flat_map(|row| row.grants.iter().cloned()).collect();
    let here = |row: &&StaffRow| row.active;
    let gone: Vec<&DutyRow> = rows
        .iter()
        .filter(|row| {
            let person = row.duty.holder.person.as_ref();
            person.is_some_and(|id| patient.staff.person(id).as_ref().is_none_or(|row| !here(row)))
        })
        .collect();
    let is_wait = |row: &&DutyRow| row.duty.kind == hexacase::duty::owed::DutyKind::Wait;
    let stuck: Vec<&DutyRow> = rows
        .iter()
        .filter(|row| !is_wait(row) && !row.duty.holder.gap)
        .filter(|row| !patient.opened.engine.may_record(row, &grants))
        .collect();
    told(
        findings,
        ("duties.gone", &gone),
        ("项事项的承办人已停用", "duties are held by somebody whose account is closed"),
        (
            "由单位负责人 act 个案 reassign_holder 指定承办",
            "let the leader of the unit `act CASE reassign_holder`",
        ),
    );
    told(
        findings,
        ("duties.stuck", &stuck),
        ("项事项没有任何在用帐号可以登记", "duties can be recorded by nobody with an account"),
        (
            "补上该区划的岗位人员（staff import），或 act 个案 reassign_holder 改由他处承办",
            "enter people for the area, or `act CASE reassign_holder`",
        ),
    );
    if gone.is_empty() && stuck.is_empty() {
        let (zh, en) = ("未办事项都有人可以登记", "every open duty can be recorded by somebody");
        findings.good("duties.held", format!("{zh}（{} 项）", rows.len()), en);
    }
    Ok(())
}

fn told(
    findings: &mut Findings,
    (check, rows): (&str, &[&DutyRow]),
    (zh, en): (&str, &str),
    advice: (&str, &str),
) {
    let Some(first) = rows.first() else { return };
    let (count, number, duty) = (rows.len(), &first.number, &first.duty.name);
    findings.add(
        check,
        Level::Fault,
        (
            format!("{count} {zh}，例如 {number} 的“{duty}”"),
            format!("{count} {en}, such as `{duty}` of {number}"),
        ),
        advice,
    );
}
