//! Administrative areas 区划.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// Why a text is no area code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an area code of 2, 4, 6, 9 or 12 digits, found `{0}`")]
pub struct AreaError(String);

/// The code of an administrative area, stored cut to its level: 2 digits for a province, 4 for a
/// prefecture, 6 for a county, 9 for a town, 12 for a village.
///
/// Trailing groups of zeros are cut when it is read, so `999999001000` is the town `999999001`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AreaCode(String);

impl AreaCode {
    /// The digits, cut to their level.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this area or lies within it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// This area and the ones it lies in, smallest first.
    pub fn and_above(&self) -> impl Iterator<Item = &str> {
        [12, 9, 6, 4, 2].into_iter().filter_map(|len| self.0.get(..len))
    }

    /// Whether it is a village's 村（居）.
    pub fn is_village(&self) -> bool {
        self.0.len() == 12
    }

    /// The county this area lies in, or nothing when it is larger than a county.
    pub fn county(&self) -> Option<Realm> {
        self.0.get(..6).map(|digits| Realm(digits.to_owned()))
    }

    /// The first code past this area in text order: the end of the range of codes within it.
    pub fn range_end(&self) -> String {
        // `:` follows `9` in ASCII, so every code that starts with ours sorts before it.
        format!("{}:", self.0)
    }
}

impl FromStr for AreaCode {
    type Err = AreaError;

    fn from_str(text: &str) -> Result<Self, AreaError> {
        let bad = || AreaError(text.to_owned());
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        let mut code = text;
        // Only groups of zeros are cut, so that `999999010` stays a town.
        for (len, shorter) in [(12, 9), (9, 6), (6, 4), (4, 2)] {
            if code.len() == len
                && code.get(shorter..).is_some_and(|tail| tail.bytes().all(|byte| byte == b'0'))
            {
                code = code.get(..shorter).unwrap_or(code);
            }
        }
        if matches!(code.len(), 2 | 4 | 6 | 9 | 12) {
            Ok(Self(code.to_owned()))
        } else {
            Err(bad())
        }
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AreaCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for AreaCode {
    fn schema_name() -> Cow<'static, str> {
        "AreaCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?$" })
    }
}

/// A county 县域: six digits, the first part of every key. One transaction touches one realm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Realm(String);

impl Realm {
    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The realm as an area.
    pub fn area(&self) -> AreaCode {
        AreaCode(self.0.clone())
    }
}

impl FromStr for Realm {
    type Err = AreaError;

    fn from_str(text: &str) -> Result<Self, AreaError> {
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AreaError(text.to_owned()))
        }
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Realm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What an area of a case says about it. A procedure names the one that counts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AreaPurpose {
    /// 居住地: visits, guardianship.
    Residence,
    /// 事发地: police, report, emergency.
    Incident,
    /// 户籍地: benefits.
    Hukou,
    /// 就读地.
    School,
    /// 单位所在地.
    Unit,
}

impl AreaPurpose {
    /// Every purpose.
    pub const ALL: [Self; 5] =
        [Self::Residence, Self::Incident, Self::Hukou, Self::School, Self::Unit];

    /// The name used in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Residence => "residence",
            Self::Incident => "incident",
            Self::Hukou => "hukou",
            Self::School => "school",
            Self::Unit => "unit",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_zero_groups_are_cut_and_nothing_else_is() {
        let cut = |text: &str| text.parse::<AreaCode>().map(|area| area.to_string());
        assert_eq!(cut("999999001000").as_deref(), Ok("999999001"));
        assert_eq!(cut("999999000000").as_deref(), Ok("999999"));
        assert_eq!(cut("999999010").as_deref(), Ok("999999010"));
        assert_eq!(
            cut("99999").unwrap_err().to_string(),
            "expected an area code of 2, 4, 6, 9 or 12 digits, found `99999`"
        );
        assert!(cut("９９").is_err());
    }

    #[test]
    fn an_area_covers_what_lies_within_it() {
        let town: AreaCode = "999999001".parse().unwrap();
        let village: AreaCode = "999999001203".parse().unwrap();
        assert!(town.covers(&village) && town.covers(&town) && !village.covers(&town));
        assert!(village.as_str() < town.range_end().as_str());
        assert_eq!(
            village.and_above().collect::<Vec<_>>(),
            ["999999001203", "999999001", "999999", "9999", "99"]
        );
    }
}
