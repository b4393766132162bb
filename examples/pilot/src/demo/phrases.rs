//! What people write into the fields of forms. All of it is invented.

/// Phrases for a field, by its name; a general one where the name is not known.
pub(super) fn for_field(name: &str) -> &'static [&'static str] {
    match name {
        "facts" | "danger" | "description" | "found" | "finding" => &[
            "邻居反映孩子夜里独自在家，哭声很久",
            "班主任发现手臂有旧伤，孩子不愿说明",
            "奶奶住院，家中只剩姐弟二人",
            "孩子连续三天没有到校，电话无人接听",
            "父母在外务工，近两周没有联系",
        ],
        "reason" | "cause" | "text" => &[
            "情况已核实，按实际情况办理",
            "家庭情况有变化",
            "材料不全，需补充后再办",
            "经研判认为更为稳妥",
        ],
        "safety" => &[
            "居住环境安全，用火用电无明显隐患",
            "灶台旁堆放柴草，已当场清理",
            "院墙破损，已告知村里修补",
        ],
        "health" => &["健康", "轻微感冒，已用药", "视力下降，建议检查"],
        "schooling" => &["正常上学", "寄宿，周末回家", "近期请过一天假"],
        "mood" => &["情绪平稳", "话少，愿意和姐姐交流", "想念父母"],
        "place" | "where" | "last_seen" => {
            &["村委会旁边的家中", "镇中心小学门口", "村东头小卖部附近"]
        }
        "receiver" | "right_organ" | "to_organ" => {
            &["示例派出所值班室", "县民政局未保科", "县教体局"]
        }
        "action" | "measures" | "order" | "means" => &[
            "当日入户，安排奶奶陪护，通知父母返乡",
            "联系学校，班主任每日跟进",
            "发动村组和学校分头查找",
        ],
        "answer" => &["正在办理，三日内答复", "已转交承办民警", "材料已收到，近期回复"],
        "note" | "next" | "manner" | "stopped" | "tried" => {
            &["已电话说明情况", "当面告知，已做记录", "继续观察，下周再看", "已多方联系，均有记录"]
        }
        "wish" => &["想要一套水彩笔", "想和妈妈视频一次", "想要一双运动鞋"],
        "changes" => &["更新联系电话和就读年级", "父亲返乡，母亲仍在外务工", "搬到奶奶家居住"],
        "ground" => &["监护人暂时无法履行监护职责", "存在现实危险，需要先行带离"],
        "child_view" | "view" => &["孩子说愿意和奶奶一起住", "孩子说希望先留在学校"],
        "hospital" => &["示例县人民医院"],
        "destination" => &["县未成年人救助保护中心", "邻村姨母家"],
        "condition" => &["身体无碍，情绪紧张", "轻微擦伤，已处理"],
        "missing" | "what" => &["就诊记录复印件", "监控录像一段、伤情照片三张"],
        "goals" => &["有人照料、按时上学", "情绪稳定，能主动求助", "申领保障，改善居住条件"],
        "method" => &["入户走访", "到校面谈", "电话核实后入户"],
        "living" | "family" | "guardianship" => {
            &["祖父母照料，起居有规律", "父亲常年在外，母亲病弱", "住房安全，独立床铺"]
        }
        "findings" | "results" | "effect" => {
            &["情绪和出勤明显好转", "照料人稳定，生活有序", "仍需每月回访一次"]
        }
        "own_measures" => &["村里安排结对陪伴，镇站每月入户"],
        "no_danger_because" => &["由祖母日常照料，村里每周见到儿童"],
        "told_remedies" => &["可随时向镇未保站或热线重新申请"],
        "gap_remains" => &["心理辅导暂无资源，列入县级统筹", "课后照看仍有缺口"],
        "law_or_function" => &["未成年人保护法第六章规定的部门职责", "本单位职责清单"],
        "shared_fields" => &["姓名", "就读年级", "联系方式"],
        "programmes" => &["事实无人抚养儿童基本生活补贴", "最低生活保障", "教育资助"],
        "outcome" | "stage" => &["复议"],
        "safe_because" | "child_safe_because" => &["由姑母照料，村里每周走访", "父亲已返乡照料"],
        _ => &["按规定办理", "情况属实", "已记录在案"],
    }
}

/// Sample persons who have no account.
pub(super) const PERSONS: &[&str] =
    &["样民警", "示医生", "例奶奶", "样姑母", "示伯父", "例邻居", "样老师", "示组长"];

/// The organ that acts in a role without an account.
pub(super) fn organ(role: &str) -> &'static str {
    match role {
        "police_station" => "示例派出所",
        "county_police" => "示例县公安局",
        "procuratorate" => "示例县人民检察院",
        "court" => "示例县人民法院",
        "medical_institution" => "示例县人民医院",
        "parent_guardian" => "儿童父母",
        "entrusted_carer" | "temporary_carer" => "照料人",
        "relative" => "亲属",
        "complainant" => "控告人",
        "any_reporter" => "群众",
        "volunteer" => "结对志愿者",
        "donor" => "爱心人士",
        "hotline_operator" => "未成年人保护热线",
        "grid_worker" => "村网格员",
        "village_committee" => "村民委员会",
        _ => "示例单位",
    }
}
