//! What a person or a script is told when a command does not do what was asked: a stable code, both
//! languages, the place, whether to try again, and what would help.
//!
//! Everything that can go wrong ends as a [`Failure`]; nothing else decides an exit code.

mod of_store;

use hexacase::{
    engine::{BlobError, EngineError, SetupError},
    procedure::{DefinitionError, Refusal},
    rules::problem::RulesError,
};
use serde::Serialize;

use crate::county::problem::{InputErrors, InputProblem};

/// How a command ended, as its exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// A failure.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// It is not possible; nothing was written.
    Refused = 3,
    /// `verify` found a fault.
    Faulty = 4,
    /// Busy or unavailable; try again.
    Busy = 5,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Where something is wrong, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file.
    pub file: Option<String>,
    /// Its sheet, where it is a workbook.
    pub sheet: Option<String>,
    /// Its row or line, counted from 1.
    pub row: Option<u64>,
    /// Its column: a header, or a number counted from 1.
    pub column: Option<String>,
    /// The field of a form.
    pub field: Option<String>,
}

/// One reason, or one thing that would help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Its stable code; `hint` for what would help.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// What was found there.
    pub value: Option<String>,
    /// Where.
    pub place: Place,
}

impl Reason {
    /// Something that would help.
    pub fn hint(zh: impl Into<String>, en: impl Into<String>) -> Self {
        let (zh, en) = (zh.into(), en.into());
        Self { code: "hint".to_owned(), zh, en, value: None, place: Place::default() }
    }
}

/// Why a command did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{en}")]
pub struct Failure {
    /// Its stable code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Where.
    pub place: Box<Place>,
    /// Whether the same command may succeed if it is given again.
    pub retry: bool,
    /// Every single reason, and what would help.
    pub reasons: Vec<Reason>,
    /// How the command ends.
    #[serde(skip)]
    pub exit: Exit,
}

impl Failure {
    /// A failure with neither place nor reasons.
    pub fn new(
        exit: Exit,
        code: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            zh: zh.into(),
            en: en.into(),
            place: Box::default(),
            retry: exit == Exit::Busy,
            reasons: Vec::new(),
            exit,
        }
    }

    /// With something that would help.
    #[must_use]
    pub fn with_hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.reasons.push(Reason::hint(zh, en));
        self
    }

    /// In a row of a file.
    #[must_use]
    pub fn in_row(mut self, file: &str, row: u64) -> Self {
        self.place.file = Some(file.to_owned());
        self.place.row = Some(row);
        self
    }

    /// The failure as one reason of a larger one.
    pub fn into_reason(self) -> Reason {
        Reason { code: self.code, zh: self.zh, en: self.en, value: None, place: *self.place }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let label = refusal.label();
        let mut failure = Self::new(Exit::Refused, refusal.code(), label.zh, label.en);
        if let Refusal::Field { field, .. } = refusal {
            failure.place.field = Some(field);
        }
        failure
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused(refusal) => refusal.into(),
            EngineError::Store(error) => error.into(),
            other => {
                let exit = if other.is_retryable() { Exit::Busy } else { Exit::Failed };
                Self::new(exit, other.code(), other.zh(), with_sources(&other))
            }
        }
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Store(error) => error.into(),
            other => Self::new(
                Exit::Failed,
                "setup.incomplete",
                format!("本程序不能在此数据库上工作：{other}"),
                with_sources(&other),
            ),
        }
    }
}

impl From<BlobError> for Failure {
    fn from(error: BlobError) -> Self {
        let zh = format!("附件库出错：{}", error.reason);
        Self::new(Exit::Failed, "blob.failed", zh, error.to_string())
    }
}

impl From<InputErrors> for Failure {
    fn from(errors: InputErrors) -> Self {
        let count = errors.0.len();
        let mut failure = Self::new(
            Exit::Refused,
            "input.invalid",
            format!("文件有 {count} 处错误，没有写入任何内容"),
            format!("the files have {count} faults; nothing was written"),
        );
        if errors.0.iter().any(|problem| problem.code == "input.unreadable_file") {
            failure.exit = Exit::Failed;
        }
        failure.reasons = errors.0.into_iter().map(reason_of_input).collect();
        if let [only] = failure.reasons.as_slice() {
            failure.code.clone_from(&only.code);
            *failure.place = only.place.clone();
        }
        failure
    }
}

fn reason_of_input(problem: InputProblem) -> Reason {
    let InputProblem { code, file, sheet, row, column, value, zh, en } = problem;
    let place = Place { file: Some(file), sheet, row, column, field: None };
    Reason { code: code.to_owned(), zh, en, value: value.map(|value| one_line(&value)), place }
}

/// A cell on one line.
fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

impl From<RulesError> for Failure {
    fn from(error: RulesError) -> Self {
        let count = error.problems.len();
        let mut failure = Self::new(
            Exit::Refused,
            "rules.invalid",
            format!("规则文件有 {count} 处错误"),
            format!("the rules have {count} faults"),
        );
        failure.reasons = error
            .problems
            .into_iter()
            .map(|located| {
                let text = located.problem.to_string();
                let place = Place {
                    file: Some(located.place.file),
                    sheet: None,
                    row: u64::try_from(located.place.line).ok(),
                    column: Some(located.place.column.to_string()),
                    field: None,
                };
                Reason {
                    code: "rules.invalid".to_owned(),
                    zh: text.clone(),
                    en: text,
                    value: None,
                    place,
                }
            })
            .collect();
        if let [only] = failure.reasons.as_slice() {
            *failure.place = only.place.clone();
        }
        failure
    }
}

impl From<Vec<DefinitionError>> for Failure {
    fn from(errors: Vec<DefinitionError>) -> Self {
        let count: usize = errors.iter().map(|error| error.problems.len()).sum();
        let mut failure = Self::new(
            Exit::Failed,
            "definition.invalid",
            format!("程序定义有 {count} 处问题"),
            format!("the definitions have {count} problems"),
        );
        let problems = errors.iter().flat_map(|error| {
            error.problems.iter().map(|problem| format!("{}: {problem}", error.procedure))
        });
        failure.reasons = problems
            .map(|text| Reason {
                code: "definition.invalid".to_owned(),
                zh: text.clone(),
                en: text,
                value: None,
                place: Place::default(),
            })
            .collect();
        failure
    }
}

/// The text of an error and of what caused it.
pub fn with_sources(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = inner.source();
    }
    text
}
