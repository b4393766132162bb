//! 督办通知: a demand on a unit to do what is overdue. It names no child, and judicial organs get
//! none: a letter of inquiry goes to them.

use hexacase::terms::actor::Role;
use serde_json::Value;

use super::Withheld;
use crate::paper::{
    dossier::Dossier,
    layout::{Paper, Part, Run, Style, wide},
    reading::{day, instant, person, text, unit},
};

const PROPOSE: &[&str] = &["propose_oversight"];
const SIGN: &[&str] = &["sign_oversight"];

const INQUIRY: Withheld = Withheld {
    zh: "对司法机关和办案中的公安机关只发函询，不发督办通知",
    en: "judicial organs and police in an investigation get a letter of inquiry, no demand",
};
const DECLINED: Withheld =
    Withheld { zh: "该建议未获签批，不予督办", en: "the proposal was declined" };

pub(super) fn fill(d: &Dossier) -> Result<Paper, Withheld> {
    if d.step(&["send_inquiry"]).is_some() || judicial(d) {
        return Err(INQUIRY);
    }
    if d.filed.as_ref().is_some_and(|filed| filed.facts.state == "declined") {
        return Err(DECLINED);
    }
    let listed = d.field(SIGN, "listed").and_then(Value::as_bool) == Some(true);
    let since = instant(d.field(PROPOSE, "overdue_since")).map(|at| at.date().chinese());
    let due = day(d.field(SIGN, "due"));
    let about = d.titles.first().map(|title| title.number.clone());
    let issuing = text(d.datum("issuing")).map(|role| d.words.role(&Role::named(role.as_str())));
    let parts = vec![
        Part::Addressee(vec![
            Run::Gap(unit(d.field(PROPOSE, "unit"), &d.names), 12),
            Run::Text("："),
        ]),
        Part::Paragraph(vec![Run::Text("经核查，你单位应当办理的下列事项至今未办结：")]),
        Part::Grid(vec![
            wide("事项", d.without_names(text(d.field(PROPOSE, "obligation"))), 2),
            wide("期限依据", d.limit.clone(), 1),
            wide("逾期起始", since, 1),
            wide("案号", about, 1),
        ]),
        Part::Paragraph(vec![
            Run::Text(if listed { "现予挂牌督办。请于" } else { "现予督办。请于" }),
            Run::Gap(due, 8),
            Run::Text(
                "前办结，并将办理结果及有关材料书面回复本机关。确有困难的，应当在期限届满前说明理由。",
            ),
        ]),
        Part::Paragraph(vec![Run::Text("逾期未办结又不说明理由的，将提请联席会议研究。")]),
        Part::Paragraph(vec![
            Run::Text("签发人："),
            Run::Gap(person(d.field(SIGN, "signed_by")), 8),
        ]),
        Part::Issued {
            organ: issuing.filter(|_| d.step(SIGN).is_some()),
            date: d.step(SIGN).map(|step| step.occurred_at.date().chinese()),
            seal: true,
        },
        Part::Note("本通知不载明儿童姓名等个人信息；有关情况请凭案号在系统中查阅。".to_owned()),
    ];
    let title = if listed { "挂牌督办通知" } else { "督办通知" };
    Ok(Paper {
        title: title.to_owned(),
        number: vec![
            Run::Text("督办〔"),
            Run::Gap(None, 3),
            Run::Text("〕"),
            Run::Gap(None, 2),
            Run::Text("号"),
        ],
        style: Style::Document,
        parts,
    })
}

/// Whether a judicial organ owes what is overdue.
fn judicial(d: &Dossier) -> bool {
    let role = text(d.field(PROPOSE, "owed_by"));
    d.judicial
        || role
            .is_some_and(|role| d.words.party_of(&Role::named(role.as_str())) == "judicial_organ")
}
