//! What the fields of forms are called in Chinese. Schemas say it in English only.

/// The Chinese name of a field of a form, whatever form it stands in.
pub fn zh(field: &str) -> Option<&'static str> {
    let at = LABELS.binary_search_by_key(&field, |(name, _)| name).ok()?;
    LABELS.get(at).map(|(_, zh)| *zh)
}

/// In order of name.
const LABELS: &[(&str, &str)] = &[
    ("absent", "缺席单位"),
    ("acceptance_receipt", "受案回执"),
    ("accepted_by", "接收单位"),
    ("action", "采取的行动"),
    ("answer", "答复"),
    ("answers", "各项评分"),
    ("application", "申请书"),
    ("area", "区划"),
    ("areas", "区划（居住地、户籍地、就读地）"),
    ("asked_of", "请求解决的单位"),
    ("assessment", "评估个案"),
    ("assist", "配合单位"),
    ("at", "时间"),
    ("attempts", "尝试的时间"),
    ("attendees", "参会单位"),
    ("basis", "依据"),
    ("behaviour", "行为"),
    ("belongings", "随身物品"),
    ("benefits", "享受保障"),
    ("birth", "出生日期"),
    ("by", "由谁"),
    ("carer", "照护人"),
    ("carer_now", "现照护人"),
    ("case", "个案"),
    ("case_registration", "受案登记"),
    ("cases", "相关个案"),
    ("cause", "原因"),
    ("chair", "主持人"),
    ("changes", "变化情况（没有则填“无变化”）"),
    ("channel", "渠道"),
    ("checked_by", "查看人"),
    ("checked_on", "核对日期"),
    ("child", "儿童（登记号或编号）"),
    ("child_safe_because", "儿童仍属安全的理由"),
    ("child_seen", "是否见到儿童"),
    ("child_view", "儿童的意见"),
    ("class", "可看范围"),
    ("colour", "颜色等级"),
    ("conclusion", "议事结论"),
    ("condition", "状况"),
    ("contact_this_week", "本周父母有无联系"),
    ("danger", "危险情况"),
    ("date", "日期"),
    ("decision", "决定"),
    ("decisions", "议定的议题"),
    ("description", "描述（身份不明时）"),
    ("destination", "去向"),
    ("dissent", "不同意见"),
    ("document", "文书"),
    ("document_no", "文号"),
    ("draft", "纪要稿"),
    ("due", "期限"),
    ("duty", "应办事项"),
    ("effect", "成效"),
    ("entry", "第几步"),
    ("ethnicity", "民族"),
    ("event", "事由"),
    ("facts", "情况"),
    ("father_place", "父亲所在地"),
    ("father_status", "父亲状况"),
    ("field", "字段"),
    ("file", "文件"),
    ("files", "材料"),
    ("filing_decision", "立案决定书"),
    ("filing_order", "通知立案书"),
    ("finding", "结论"),
    ("first_visit_due", "首次见面期限"),
    ("forced", "直接定红的情形"),
    ("form", "方式"),
    ("found", "查得情况"),
    ("found_at", "发现时间"),
    ("from", "自"),
    ("from_date", "起始日期"),
    ("grade", "年级"),
    ("ground", "情形"),
    ("guardian", "监护人"),
    ("guardians", "监护人"),
    ("guardianship", "监护"),
    ("harm_by_guardian", "是否监护人加害"),
    ("health", "健康状况"),
    ("helper", "结对人"),
    ("hospital", "医院"),
    ("how_known", "如何得知"),
    ("id_number", "身份证件号码"),
    ("informed", "已告知的单位"),
    ("injury_appraisal", "是否作伤情鉴定"),
    ("instrument", "评分表"),
    ("issued_on", "印发日期"),
    ("item", "议题"),
    ("items", "议题（个案编号）"),
    ("items_go_to", "议题去向"),
    ("kind", "类别"),
    ("last_seen", "最后出现的地点和同行人"),
    ("lead", "责任单位"),
    ("left_behind", "是否留守"),
    ("letter", "函件"),
    ("limit", "期限编号"),
    ("list_confirmed", "双方是否核对清单"),
    ("listed", "是否挂牌"),
    ("manner", "形式"),
    ("means", "方法"),
    ("measure", "措施"),
    ("measures", "措施"),
    ("media_type", "文件类型"),
    ("meeting", "会议"),
    ("met_with", "见到的人"),
    ("minutes", "会议纪要"),
    ("missing", "缺少的材料"),
    ("missing_since", "失踪时间"),
    ("mode", "方式"),
    ("mood", "情绪"),
    ("mother_place", "母亲所在地"),
    ("mother_status", "母亲状况"),
    ("name", "姓名或名称"),
    ("needs", "需求"),
    ("new_value", "更正后的值"),
    ("next", "下一步"),
    ("next_date", "下次日期"),
    ("no_id_reason", "无证件号码的原因"),
    ("no_unlawful_sign", "是否无违法迹象"),
    ("non_filing_notice", "不予立案通知书"),
    ("note", "备注"),
    ("notice", "通知书"),
    ("obligation", "应办事项（不写儿童姓名）"),
    ("officer", "经办民警或人员"),
    ("open_cases", "未结个案"),
    ("oral", "是否口头报告"),
    ("order", "要求"),
    ("organ", "机关"),
    ("other_way", "其他途径"),
    ("outcome", "结果"),
    ("overdue_since", "逾期起始时间"),
    ("owed_by", "应办岗位（代码）"),
    ("paper", "文书"),
    ("parent", "父亲或母亲"),
    ("parents_contact_this_week", "本周父母有无联系"),
    ("person", "人员"),
    ("person_asked", "被询问人"),
    ("phone", "联系电话"),
    ("photo", "照片"),
    ("physiology", "生理"),
    ("place", "地点"),
    ("plan", "办理计划"),
    ("present", "到会单位"),
    ("pressure", "报告人有无受压迹象"),
    ("problem", "要解决的问题"),
    ("progress", "进展"),
    ("proof", "证明"),
    ("proposed", "建议的承办单位"),
    ("public_text", "可公开的内容（不写姓名和类别）"),
    ("purpose", "会议事由"),
    ("reason", "原因"),
    ("receiver", "接报人"),
    ("record_checked", "是否查询犯罪记录"),
    ("register", "台账信息"),
    ("registered_at", "登记时间"),
    ("relation", "与儿童关系"),
    ("reply", "书面答复"),
    ("reply_to", "答复哪个单位"),
    ("report", "报告内容"),
    ("reported_at", "报告时间"),
    ("reporter", "报告人（愿意具名时）"),
    ("reporter_told", "是否告知报告人"),
    ("responder", "出动人员"),
    ("responsible", "责任人"),
    ("result", "结果"),
    ("right_organ", "有管辖权的机关"),
    ("safe_because", "安全的理由"),
    ("safety", "安全状况"),
    ("school", "就读学校"),
    ("schooling", "就学情况"),
    ("seen_at", "发现时间"),
    ("seen_by", "目击人"),
    ("sex", "性别"),
    ("sha256", "文件摘要"),
    ("sign_in", "签到表"),
    ("signed_by", "签批人"),
    ("situations", "应当报告的情形"),
    ("size", "文件大小"),
    ("source", "线索来源"),
    ("stage", "阶段（复议或复核）"),
    ("state", "回到的状态"),
    ("stopped", "制止的行为"),
    ("survivor", "续办个案"),
    ("suspected_red", "是否疑似红色"),
    ("task", "任务"),
    ("tasks", "任务"),
    ("text", "说明"),
    ("time", "时间"),
    ("title", "议题名称"),
    ("to", "对方"),
    ("to_area", "现居住区划"),
    ("to_organ", "移送机关"),
    ("to_unit", "接收单位"),
    ("told", "已告知的人"),
    ("told_child", "是否告知儿童"),
    ("tried", "已尝试的办法"),
    ("types", "类别"),
    ("unit", "单位"),
    ("until", "至"),
    ("verified_by", "核查人"),
    ("verifier", "核查人"),
    ("view", "儿童的意见"),
    ("visits", "所依据的走访（步号）"),
    ("what", "内容"),
    ("where", "地点"),
    ("who", "何人"),
    ("who_cares", "由谁照护"),
    ("why_not", "未能询问的原因"),
    ("wish", "心愿"),
    ("written", "是否书面"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hexacase::procedure::wide::WideStep;
    use serde_json::Value;

    use super::*;

    fn fields(schema: &Value, names: &mut BTreeSet<String>) {
        match schema {
            Value::Object(parts) => {
                if let Some(own) = parts.get("properties").and_then(Value::as_object) {
                    names.extend(own.keys().cloned());
                }
                parts.values().for_each(|part| fields(part, names));
            }
            Value::Array(parts) => parts.iter().for_each(|part| fields(part, names)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_field_of_every_form_has_a_chinese_name() {
        let mut names = BTreeSet::new();
        for definition in crate::database::definitions().unwrap() {
            for step in definition.transitions() {
                fields(&step.schema, &mut names);
            }
        }
        for step in WideStep::ALL {
            fields(&step.schema(), &mut names);
        }
        let nameless: Vec<_> = names.iter().filter(|name| zh(name).is_none()).collect();
        assert!(nameless.is_empty(), "without a Chinese name: {nameless:?}");
    }

    #[test]
    fn the_names_are_in_order() {
        assert!(LABELS.is_sorted_by_key(|(name, _)| name));
    }
}
