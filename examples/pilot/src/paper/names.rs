//! What offices, places and people are called. The directory knows people; offices and places only
//! a county's files know, so without these their ids stand there instead.

use std::{collections::BTreeMap, fs, path::Path};

use hexacase::{
    engine::Engine,
    store::StaffRow,
    terms::{area::AreaCode, id::ActorId},
};

use crate::{
    county::{columns, read_places},
    error::PilotError,
    failure::Failure,
};

/// The names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    areas: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
    people: BTreeMap<ActorId, StaffRow>,
}

impl Names {
    /// Those of the directory, and of the `areas.csv` and `units.csv` of a county's folder where
    /// one is named.
    ///
    /// # Errors
    /// A file that cannot be read, and everything that is wrong in one.
    pub async fn read(engine: &Engine, folder: Option<&Path>) -> Result<Self, Failure> {
        let mut names = Self::default();
        let people = engine.staff().await?;
        names.people.extend(people.into_iter().map(|row| (row.id.clone(), row)));
        if let Some(folder) = folder {
            let read = |name: &str| {
                let path = folder.join(name);
                fs::read(&path).map_err(|error| PilotError::io("read", &path, &error))
            };
            let (areas, units) = (read(columns::AREAS.file)?, read(columns::UNITS.file)?);
            let realm = engine.meta().realm.clone();
            let (areas, units) = read_places(realm, engine.now().date(), &areas, &units)?;
            names.areas.extend(areas.into_iter().map(|row| (row.code.to_string(), row.name)));
            names.units.extend(units.into_iter().map(|row| (row.id.to_string(), row.name)));
        }
        Ok(names)
    }

    /// An office.
    pub fn unit(&self, id: &str) -> String {
        self.units.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// A place with the town and the county around it, as far as they have names; else its code.
    pub fn area(&self, code: &AreaCode) -> String {
        let text = code.as_str();
        let within = [6, 9, 12].into_iter().filter_map(|length| text.get(..length));
        let names: Vec<&str> =
            within.filter_map(|code| self.areas.get(code).map(String::as_str)).collect();
        if self.areas.contains_key(text) { names.concat() } else { text.to_owned() }
    }

    /// Somebody of the directory.
    pub fn person(&self, id: &ActorId) -> Option<&StaffRow> {
        self.people.get(id)
    }

    /// Somebody's name; the id where the directory has none.
    pub fn called(&self, id: &ActorId) -> String {
        self.person(id).map_or_else(|| id.to_string(), |row| row.name.clone())
    }
}
