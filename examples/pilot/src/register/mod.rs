//! The register 台账 as it stands in the children's files: what is exported, and what a file that is
//! handed in is compared with.
//!
//! A row here is text in the order of the columns of the format, written one way only. So two rows
//! differ exactly where the register does, and what is exported and taken in elsewhere is exported
//! there the same.

pub mod plan;

use std::collections::BTreeMap;

use hexacase::{
    engine::{Engine, EngineError},
    store::{CaseQuery, StoredCase},
    terms::{
        area::{AreaPurpose, Realm},
        id::{CaseId, Revision, SubjectId},
    },
};
use serde_json::{Map, Value};

use crate::{
    county::{
        ChildRow, cell::SEPARATORS, codes::ChildType, columns::CHILDREN, problem::InputProblem,
    },
    demo::register_form,
    index::REGISTER,
    spreadsheet::{OutColumn, OutSheet},
};

/// The fact of a file that each column of the register is, in the order of the columns. Residence
/// and categories stand beside the facts.
pub const FACTS: &[(&str, Option<&str>)] = &[
    ("register_number", Some("register_number")),
    ("name", Some("name")),
    ("identity", Some("id_number")),
    ("no_identity_reason", Some("no_id_reason")),
    ("sex", Some("sex")),
    ("born", Some("birth")),
    ("ethnicity", Some("ethnicity")),
    ("hukou", Some("hukou")),
    ("residence", None),
    ("school", Some("school")),
    ("grade", Some("grade")),
    ("types", None),
    ("father", Some("father_status")),
    ("father_workplace", Some("father_place")),
    ("mother", Some("mother_status")),
    ("mother_workplace", Some("mother_place")),
    ("guardian", Some("guardian")),
    ("relation", Some("relation")),
    ("guardianship", Some("guardianship")),
    ("carer", Some("carer")),
    ("phone", Some("phone")),
    ("health", Some("health")),
    ("benefits", Some("benefits")),
    ("note", Some("note")),
    ("condition", Some("condition")),
];

/// A row of the register, as text in the order of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cells(pub Vec<String>);

impl Cells {
    /// The cell of a column.
    pub fn get(&self, key: &str) -> &str {
        let at = CHILDREN.position(key);
        at.and_then(|at| self.0.get(at)).map_or("", String::as_str)
    }

    /// What a row of a file says.
    pub fn of_row(realm: &Realm, row: &ChildRow) -> Self {
        let form = register_form(realm, row);
        let none = Map::new();
        let facts = form.get("register").and_then(Value::as_object).unwrap_or(&none);
        Self::new(facts, row.residence.as_str(), form.get("types"), true)
    }

    /// What a child's file says.
    fn of_file(case: &StoredCase, data: &Value) -> Self {
        let mut facts =
            data.get("register").and_then(Value::as_object).cloned().unwrap_or_default();
        let area = |purpose: AreaPurpose| case.facts.areas.get(&purpose);
        if let (false, Some(hukou)) = (facts.contains_key("hukou"), area(AreaPurpose::Hukou)) {
            facts.insert("hukou".to_owned(), Value::from(hukou.as_str()));
        }
        let residence = area(AreaPurpose::Residence).unwrap_or(&case.facts.area);
        let left_behind = data.get("left_behind").and_then(Value::as_bool).unwrap_or(true);
        Self::new(&facts, residence.as_str(), data.get("types"), left_behind)
    }

    fn new(
        facts: &Map<String, Value>,
        residence: &str,
        types: Option<&Value>,
        left_behind: bool,
    ) -> Self {
        let cell = |(key, fact): &(&str, Option<&str>)| match (*key, fact) {
            ("residence", _) => residence.to_owned(),
            ("types", _) => types_of(types, left_behind),
            ("benefits", Some(fact)) => items(said(facts, fact)).join("、"),
            (_, Some(fact)) => said(facts, fact).to_owned(),
            (_, None) => String::new(),
        };
        Self(FACTS.iter().map(cell).collect())
    }
}

fn said<'f>(facts: &'f Map<String, Value>, fact: &str) -> &'f str {
    facts.get(fact).and_then(Value::as_str).unwrap_or_default()
}

/// A list as the format writes it, whatever separates it where it comes from.
fn items(text: &str) -> Vec<&str> {
    let mut items: Vec<&str> = Vec::new();
    for item in text.split(SEPARATORS).map(str::trim).filter(|item| !item.is_empty()) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items
}

/// The categories by their Chinese names. Being left behind has ended where the file says so,
/// although the category stays in it.
fn types_of(types: Option<&Value>, left_behind: bool) -> String {
    let types = types.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut names: Vec<&str> = Vec::new();
    for text in types.iter().filter_map(Value::as_str) {
        let kind = ChildType::named(text);
        let ended = !left_behind
            && (kind == Some(ChildType::LeftBehind) || kind.is_none() && text.contains("留守"));
        let name = kind.map_or(text, |kind| kind.zh());
        if !ended && !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("、")
}

/// A child's file, as far as the register goes.
#[derive(Clone, Debug)]
pub struct StoredChild {
    /// The file.
    pub case: CaseId,
    /// The child.
    pub subject: SubjectId,
    /// How many entries the file has.
    pub revision: Revision,
    /// Whether it is in use.
    pub open: bool,
    /// What it says.
    pub cells: Cells,
}

/// Every child's file.
#[derive(Debug, Default)]
pub struct Register {
    /// The files, those in use after those that are closed, so that a later one replaces an earlier
    /// one of the same child.
    pub files: Vec<StoredChild>,
}

impl Register {
    /// Reads every file. `progress` is told how many are read.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn load(
        engine: &Engine,
        mut progress: impl FnMut(usize) + Send,
    ) -> Result<Self, EngineError> {
        const PAGE: u32 = 500;
        let mut files = Vec::new();
        let mut after = None;
        loop {
            let query = CaseQuery {
                procedure: Some(REGISTER.to_owned()),
                after,
                limit: PAGE,
                ..CaseQuery::default()
            };
            let page = engine.cases(&query).await?;
            for case in &page {
                let data = engine.data_of(case)?;
                files.push(StoredChild {
                    case: case.facts.id,
                    subject: case.facts.subject.id,
                    revision: case.facts.revision,
                    open: case.facts.is_open(),
                    cells: Cells::of_file(case, &data),
                });
            }
            progress(files.len());
            after = page.last().map(|case| case.facts.id);
            if page.len() < PAGE as usize {
                break;
            }
        }
        files.sort_by_key(|file| file.open);
        Ok(Self { files })
    }

    /// The files in use as a sheet, in order of register number.
    pub fn sheet(&self, within: impl Fn(&StoredChild) -> bool) -> OutSheet {
        let mut rows: Vec<&StoredChild> =
            self.files.iter().filter(|file| file.open && within(file)).collect();
        // Files without a number are told apart by what else they say, never by their ids: those are
        // others in another database.
        rows.sort_by(|one, other| one.cells.0.cmp(&other.cells.0));
        let columns = CHILDREN.columns.iter().map(|column| {
            let choices = match column.kind {
                crate::county::cell::Kind::Code(list) => {
                    list.iter().map(|name| name.zh.to_owned()).collect()
                }
                _ => Vec::new(),
            };
            OutColumn { choices, ..OutColumn::headed(column.zh) }
        });
        OutSheet {
            name: "儿童台账".to_owned(),
            columns: columns.collect(),
            rows: rows.into_iter().map(|file| file.cells.0.clone()).collect(),
            // Room for new children.
            spare: 200,
            ..OutSheet::default()
        }
    }
}

/// What is wrong with rows, by row.
pub fn by_row(problems: &[InputProblem], chinese: bool) -> BTreeMap<u64, Vec<String>> {
    let mut rows: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for problem in problems {
        let Some(row) = problem.row else { continue };
        let said = if chinese { &problem.zh } else { &problem.en };
        let said = match &problem.column {
            Some(column) if chinese => format!("“{column}”：{said}"),
            Some(column) => format!("`{column}`: {said}"),
            None => said.clone(),
        };
        rows.entry(row).or_default().push(said);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_its_place_in_a_file() {
        let columns: Vec<_> = CHILDREN.columns.iter().map(|column| column.key).collect();
        let here: Vec<_> = FACTS.iter().map(|(key, _)| *key).collect();
        assert_eq!(columns, here);
    }
}
