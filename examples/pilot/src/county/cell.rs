//! Reading one cell. Nothing is trimmed and nothing is computed: a cell that starts with `=`, `+`,
//! `-` or `@` is text like any other.

use hexacase::terms::{
    actor::Account,
    area::AreaCode,
    id::{ActorId, UnitId},
    text::{self, TextError},
    time::{CivilDate, Timestamp},
};
use serde_json::{Map, Value};

use super::{
    codes::{AreaLevel, Channel, ChildType, CodeName, Guardianship, ParentStatus, Sex, UnitKind},
    fault::Fault,
    identity::{IdentityNumber, in_scientific_notation},
    roles, tidy,
};
use crate::{
    spreadsheet::{self, GridCell},
    strict_json,
};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Free text.
    Text,
    /// Texts, separated by `、`.
    Texts,
    /// An id.
    Id,
    /// A day.
    Date,
    /// An instant.
    Time,
    /// An area code.
    Area,
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A telephone number.
    Phone,
    /// An identity number.
    Identity,
    /// The name of a procedure or a step.
    Name,
    /// A JSON object.
    Json,
    /// A role.
    Role,
    /// Roles with an account, separated by `、`.
    Roles,
    /// A value of a code list.
    Code(&'static [CodeName]),
    /// Values of a code list, separated by `、`.
    Codes(&'static [CodeName]),
}

/// What separates the items of a list.
pub(crate) const SEPARATORS: [char; 5] = ['、', '；', ';', '，', ','];

impl Kind {
    /// Whether a cell holds several items.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Texts | Self::Roles | Self::Codes(_))
    }

    /// Whether a cell is free text, which is kept as it is.
    pub(super) fn is_free(self) -> bool {
        matches!(self, Self::Text | Self::Texts | Self::Json)
    }
}

/// A type that a cell can be read as.
pub(super) trait Cell: Sized {
    /// The kind that a column of this type has in the table of columns.
    const KIND: Kind;

    /// Reads a cell that is not blank.
    fn read(text: &str) -> Result<Self, Fault>;

    /// What a blank cell means, where it may be blank.
    fn blank() -> Option<Self> {
        None
    }
}

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(text: &str) -> Result<Self, Fault> {
        T::read(text).map(Some)
    }

    fn blank() -> Option<Self> {
        Some(None)
    }
}

/// Refuses what no cell may hold, whatever its column.
pub(super) fn check_text(cell: &str) -> Result<(), Fault> {
    match text::check(cell) {
        Ok(()) => Ok(()),
        Err(TextError::TooLong(_)) => Err(Fault::TooLong),
        Err(TextError::Control(sign)) => Err(Fault::Hidden(sign)),
        Err(_) => Err(Fault::Nul),
    }
}

/// Refuses white space around a value; in free text it is data.
fn tight(text: &str) -> Result<&str, Fault> {
    if text.trim() == text { Ok(text) } else { Err(Fault::WhiteSpace) }
}

/// Reads a cell of the sheet, and says what a spreadsheet has done to it where it can be told.
pub(super) fn read_cell<T: Cell>(cell: &GridCell) -> Result<T, Fault> {
    match &cell.value {
        spreadsheet::Value::Error(_) => return Err(Fault::CellError),
        spreadsheet::Value::Blank if cell.formula.is_some() => {
            return Err(Fault::FormulaWithoutValue);
        }
        // A spreadsheet keeps fifteen digits of a number.
        spreadsheet::Value::Number(_)
            if cell.digits_of_number().is_some_and(|digits| digits > 15) =>
        {
            return Err(rounded(T::KIND));
        }
        _ => {}
    }
    let text = cell.text();
    check_text(&text)?;
    // What a CSV file keeps of a formula that failed, or of a column that was too narrow.
    if FAILED.contains(&text.as_ref()) || (text.len() > 2 && text.bytes().all(|byte| byte == b'#'))
    {
        return Err(Fault::CellError);
    }
    if in_scientific_notation(&text) && matches!(T::KIND, Kind::Area | Kind::Id | Kind::Identity) {
        return Err(rounded(T::KIND));
    }
    let fault = match T::read(&text) {
        Ok(value) => return Ok(value),
        Err(fault) => fault,
    };
    // Where only the way of writing is wrong, that is said and not what comes of it.
    let tidy = tidy::value(&text);
    if tidy == text || T::read(&tidy).is_err() {
        return Err(fault);
    }
    Err(match text.chars().find(|sign| tidy::is_hidden(*sign)) {
        Some(sign) => Fault::Hidden(sign),
        None if text.trim() == text => Fault::FullWidth,
        None => Fault::WhiteSpace,
    })
}

/// What spreadsheets show where a formula failed.
const FAILED: [&str; 8] =
    ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!"];

fn rounded(kind: Kind) -> Fault {
    if kind == Kind::Identity { Fault::IdentityDamaged } else { Fault::DamagedNumber }
}

macro_rules! cells {
    ($($type:ty, $kind:expr, $read:expr;)*) => {$(
        impl Cell for $type {
            const KIND: Kind = $kind;

            fn read(text: &str) -> Result<Self, Fault> {
                let read: fn(&str) -> Result<Self, Fault> = $read;
                read(tight(text)?)
            }
        }
    )*};
}

cells! {
    CivilDate, Kind::Date, |text| date(text).ok_or(Fault::BadDate);
    Timestamp, Kind::Time, |text| time(text).ok_or(Fault::BadTime);
    AreaCode, Kind::Area, |text| text.parse().map_err(|_| Fault::BadArea);
    ActorId, Kind::Id, |text| Self::new(text).map_err(|_| Fault::BadId);
    UnitId, Kind::Id, |text| Self::new(text).map_err(|_| Fault::BadId);
    IdentityNumber, Kind::Identity, Self::read;
    bool, Kind::Bool, yes_or_no;
    u32, Kind::Int, |text| text.parse().map_err(|_| Fault::BadNumber);
    u64, Kind::Int, |text| text.parse().map_err(|_| Fault::BadNumber);
    Map<String, Value>, Kind::Json, json;
    Phone, Kind::Phone, phone;
    RegisterNumber, Kind::Id, |text| {
        UnitId::new(text).map(|id| Self(id.to_string())).map_err(|_| Fault::BadId)
    };
    Name, Kind::Name, name;
    RoleCode, Kind::Role, role;
    AreaLevel, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    UnitKind, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    Sex, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    ParentStatus, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    Guardianship, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    Channel, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    Vec<RoleCode>, Kind::Roles, |text| list(text, role_with_account);
}

impl Cell for String {
    const KIND: Kind = Kind::Text;

    fn read(text: &str) -> Result<Self, Fault> {
        Ok(text.to_owned())
    }
}

impl Cell for Vec<String> {
    const KIND: Kind = Kind::Texts;

    fn read(text: &str) -> Result<Self, Fault> {
        list(text, |item| Ok(item.to_owned()))
    }

    fn blank() -> Option<Self> {
        Some(Self::new())
    }
}

impl Cell for Vec<ChildType> {
    const KIND: Kind = Kind::Codes(ChildType::LIST);

    fn read(text: &str) -> Result<Self, Fault> {
        let read = |t: &str| ChildType::named(t).ok_or(Fault::UnknownCode(ChildType::LIST));
        list(tight(text)?, read)
    }

    fn blank() -> Option<Self> {
        Some(Self::new())
    }
}

/// The number of a child in the register.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RegisterNumber(pub String);

/// A telephone number as written.
#[derive(PartialEq)]
pub(super) struct Phone(pub String);

/// The name of a procedure or a step.
pub(super) struct Name(pub String);

/// The code of a role.
#[derive(PartialEq)]
pub(super) struct RoleCode(pub String);

fn list<T: PartialEq>(
    text: &str,
    read: impl Fn(&str) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut items = Vec::new();
    for item in text.split(SEPARATORS) {
        if item.trim().is_empty() {
            return Err(Fault::EmptyItem);
        }
        let value = read(tight(item)?)?;
        if items.contains(&value) {
            return Err(Fault::RepeatedItem(item.to_owned()));
        }
        items.push(value);
    }
    Ok(items)
}

fn yes_or_no(text: &str) -> Result<bool, Fault> {
    match text {
        "是" | "yes" | "true" | "TRUE" | "1" => Ok(true),
        "否" | "no" | "false" | "FALSE" | "0" => Ok(false),
        _ => Err(Fault::BadBool),
    }
}

fn json(text: &str) -> Result<Map<String, Value>, Fault> {
    let value = strict_json::parse(text).map_err(|error| Fault::BadJson(error.to_string()))?;
    serde_json::from_value(value).map_err(|error| Fault::BadJson(error.to_string()))
}

fn phone(text: &str) -> Result<Phone, Fault> {
    if in_scientific_notation(text) {
        return Err(Fault::DamagedNumber);
    }
    if has_lost_zero(text) {
        return Err(Fault::LostZero);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let known = text.bytes().all(|byte| byte.is_ascii_digit() || b"+- ".contains(&byte));
    if known && (7..=15).contains(&digits) {
        Ok(Phone(text.to_owned()))
    } else {
        Err(Fault::BadPhone)
    }
}

/// Whether a number of bare digits is long enough for one with an area code, and neither begins with
/// the zero of one nor is a mobile number or one of the services that have none.
fn has_lost_zero(text: &str) -> bool {
    let bare = text.bytes().all(|byte| byte.is_ascii_digit());
    let mobile = text.len() == 11 && text.starts_with('1');
    let service = text.len() == 10 && (text.starts_with("400") || text.starts_with("800"));
    bare && (9..=11).contains(&text.len()) && !text.starts_with('0') && !mobile && !service
}

fn name(text: &str) -> Result<Name, Fault> {
    let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if starts && text.bytes().all(known) { Ok(Name(text.to_owned())) } else { Err(Fault::BadName) }
}

fn role(text: &str) -> Result<RoleCode, Fault> {
    roles::named(text).map(|spec| RoleCode(spec.role.to_string())).ok_or(Fault::UnknownRole)
}

fn role_with_account(text: &str) -> Result<RoleCode, Fault> {
    let spec = roles::named(text).ok_or(Fault::UnknownRole)?;
    match spec.account {
        Account::Yes | Account::Some => Ok(RoleCode(spec.role.to_string())),
        Account::No => Err(Fault::RoleWithoutAccount),
    }
}

/// A date in one of the accepted forms.
pub(crate) fn date(text: &str) -> Option<CivilDate> {
    let date = match serial(text) {
        Some(days) => days_of_serial(days),
        None => calendar_date(text)?,
    };
    (1900..=2099).contains(&date.year()).then_some(date)
}

/// A spreadsheet's number of days. The range keeps years such as `2015` and dates such as
/// `20150301` from being taken for one: 1927 to 2099.
fn serial(text: &str) -> Option<u32> {
    let digits = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|days| (10_000..=73_050).contains(days))
}

/// Day 60 of the 1900 date system never was, so later days count from 1899-12-30.
fn days_of_serial(days: u32) -> CivilDate {
    const DAYS_BEFORE_1970: i64 = 25_569;
    CivilDate::from_days(i64::from(days) - DAYS_BEFORE_1970)
}

fn calendar_date(text: &str) -> Option<CivilDate> {
    let plain = match text.strip_suffix('日') {
        Some(rest) => rest.replacen('年', "-", 1).replacen('月', "-", 1),
        None => text.to_owned(),
    };
    let separator = ['-', '/', '.'].into_iter().find(|mark| plain.contains(*mark))?;
    // `2015年3-1日` and `2015-3月1日` are slips, not forms.
    if text.ends_with('日') && text.contains(['-', '/', '.']) {
        return None;
    }
    let mut parts = plain.split(separator);
    let mut number = |lengths: std::ops::RangeInclusive<usize>| {
        let part = parts.next()?;
        let fits = lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<u32>().ok()).flatten()
    };
    let (year, month, day) = (number(4..=4)?, number(1..=2)?, number(1..=2)?);
    if parts.next().is_some() {
        return None;
    }
    CivilDate::new(i32::try_from(year).ok()?, month, day)
}

/// RFC 3339, or a date in one of the accepted forms with an optional `HH:MM[:SS]` in Beijing time.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    if text.contains('T') {
        return text.parse().ok();
    }
    let (day, clock) = text.split_once(' ').unwrap_or((text, "00:00"));
    let parts: Vec<u32> = clock
        .split(':')
        .map(|part| {
            let fits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            fits.then(|| part.parse().ok()).flatten()
        })
        .collect::<Option<_>>()?;
    let (hour, minute, second) = match *parts.as_slice() {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Some(date(day)?.start().plus_millis(seconds * 1000))
}

#[cfg(test)]
mod tests;
