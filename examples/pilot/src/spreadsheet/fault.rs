//! Why a table cannot be read or written: a stable code, and the reason in both languages.

use super::{MAX_BYTES, MAX_COLUMNS, MAX_ROWS, MAX_UNPACKED};

/// Why a table, a row or a cell of it cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableFault {
    /// A file's name ends in something that is no format of ours.
    UnknownFormat(String),
    /// A workbook of Excel 97, or one with a password.
    OldWorkbook,
    /// A workbook that cannot be unpacked or understood.
    Damaged(String),
    /// Text in UTF-16.
    Utf16,
    /// Text in neither UTF-8 nor GB18030.
    Encoding,
    /// A file that ends within a character.
    CutShort,
    /// A quotation mark opens and does not close.
    OpenQuote,
    /// More than [`MAX_BYTES`].
    FileTooLarge,
    /// More than [`MAX_UNPACKED`] when unpacked.
    UnpacksTooLarge,
    /// More than [`MAX_ROWS`].
    TooManyRows,
    /// More than [`MAX_COLUMNS`].
    TooManyColumns,
    /// The encoding does not hold this character.
    NotInEncoding(char),
    /// The format cannot keep this cell as it is.
    NotInFormat,
}

/// A fault and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableProblem {
    /// What is wrong.
    pub fault: TableFault,
    /// On which sheet.
    pub sheet: Option<String>,
    /// In which row, from 1.
    pub row: Option<u64>,
    /// In which column, from 0.
    pub column: Option<usize>,
}

impl TableFault {
    /// The fault of a file as a whole.
    pub fn anywhere(self) -> TableProblem {
        TableProblem { fault: self, sheet: None, row: None, column: None }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownFormat(_) => "input.unknown_format",
            Self::OldWorkbook => "input.old_workbook",
            Self::Damaged(_) => "input.damaged_file",
            Self::Utf16 => "input.utf16",
            Self::Encoding => "input.encoding",
            Self::CutShort => "input.cut_short",
            Self::OpenQuote => "input.open_quote",
            Self::FileTooLarge => "input.file_too_large",
            Self::UnpacksTooLarge => "input.unpacks_too_large",
            Self::TooManyRows => "input.too_many_rows",
            Self::TooManyColumns => "input.too_many_columns",
            Self::NotInEncoding(_) => "input.not_in_encoding",
            Self::NotInFormat => "input.not_in_format",
        }
    }

    /// The reason in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::UnknownFormat(ending) => {
                format!("文件名应以 .csv 或 .xlsx 结尾，现为“.{ending}”")
            }
            Self::OldWorkbook => {
                "是旧版 .xls 或加了密码的工作簿；请去掉密码，另存为“Excel 工作簿（.xlsx）”".into()
            }
            Self::Damaged(reason) => {
                format!("工作簿打不开，可能没有传完整；请用电子表格打开后另存一份（{reason}）")
            }
            Self::Utf16 => "是 UTF-16（“Unicode 文本”）；请另存为“CSV UTF-8”或 .xlsx".into(),
            Self::Encoding => {
                "本行起既不是 UTF-8 也不是 GB18030 编码；请另存为“CSV UTF-8”或 .xlsx".into()
            }
            Self::CutShort => "文件在一个字中间断了，没有传完整；请重新取得原文件".into(),
            Self::OpenQuote => "引号没有成对".into(),
            Self::FileTooLarge => format!("文件超过 {} MB", MAX_BYTES >> 20),
            Self::UnpacksTooLarge => {
                format!("文件解开后超过 {} MB，不予读取", MAX_UNPACKED >> 20)
            }
            Self::TooManyRows => {
                format!("超过 {MAX_ROWS} 行；下方如有误填的单元格请删去，或分成几个文件")
            }
            Self::TooManyColumns => {
                format!("超过 {MAX_COLUMNS} 列；右侧如有误填的单元格请删去")
            }
            Self::NotInEncoding(sign) => {
                format!("这种编码没有字符 U+{:04X}；请用 UTF-8 或 .xlsx", u32::from(*sign))
            }
            Self::NotInFormat => {
                "含有这种格式不能原样保存的字符（如控制字符），请先在档案中改正".into()
            }
        }
    }

    /// The reason in English.
    pub fn en(&self) -> String {
        match self {
            Self::UnknownFormat(ending) => {
                format!("expected a file name that ends in `.csv` or `.xlsx`, found `.{ending}`")
            }
            Self::OldWorkbook => "an old `.xls`, or a workbook with a password; take the password \
                                  away and save it as `.xlsx`"
                .into(),
            Self::Damaged(reason) => format!("the workbook cannot be opened: {reason}"),
            Self::Utf16 => "the text is UTF-16; save it as `CSV UTF-8` or `.xlsx`".into(),
            Self::Encoding => "neither UTF-8 nor GB18030 from this row on; save the file as \
                               `CSV UTF-8` or `.xlsx`"
                .into(),
            Self::CutShort => "the file ends within a character; get the whole file again".into(),
            Self::OpenQuote => "a quotation mark has no partner".into(),
            Self::FileTooLarge => format!("the file has more than {} MB", MAX_BYTES >> 20),
            Self::UnpacksTooLarge => {
                format!("the file unpacks to more than {} MB and is not read", MAX_UNPACKED >> 20)
            }
            Self::TooManyRows => format!("more than {MAX_ROWS} rows"),
            Self::TooManyColumns => format!("more than {MAX_COLUMNS} columns"),
            Self::NotInEncoding(sign) => {
                format!("the encoding has no character U+{:04X}", u32::from(*sign))
            }
            Self::NotInFormat => "holds characters that this format cannot keep as they are".into(),
        }
    }

    /// One fault of each kind.
    pub fn examples() -> Vec<Self> {
        vec![
            Self::UnknownFormat("xls".to_owned()),
            Self::OldWorkbook,
            Self::Damaged("…".to_owned()),
            Self::Utf16,
            Self::Encoding,
            Self::CutShort,
            Self::OpenQuote,
            Self::FileTooLarge,
            Self::UnpacksTooLarge,
            Self::TooManyRows,
            Self::TooManyColumns,
            Self::NotInEncoding('\u{e5e5}'),
            Self::NotInFormat,
        ]
    }
}
