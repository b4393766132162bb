//! The reasons, in both languages.

use hexacase::terms::text::MAX_CHARS;

use super::{DATE_FORMS, Fault};
use crate::county::codes::CodeName;

impl Fault {
    /// The reason in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::MissingFile => "缺少这个文件".into(),
            Self::Unreadable(reason) => format!("无法读取文件：{reason}"),
            Self::Table(fault) => fault.zh(),
            Self::NoHeadings => {
                "没有找到表头；表头不在第 1 行的，请在对照表（--map）中写明表头行".into()
            }
            Self::SeveralSheets(names) => {
                format!("有几个工作表（{names}）；请在对照表（--map）中写明用哪一个")
            }
            Self::NoSheet(name) => format!("没有名为“{name}”的工作表"),
            Self::MissingColumn { zh, key } => format!("缺少列“{zh}”（{key}）"),
            Self::UnknownColumn => "格式中没有这一列".into(),
            Self::RepeatedColumn => "这一列出现了两次".into(),
            Self::RowWidth { expected, found } => {
                format!("表头有 {expected} 格，本行有 {found} 格")
            }
            Self::OneRow(found) => format!("应只有一行数据，现有 {found} 行"),
            Self::Merged(cells) => format!("单元格 {cells} 是合并的；请取消合并，逐格填写"),
            Self::CellError => "公式出错；请改正公式，或直接填写结果".into(),
            Self::FormulaWithoutValue => {
                "公式没有算出的结果；请用电子表格打开后另存，或直接填写结果".into()
            }
            Self::Required => "必填，不能空白".into(),
            Self::Nul => "含有空字符（NUL）".into(),
            Self::TooLong => format!("超过 {MAX_CHARS} 个字符"),
            Self::WhiteSpace => "前后有空白，请删去".into(),
            Self::FullWidth => "含有全角的数字或字母，应为半角".into(),
            Self::Hidden(sign) => {
                format!("含有看不见的字符 U+{:04X}，请删去后重新键入", u32::from(*sign))
            }
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
            Self::LostZero => "像是丢了开头的 0（区号）；请先把单元格设为文本，再照原件重填".into(),
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
            Self::SameChild { row } => {
                format!("与第 {row} 行姓名、出生日期、监护人都相同，像是同一儿童；一人只填一行")
            }
            Self::ChildHasFile { number } => format!(
                "该儿童已有档案，登记号为 {number}；一人一档，请沿用该登记号。在县内搬家的，\
                 只改居住地区划"
            ),
            Self::OtherChild { name } => format!(
                "该登记号已是另一名儿童（{name}）的；新儿童请用新登记号，更正姓名或身份证号请\
                 分次进行"
            ),
            Self::OutsideOwnArea => {
                "不在经办人管辖的区划内；请由当地或上级的人员导入，跨村迁居由乡镇办理".into()
            }
            Self::LostZeros { number } => {
                format!("已有登记号 {number}，像是丢了开头的 0；请把单元格设为文本后重填")
            }
            Self::UnknownTarget => "台账没有这一列，也没有这项设置".into(),
            Self::NoSuchHeading => "要导入的表中没有这一列".into(),
            Self::BadSetting(expected) => format!("应为{expected}"),
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
    #[expect(clippy::too_many_lines, reason = "one line for each kind of fault")]
    pub fn en(&self) -> String {
        match self {
            Self::MissingFile => "the file is missing".into(),
            Self::Unreadable(reason) => format!("the file cannot be read: {reason}"),
            Self::Table(fault) => fault.en(),
            Self::NoHeadings => "no headings were found; where they are not in row 1, say so in \
                                 the map (`--map`)"
                .into(),
            Self::SeveralSheets(names) => {
                format!("there are several sheets ({names}); name one in the map (`--map`)")
            }
            Self::NoSheet(name) => format!("there is no sheet `{name}`"),
            Self::MissingColumn { zh, key } => format!("the column `{zh}` (`{key}`) is missing"),
            Self::UnknownColumn => "the format has no such column".into(),
            Self::RepeatedColumn => "the column stands there twice".into(),
            Self::RowWidth { expected, found } => {
                format!("the header has {expected} cells, this row has {found}")
            }
            Self::OneRow(found) => format!("expected one row of data, found {found}"),
            Self::Merged(cells) => {
                format!("the cells {cells} are merged; unmerge them and fill each")
            }
            Self::CellError => "the formula shows an error".into(),
            Self::FormulaWithoutValue => {
                "the formula has no value; open the file in a spreadsheet and save it".into()
            }
            Self::Required => "must be filled".into(),
            Self::Nul => "holds a NUL character".into(),
            Self::TooLong => format!("has more than {MAX_CHARS} characters"),
            Self::WhiteSpace => "has white space before or after it".into(),
            Self::FullWidth => "has digits or letters of full width".into(),
            Self::Hidden(sign) => {
                format!("holds the invisible character U+{:04X}", u32::from(*sign))
            }
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
            Self::LostZero => "seems to have lost a leading zero; format the cell as text and \
                               enter it again"
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
            Self::SameChild { row } => {
                format!("has the name, day of birth and guardian of row {row}: the same child?")
            }
            Self::ChildHasFile { number } => format!(
                "the child has a file under the register number {number}; keep that number, and \
                 change the residence where the child has moved within the county"
            ),
            Self::OtherChild { name } => format!(
                "the register number is that of another child ({name}); give a new child a new \
                 number, and correct name and identity number one after the other"
            ),
            Self::OutsideOwnArea => "is outside the area of whoever takes the register in; a move \
                                     between villages is taken in by the town"
                .into(),
            Self::LostZeros { number } => {
                format!("seems to be {number} without its leading zeros; format the cell as text")
            }
            Self::UnknownTarget => {
                "the register has no such column, and maps no such setting".into()
            }
            Self::NoSuchHeading => "the file has no such heading".into(),
            Self::BadSetting(expected) => format!("expected {expected}"),
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
