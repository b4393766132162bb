//! Every way in which a file can be wrong: a stable code, and the reason in both languages.

use hexacase::terms::{area::Realm, time::CivilDate};

use super::codes::{CodeName, Sex};
use crate::spreadsheet::TableFault;

mod examples;
mod texts;

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
    /// The file is no table that can be read, or cannot be written as one.
    Table(TableFault),
    /// Nothing stands in the file, or not in the row where the headings should be.
    NoHeadings,
    /// Several sheets hold something.
    SeveralSheets(String),
    /// The workbook has no sheet of this name.
    NoSheet(String),
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
    /// Cells are merged.
    Merged(String),
    /// A formula that shows an error.
    CellError,
    /// A formula without a value.
    FormulaWithoutValue,
    /// A cell that must be filled is blank.
    Required,
    /// A NUL character.
    Nul,
    /// More than [`MAX_CHARS`](hexacase::terms::text::MAX_CHARS) characters.
    TooLong,
    /// White space before or after a value that is not free text.
    WhiteSpace,
    /// Digits or letters of full width.
    FullWidth,
    /// A character that nobody sees.
    Hidden(char),
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
    /// A telephone number that has lost its leading zero.
    LostZero,
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
    /// The row is about the same child as this earlier row.
    SameChild {
        /// The earlier row.
        row: u64,
    },
    /// The child has a file under another register number.
    ChildHasFile {
        /// That number.
        number: String,
    },
    /// The register number is another child's.
    OtherChild {
        /// That child, as lists show it.
        name: String,
    },
    /// Whoever takes the register in does not work for that area.
    OutsideOwnArea,
    /// The register number has lost zeros that a known one has.
    LostZeros {
        /// The known one.
        number: String,
    },
    /// A map names something that is no column and no setting.
    UnknownTarget,
    /// A map names a heading that the file does not have.
    NoSuchHeading,
    /// A setting of a map has another value than it takes.
    BadSetting(&'static str),
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
            Self::Table(fault) => fault.code(),
            Self::NoHeadings => "input.no_headings",
            Self::SeveralSheets(_) => "input.several_sheets",
            Self::NoSheet(_) => "input.no_sheet",
            Self::MissingColumn { .. } => "input.missing_column",
            Self::UnknownColumn => "input.unknown_column",
            Self::RepeatedColumn => "input.repeated_column",
            Self::RowWidth { .. } => "input.row_width",
            Self::OneRow(_) => "input.one_row",
            Self::Merged(_) => "input.merged_cells",
            Self::CellError => "input.cell_error",
            Self::FormulaWithoutValue => "input.formula_without_value",
            Self::Required => "input.required",
            Self::Nul => "input.nul",
            Self::TooLong => "input.too_long",
            Self::WhiteSpace => "input.white_space",
            Self::FullWidth => "input.full_width",
            Self::Hidden(_) => "input.hidden_character",
            Self::BadDate => "input.bad_date",
            Self::BadTime => "input.bad_time",
            Self::BadArea => "input.bad_area",
            Self::BadId => "input.bad_id",
            Self::BadBool => "input.bad_bool",
            Self::BadNumber => "input.bad_number",
            Self::BadName => "input.bad_name",
            Self::BadPhone => "input.bad_phone",
            Self::DamagedNumber => "input.damaged_number",
            Self::LostZero => "input.lost_zero",
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
            Self::SameChild { .. } => "input.same_child",
            Self::ChildHasFile { .. } => "input.child_has_file",
            Self::OtherChild { .. } => "input.other_child",
            Self::OutsideOwnArea => "input.outside_own_area",
            Self::LostZeros { .. } => "input.lost_zeros",
            Self::UnknownTarget => "input.unknown_target",
            Self::NoSuchHeading => "input.no_such_heading",
            Self::BadSetting(_) => "input.bad_setting",
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
}
