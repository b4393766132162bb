//! Instants and civil dates.
//!
//! Instants are milliseconds UTC. Civil dates are those of Asia/Shanghai, UTC+8 without summer
//! time, so no time zone database is needed.

use std::{borrow::Cow, fmt, str::FromStr};

use chrono::{
    DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, SecondsFormat, Weekday,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MILLIS_PER_DAY: i64 = 86_400_000;
const BEIJING_MILLIS: i64 = 8 * 3_600_000;

/// Why a text is no time or date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found `{found}`")]
pub struct TimeError {
    /// The forms that are taken.
    pub expected: &'static str,
    /// The text.
    pub found: String,
}

/// Reads the time. The engine knows no other way to learn it.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// An instant, in milliseconds UTC since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant so many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant so many milliseconds later.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The instant so many hours later.
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        self.plus_millis(hours.saturating_mul(3_600_000))
    }

    /// The civil date in Beijing at this instant.
    pub fn date(self) -> CivilDate {
        let days = self.0.saturating_add(BEIJING_MILLIS).div_euclid(MILLIS_PER_DAY);
        CivilDate::from_days(days)
    }

    /// Milliseconds since midnight in Beijing.
    pub const fn millis_of_day(self) -> i64 {
        self.0.saturating_add(BEIJING_MILLIS).rem_euclid(MILLIS_PER_DAY)
    }

    fn beijing(self) -> Option<DateTime<FixedOffset>> {
        Some(
            DateTime::from_timestamp_millis(self.0)?
                .with_timezone(&FixedOffset::east_opt(8 * 3600)?),
        )
    }

    /// `2026年5月3日 14:05`, the form people read.
    pub fn chinese(self) -> String {
        self.beijing()
            .map_or_else(|| self.0.to_string(), |at| at.format("%Y年%-m月%-d日 %H:%M").to_string())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.beijing() {
            Some(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::Millis, false)),
            None => write!(f, "{}ms", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    /// Takes RFC 3339, or `YYYY-MM-DD[ HH:MM[:SS]]` in Beijing time.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let text = text.trim();
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self(at.timestamp_millis()));
        }
        let bad = || TimeError {
            expected: "RFC 3339 or `YYYY-MM-DD[ HH:MM[:SS]]` in Beijing time",
            found: text.to_owned(),
        };
        let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
            .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M"))
            .or_else(|_| {
                NaiveDate::parse_from_str(text, "%Y-%m-%d")
                    .map(|date| date.and_time(chrono::NaiveTime::MIN))
            })
            .map_err(|_| bad())?;
        Ok(Self(local.and_utc().timestamp_millis().saturating_sub(BEIJING_MILLIS)))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// A day of the civil calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(NaiveDate);

impl CivilDate {
    /// The day with these numbers, if there is one.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// The day so many days after 1970-01-01, held within the years chrono knows.
    pub fn from_days(days: i64) -> Self {
        let days = i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX });
        let edge = if days < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
        Self(NaiveDate::from_epoch_days(days).unwrap_or(edge))
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        i64::from(self.0.to_epoch_days())
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.0.day()
    }

    /// Whether it is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), Weekday::Sat | Weekday::Sun)
    }

    /// The day so many days later.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX))
    }

    /// The corresponding day so many months later, else the last day of that month (Civil Code
    /// 民法典 202).
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
    }

    /// The first instant of the day in Beijing.
    pub fn start(self) -> Timestamp {
        Timestamp(self.days().saturating_mul(MILLIS_PER_DAY).saturating_sub(BEIJING_MILLIS))
    }

    /// The last millisecond of the day in Beijing: a day ends at 24:00 (民法典 203).
    pub fn end(self) -> Timestamp {
        self.start().plus_millis(MILLIS_PER_DAY - 1)
    }

    /// Full years from this day of birth to `on`. A person born on 29 February is a year older on
    /// 1 March of a common year, the day after the anniversary has passed (法释 practice: 周岁 from
    /// the day after the birthday is a criminal-law rule; here the birthday itself counts).
    pub fn age_on(self, on: Self) -> i32 {
        let had = (on.month(), on.day()) >= (self.month(), self.day());
        on.year() - self.year() - i32::from(!had)
    }

    /// `2026年5月3日`.
    pub fn chinese(self) -> String {
        self.0.format("%Y年%-m月%-d日").to_string()
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl FromStr for CivilDate {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
            .map(Self)
            .map_err(|_| TimeError { expected: "`YYYY-MM-DD`", found: text.to_owned() })
    }
}

impl Serialize for CivilDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CivilDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for CivilDate {
    fn schema_name() -> Cow<'static, str> {
        "CivilDate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_beijing_time_and_written_with_their_offset() {
        let at: Timestamp = "2026-05-03 14:05".parse().unwrap();
        assert_eq!(at.to_string(), "2026-05-03T14:05:00.000+08:00");
        assert_eq!(at.chinese(), "2026年5月3日 14:05");
        assert_eq!("2026-05-03T06:05:00Z".parse(), Ok(at));
        assert_eq!(at.date(), CivilDate::new(2026, 5, 3).unwrap());
        assert_eq!("2026-05-03".parse::<Timestamp>().unwrap(), at.date().start());
        assert!("3.5.2026".parse::<Timestamp>().is_err());
    }

    #[test]
    fn a_day_ends_just_before_the_next_begins() {
        let day = CivilDate::new(2026, 2, 28).unwrap();
        assert_eq!(day.end().plus_millis(1), day.plus_days(1).start());
        assert_eq!(day.end().date(), day);
    }
}
