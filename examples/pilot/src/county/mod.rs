//! A county as files: its areas, offices, people and children, and what reaches it in a year.
//!
//! The sample county that ships with the pilot and a county from a folder go through the same
//! parsers. Everything in the sample is invented. Nothing here decides anything: what a happening
//! leads to is the business of the procedures.

use std::{collections::BTreeMap, fs, io, path::Path};

use hexacase::terms::{
    area::{AreaCode, Realm},
    id::{ActorId, UnitId},
    time::{CivilDate, Timestamp},
};
use serde_json::{Map, Value};

pub mod cell;
pub mod codes;
pub mod columns;
pub mod fault;
pub mod formats;
pub mod generate;
pub mod identity;
pub mod mapping;
pub mod problem;
mod read;
pub mod register_file;
pub mod roles;
mod sample;
mod sheet;
#[cfg(test)]
mod tests;
mod tidy;

use codes::{AreaLevel, Channel, ChildType, Guardianship, ParentStatus, Sex, UnitKind};
use fault::Fault;
use identity::IdentityNumber;
use problem::{InputErrors, InputProblem};

pub use read::{Ground, read_places, read_staff};

/// A county and its played time.
#[derive(Clone, Debug, PartialEq)]
pub struct County {
    /// The six digits.
    pub realm: Realm,
    /// Its name.
    pub name: String,
    /// The first year of happenings; the register is that of its 1 January.
    pub first_year: i32,
    /// For how many years there are happenings.
    pub years: u32,
    /// The seed, of a generated county.
    pub seed: Option<u64>,
    /// County, towns, villages.
    pub areas: Vec<AreaRow>,
    /// Offices.
    pub units: Vec<UnitRow>,
    /// People with an account.
    pub staff: Vec<StaffRow>,
    /// When they are away.
    pub absences: Vec<AbsenceRow>,
    /// The register.
    pub children: Vec<ChildRow>,
    /// What reaches the county, in the order of its file.
    pub happenings: Vec<Happening>,
    /// Documents used as evidence, by the name that evidence gives them, such as
    /// `files/receipt.txt`.
    pub documents: BTreeMap<String, Vec<u8>>,
}

/// The files of a county, by name. Documents stand under `files/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountyFiles(pub BTreeMap<String, Vec<u8>>);

/// An area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaRow {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// How large it is.
    pub level: AreaLevel,
}

/// An office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    /// Its id.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub area: AreaCode,
    /// What it is.
    pub kind: UnitKind,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRow {
    /// Their id.
    pub id: ActorId,
    /// Their name.
    pub name: String,
    /// The codes of their roles.
    pub roles: Vec<String>,
    /// Their office.
    pub unit: UnitId,
    /// For which area.
    pub area: AreaCode,
    /// Whether they lead their office.
    pub leader: bool,
}

/// When somebody is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsenceRow {
    /// Who.
    pub staff: ActorId,
    /// The first day.
    pub from: CivilDate,
    /// The last day.
    pub to: CivilDate,
    /// Who stands in.
    pub deputy: Option<ActorId>,
    /// Why.
    pub reason: String,
}

/// How a child is identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// By a number.
    Number(IdentityNumber),
    /// Not at all, for this reason.
    Missing(String),
}

/// What is known of a parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Where life has taken them.
    pub status: ParentStatus,
    /// Where they work.
    pub workplace: Option<String>,
}

/// A child of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildRow {
    /// The number in the register.
    pub register_number: String,
    /// The name.
    pub name: String,
    /// The identity number, or why there is none.
    pub identity: Identity,
    /// The sex.
    pub sex: Sex,
    /// The day of birth.
    pub born: CivilDate,
    /// The ethnic group.
    pub ethnicity: String,
    /// Where the household is registered, perhaps in another county.
    pub hukou: Option<AreaCode>,
    /// Where the child lives.
    pub residence: AreaCode,
    /// The school.
    pub school: Option<UnitId>,
    /// The grade there.
    pub grade: Option<String>,
    /// Why the child stands in the register.
    pub types: Vec<ChildType>,
    /// The father.
    pub father: Parent,
    /// The mother.
    pub mother: Parent,
    /// The guardian's name.
    pub guardian: String,
    /// What the guardian is to the child.
    pub relation: String,
    /// How well the guardian looks after the child.
    pub guardianship: Guardianship,
    /// Who looks after the child while the parents are away.
    pub carer: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
    /// The state of health.
    pub health: Option<String>,
    /// What the child receives.
    pub benefits: Vec<String>,
    /// Anything else.
    pub note: Option<String>,
    /// How the child is cared for, in words.
    pub condition: Option<String>,
}

/// Which child a happening is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChildRef {
    /// A child of the register, by its number.
    Register(String),
    /// A child whom nobody knows yet, by a description.
    Described(String),
}

/// Something that reaches the county: one step of a procedure that somebody outside begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// The row of the file, for messages.
    pub row: u64,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// How it came.
    pub channel: Channel,
    /// The code of the role of whoever did or said it.
    pub reporter_role: String,
    /// Where.
    pub area: AreaCode,
    /// The child.
    pub child: ChildRef,
    /// The label that rows about the same facts share.
    pub incident: Option<String>,
    /// The procedure's name.
    pub procedure: String,
    /// The step's name.
    pub transition: String,
    /// The step's evidence.
    pub fields: Map<String, Value>,
    /// Anything else.
    pub note: Option<String>,
    /// Who wrote it down.
    pub as_: Option<ActorId>,
}

impl County {
    /// The county that ships with the pilot: invented, and the same for everybody.
    ///
    /// # Errors
    /// None, as the tests show; the parsers are those of any county.
    pub fn sample() -> Result<Self, InputErrors> {
        Self::from_files(&sample::files())
    }

    /// Reads the county in a folder.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files.
    pub fn read(dir: &Path) -> Result<Self, InputErrors> {
        Self::from_files(&CountyFiles::read(dir)?)
    }

    /// Reads a county from its files.
    ///
    /// # Errors
    /// Everything that is wrong with any of them.
    pub fn from_files(files: &CountyFiles) -> Result<Self, InputErrors> {
        read::county(files)
    }

    /// The day of the register: the first that is played.
    pub fn first_day(&self) -> CivilDate {
        CivilDate::from_days(read::days_before(self.first_year))
    }

    /// The last day that is played.
    pub fn last_day(&self) -> CivilDate {
        let end = self.first_year.saturating_add_unsigned(self.years);
        CivilDate::from_days(read::days_before(end) - 1)
    }
}

impl CountyFiles {
    /// The files of a folder: the tables, and what lies under `files/`. Others are left alone.
    ///
    /// # Errors
    /// The files that cannot be read; missing ones are found by the parsers.
    pub fn read(dir: &Path) -> Result<Self, InputErrors> {
        let mut files = BTreeMap::new();
        let mut problems = Vec::new();
        let mut names: Vec<String> =
            columns::TABLES.iter().map(|table| table.file.to_owned()).collect();
        match documents(dir) {
            Ok(found) => names.extend(found),
            Err(error) => problems.push(unreadable("files", &error)),
        }
        for name in names {
            match fs::read(dir.join(&name)) {
                Ok(bytes) => {
                    files.insert(name, bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => problems.push(unreadable(&name, &error)),
            }
        }
        if problems.is_empty() { Ok(Self(files)) } else { Err(InputErrors(problems)) }
    }

    /// Writes the files into a folder, which is made where it is missing.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write(&self, dir: &Path) -> io::Result<()> {
        for (name, bytes) in &self.0 {
            let path = dir.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, bytes)?;
        }
        Ok(())
    }
}

fn unreadable(name: &str, error: &io::Error) -> InputProblem {
    InputProblem::in_file(name, None, &Fault::Unreadable(error.to_string()))
}

fn documents(dir: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(dir.join("files")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(format!("files/{}", entry.file_name().to_string_lossy()));
        }
    }
    Ok(names)
}
