//! 交接单: a child goes from hand to hand. The last hand-over to a carer that the ledger has.

use serde_json::Value;

use crate::paper::{
    dossier::Dossier,
    layout::{Paper, Part, Row, Signature, Style, numbered, pair, three, wide},
    reading::{either, person, text, ticks, time, unit, yes_or_no},
};

const GUARDIANSHIP: &str = "temporary_guardianship";

const NOTE: &str = "依据：《关于依法处理监护人侵害未成年人权益行为若干问题的意见》（法发〔2014〕24号）第11条（条文待核实）。\n\
    口头交接当时即有效，应当补签本单。本单一式三份：移交方、接收方、县未成年人救助保护中心各存一份。";

const RIGHTS: &str = "接收方可以依法申请人身安全保护令、申请撤销监护人资格；有权要求公安机关提供案件情况说明。\
    接收后发现儿童有伤病的，应当立即送医并告知移交方。";

pub(super) fn fill(d: &Dossier) -> Paper {
    let before = last(d);
    // On the way to the next holder the paper is for that hand-over, which is not recorded yet.
    let handed = before.filter(|_| !is_on_the_way(d));
    let of = |key: &str| handed.and_then(|record| record.get(key)).filter(|value| !value.is_null());
    let giver = if is_on_the_way(d) { now(d) } else { of("from") };
    let kind = of("kind").and_then(Value::as_str).map(str::to_owned);
    // Only a hand-over that took place says whether a guardian did the harm.
    let harm = d.datum("harm_by_guardian").or_else(|| d.datum("guardian_did_harm"));
    let harm = handed.and(harm).and_then(Value::as_bool);
    let told = d.step(&["notify_rights"]).map(|_| true);
    let parts = vec![
        Part::Grid(child(d)),
        Part::Grid(vec![
            pair(("移交方", holder(d, giver).into()), ("接收方", holder(d, of("to")).into())),
            pair(("交接时间", time(of("at")).into()), ("交接地点", None.into())),
            wide("安置方式", ticks(&d.words, "PlacementKind", kind.as_slice()), 1),
            pair(
                ("交接形式", either(("书面", "口头"), of("written").and_then(Value::as_bool))),
                ("监护人实施侵害", yes_or_no(harm)),
            ),
            wide("交接时的身体状况", text(d.field(&["record_intake"], "health")), 2),
            wide("随身物品、证件、药品", text(d.field(&["record_intake"], "belongings")), 2),
            wide("饮食、用药、就学等注意事项", None, 2),
            wide("权利告知", Some(RIGHTS.to_owned()), 1),
            pair(
                ("已告知", yes_or_no(told)),
                ("被告知人", person(d.field(&["notify_rights"], "to")).into()),
            ),
        ]),
        Part::Signatures(vec![
            Signature { who: "移交人（签名）：", seal: Some("移交单位（盖章）") },
            Signature { who: "接收人（签名）：", seal: Some("接收单位（盖章）") },
            Signature { who: "见证人（签名）：", seal: None },
        ]),
        Part::Note(NOTE.to_owned()),
    ];
    Paper {
        title: "未成年人临时照料交接单".to_owned(),
        number: numbered(),
        style: Style::Table,
        parts,
    }
}

fn child(d: &Dossier) -> Vec<Row> {
    let mut rows = vec![three(
        ("儿童姓名", d.child("name").into()),
        ("性别", d.child("sex").into()),
        ("出生日期", d.child("birth").into()),
    )];
    let description = text(d.field(&["raise_alarm"], "description"));
    if d.filed.is_none() || description.is_some() {
        rows.push(wide("身份不明时的描述", description, 1));
    }
    rows
}

/// The states in which a child is about to be handed over.
const ON_THE_WAY: [&str; 3] = ["escorting", "return_notified", "transferring"];

fn is_on_the_way(d: &Dossier) -> bool {
    d.filed.as_ref().is_some_and(|filed| ON_THE_WAY.contains(&filed.facts.state.as_str()))
}

fn ledger(d: &Dossier) -> &[Value] {
    d.datum("custody").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Who has the child now.
fn now(d: &Dossier) -> Option<&Value> {
    ledger(d).last()?.get("to")
}

/// The last hand-over to somebody who keeps the child. In an emergency the lines without a kind of
/// placement are of the way; under guardianship they hand the child home or to another county.
fn last(d: &Dossier) -> Option<&Value> {
    let guardianship = d.filed.as_ref().is_some_and(|filed| filed.facts.procedure == GUARDIANSHIP);
    ledger(d).iter().rfind(|record| {
        let placed = record.get("kind").is_some_and(|kind| !kind.is_null());
        placed || (guardianship && record.pointer("/to/nobody").is_none())
    })
}

/// Who has, or had, the child.
fn holder(d: &Dossier, value: Option<&Value>) -> Option<String> {
    let value = value?;
    if let Some(actor) = value.get("actor").and_then(Value::as_str) {
        let id = hexacase::terms::id::ActorId::new(actor).ok()?;
        return Some(match d.names.person(&id) {
            Some(row) => format!("{}（{}）", d.names.unit(row.unit.as_str()), row.name),
            None => actor.to_owned(),
        });
    }
    let unit = unit(value.get("unit"), &d.names);
    unit.or_else(|| text(value.get("organ"))).or_else(|| person(value.get("person")))
}
