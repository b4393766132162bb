//! A county out of a seed: the same files for the same numbers, on every machine.
//!
//! Nothing is copied from life. Area codes lie in 999999, which no county has, telephone numbers
//! begin with seven zeros, and every name says that it is an example.

use std::collections::BTreeMap;

use super::{CountyFiles, columns};

use crate::random;

mod documents;
mod happenings;
mod names;
mod people;
mod places;
mod register;
mod write;

use people::People;
use places::{Places, REALM};

/// What the committed sample is made of.
pub const SAMPLE: Size = Size { seed: 6, children: 300, years: 1, first_year: 2026 };

/// What a generated county is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Equal seeds give equal counties.
    pub seed: u64,
    /// How many children the register has.
    pub children: usize,
    /// For how many years things happen.
    pub years: u32,
    /// The first of these years.
    pub first_year: i32,
}

/// The files of an invented county. They go through the same parsers as those of any other.
pub fn generate(seed: u64, children: usize, years: u32, first_year: i32) -> CountyFiles {
    let places = Places::new(children);
    let end = first_year.saturating_add_unsigned(years);
    let people = People::new(&places, seed, first_year..end);
    let register = register::children(&places, seed, children, first_year);
    let happenings = happenings::rows(&places, &people, &register, (seed, first_year..end));
    let county = vec![vec![
        REALM.0.to_owned(),
        REALM.1.to_owned(),
        first_year.to_string(),
        years.to_string(),
        seed.to_string(),
    ]];
    let tables = [
        (&columns::COUNTY, county),
        (&columns::AREAS, places.areas()),
        (&columns::UNITS, places.units()),
        (&columns::STAFF, people.staff_rows()),
        (&columns::ABSENCES, people.absence_rows()),
        (&columns::CHILDREN, register::rows(&register)),
        (&columns::HAPPENINGS, happenings),
    ];
    let files: BTreeMap<String, Vec<u8>> = tables
        .iter()
        .map(|(table, rows)| (table.file.to_owned(), write::csv(table, rows)))
        .chain(documents::all())
        .collect();
    CountyFiles(files)
}
