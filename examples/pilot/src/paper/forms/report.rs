//! 强制报告表: the report to the authority. The one paper on which the reporter may stand, and only
//! where the receiving organ or the reporter prints it.

use hexacase::terms::area::AreaPurpose;

use crate::paper::{
    dossier::Dossier,
    layout::{Fill, Paper, Part, Row, Signature, Style, numbered, pair, three, wide},
    reading::{code, either, instant, person, text, texts, ticks, time},
};

const FOUND: &[&str] = &["discover", "record_report_made"];
const MADE: &[&str] = &["report_to_police", "report_to_department", "record_report_made"];
const RECEIVED: &[&str] = &["receive_by_police", "receive_by_department"];

const BASIS: &str = "依据：《中华人民共和国未成年人保护法》第十一条、《中华人民共和国反家庭暴力法》第十四条、\
    《关于建立侵害未成年人案件强制报告制度的意见（试行）》。\n\
    应当立即报告，不以任何人批准为前提；情况紧急先打 110，事后补表。报告人信息依法保密，本表只交受理机关。";

pub(super) fn fill(d: &Dossier) -> Paper {
    let words = &d.words;
    let parts = vec![
        Part::Grid(reporter(d)),
        Part::Grid(child(d)),
        Part::Grid(vec![
            pair(
                ("发现时间", time(d.field(FOUND, "found_at")).into()),
                ("事发地", d.area(AreaPurpose::Incident).into()),
            ),
            wide(
                "应当报告的情形",
                ticks(words, "ReportableSituation", &texts(d.field(FOUND, "situations"))),
                1,
            ),
            wide("情况", text(d.datum("facts")), 4),
            wide("涉嫌侵害人及与未成年人关系", Fill::Room, 1),
            wide("已采取的措施", measures(d), 1),
        ]),
        Part::Grid(vec![
            pair(
                ("报告时间", time(d.datum("reported_at")).into()),
                (
                    "报告形式",
                    either(
                        ("口头", "书面"),
                        d.field(MADE, "oral").and_then(serde_json::Value::as_bool),
                    ),
                ),
            ),
            pair(
                ("报告渠道", code(words, "ReportChannel", d.datum("channel")).into()),
                ("接报单位或人员", text(d.field(MADE, "receiver")).into()),
            ),
            pair(
                ("受理时间", time(d.datum("received_at")).into()),
                ("受理人员", person(d.field(RECEIVED, "officer")).into()),
            ),
            wide("处理结果", code(words, "ReportOutcome", d.datum("outcome")), 1),
        ]),
        Part::Signatures(vec![
            Signature { who: "报告人（签名）：", seal: Some("报告单位（盖章）") },
            Signature { who: "接收人（签名）：", seal: Some("受理机关（盖章）") },
        ]),
        Part::Note(BASIS.to_owned()),
    ];
    Paper {
        title: "侵害未成年人案件强制报告表".to_owned(),
        number: numbered(),
        style: Style::Table,
        parts,
    }
}

/// Who reported: whom the form names, else who recorded the discovery.
fn reporter(d: &Dossier) -> Vec<Row> {
    let (mut name, mut office) = (Fill::Room, Fill::Room);
    if let Some(filed) = &d.filed {
        if filed.sight.reporter {
            let named = person(d.field(&["record_report_made"], "reporter"));
            let acted = filed.steps.first().and_then(|step| step.acted_by.as_ref());
            let by = filed.steps.first().and_then(|step| d.names.person(&step.by));
            // Who recorded what somebody else reported is not the reporter.
            let own = by.filter(|_| named.is_none() && acted.is_none());
            let acted_name = || acted.and_then(|acted| Some(acted.person.as_ref()?.to_string()));
            name = named.or_else(acted_name).or_else(|| own.map(|row| row.name.clone())).into();
            let organ = acted.map(|acted| acted.organ.to_string());
            let unit = || own.map(|row| d.names.unit(row.unit.as_str()));
            office = organ.or_else(unit).into();
        } else {
            (name, office) = (Fill::Sealed, Fill::Sealed);
        }
    }
    vec![pair(("报告人", name), ("报告单位", office))]
}

fn child(d: &Dossier) -> Vec<Row> {
    let description = wide("身份不明时的描述", text(d.datum("description")), 1);
    let mut rows = vec![
        three(
            ("姓名", d.child("name").into()),
            ("性别", d.child("sex").into()),
            ("出生日期", d.child("birth").into()),
        ),
        pair(("证件号码", d.particulars("id_number")), ("就读学校", d.school().into())),
        pair(("监护人", guardian(d).into()), ("联系电话", d.particulars("phone"))),
        pair(
            ("户籍地", d.area(AreaPurpose::Hukou).into()),
            ("居住地", d.area(AreaPurpose::Residence).into()),
        ),
    ];
    if d.filed.is_none() || d.datum("description").is_some() {
        rows.push(description);
    }
    rows
}

fn guardian(d: &Dossier) -> Option<String> {
    let name = d.child("guardian")?;
    Some(match d.child("relation") {
        Some(relation) => format!("{name}（{relation}）"),
        None => name,
    })
}

fn measures(d: &Dossier) -> Fill {
    let mut done = Vec::new();
    if let Some(at) = instant(d.datum("evidence_preserved_at")) {
        done.push(format!("{} 已保全证据", at.chinese()));
    }
    if let Some(at) = instant(d.datum("filed_at")) {
        done.push(format!("{} 已向主管机关备案", at.chinese()));
    }
    (!done.is_empty()).then(|| done.join("；")).into()
}
