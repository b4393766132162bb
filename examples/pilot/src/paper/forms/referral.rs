//! 转介单: one need of a child, handed to one unit. Of the child it says what the referral declares
//! to be shared, and nothing else; below the line the unit answers.

use serde_json::Value;

use crate::{
    form::labels,
    paper::{
        dossier::Dossier,
        layout::{Fill, Paper, Part, Row, Run, Signature, Style, numbered, pair, wide},
        reading::{day, either, person, text, texts, ticks, unit},
    },
};

/// The facts of the register that a referral may share, in the order of the register.
const SHARED: &[&str] = &[
    "name",
    "id_number",
    "sex",
    "birth",
    "ethnicity",
    "school",
    "grade",
    "father_status",
    "father_place",
    "mother_status",
    "mother_place",
    "guardian",
    "relation",
    "condition",
    "carer",
    "phone",
    "health",
    "benefits",
];

const NOTE: &str = "本单只载明为满足该项需求所必需的信息，接收单位不得用于其他目的，不得转交他人。\n\
    本单一式两份：转出单位、接收单位各存一份；回执由接收单位填写后退回转出单位。";

pub(super) fn fill(d: &Dossier) -> Paper {
    let request = d.datum("request");
    let of = |key: &str| request.and_then(|request| request.get(key));
    let need: Vec<String> = text(of("need")).into_iter().collect();
    let until = match (day(of("from")), day(of("until"))) {
        (Some(from), Some(until)) => Some(format!("自{from}至{until}")),
        _ => None,
    };
    let sender = d.filed.as_ref().and_then(|filed| filed.facts.opened_by.as_ref());
    let sender = sender.map(|unit| d.names.unit(unit.as_str()));
    let mut rows = vec![
        pair(("转出单位", sender.into()), ("接收单位", unit(of("to_unit"), &d.names).into())),
        wide("需求", ticks(&d.words, "PlanNeed", &need), 1),
        wide("请求办理的事项", text(of("what")), 3),
        wide("服务期限", until, 1),
    ];
    rows.extend(shared(d, &texts(of("shared_fields"))));
    let parts = vec![
        Part::Grid(rows),
        Part::Signatures(vec![
            Signature { who: "经办人（签名）：", seal: Some("转出单位（盖章）") },
            Signature { who: "送达人（签名）：", seal: None },
        ]),
        Part::Note(NOTE.to_owned()),
        Part::Cut("回　执"),
        Part::Paragraph(vec![
            Run::Text("转介单（案号 "),
            Run::Gap(d.filed.as_ref().map(|filed| filed.number.clone()), 10),
            Run::Text("）收悉，答复如下："),
        ]),
        Part::Grid(answer(d)),
        Part::Signatures(vec![Signature {
            who: "接收单位负责人（签名）：",
            seal: Some("接收单位（盖章）"),
        }]),
    ];
    Paper {
        title: "未成年人帮扶转介单".to_owned(), number: numbered(), style: Style::Table, parts
    }
}

/// What is shared of the child: each declared fact with its value. A declared fact that the
/// register does not know leaves room.
fn shared(d: &Dossier, declared: &[String]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut places: Vec<(&'static str, Fill)> = Vec::new();
    let mut others = Vec::new();
    for field in declared {
        let known = SHARED.iter().find_map(|key| {
            let label = labels::zh(key)?;
            // Of a child it is the name, whatever else may have one.
            let label = if *key == "name" { "姓名" } else { label };
            (field == key || field == label).then_some((*key, label))
        });
        match known {
            Some(("school", label)) => places.push((label, d.school().into())),
            Some((key, label)) => places.push((label, d.child(key).into())),
            None => others.push(field.clone()),
        }
    }
    if d.filed.is_none() {
        places.extend([("姓名", Fill::Room), ("性别", Fill::Room)]);
    }
    let mut places = places.into_iter();
    while let Some(first) = places.next() {
        rows.push(match places.next() {
            Some(second) => pair(first, second),
            None => wide(first.0, first.1, 1),
        });
    }
    if !others.is_empty() || d.filed.is_none() {
        let named = (!others.is_empty()).then(|| format!("{}：", others.join("、")));
        rows.push(wide("其他共享信息", named, 2));
    }
    rows
}

/// The unit's answer, as far as it is recorded.
fn answer(d: &Dossier) -> Vec<Row> {
    const ANSWERS: &[&str] = &["accept_referral", "refuse_referral"];
    let taken = d.step(ANSWERS).map(|step| step.transition == "accept_referral");
    let reason: Vec<String> = text(d.field(&["refuse_referral"], "reason")).into_iter().collect();
    let reasons = |refused: bool| if refused { reason.as_slice() } else { &[] };
    let refused = taken == Some(false);
    let accepted = |field: &str| -> Option<&Value> {
        d.field(&["accept_referral"], field).filter(|_| taken == Some(true))
    };
    vec![
        wide("处理", either(("接收", "退回"), taken), 1),
        pair(
            ("负责人", person(accepted("responsible")).into()),
            ("开始日期", day(accepted("begins")).into()),
        ),
        wide("退回原因", ticks(&d.words, "ReferralRefusal", reasons(refused)), 1),
        wide("说明", text(d.field(&["refuse_referral"], "text")).filter(|_| refused), 2),
    ]
}
