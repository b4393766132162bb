//! What the pilot itself finds wrong, beside the engine and the parsers.

mod advice;

use crate::failure::Exit;

/// What is wrong with a command, its database or its files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PilotError {
    /// The arguments do not fit the command.
    #[error("{0}")]
    Arguments(String),
    /// No database address.
    #[error(
        "expected a database such as `sqlite:PATH` or `postgres://USER@HOST/DATABASE`, found `{0}`"
    )]
    DatabaseUrl(String),
    /// A part of an address that nobody knows.
    #[error("the address of the database has a parameter `{0}` that is not known or not readable")]
    UrlParameter(String),
    /// No name of a schema.
    #[error(
        "expected 1 to 32 small letters, digits and `_`, a letter first, as schema, found `{0}`"
    )]
    SchemaName(String),
    /// A folder for the files of a database that is itself a file.
    #[error("`--files` is for PostgreSQL; the files of `sqlite:PATH` are beside it")]
    FilesOfFile,
    /// A copy of a database on a server.
    #[error("a PostgreSQL database is copied and restored with the server's own tools")]
    ServerCopy {
        /// How, in Chinese.
        zh: String,
        /// How, in English.
        en: String,
    },
    /// A database that needs to be named.
    #[error("say which database with `--database`")]
    DatabaseNotNamed,
    /// There is no such database.
    #[error("there is no database at `{0}`")]
    NoDatabase(String),
    /// Evidence and log of a database are not where they are looked for.
    #[error("there is no folder `{0}` with the evidence and the log of this database")]
    FilesMissing(String),
    /// A folder that holds those of another database, or something else.
    #[error("the folder `{0}` holds the files of another database, or something else")]
    FilesOfAnother(String),
    /// A database that was set up before.
    #[error("the database at `{0}` was set up before")]
    SetUpBefore(String),
    /// Real work where only a demo may be played.
    #[error("the database at `{0}` is no demo; the demo is never played over real work")]
    NotDemo(String),
    /// Another time than the clock's, in a database with real work.
    #[error("`--now` is for demo databases; real work says `--occurred-at`")]
    NowNeedsDemo,
    /// No id, and no case number.
    #[error(
        "expected an id, its last eight or more characters, or a case number \
         `realm-year-number`, found `{0}`"
    )]
    BadId(String),
    /// An end that several ids have.
    #[error("`{text}` is the end of {} ids", matches.len())]
    AmbiguousId {
        /// What was given.
        text: String,
        /// The ids that end so.
        matches: Vec<String>,
    },
    /// Nobody of this name, number or id.
    #[error("no child `{0}` has a file here")]
    NoSuchChild(String),
    /// Nobody of this id in the directory.
    #[error("nobody in the directory is called `{0}`")]
    NoSuchPerson(String),
    /// Several children of this name.
    #[error("several children are called `{text}`")]
    SeveralChildren {
        /// What was given.
        text: String,
        /// Their ids and names.
        matches: Vec<String>,
    },
    /// No JSON.
    #[error("`--data` is no JSON: line {line}, column {column}: {reason}")]
    DataNotJson {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// JSON, but no object.
    #[error("expected `--data` to be a JSON object, found {0}")]
    DataNoObject(&'static str),
    /// Nothing where a form must be filled in.
    #[error("the form has required fields; give them with `--data`")]
    DataMissing,
    /// The person at the terminal ended the form.
    #[error("the form was left before it was filled in; nothing was written")]
    FormLeft,
    /// No cursor of this list.
    #[error("expected the cursor that an earlier page gave as `next`, found `{0}`")]
    BadCursor(String),
    /// No procedure of this name.
    #[error("there is no procedure `{0}`")]
    UnknownProcedure(String),
    /// No transition of this name.
    #[error("procedure `{procedure}` has no transition `{transition}`")]
    UnknownTransition {
        /// The procedure.
        procedure: String,
        /// What was asked for.
        transition: String,
    },
    /// No limit of this id.
    #[error("there is no time limit `{0}`")]
    UnknownLimit(String),
    /// No command of this name that gives a result.
    #[error("there is no command `{0}` with a result")]
    UnknownCommand(String),
    /// No form of this name.
    #[error("there is no form `{0}` to print")]
    UnknownPaper(String),
    /// A form of another procedure.
    #[error("the form is not filled from cases of `{procedure}`")]
    PaperOfAnother {
        /// The form, in Chinese.
        paper: &'static str,
        /// The procedure, in Chinese.
        procedure: String,
    },
    /// The case gives no such paper.
    #[error("{en}")]
    PaperWithheld {
        /// The form, in Chinese.
        paper: &'static str,
        /// Why, in Chinese.
        zh: &'static str,
        /// Why.
        en: &'static str,
    },
    /// Somebody without a part in the case.
    #[error("`{actor}` could record no step of case `{case}`, so it is not shown")]
    NoPart {
        /// The number of the case.
        case: String,
        /// Who asked.
        actor: String,
    },
    /// A date that rests on a year without its holiday notice.
    #[error("{0}")]
    BeyondCalendar(String),
    /// A copy that cannot be used.
    #[error("`{file}` cannot be used: {en}")]
    BadBackup {
        /// The file.
        file: String,
        /// What is wrong with it, in Chinese.
        zh: String,
        /// What is wrong with it, in English.
        en: String,
    },
    /// Something is where a file is to be written.
    #[error("`{0}` is there already; nothing is overwritten")]
    Exists(String),
    /// A note that says too much.
    #[error("a note about the program may hold no identity or telephone number")]
    NumberInNote,
    /// A time that ends before it begins.
    #[error("`--to` lies before `--from`")]
    TimeBackwards,
    /// A role that does not exist.
    #[error("there is no role `{0}`")]
    UnknownRole(String),
    /// The operating system says no.
    #[error("cannot {operation} `{path}`: {reason}")]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On what.
        path: String,
        /// What the operating system says.
        reason: String,
        /// What that means.
        kind: std::io::ErrorKind,
    },
    /// A file that would be written over.
    #[error("there is a file `{0}` already; `--overwrite` writes over it")]
    FileExists(String),
    /// The result could not be written out.
    #[error("the result cannot be written: {0}")]
    Output(String),
}

impl PilotError {
    /// What the operating system said.
    pub fn io(operation: &'static str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let (path, reason, kind) = (path.display().to_string(), error.to_string(), error.kind());
        Self::Io { operation, path, reason, kind }
    }

    /// Every code with its Chinese text.
    pub const CODES: [(&'static str, &'static str); 39] = [
        ("usage.arguments", "命令行参数不正确"),
        ("usage.database_url", "数据库地址应写作 sqlite:路径 或 postgres://用户@主机/库"),
        ("usage.database_parameter", "数据库地址中有不认识或写错的参数"),
        ("usage.schema_name", "模式名应为小写字母开头的小写字母、数字和 _，不超过 32 个"),
        ("usage.database_not_named", "请用 --database 指明数据库"),
        ("usage.files", "--files 只用于 PostgreSQL；sqlite 的附件和日志就在数据库文件旁"),
        ("usage.server_copy", "PostgreSQL 数据库用服务器自己的工具备份和恢复"),
        ("usage.now_needs_demo", "--now 只用于演示库；实际工作请用 --occurred-at"),
        ("usage.id", "应为编号、编号末尾八位以上字符，或“区划-年-号”形式的案号"),
        ("usage.ambiguous_id", "有多个编号以此结尾，请多写几位"),
        ("usage.several_children", "同名儿童不止一人，请用登记号或编号"),
        ("usage.data_not_json", "--data 不是 JSON"),
        ("usage.data_no_object", "--data 应为 JSON 对象"),
        ("usage.data_missing", "表单有必填项，请用 --data 填写"),
        ("usage.form_left", "表单未填完即退出，没有写入任何内容"),
        ("usage.cursor", "--after 应为上一页给出的 next"),
        ("usage.unknown_procedure", "没有这个程序"),
        ("usage.unknown_transition", "该程序没有这一办理事项"),
        ("usage.unknown_limit", "没有这个期限"),
        ("usage.unknown_command", "没有给出结果的这个命令"),
        ("usage.unknown_paper", "没有这种文书"),
        ("paper.other_procedure", "该文书不用于这一程序的个案"),
        ("paper.withheld", "该个案不出具这种文书"),
        ("paper.no_part", "此人在该个案中没有可办理的事项，不予显示"),
        ("usage.unknown_role", "没有这个岗位"),
        ("usage.time_backwards", "--to 早于 --from"),
        ("database.missing", "数据库不存在"),
        ("database.files_missing", "没有找到这个数据库的附件和试点日志所在文件夹"),
        ("database.files_of_another", "文件夹中是另一个数据库的附件和日志，或者别的内容"),
        ("database.set_up_before", "数据库此前已经初始化"),
        ("database.not_demo", "这不是演示库；演示从不覆盖实际工作"),
        ("backup.unusable", "备份文件不能使用"),
        ("pilot.exists", "已有同名文件，从不覆盖"),
        ("input.number_in_note", "对程序的意见中不要写身份证号、电话号码"),
        ("input.unknown_child", "没有此儿童的档案"),
        ("input.unknown_person", "人员名录中没有此人"),
        ("calendar.horizon", "所需年份的放假通知尚未载入，日期不能确定"),
        ("pilot.io", "文件操作失败"),
        ("pilot.file_exists", "文件已存在；要覆盖请加 --overwrite"),
    ];

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Arguments(_) => "usage.arguments",
            Self::DatabaseUrl(_) => "usage.database_url",
            Self::UrlParameter(_) => "usage.database_parameter",
            Self::SchemaName(_) => "usage.schema_name",
            Self::FilesOfFile => "usage.files",
            Self::ServerCopy { .. } => "usage.server_copy",
            Self::FilesMissing(_) => "database.files_missing",
            Self::FilesOfAnother(_) => "database.files_of_another",
            Self::DatabaseNotNamed => "usage.database_not_named",
            Self::NoDatabase(_) => "database.missing",
            Self::SetUpBefore(_) => "database.set_up_before",
            Self::NotDemo(_) => "database.not_demo",
            Self::NowNeedsDemo => "usage.now_needs_demo",
            Self::BadId(_) => "usage.id",
            Self::AmbiguousId { .. } => "usage.ambiguous_id",
            Self::NoSuchChild(_) => "input.unknown_child",
            Self::NoSuchPerson(_) => "input.unknown_person",
            Self::SeveralChildren { .. } => "usage.several_children",
            Self::DataNotJson { .. } => "usage.data_not_json",
            Self::DataNoObject(_) => "usage.data_no_object",
            Self::DataMissing => "usage.data_missing",
            Self::FormLeft => "usage.form_left",
            Self::BadCursor(_) => "usage.cursor",
            Self::UnknownProcedure(_) => "usage.unknown_procedure",
            Self::UnknownTransition { .. } => "usage.unknown_transition",
            Self::UnknownLimit(_) => "usage.unknown_limit",
            Self::UnknownCommand(_) => "usage.unknown_command",
            Self::UnknownPaper(_) => "usage.unknown_paper",
            Self::PaperOfAnother { .. } => "paper.other_procedure",
            Self::PaperWithheld { .. } => "paper.withheld",
            Self::NoPart { .. } => "paper.no_part",
            Self::BeyondCalendar(_) => "calendar.horizon",
            Self::FileExists(_) => "pilot.file_exists",
            Self::BadBackup { .. } => "backup.unusable",
            Self::Exists(_) => "pilot.exists",
            Self::NumberInNote => "input.number_in_note",
            Self::TimeBackwards => "usage.time_backwards",
            Self::UnknownRole(_) => "usage.unknown_role",
            Self::Io { .. } | Self::Output(_) => "pilot.io",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NoDatabase(_) | Self::FilesMissing(_) | Self::Io { .. } | Self::Output(_) => {
                Exit::Failed
            }
            Self::SetUpBefore(_)
            | Self::FilesOfAnother(_)
            | Self::NotDemo(_)
            | Self::FileExists(_)
            | Self::NoSuchChild(_)
            | Self::NoSuchPerson(_)
            | Self::PaperOfAnother { .. }
            | Self::PaperWithheld { .. }
            | Self::NoPart { .. }
            | Self::BadBackup { .. }
            | Self::Exists(_)
            | Self::NumberInNote
            | Self::BeyondCalendar(_) => Exit::Refused,
            _ => Exit::Usage,
        }
    }

    /// The Chinese text, with what was found.
    pub fn zh(&self) -> String {
        let code = self.code();
        let text = Self::CODES.iter().find(|(known, _)| *known == code).map_or("", |(_, zh)| zh);
        match self {
            Self::DatabaseUrl(found)
            | Self::UrlParameter(found)
            | Self::SchemaName(found)
            | Self::FilesMissing(found)
            | Self::FilesOfAnother(found)
            | Self::NoDatabase(found)
            | Self::SetUpBefore(found)
            | Self::NotDemo(found)
            | Self::BadId(found)
            | Self::FileExists(found)
            | Self::NoSuchChild(found)
            | Self::NoSuchPerson(found)
            | Self::BadCursor(found)
            | Self::UnknownProcedure(found)
            | Self::UnknownLimit(found)
            | Self::UnknownRole(found)
            | Self::Exists(found)
            | Self::UnknownCommand(found)
            | Self::UnknownPaper(found)
            | Self::AmbiguousId { text: found, .. }
            | Self::SeveralChildren { text: found, .. }
            | Self::UnknownTransition { transition: found, .. } => format!("{text}：“{found}”"),
            Self::DataNotJson { line, column, reason } => {
                format!("{text}：第 {line} 行第 {column} 列，{reason}")
            }
            Self::Io { path, reason, kind, .. } => match meaning(*kind) {
                Some(zh) => format!("{text}：“{path}”，{zh}"),
                None => format!("{text}：“{path}”，{reason}"),
            },
            Self::BadBackup { file, zh, .. } => format!("{text}：“{file}”，{zh}"),
            Self::Output(reason) => format!("{text}：{reason}"),
            Self::PaperOfAnother { paper, procedure } => {
                format!("{text}：“{paper}”，“{procedure}”")
            }
            Self::PaperWithheld { paper, zh, .. } => format!("{text}：“{paper}”，{zh}"),
            Self::NoPart { case, actor } => format!("{text}：“{actor}”，{case}"),
            Self::Arguments(_)
            | Self::DatabaseNotNamed
            | Self::FilesOfFile
            | Self::ServerCopy { .. }
            | Self::NowNeedsDemo
            | Self::DataNoObject(_)
            | Self::DataMissing
            | Self::FormLeft
            | Self::NumberInNote
            | Self::TimeBackwards
            | Self::BeyondCalendar(_) => text.to_owned(),
        }
    }
}

/// What the operating system means, in Chinese, where people can do something about it.
fn meaning(kind: std::io::ErrorKind) -> Option<&'static str> {
    use std::io::ErrorKind;

    // The foreign list grows.
    Some(match kind {
        ErrorKind::NotFound => "文件或文件夹不存在",
        ErrorKind::PermissionDenied => "没有权限",
        ErrorKind::AlreadyExists => "已经存在",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "磁盘空间已满",
        ErrorKind::ReadOnlyFilesystem => "磁盘是只读的",
        ErrorKind::IsADirectory => "是文件夹，不是文件",
        ErrorKind::NotADirectory => "路径中有一段不是文件夹",
        ErrorKind::FileTooLarge => "文件过大",
        _ => return None,
    })
}
