//! Identity numbers 公民身份号码 after GB 11643-1999.
//!
//! The number is checked, never looked up: a valid number says nothing about whose it is.

use std::fmt;

use hexacase::terms::time::CivilDate;
use serde::Serialize;

use super::{codes::Sex, fault::Fault};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// A valid identity number of eighteen characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct IdentityNumber(String);

impl IdentityNumber {
    /// Reads a number: eighteen characters, or the fifteen digits of cards issued before 1999, which
    /// are converted. A small `x` is taken as `X`.
    ///
    /// # Errors
    /// One of the `Fault::Identity…` kinds.
    pub fn read(text: &str) -> Result<Self, Fault> {
        if in_scientific_notation(text) {
            return Err(Fault::IdentityDamaged);
        }
        let number = text.to_ascii_uppercase();
        let length = number.chars().count();
        let digits = match length {
            15 => &number,
            18 => number.strip_suffix('X').unwrap_or(&number),
            _ => return Err(Fault::IdentityLength(length)),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Fault::IdentityCharacter);
        }
        let (region_and_birth, old) = match length {
            15 => (format!("{}19{}", part(&number, 0, 6), part(&number, 6, 15)), true),
            _ => (part(&number, 0, 17).to_owned(), false),
        };
        let body = region_and_birth;
        if birth(&body).is_none() {
            return Err(if looks_rounded(&number) {
                Fault::IdentityDamaged
            } else {
                Fault::IdentityBirth
            });
        }
        let check = check_digit(&body);
        if old || number.ends_with(check) {
            return Ok(Self(format!("{body}{check}")));
        }
        // Spreadsheets keep fifteen digits of a number and write zeros for the rest.
        Err(if looks_rounded(&number) {
            Fault::IdentityDamaged
        } else {
            Fault::IdentityCheck(check)
        })
    }

    /// The number with its check digit, of a region, a day of birth and a sequence number.
    /// Nothing if the parts are no valid number.
    pub fn assemble(region: &str, born: CivilDate, sequence: u32) -> Option<Self> {
        let (year, month, day) = (born.year(), born.month(), born.day());
        let body = format!("{region}{year:04}{month:02}{day:02}{sequence:03}");
        let check = check_digit(&body);
        Self::read(&format!("{body}{check}")).ok()
    }

    /// The eighteen characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day of birth that the number states.
    pub fn birth(&self) -> Option<CivilDate> {
        birth(&self.0)
    }

    /// The sex that the number states: odd sequence numbers are male.
    pub fn sex(&self) -> Sex {
        let odd = part(&self.0, 16, 17).parse::<u32>().is_ok_and(|digit| digit % 2 == 1);
        if odd { Sex::Male } else { Sex::Female }
    }
}

impl fmt::Display for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a spreadsheet has written a long number as `1.1E+17`.
pub(super) fn in_scientific_notation(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let number = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    number(mantissa) && number(exponent.trim_start_matches('+'))
}

fn looks_rounded(number: &str) -> bool {
    number.len() == 18 && number.ends_with("000")
}

fn part(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

fn birth(number: &str) -> Option<CivilDate> {
    let year = part(number, 6, 10).parse().ok()?;
    let month = part(number, 10, 12).parse().ok()?;
    let day = part(number, 12, 14).parse().ok()?;
    CivilDate::new(year, month, day).filter(|date| date.year() >= 1850)
}

fn check_digit(body: &str) -> char {
    let sum: u32 = body
        .chars()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0).wrapping_mul(weight))
        .sum();
    usize::try_from(sum % 11).ok().and_then(|at| CHECKS.get(at)).copied().unwrap_or('X')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, &'static str> {
        IdentityNumber::read(text).map(|number| number.0).map_err(|fault| fault.code())
    }

    #[test]
    fn numbers_of_the_standard_are_valid() {
        for number in ["11010519491231002X", "440524188001010014"] {
            assert_eq!(read(number).as_deref(), Ok(number));
        }
        let number = IdentityNumber::read("11010519491231002x").unwrap();
        assert_eq!(number.birth(), CivilDate::new(1949, 12, 31));
        assert_eq!((number.sex(), number.as_str()), (Sex::Female, "11010519491231002X"));
    }

    #[test]
    fn the_old_form_is_converted() {
        assert_eq!(read("110105491231002").as_deref(), Ok("11010519491231002X"));
        assert_eq!(read("110105491331002"), Err("input.identity_birth"));
    }

    #[test]
    fn numbers_damaged_by_a_spreadsheet_are_recognized() {
        for damaged in ["1.1E+17", "1.10105E+17", "4.40524e17", "110105194912310000"] {
            assert_eq!(read(damaged), Err("input.identity_damaged"), "{damaged}");
        }
        // A number may rightly end in three zeros.
        let right = (0..10)
            .filter_map(|n| {
                IdentityNumber::assemble("999999", CivilDate::new(2015, 3, 1)?, 100 * n)
            })
            .chain((1..28).filter_map(|day| {
                IdentityNumber::assemble("999999", CivilDate::new(2015, 3, day)?, 100)
            }))
            .find(|number| number.as_str().ends_with("000"))
            .unwrap();
        assert_eq!(read(right.as_str()).as_deref(), Ok(right.as_str()));
    }

    #[test]
    fn each_kind_of_bad_number_has_its_code() {
        assert_eq!(read("110105194912310021"), Err("input.identity_check"));
        assert_eq!(read("1101051949123100"), Err("input.identity_length"));
        assert_eq!(read("11010519491231O02X"), Err("input.identity_character"));
        assert_eq!(read("１10105194912310021"), Err("input.identity_character"));
        assert_eq!(read("110105194902300021"), Err("input.identity_birth"));
        assert_eq!(read("X10105491231002"), Err("input.identity_character"));
    }
}
