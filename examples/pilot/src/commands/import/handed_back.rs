//! The rows that were not taken, written to a file of their own: as they were handed in, with the
//! reasons, to be mended and handed in again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{
    commands::export::create,
    county::{
        problem::{InputErrors, InputProblem},
        register_file::RegisterFile,
    },
    failure::{Failure, Reason},
    output::Lang,
    register::by_row,
    spreadsheet::{Format, write as write_table},
};

/// So many files of one name may lie beside each other.
const MOST_FILES: u32 = 1000;

/// Why each row was not taken.
pub(super) fn reasons(
    problems: &[InputProblem],
    refused: &[Reason],
    lang: Lang,
) -> BTreeMap<u64, Vec<String>> {
    let mut rows = by_row(problems, lang == Lang::Zh);
    for reason in refused {
        if let Some(row) = reason.place.row {
            rows.entry(row).or_default().push(lang.of(&reason.zh, &reason.en).to_owned());
        }
    }
    rows
}

/// Writes the rows beside the file they come from, under a name that is not taken.
pub(super) fn write(
    beside: &Path,
    file: &RegisterFile,
    reasons: &BTreeMap<u64, Vec<String>>,
) -> Result<PathBuf, Failure> {
    let sheet = file.rows_with_reasons(reasons);
    let stem = beside.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let stem = stem.unwrap_or_default();
    let ending = match file.format() {
        Format::Csv(_) => "csv",
        Format::Xlsx => "xlsx",
    };
    let bytes = write_table(file.format(), &sheet).map_err(|problem| {
        let name = format!("{stem}.未导入.{ending}");
        Failure::from(InputErrors(vec![InputProblem::of_table(&name, problem)]))
    })?;
    let mut number = 1;
    loop {
        let count = if number == 1 { String::new() } else { format!("-{number}") };
        let path = beside.with_file_name(format!("{stem}.未导入{count}.{ending}"));
        match create(&path, &bytes) {
            Err(failure) if failure.code == "pilot.file_exists" && number < MOST_FILES => {
                number += 1;
            }
            Err(failure) => return Err(failure),
            Ok(()) => return Ok(path),
        }
    }
}
