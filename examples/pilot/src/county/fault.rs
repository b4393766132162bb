//! Every way in which a file can be wrong: a stable code, and the reason in both languages.

use hexacase::terms::{area::Realm, text::MAX_CHARS, time::CivilDate};

use super::codes::{CodeName, Sex};

mod examples;

/// The forms in which a date may stand, for messages and for the format's description.
pub(super) const DATE_FORMS: &str = "2015-03-01, 2015/3/1, 2015.3.1, 2015年3月1日, 42064";

/// Why a file, a row or a cell is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A file of the folder is missing.
    MissingFile,
    /// The operating system does not give the file.
    Unreadable(String),
    /// The file is not UTF-8.
    NotUtf8,
    /// A quotation mark opens and does not close.
    OpenQuote,
    /// A column of the format is missing.
    MissingColumn {
        /// The Chinese header.
        zh: &'static str,
        /// The English key.
        key: &'static str,
    },
    /// The format has no such column.
    UnknownColumn,
    /// The column stands there twice.
    RepeatedColumn,
    /// A row has more or fewer cells than the header.
    RowWidth {
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// The file holds another number of rows than the one it must have.
    OneRow(usize),
    /// A cell that must be filled is blank.
    Required,
    /// A NUL character.
    Nul,
    /// More than [`MAX_CHARS`] characters.
    TooLong,
    /// White space before or after a value that is not free text.
    WhiteSpace,
    /// No date, or none between 1900 and 2099.
    BadDate,
    /// No time.
    BadTime,
    /// No area code.
    BadArea,
    /// No id.
    BadId,
    /// Neither yes nor no.
    BadBool,
    /// No whole number, or one out of range.
    BadNumber,
    /// Not the name of a procedure or a step.
    BadName,
    /// No telephone number.
    BadPhone,
    /// A spreadsheet has rounded a long number.
    DamagedNumber,
    /// No JSON object.
    BadJson(String),
    /// Not in the code list.
    UnknownCode(&'static [CodeName]),
    /// No role.
    UnknownRole,
    /// A role whose people have no account.
    RoleWithoutAccount,
    /// A list with nothing between two separators.
    EmptyItem,
    /// A list that says a thing twice.
    RepeatedItem(String),
    /// An identity number that a spreadsheet has rounded.
    IdentityDamaged,
    /// An identity number of another length than 18 or 15.
    IdentityLength(usize),
    /// An identity number with a character that has no place in it.
    IdentityCharacter,
    /// An identity number whose day of birth does not exist.
    IdentityBirth,
    /// An identity number whose check digit should be this.
    IdentityCheck(char),
    /// The identity number states this other day of birth.
    IdentityOtherBirth(CivilDate),
    /// The identity number states this other sex.
    IdentityOtherSex(Sex),
    /// Neither an identity number nor a reason why there is none.
    NoIdentityNorReason,
    /// An identity number and a reason why there is none.
    IdentityAndReason,
    /// Born after this day, on which the register is taken.
    BornLater(CivilDate),
    /// The row repeats what this earlier row says.
    Duplicate {
        /// The earlier row.
        row: u64,
    },
    /// The file does not hold what the cell names.
    Dangling {
        /// The file that should hold it.
        file: &'static str,
    },
    /// An area outside the county.
    OutsideCounty(Realm),
    /// A code of another length than the level has.
    LevelLength(usize),
    /// Ends before it begins.
    EndsEarlier,
    /// Somebody is their own deputy.
    OwnDeputy,
    /// Neither a register number nor a description of the child.
    NoChildNorDescription,
    /// A register number and a description of the child.
    ChildAndDescription,
    /// Recorded before it happened.
    RecordedEarlier,
    /// Outside the time that is played.
    OutsideTime {
        /// Its first day.
        from: CivilDate,
        /// Its last day.
        to: CivilDate,
    },
}

impl Fault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingFile => "input.missing_file",
            Self::Unreadable(_) => "input.unreadable_file",
            Self::NotUtf8 => "input.not_utf8",
            Self::OpenQuote => "input.open_quote",
            Self::MissingColumn { .. } => "input.missing_column",
            Self::UnknownColumn => "input.unknown_column",
            Self::RepeatedColumn => "input.repeated_column",
            Self::RowWidth { .. } => "input.row_width",
            Self::OneRow(_) => "input.one_row",
            Self::Required => "input.required",
            Self::Nul => "input.nul",
            Self::TooLong => "input.too_long",
            Self::WhiteSpace => "input.white_space",
            Self::BadDate => "input.bad_date",
            Self::BadTime => "input.bad_time",
            Self::BadArea => "input.bad_area",
            Self::BadId => "input.bad_id",
            Self::BadBool => "input.bad_bool",
            Self::BadNumber => "input.bad_number",
            Self::BadName => "input.bad_name",
            Self::BadPhone => "input.bad_phone",
            Self::DamagedNumber => "input.damaged_number",
            Self::BadJson(_) => "input.bad_json",
            Self::UnknownCode(_) => "input.unknown_code",
            Self::UnknownRole => "input.unknown_role",
            Self::RoleWithoutAccount => "input.role_without_account",
            Self::EmptyItem => "input.empty_item",
            Self::RepeatedItem(_) => "input.repeated_item",
            Self::IdentityDamaged => "input.identity_damaged",
            Self::IdentityLength(_) => "input.identity_length",
            Self::IdentityCharacter => "input.identity_character",
            Self::IdentityBirth => "input.identity_birth",
            Self::IdentityCheck(_) => "input.identity_check",
            Self::IdentityOtherBirth(_) => "input.identity_other_birth",
            Self::IdentityOtherSex(_) => "input.identity_other_sex",
            Self::NoIdentityNorReason => "input.no_identity_nor_reason",
            Self::IdentityAndReason => "input.identity_and_reason",
            Self::BornLater(_) => "input.born_later",
            Self::Duplicate { .. } => "input.duplicate",
            Self::Dangling { .. } => "input.dangling",
            Self::OutsideCounty(_) => "input.outside_county",
            Self::LevelLength(_) => "input.level_length",
            Self::EndsEarlier => "input.ends_earlier",
            Self::OwnDeputy => "input.own_deputy",
            Self::NoChildNorDescription => "input.no_child_nor_description",
            Self::ChildAndDescription => "input.child_and_description",
            Self::RecordedEarlier => "input.recorded_earlier",
            Self::OutsideTime { .. } => "input.outside_time",
        }
    }

    /// The reason in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::MissingFile => "缺少这个文件".into(),
            Self::Unreadable(reason) => format!("无法读取文件：{reason}"),
            Self::NotUtf8 => {
                "本行起不是 UTF-8 编码；GB18030 编码以后的版本才支持，请先另存为“CSV UTF-8”".into()
            }
            Self::OpenQuote => "引号没有成对".into(),
            Self::MissingColumn { zh, key } => format!("缺少列“{zh}”（{key}）"),
            Self::UnknownColumn => "格式中没有这一列".into(),
            Self::RepeatedColumn => "这一列出现了两次".into(),
            Self::RowWidth { expected, found } => {
                format!("表头有 {expected} 格，本行有 {found} 格")
            }
            Self::OneRow(found) => format!("应只有一行数据，现有 {found} 行"),
            Self::Required => "必填，不能空白".into(),
            Self::Nul => "含有空字符（NUL）".into(),
            Self::TooLong => format!("超过 {MAX_CHARS} 个字符"),
            Self::WhiteSpace => "前后有空白，请删去".into(),
            Self::BadDate => format!("应为 1900 至 2099 年间的日期，如 {DATE_FORMS}"),
            Self::BadTime => "应为时间，如 2026-03-01 14:05（北京时间）".into(),
            Self::BadArea => "应为 2、4、6、9 或 12 位数字的区划代码".into(),
            Self::BadId => "应为 1 至 64 个字符的编号，不含控制字符".into(),
            Self::BadBool => "应为“是”或“否”".into(),
            Self::BadNumber => "应为允许范围内的整数".into(),
            Self::BadName => "应为小写英文加下划线的名称，如 register_clue".into(),
            Self::BadPhone => "应为 7 至 15 位数字的电话号码".into(),
            Self::DamagedNumber => {
                "已被电子表格改写，末几位丢失；请先把单元格设为文本，再照原件重填".into()
            }
            Self::BadJson(reason) => format!("应为 JSON 对象：{reason}"),
            Self::UnknownCode(list) => format!("应为下列之一：{}", join(list, |name| name.zh)),
            Self::UnknownRole => "没有这个岗位".into(),
            Self::RoleWithoutAccount => "这个岗位的人没有账号，不能列入人员名册".into(),
            Self::EmptyItem => "两个分隔符之间是空的".into(),
            Self::RepeatedItem(item) => format!("“{item}”出现了两次"),
            Self::IdentityDamaged => {
                "身份证号已被电子表格改写，末几位丢失；请先把单元格设为文本，再照原件重填".into()
            }
            Self::IdentityLength(found) => {
                format!("身份证号应为 18 位（旧号 15 位），现为 {found} 位")
            }
            Self::IdentityCharacter => "身份证号应全为半角数字，只有第 18 位可以是 X".into(),
            Self::IdentityBirth => "身份证号中的出生日期不存在".into(),
            Self::IdentityCheck(expected) => {
                format!("身份证号校验位不符，按前 17 位应为 {expected}")
            }
            Self::IdentityOtherBirth(date) => format!("与身份证号中的出生日期 {date} 不一致"),
            Self::IdentityOtherSex(sex) => format!("与身份证号中的性别“{}”不一致", sex.zh()),
            Self::NoIdentityNorReason => "没有身份证号时应填无证原因，如“无户籍”".into(),
            Self::IdentityAndReason => "已填身份证号，不应再填无证原因".into(),
            Self::BornLater(date) => format!("出生日期晚于登记日 {date}"),
            Self::Duplicate { row } => format!("与第 {row} 行重复"),
            Self::Dangling { file } => format!("{file} 中没有"),
            Self::OutsideCounty(realm) => format!("不在本县 {realm} 内"),
            Self::LevelLength(digits) => {
                format!("这一级的区划代码应为 {digits} 位（去掉末尾的零组）")
            }
            Self::EndsEarlier => "结束早于开始".into(),
            Self::OwnDeputy => "不能由本人代理".into(),
            Self::NoChildNorDescription => "儿童登记号和儿童描述应填其一".into(),
            Self::ChildAndDescription => "儿童登记号和儿童描述只能填其一".into(),
            Self::RecordedEarlier => "登记时间早于发生时间".into(),
            Self::OutsideTime { from, to } => format!("应在 {from} 至 {to} 之间"),
        }
    }

    /// The reason in English.
    pub fn en(&self) -> String {
        match self {
            Self::MissingFile => "the file is missing".into(),
            Self::Unreadable(reason) => format!("the file cannot be read: {reason}"),
            Self::NotUtf8 => {
                "not UTF-8 from this line on; GB18030 will be read by a later version, \
                              save the file as `CSV UTF-8` until then"
                    .into()
            }
            Self::OpenQuote => "a quotation mark has no partner".into(),
            Self::MissingColumn { zh, key } => format!("the column `{zh}` (`{key}`) is missing"),
            Self::UnknownColumn => "the format has no such column".into(),
            Self::RepeatedColumn => "the column stands there twice".into(),
            Self::RowWidth { expected, found } => {
                format!("the header has {expected} cells, this row has {found}")
            }
            Self::OneRow(found) => format!("expected one row of data, found {found}"),
            Self::Required => "must be filled".into(),
            Self::Nul => "holds a NUL character".into(),
            Self::TooLong => format!("has more than {MAX_CHARS} characters"),
            Self::WhiteSpace => "has white space before or after it".into(),
            Self::BadDate => {
                format!("expected a date between 1900 and 2099 such as {DATE_FORMS}")
            }
            Self::BadTime => "expected a time such as 2026-03-01 14:05 (Beijing)".into(),
            Self::BadArea => "expected an area code of 2, 4, 6, 9 or 12 digits".into(),
            Self::BadId => "expected an id of 1 to 64 characters without control characters".into(),
            Self::BadBool => "expected `是`, `否`, `yes` or `no`".into(),
            Self::BadNumber => "expected a whole number within range".into(),
            Self::BadName => "expected a name such as `register_clue`".into(),
            Self::BadPhone => "expected a telephone number of 7 to 15 digits".into(),
            Self::DamagedNumber => "a spreadsheet has rounded this number and its last digits are \
                                    lost; format the cell as text and enter it again"
                .into(),
            Self::BadJson(reason) => format!("expected a JSON object: {reason}"),
            Self::UnknownCode(list) => format!("expected one of {}", join(list, |name| name.code)),
            Self::UnknownRole => "there is no such role".into(),
            Self::RoleWithoutAccount => "people of this role have no account".into(),
            Self::EmptyItem => "nothing stands between two separators".into(),
            Self::RepeatedItem(item) => format!("`{item}` stands there twice"),
            Self::IdentityDamaged => "a spreadsheet has rounded this identity number and its last \
                                      digits are lost; format the cell as text and enter it again"
                .into(),
            Self::IdentityLength(found) => {
                format!(
                    "expected an identity number of 18 (or formerly 15) characters, found {found}"
                )
            }
            Self::IdentityCharacter => {
                "expected ASCII digits, with `X` allowed in the 18th place only".into()
            }
            Self::IdentityBirth => "the day of birth in the identity number does not exist".into(),
            Self::IdentityCheck(expected) => {
                format!("the check digit does not fit, the first 17 digits ask for `{expected}`")
            }
            Self::IdentityOtherBirth(date) => format!("the identity number says {date}"),
            Self::IdentityOtherSex(sex) => format!("the identity number says `{}`", sex.code()),
            Self::NoIdentityNorReason => {
                "expected a reason such as `无户籍` where there is no identity number".into()
            }
            Self::IdentityAndReason => {
                "there is an identity number, so no reason belongs here".into()
            }
            Self::BornLater(date) => format!("born after {date}, the day of the register"),
            Self::Duplicate { row } => format!("stands in row {row} already"),
            Self::Dangling { file } => format!("{file} has no such entry"),
            Self::OutsideCounty(realm) => format!("is not within the county {realm}"),
            Self::LevelLength(digits) => {
                format!("a code of this level has {digits} digits without its trailing zeros")
            }
            Self::EndsEarlier => "ends before it begins".into(),
            Self::OwnDeputy => "nobody is their own deputy".into(),
            Self::NoChildNorDescription => {
                "expected a register number or a description of the child".into()
            }
            Self::ChildAndDescription => {
                "expected a register number or a description of the child, not both".into()
            }
            Self::RecordedEarlier => "recorded before it happened".into(),
            Self::OutsideTime { from, to } => format!("expected a time from {from} to {to}"),
        }
    }
}

fn join(list: &[CodeName], name: impl Fn(&CodeName) -> &'static str) -> String {
    list.iter().map(name).collect::<Vec<_>>().join("、")
}
