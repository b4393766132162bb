//! From files to rows: every file is read to its end, and everything that is wrong is reported in
//! one go.

use std::collections::{BTreeMap, BTreeSet};

use hexacase::terms::{
    area::{AreaCode, Realm},
    id::{ActorId, UnitId},
    time::CivilDate,
};
use serde_json::{Map, Value};

use super::{
    AbsenceRow, AreaRow, County, CountyFiles, StaffRow, UnitRow,
    cell::RoleCode,
    codes::AreaLevel,
    columns::{self, Table},
    fault::Fault,
    mapping::Mapping,
    problem::{InputErrors, InputProblem},
    sheet::{Row, Sheet, pick},
};
use crate::spreadsheet;

mod child;
mod ground;
mod happening;

pub(super) use child::{Others, child};
pub use ground::{Ground, read_places, read_staff};

/// What earlier files hold, for later ones to name. A set that is nothing was not read, and what
/// names it is not judged: one missing file should not make a complaint of every row of another.
#[derive(Debug, Default)]
pub(super) struct Known {
    realm: Option<Realm>,
    /// The first and the last day that are played.
    time: Option<(CivilDate, CivilDate)>,
    areas: Option<BTreeSet<AreaCode>>,
    units: Option<BTreeSet<UnitId>>,
    staff: Option<BTreeSet<ActorId>>,
    children: Option<BTreeSet<String>>,
    documents: BTreeSet<String>,
}

/// What one file gives: its good rows, and the keys of all rows, good or not, so that a bad cell is
/// not reported again wherever its row is named.
#[derive(Debug)]
struct Taken<T, K> {
    rows: Vec<T>,
    keys: Option<BTreeSet<K>>,
}

/// Reads every file.
pub(super) fn county(files: &CountyFiles) -> Result<County, InputErrors> {
    let mut reading = Reading { files, problems: Vec::new() };
    let mut known = Known {
        documents: files.0.keys().filter(|name| name.starts_with("files/")).cloned().collect(),
        ..Known::default()
    };

    let head = reading.table(&columns::COUNTY, &known, |row, _, _: &mut Seen<()>| head(row));
    let sole = head.rows.into_iter().next();
    if let Some(head) = &sole {
        let end = head.first_year.saturating_add_unsigned(head.years);
        known.realm = Some(head.realm.clone());
        known.time = Some((
            CivilDate::from_days(days_before(head.first_year)),
            CivilDate::from_days(days_before(end) - 1),
        ));
    }
    let areas = reading.table(&columns::AREAS, &known, area);
    known.areas = areas.keys;
    let units = reading.table(&columns::UNITS, &known, unit);
    known.units = units.keys;
    let staff = reading.table(&columns::STAFF, &known, staff);
    known.staff = staff.keys;
    let absences = reading
        .table(&columns::ABSENCES, &known, |row, known, _: &mut Seen<()>| absence(row, known));
    let mut others = child::Others::default();
    let children = reading.table(&columns::CHILDREN, &known, |row, known, seen| {
        child::child(row, known, seen, &mut others)
    });
    known.children = children.keys.map(|keys| keys.into_iter().map(|key| key.0).collect());
    let happenings = reading.table(&columns::HAPPENINGS, &known, |row, known, _: &mut Seen<()>| {
        happening::happening(row, known)
    });

    let documents = known
        .documents
        .iter()
        .filter_map(|name| files.0.get(name).map(|bytes| (name.clone(), bytes.clone())));
    match sole {
        Some(head) if reading.problems.is_empty() => Ok(County {
            realm: head.realm,
            name: head.name,
            first_year: head.first_year,
            years: head.years,
            seed: head.seed,
            areas: areas.rows,
            units: units.rows,
            staff: staff.rows,
            absences: absences.rows,
            children: children.rows,
            happenings: happenings.rows,
            documents: documents.collect(),
        }),
        _ => Err(InputErrors(reading.problems)),
    }
}

/// The days between 1970 and the first day of a year.
pub(super) fn days_before(year: i32) -> i64 {
    CivilDate::new(year, 1, 1).map_or(0, CivilDate::days)
}

/// Values that must not repeat, with the rows in which they stood first.
pub(super) type Seen<K> = BTreeMap<K, u64>;

struct Reading<'a> {
    files: &'a CountyFiles,
    problems: Vec<InputProblem>,
}

impl Reading<'_> {
    fn table<T, K: Ord>(
        &mut self,
        table: &'static Table,
        known: &Known,
        take: impl FnMut(&mut Row<'_>, &Known, &mut Seen<K>) -> Option<T>,
    ) -> Taken<T, K> {
        let mut problems = Vec::new();
        let taken = if let Some(bytes) = self.files.0.get(table.file) {
            table_rows((table, table.file), bytes, known, &mut problems, take)
        } else {
            problems.push(InputProblem::in_file(table.file, None, &Fault::MissingFile));
            Taken { rows: Vec::new(), keys: None }
        };
        self.problems.append(&mut problems);
        taken
    }
}

/// Reads the rows of one file; its problems are in the order of rows and columns.
fn table_rows<T, K: Ord>(
    (table, file): (&'static Table, &str),
    bytes: &[u8],
    known: &Known,
    problems: &mut Vec<InputProblem>,
    mut take: impl FnMut(&mut Row<'_>, &Known, &mut Seen<K>) -> Option<T>,
) -> Taken<T, K> {
    let mut taken = Taken { rows: Vec::new(), keys: None };
    let mapping = Mapping::default();
    let book = match spreadsheet::read(bytes) {
        Ok(book) => book,
        Err(problem) => {
            problems.push(InputProblem::of_table(file, problem));
            return taken;
        }
    };
    problems
        .extend(book.problems.iter().map(|problem| InputProblem::of_table(file, problem.clone())));
    if let Some(grid) = pick(&book, &mapping, file, problems)
        && let Some(sheet) = Sheet::of_grid(table, file, (book.format, grid), &mapping, problems)
    {
        // Keys of a file without its key column are not known to be missing.
        let whole = problems.is_empty();
        if table.file == columns::COUNTY.file && sheet.len() != 1 {
            problems.push(InputProblem::in_file(file, None, &Fault::OneRow(sheet.len())));
        }
        let mut seen = Seen::new();
        let mut rows = sheet.rows(problems);
        while let Some(mut row) = rows.next() {
            taken.rows.extend(take(&mut row, known, &mut seen));
        }
        taken.keys = whole.then(|| seen.into_keys().collect());
    }
    sort(table, problems);
    taken
}

/// Puts problems in the order of rows and columns.
pub(super) fn sort(table: &Table, problems: &mut [InputProblem]) {
    problems.sort_by_key(|problem| {
        (problem.row, problem.column.as_ref().and_then(|header| table.position(header)))
    });
}

/// Reports a value that an earlier row has; otherwise remembers it.
fn only_once<K: Ord + Clone>(row: &mut Row<'_>, key: &str, value: Option<&K>, seen: &mut Seen<K>) {
    let Some(value) = value else { return };
    match seen.get(value) {
        Some(&first) => row.report(key, &Fault::Duplicate { row: first }),
        None => {
            seen.insert(value.clone(), row.number());
        }
    }
}

/// Reports a value that an earlier file does not hold.
fn must_exist<K: Ord>(
    row: &mut Row<'_>,
    key: &str,
    value: Option<&K>,
    (known, file): (Option<&BTreeSet<K>>, &'static str),
) {
    if let (Some(value), Some(known)) = (value, known)
        && !known.contains(value)
    {
        row.report(key, &Fault::Dangling { file });
    }
}

fn must_be_area(row: &mut Row<'_>, key: &str, value: Option<&AreaCode>, known: &Known) {
    if let (Some(area), Some(realm), None) = (value, &known.realm, &known.areas)
        && !realm.area().covers(area)
    {
        row.report(key, &Fault::OutsideCounty(realm.clone()));
    }
    must_exist(row, key, value, (known.areas.as_ref(), columns::AREAS.file));
}

struct Head {
    realm: Realm,
    name: String,
    first_year: i32,
    years: u32,
    seed: Option<u64>,
}

fn head(row: &mut Row<'_>) -> Option<Head> {
    let realm = row.get::<AreaCode>("realm").and_then(|area| {
        let realm = area.as_str().parse::<Realm>();
        if realm.is_err() {
            row.report("realm", &Fault::LevelLength(6));
        }
        realm.ok()
    });
    let name = row.get("name");
    let first_year = number_within(row, "first_year", 1950..=2090);
    let years = number_within(row, "years", 1..=20);
    let seed = row.get("seed");
    Some(Head {
        realm: realm?,
        name: name?,
        first_year: i32::try_from(first_year?).ok()?,
        years: years?,
        seed: seed?,
    })
}

fn number_within(
    row: &mut Row<'_>,
    key: &str,
    range: std::ops::RangeInclusive<u32>,
) -> Option<u32> {
    let number = row.get::<u32>(key)?;
    if range.contains(&number) {
        return Some(number);
    }
    row.report(key, &Fault::BadNumber);
    None
}

fn area(row: &mut Row<'_>, known: &Known, seen: &mut Seen<AreaCode>) -> Option<AreaRow> {
    let code = row.get::<AreaCode>("code");
    let (name, level) = (row.get("name"), row.get::<AreaLevel>("level"));
    if let (Some(code), Some(realm)) = (&code, &known.realm)
        && !realm.area().covers(code)
    {
        row.report("code", &Fault::OutsideCounty(realm.clone()));
    }
    if let (Some(code), Some(level)) = (&code, level) {
        let digits = match level {
            AreaLevel::County => 6,
            AreaLevel::Town => 9,
            AreaLevel::Village => 12,
        };
        if code.as_str().len() != digits {
            row.report("code", &Fault::LevelLength(digits));
        }
    }
    only_once(row, "code", code.as_ref(), seen);
    Some(AreaRow { code: code?, name: name?, level: level? })
}

fn unit(row: &mut Row<'_>, known: &Known, seen: &mut Seen<UnitId>) -> Option<UnitRow> {
    let id = row.get("id");
    only_once(row, "id", id.as_ref(), seen);
    let (name, area, kind) = (row.get("name"), row.get("area"), row.get("kind"));
    must_be_area(row, "area", area.as_ref(), known);
    Some(UnitRow { id: id?, name: name?, area: area?, kind: kind? })
}

fn staff(row: &mut Row<'_>, known: &Known, seen: &mut Seen<ActorId>) -> Option<StaffRow> {
    let id = row.get("id");
    only_once(row, "id", id.as_ref(), seen);
    let (name, roles) = (row.get("name"), row.get::<Vec<RoleCode>>("roles"));
    let (unit, area) = (row.get("unit"), row.get("area"));
    must_exist(row, "unit", unit.as_ref(), (known.units.as_ref(), columns::UNITS.file));
    must_be_area(row, "area", area.as_ref(), known);
    let leader = row.get("leader");
    Some(StaffRow {
        id: id?,
        name: name?,
        roles: roles?.into_iter().map(|role| role.0).collect(),
        unit: unit?,
        area: area?,
        leader: leader?,
    })
}

fn absence(row: &mut Row<'_>, known: &Known) -> Option<AbsenceRow> {
    let people = || (known.staff.as_ref(), columns::STAFF.file);
    let staff = row.get::<ActorId>("staff");
    must_exist(row, "staff", staff.as_ref(), people());
    let (from, to) = (row.get::<CivilDate>("from"), row.get::<CivilDate>("to"));
    if to < from && to.is_some() {
        row.report("to", &Fault::EndsEarlier);
    }
    let deputy = row.get::<Option<ActorId>>("deputy");
    let named = deputy.as_ref().and_then(Option::as_ref);
    must_exist(row, "deputy", named, people());
    if named.is_some() && named == staff.as_ref() {
        row.report("deputy", &Fault::OwnDeputy);
    }
    let reason = row.get("reason");
    Some(AbsenceRow { staff: staff?, from: from?, to: to?, deputy: deputy?, reason: reason? })
}

/// The files that evidence names, wherever in it they stand.
fn named_files(fields: &Map<String, Value>) -> Vec<&str> {
    fn collect<'v>(value: &'v Value, names: &mut Vec<&'v str>) {
        match value {
            Value::String(text) => {
                names.extend(text.strip_prefix('@').filter(|name| name.starts_with("files/")));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
            Value::Object(map) => map.values().for_each(|item| collect(item, names)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut names = Vec::new();
    fields.values().for_each(|value| collect(value, &mut names));
    names
}
