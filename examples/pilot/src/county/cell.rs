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
    roles,
};
use crate::strict_json;

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
        Err(_) => Err(Fault::Nul),
    }
}

/// Refuses white space around a value; in free text it is data.
fn tight(text: &str) -> Result<&str, Fault> {
    if text.trim() == text { Ok(text) } else { Err(Fault::WhiteSpace) }
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
    Name, Kind::Name, name;
    RoleCode, Kind::Role, role;
    AreaLevel, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    UnitKind, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    Sex, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    ParentStatus, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    Guardianship, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    Channel, Kind::Code(Self::LIST), |t| Self::named(t).ok_or(Fault::UnknownCode(Self::LIST));
    Vec<ChildType>, Kind::Codes(ChildType::LIST), |text| {
        list(text, |t| ChildType::named(t).ok_or(Fault::UnknownCode(ChildType::LIST)))
    };
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
    for item in text.split(['、', '；', ';', '，', ',']) {
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
        "是" | "yes" | "true" | "1" => Ok(true),
        "否" | "no" | "false" | "0" => Ok(false),
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
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let known = text.bytes().all(|byte| byte.is_ascii_digit() || b"+- ".contains(&byte));
    if known && (7..=15).contains(&digits) {
        Ok(Phone(text.to_owned()))
    } else {
        Err(Fault::BadPhone)
    }
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
fn date(text: &str) -> Option<CivilDate> {
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
fn time(text: &str) -> Option<Timestamp> {
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
mod tests {
    use super::*;

    #[test]
    fn every_accepted_form_of_a_date_is_the_same_day() {
        let day = CivilDate::new(2015, 3, 1);
        for form in ["2015-03-01", "2015/3/1", "2015.3.1", "2015年3月1日", "42064", "2015-3-01"]
        {
            assert_eq!(date(form), day, "{form}");
        }
        for slip in [
            "2015-13-01",
            "2015-02-29",
            "15-3-1",
            "20150301",
            "2015",
            "2015.3",
            "2015-3/1",
            "2015年3-1日",
            "３/1/2015",
            "1/3/2015",
            "1899-12-31",
            "9999",
            "2015年3月1",
            "",
        ] {
            assert_eq!(date(slip), None, "{slip}");
        }
    }

    #[test]
    fn times_are_read_in_beijing() {
        let at = "2026-03-01T14:05:00+08:00".parse::<Timestamp>().ok();
        for form in ["2026-03-01 14:05", "2026年3月1日 14:05:00", "2026-03-01T06:05:00Z"] {
            assert_eq!(time(form), at, "{form}");
        }
        assert_eq!(time("2026/3/1"), CivilDate::new(2026, 3, 1).map(CivilDate::start));
        assert!(time("2026-03-01 24:00").is_none() && time("2026-03-01 8").is_none());
    }

    #[test]
    fn what_a_spreadsheet_would_run_stays_text() {
        for formula in ["=1+1", "+86", "-", "@SUM(A1)", " 两边空 "] {
            assert_eq!(String::read(formula).as_deref(), Ok(formula));
        }
    }
}
