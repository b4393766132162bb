//! The columns of every file of a county: the one table from which the parsers and
//! `docs/formats.md` are made.

use super::{
    cell::Kind,
    codes::{AreaLevel, Channel, ChildType, Guardianship, ParentStatus, Sex, UnitKind},
};

/// A file of a county.
#[derive(Debug)]
pub struct Table {
    /// The file's name.
    pub file: &'static str,
    /// What it holds, in Chinese.
    pub zh: &'static str,
    /// What it holds, in English.
    pub en: &'static str,
    /// Its columns, in the order in which they are written.
    pub columns: &'static [Column],
}

/// A column of a file.
#[derive(Debug)]
pub struct Column {
    /// The header in English, and the name in data.
    pub key: &'static str,
    /// The header in Chinese.
    pub zh: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a cell may not be blank.
    pub required: bool,
    /// A cell as it may stand there.
    pub example: &'static str,
    /// What to know about it, in Chinese.
    pub help_zh: &'static str,
    /// What to know about it, in English.
    pub help_en: &'static str,
}

impl Table {
    /// The place of the column with this English key or Chinese header.
    pub fn position(&self, header: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == header || column.zh == header)
    }
}

const fn must(
    (zh, key): (&'static str, &'static str),
    kind: Kind,
    example: &'static str,
    (help_zh, help_en): (&'static str, &'static str),
) -> Column {
    Column { key, zh, kind, required: true, example, help_zh, help_en }
}

const fn may(
    names: (&'static str, &'static str),
    kind: Kind,
    example: &'static str,
    help: (&'static str, &'static str),
) -> Column {
    Column { required: false, ..must(names, kind, example, help) }
}

const NO_HELP: (&str, &str) = ("", "");

/// Every file, in the order in which they are read.
pub const TABLES: &[&Table] = &[&COUNTY, &AREAS, &UNITS, &STAFF, &ABSENCES, &CHILDREN, &HAPPENINGS];

/// `county.csv`.
pub const COUNTY: Table = Table {
    file: "county.csv",
    zh: "县域：只有一行",
    en: "the county, in a single row",
    columns: &[
        must(("区划代码", "realm"), Kind::Area, "999999", ("六位", "six digits")),
        must(("名称", "name"), Kind::Text, "示例县", NO_HELP),
        must(
            ("起始年份", "first_year"),
            Kind::Int,
            "2026",
            ("登记日为该年 1 月 1 日", "the register is that of its 1 January"),
        ),
        must(
            ("年数", "years"),
            Kind::Int,
            "1",
            ("来报事项所跨年数，1 至 20", "years of happenings, 1 to 20"),
        ),
        may(
            ("种子", "seed"),
            Kind::Int,
            "6",
            ("由程序生成时所用的种子", "the seed of a generated county"),
        ),
    ],
};

/// `areas.csv`.
pub const AREAS: Table = Table {
    file: "areas.csv",
    zh: "区划：县、乡镇、村",
    en: "areas: the county, its towns and its villages",
    columns: &[
        must(
            ("区划代码", "code"),
            Kind::Area,
            "999999101201",
            (
                "县 6 位，乡镇 9 位，村 12 位",
                "6 digits for the county, 9 for a town, 12 for a village",
            ),
        ),
        must(("名称", "name"), Kind::Text, "例上枫村", NO_HELP),
        must(("级别", "level"), Kind::Code(AreaLevel::LIST), "村", NO_HELP),
    ],
};

/// `units.csv`.
pub const UNITS: Table = Table {
    file: "units.csv",
    zh: "单位",
    en: "offices",
    columns: &[
        must(("单位编号", "id"), Kind::Id, "town-101", ("全县唯一", "unique in the county")),
        must(("名称", "name"), Kind::Text, "示枫镇人民政府", NO_HELP),
        must(("区划代码", "area"), Kind::Area, "999999101", ("单位所在地", "where the office is")),
        must(("类型", "kind"), Kind::Code(UnitKind::LIST), "乡镇政府", NO_HELP),
    ],
};

/// `staff.csv`.
pub const STAFF: Table = Table {
    file: "staff.csv",
    zh: "人员：有账号的人",
    en: "people with an account",
    columns: &[
        must(
            ("人员编号", "id"),
            Kind::Id,
            "director-101201",
            (
                "全县唯一，不含姓名或身份证号",
                "unique in the county; no name and no identity number",
            ),
        ),
        must(("姓名", "name"), Kind::Text, "林示安", NO_HELP),
        must(
            ("岗位", "roles"),
            Kind::Roles,
            "儿童主任、妇联",
            (
                "名称中带顿号的岗位请填英文代码",
                "a role whose Chinese name holds a `、` is given by its code",
            ),
        ),
        must(("单位编号", "unit"), Kind::Id, "village-101201", ("见 units.csv", "from units.csv")),
        must(("区划代码", "area"), Kind::Area, "999999101201", ("管辖范围", "for which area")),
        must(
            ("负责人", "leader"),
            Kind::Bool,
            "否",
            ("是否单位负责人", "whether they lead the office"),
        ),
    ],
};

/// `absences.csv`.
pub const ABSENCES: Table = Table {
    file: "absences.csv",
    zh: "请假与代理",
    en: "absences and deputies",
    columns: &[
        must(
            ("人员编号", "staff"),
            Kind::Id,
            "director-101201",
            ("见 staff.csv", "from staff.csv"),
        ),
        must(("开始日期", "from"), Kind::Date, "2026-07-06", NO_HELP),
        must(("结束日期", "to"), Kind::Date, "2026-07-19", ("含当日", "the last day of it")),
        may(
            ("代理人编号", "deputy"),
            Kind::Id,
            "director-101202",
            ("空白则由单位负责人承担", "without one the unit's leader stands in"),
        ),
        must(("事由", "reason"), Kind::Text, "病假", NO_HELP),
    ],
};

const PARENT: Kind = Kind::Code(ParentStatus::LIST);

/// `children.csv`: the register 台账.
pub const CHILDREN: Table = Table {
    file: "children.csv",
    zh: "儿童台账",
    en: "the register of children",
    columns: &[
        must(
            ("登记号", "register_number"),
            Kind::Id,
            "999999-2026-00001",
            (
                "全县唯一，终身不变；搬家、转学都不换",
                "unique in the county and the child's for good",
            ),
        ),
        must(("姓名", "name"), Kind::Text, "林样溪", NO_HELP),
        may(
            ("身份证号", "identity"),
            Kind::Identity,
            "999999201503010016",
            (
                "18 位，旧号 15 位自动换算；单元格须设为文本",
                "18 characters; 15 digits are converted; format the cell as text",
            ),
        ),
        may(
            ("无证原因", "no_identity_reason"),
            Kind::Text,
            "无户籍",
            ("无身份证号时必填", "required where there is no identity number"),
        ),
        must(("性别", "sex"), Kind::Code(Sex::LIST), "男", NO_HELP),
        must(
            ("出生日期", "born"),
            Kind::Date,
            "2015-03-01",
            ("与身份证号一致", "as the identity number says"),
        ),
        must(("民族", "ethnicity"), Kind::Text, "汉族", NO_HELP),
        may(
            ("户籍地区划", "hukou"),
            Kind::Area,
            "999999101201",
            ("无户籍时空白；可在外县", "blank without hukou; may be another county"),
        ),
        must(
            ("居住地区划", "residence"),
            Kind::Area,
            "999999101201",
            ("须在本县", "within the county"),
        ),
        may(
            ("就读学校", "school"),
            Kind::Id,
            "primary-01",
            ("单位编号，见 units.csv", "a unit's id, from units.csv"),
        ),
        may(("年级", "grade"), Kind::Text, "五年级", NO_HELP),
        may(
            ("类别", "types"),
            Kind::Codes(ChildType::LIST),
            "留守儿童、困难家庭儿童",
            ("满 16 周岁的可空白，其他必填", "may be blank from the age of 16 on only"),
        ),
        must(("父亲状态", "father"), PARENT, "外出务工", NO_HELP),
        may(("父亲务工地", "father_workplace"), Kind::Text, "示例市", NO_HELP),
        must(("母亲状态", "mother"), PARENT, "在家", NO_HELP),
        may(("母亲务工地", "mother_workplace"), Kind::Text, "示例市", NO_HELP),
        must(("监护人", "guardian"), Kind::Text, "林例山", NO_HELP),
        must(("与儿童关系", "relation"), Kind::Text, "祖父", NO_HELP),
        must(("监护情况", "guardianship"), Kind::Code(Guardianship::LIST), "好", NO_HELP),
        may(
            ("委托照护人", "carer"),
            Kind::Text,
            "林例山",
            ("父母不在身边时实际照护的人", "who looks after the child while the parents are away"),
        ),
        may(
            ("联系电话", "phone"),
            Kind::Phone,
            "00000001234",
            ("单元格须设为文本", "format the cell as text"),
        ),
        may(("健康", "health"), Kind::Text, "健康", NO_HELP),
        may(("在享待遇", "benefits"), Kind::Texts, "最低生活保障、教育救助", NO_HELP),
        may(("备注", "note"), Kind::Text, "", NO_HELP),
        may(
            ("照护情况", "condition"),
            Kind::Text,
            "祖辈照护，基本到位",
            ("完成建档时写明的照护情况", "how the child is cared for, as the completed file says"),
        ),
    ],
};

/// The map that `import --map` takes: from a county's own headings and values to ours.
pub const MAP: Table = Table {
    file: "--map",
    zh: "对照表：把县里自己的列名、写法对应到台账",
    en: "from a county's own headings and values to those of the register",
    columns: &[
        must(
            ("列", "column"),
            Kind::Text,
            "类别",
            (
                "台账的列；或一项设置：不导入、工作表、表头行、整理",
                "a column of the register, or a setting: `ignore`, `sheet`, `head_row`, `tidy`",
            ),
        ),
        may(
            ("表中列名", "heading"),
            Kind::Text,
            "是否留守",
            (
                "县里表头的写法；空白则“值”用于每一行",
                "the county's heading; without one the value holds for every row",
            ),
        ),
        may(
            ("表中的值", "found"),
            Kind::Text,
            "是",
            ("县里的写法；空白则只对应列名", "the county's value; without one only the heading"),
        ),
        may(
            ("值", "value"),
            Kind::Text,
            "留守儿童",
            (
                "台账的写法，空白即不填；或设置的值",
                "the register's value, blank for none; or that of the setting",
            ),
        ),
    ],
};

/// `happenings.csv`.
pub const HAPPENINGS: Table = Table {
    file: "happenings.csv",
    zh: "来报事项：一年里到县里来的事",
    en: "what reaches the county in a year",
    columns: &[
        must(("发生时间", "occurred_at"), Kind::Time, "2026-03-01 14:05", NO_HELP),
        must(
            ("登记时间", "recorded_at"),
            Kind::Time,
            "2026-03-01 15:20",
            ("不早于发生时间", "not before it happened"),
        ),
        must(("渠道", "channel"), Kind::Code(Channel::LIST), "电话", NO_HELP),
        must(
            ("报告人岗位", "reporter_role"),
            Kind::Role,
            "school",
            ("谁做的、谁说的，可以没有账号", "who did or said it, with an account or without"),
        ),
        must(
            ("区划代码", "area"),
            Kind::Area,
            "999999101201",
            ("事发地或居住地", "where it happened, or the child lives"),
        ),
        may(
            ("儿童登记号", "child"),
            Kind::Text,
            "999999-2026-00001",
            ("见 children.csv；与儿童描述填其一", "from children.csv; this or the description"),
        ),
        may(
            ("儿童描述", "child_description"),
            Kind::Text,
            "约八岁男童，蓝色校服",
            ("身份不明时填写", "where nobody knows who the child is"),
        ),
        may(
            ("事件", "incident"),
            Kind::Text,
            "2026-001",
            ("同一事实的各行填同一标签", "rows about the same facts share a label"),
        ),
        must(("程序", "procedure"), Kind::Name, "risk_alert", NO_HELP),
        must(("步骤", "transition"), Kind::Name, "register_clue", NO_HELP),
        must(
            ("内容", "fields"),
            Kind::Json,
            r#"{"source":"school"}"#,
            (
                "JSON 对象，按该步骤的要件；文件写作 \"@files/名称\"",
                "a JSON object of the step's evidence; a file is `\"@files/NAME\"`",
            ),
        ),
        may(("备注", "note"), Kind::Text, "", NO_HELP),
        may(
            ("登记人编号", "as"),
            Kind::Id,
            "director-101201",
            ("空白则由有权的人登记", "without one, whoever may records it"),
        ),
    ],
};
