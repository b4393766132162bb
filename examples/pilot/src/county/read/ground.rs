//! Single files of a county, read against what is known of it.

use std::collections::BTreeSet;

use hexacase::terms::{
    area::{AreaCode, Realm},
    id::UnitId,
    time::CivilDate,
};

use super::{Known, Taken, area, staff, table_rows, unit};
use crate::county::{AreaRow, StaffRow, UnitRow, columns, problem::InputErrors};

/// What the rows of a single file may name. Areas and units that are not known are not judged,
/// except that an area must lie in the county.
#[derive(Clone, Debug)]
pub struct Ground {
    realm: Realm,
    day: CivilDate,
    areas: Option<BTreeSet<AreaCode>>,
    units: Option<BTreeSet<UnitId>>,
}

impl Ground {
    /// A county on a day, with its `areas.csv` and `units.csv` where there are such.
    ///
    /// # Errors
    /// Everything that is wrong with these two files.
    pub fn new(
        realm: Realm,
        day: CivilDate,
        areas: Option<&[u8]>,
        units: Option<&[u8]>,
    ) -> Result<Self, InputErrors> {
        let mut ground = Self { realm, day, areas: None, units: None };
        let mut problems = Vec::new();
        if let Some(bytes) = areas {
            let table = (&columns::AREAS, columns::AREAS.file);
            ground.areas = table_rows(table, bytes, &ground.known(), &mut problems, area).keys;
        }
        if let Some(bytes) = units {
            let mut own = Vec::new();
            let table = (&columns::UNITS, columns::UNITS.file);
            ground.units = table_rows(table, bytes, &ground.known(), &mut own, unit).keys;
            problems.append(&mut own);
        }
        if problems.is_empty() { Ok(ground) } else { Err(InputErrors(problems)) }
    }

    pub(in crate::county) fn known(&self) -> Known {
        Known {
            realm: Some(self.realm.clone()),
            time: Some((self.day, self.day)),
            areas: self.areas.clone(),
            units: self.units.clone(),
            ..Known::default()
        }
    }
}

/// Reads people alone, as `staff.csv` of a county is read.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn read_staff(file: &str, bytes: &[u8], ground: &Ground) -> Result<Vec<StaffRow>, InputErrors> {
    let mut problems = Vec::new();
    let table = (&columns::STAFF, file);
    let taken = table_rows(table, bytes, &ground.known(), &mut problems, staff);
    all(taken, problems)
}

/// Reads the areas and offices of a county alone.
///
/// # Errors
/// Everything that is wrong with the two files.
pub fn read_places(
    realm: Realm,
    day: CivilDate,
    areas: &[u8],
    units: &[u8],
) -> Result<(Vec<AreaRow>, Vec<UnitRow>), InputErrors> {
    let ground = Ground { realm, day, areas: None, units: None };
    let (mut problems, mut own) = (Vec::new(), Vec::new());
    let table = (&columns::AREAS, columns::AREAS.file);
    let areas = table_rows(table, areas, &ground.known(), &mut problems, area);
    let known = Known { areas: areas.keys.clone(), ..ground.known() };
    let table = (&columns::UNITS, columns::UNITS.file);
    let units = table_rows(table, units, &known, &mut own, unit);
    problems.append(&mut own);
    Ok((all(areas, problems)?, units.rows))
}

fn all<T, K>(
    taken: Taken<T, K>,
    problems: Vec<crate::county::problem::InputProblem>,
) -> Result<Vec<T>, InputErrors> {
    if problems.is_empty() { Ok(taken.rows) } else { Err(InputErrors(problems)) }
}
