//! What taking a file in would do: which children are new, what changed field by field, whom the file
//! does not name, and which rows cannot be taken.
//!
//! A register number is a child's for good. A child whom the register knows under another number
//! is recognized, by the identity number or else by name, day of birth and guardian, and is
//! refused with the number it has: one child, one file. A move within the county is a change of the
//! residence in the row of that number.

use std::collections::{BTreeMap, BTreeSet};

use hexacase::terms::{
    area::{AreaCode, Realm},
    id::SubjectId,
    time::CivilDate,
};
use serde_json::{Map, Value, json};

use super::{Cells, FACTS, Register, StoredChild};
use crate::{
    county::{
        ChildRow, codes::ChildType, columns::CHILDREN, fault::Fault, problem::InputProblem,
        register_file::RegisterRows,
    },
    demo::subject_of,
    index::masked,
};

/// A field that a file changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The column, by its place in the format.
    pub column: usize,
    /// What the register says.
    pub before: String,
    /// What the file says.
    pub after: String,
}

/// What a row does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The child gets a file.
    Open,
    /// The file of this place in the register changes.
    Update(usize, Vec<Change>),
    /// The register says the same.
    Same,
    /// The file was closed; it is left as it is.
    Closed,
}

/// What a file would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// The rows that can be taken.
    pub rows: Vec<(u64, ChildRow, Action)>,
    /// Why others cannot.
    pub problems: Vec<InputProblem>,
    /// The files in use of children whom the file does not name although it names others of their
    /// village, by their place in the register.
    pub missing: Vec<usize>,
}

/// The register by everything a child is known by.
struct Known<'r> {
    register: &'r Register,
    numbers: BTreeMap<&'r str, usize>,
    subjects: BTreeMap<SubjectId, usize>,
    identities: BTreeMap<&'r str, usize>,
    people: BTreeMap<[&'r str; 3], Vec<usize>>,
    /// Register numbers of digits without their leading zeros.
    bare: BTreeMap<&'r str, &'r str>,
}

impl<'r> Known<'r> {
    fn new(register: &'r Register) -> Self {
        let mut known = Self {
            register,
            numbers: BTreeMap::new(),
            subjects: BTreeMap::new(),
            identities: BTreeMap::new(),
            people: BTreeMap::new(),
            bare: BTreeMap::new(),
        };
        for (at, file) in register.files.iter().enumerate() {
            let cells = &file.cells;
            let (number, identity) = (cells.get("register_number"), cells.get("identity"));
            known.subjects.insert(file.subject, at);
            if !number.is_empty() {
                known.numbers.insert(number, at);
                if number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit()) {
                    known.bare.insert(number.trim_start_matches('0'), number);
                }
            }
            if !identity.is_empty() {
                known.identities.insert(identity, at);
            }
            known.people.entry(person(cells)).or_default().push(at);
        }
        known
    }

    fn file(&self, at: usize) -> Option<&'r StoredChild> {
        self.register.files.get(at)
    }

    /// Where the child of a row stands, if under another number than the row's.
    fn elsewhere(&self, cells: &Cells, own: Option<usize>) -> Option<usize> {
        let identity = cells.get("identity");
        if let Some(&at) = self.identities.get(identity).filter(|_| !identity.is_empty()) {
            return (own != Some(at)).then_some(at);
        }
        // A child who was in the register before is no rival of its own row.
        if own.is_some() {
            return None;
        }
        let alike = self.people.get(&person(cells)).map(Vec::as_slice).unwrap_or_default();
        let rival = |at: &usize| {
            self.file(*at).is_some_and(|file| {
                let other = file.cells.get("identity");
                file.open && (identity.is_empty() || other.is_empty())
            })
        };
        alike.iter().copied().find(rival)
    }
}

/// What a child without a number is known by. Blanks around a name are kept in the file, and make
/// nobody another child.
fn person(cells: &Cells) -> [&str; 3] {
    ["name", "born", "guardian"].map(|key| cells.get(key).trim())
}

/// Whether a row is about another child than the file of its number. One thing may have been
/// corrected, but not everything a child is known by.
fn is_other(before: &Cells, after: &Cells) -> bool {
    let differs = |key: &str| before.get(key) != after.get(key);
    let both = !before.get("identity").is_empty() && !after.get("identity").is_empty();
    if both {
        differs("identity") && (differs("name") || differs("born"))
    } else {
        differs("name") && differs("born")
    }
}

/// The fields that differ, of those that the file has.
fn changes(before: &Cells, after: &Cells, present: &[bool]) -> Vec<Change> {
    // Whether there is an identity number and why there is none are one thing in two columns.
    let pair = ["identity", "no_identity_reason"].map(|key| CHILDREN.position(key));
    let has = |at: usize| present.get(at).copied().unwrap_or(true);
    let either = pair.iter().flatten().any(|at| has(*at));
    let said = |at: usize| has(at) || (either && pair.contains(&Some(at)));
    let both = before.0.iter().zip(&after.0).enumerate();
    both.filter(|(at, (before, after))| before != after && said(*at))
        .map(|(column, (before, after))| Change {
            column,
            before: before.clone(),
            after: after.clone(),
        })
        .collect()
}

/// Whose register is compared: the county, and the areas that whoever takes it in works for. Without
/// any, the engine says which role is missing.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The county.
    pub realm: Realm,
    /// The areas.
    pub areas: Vec<AreaCode>,
}

impl Reach {
    /// Whether children who come to live there may be taken in. The engine itself asks only for the
    /// area of a file that is there already.
    fn covers(&self, residence: &AreaCode) -> bool {
        self.areas.is_empty() || self.areas.iter().any(|area| area.covers(residence))
    }
}

/// Compares the rows of a file with the register.
pub fn plan(name: &str, reach: &Reach, read: RegisterRows, register: &Register) -> Plan {
    let realm = &reach.realm;
    let known = Known::new(register);
    let mut plan = Plan::default();
    let mut named: BTreeSet<usize> = read
        .numbers
        .iter()
        .filter_map(|number| known.numbers.get(number.as_str()).copied())
        .collect();
    let mut villages = BTreeSet::new();
    for (row, child) in read.children {
        let cells = Cells::of_row(realm, &child);
        let number = child.register_number.as_str();
        let subject = subject_of(realm, number);
        let own = known.numbers.get(number).or_else(|| known.subjects.get(&subject)).copied();
        villages.insert(child.residence.to_string());
        named.extend(own);
        let moves = own.and_then(|at| known.file(at)).is_none_or(|file| {
            file.open && file.cells.get("residence") != child.residence.as_str()
        });
        let outside = (moves && !reach.covers(&child.residence))
            .then_some(("residence", Fault::OutsideOwnArea));
        let elsewhere = known.elsewhere(&cells, own);
        // The child is named, though not by its number.
        named.extend(elsewhere);
        if let Some((key, fault)) = fault(&known, &cells, own, elsewhere).or(outside) {
            let heading = CHILDREN.position(key).and_then(|at| CHILDREN.columns.get(at));
            let value = Some(cells.get(key)).filter(|value| !value.is_empty());
            let column = heading.map(|column| column.zh);
            plan.problems.push(
                InputProblem::in_cell(name, Some(row), column, value, &fault)
                    .on_sheet(read.sheet.as_deref()),
            );
            continue;
        }
        let action = match own.and_then(|at| known.file(at).map(|file| (at, file))) {
            None => Action::Open,
            Some((_, file)) if !file.open => Action::Closed,
            Some((at, file)) => {
                villages.insert(file.cells.get("residence").to_owned());
                let changes = changes(&file.cells, &cells, &read.present);
                if changes.is_empty() { Action::Same } else { Action::Update(at, changes) }
            }
        };
        plan.rows.push((row, child, action));
    }
    let files = register.files.iter().enumerate();
    let missing = files.filter(|(at, file)| {
        file.open && !named.contains(at) && villages.contains(file.cells.get("residence"))
    });
    plan.missing = missing.map(|(at, _)| at).collect();
    plan
}

/// Why a row cannot be taken, with the column that says so.
fn fault(
    known: &Known<'_>,
    cells: &Cells,
    own: Option<usize>,
    elsewhere: Option<usize>,
) -> Option<(&'static str, Fault)> {
    if let Some(file) = elsewhere.and_then(|at| known.file(at)) {
        let key =
            if cells.get("identity") == file.cells.get("identity") { "identity" } else { "name" };
        let number = file.cells.get("register_number");
        let number = if number.is_empty() { file.subject.to_string() } else { number.to_owned() };
        return Some((key, Fault::ChildHasFile { number }));
    }
    match own.and_then(|at| known.file(at)) {
        Some(file) if is_other(&file.cells, cells) => {
            let name = masked(file.cells.get("name"));
            Some(("register_number", Fault::OtherChild { name }))
        }
        Some(_) => None,
        None => known
            .bare
            .get(cells.get("register_number"))
            .map(|number| ("register_number", Fault::LostZeros { number: (*number).to_owned() })),
    }
}

/// The form that brings a file up to date: what changed, and nothing else.
pub fn update_form(changes: &[Change], child: &ChildRow, checked_on: CivilDate) -> Value {
    let mut form = Map::new();
    let mut facts = Map::new();
    let mut cleared = Vec::new();
    let mut names = Vec::new();
    for change in changes {
        names.extend(CHILDREN.columns.get(change.column).map(|column| column.zh));
        match FACTS.get(change.column) {
            Some((_, Some(fact))) if change.after.is_empty() => cleared.push(json!(fact)),
            Some((_, Some(fact))) => {
                facts.insert((*fact).to_owned(), json!(change.after));
            }
            Some(("types", None)) => {
                let codes: Vec<_> = child.types.iter().map(|kind| ChildType::code(*kind)).collect();
                form.insert("types".to_owned(), json!(codes));
            }
            Some(("residence", None)) => {
                form.insert("residence".to_owned(), json!(child.residence));
            }
            Some((_, None)) | None => {}
        }
    }
    form.insert("changes".to_owned(), json!(format!("台账更新：{}", names.join("、"))));
    form.insert("checked_on".to_owned(), json!(checked_on));
    if !facts.is_empty() {
        form.insert("register".to_owned(), Value::Object(facts));
    }
    if !cleared.is_empty() {
        form.insert("cleared".to_owned(), Value::Array(cleared));
    }
    Value::Object(form)
}
