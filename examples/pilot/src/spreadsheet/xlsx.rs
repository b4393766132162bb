//! A workbook as sheets of cells. Cells are taken one by one: a sheet that names only its first and
//! its last possible cell must not become seventeen billion.

use std::io::{Cursor, Read as _};

use calamine::{
    Data, DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError,
};
use hexacase::terms::time::CivilDate;

use super::{
    Book, Format, Grid, GridCell, Line, MAX_COLUMNS, MAX_ROWS, MAX_UNPACKED, Merged, TableFault,
    TableProblem, Value,
};

type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Reads the visible sheets.
pub(super) fn read(bytes: &[u8]) -> Result<Book, TableProblem> {
    measure(bytes)?;
    let mut workbook: Workbook<'_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error).anywhere())?;
    let shown: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut sheets = Vec::new();
    for name in shown {
        let mut grid = grid(&mut workbook, &name)?;
        grid.name = Some(name);
        sheets.push(grid);
    }
    Ok(Book { format: Format::Xlsx, sheets, problems: Vec::new() })
}

/// Unpacks everything once without keeping it. What a packed file says of its own size is not
/// believed.
fn measure(bytes: &[u8]) -> Result<(), TableProblem> {
    let broken = |error: &dyn std::fmt::Display| TableFault::Damaged(error.to_string()).anywhere();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut left = MAX_UNPACKED;
    for at in 0..archive.len() {
        let packed = archive.by_index(at).map_err(|error| broken(&error))?;
        let read = std::io::copy(&mut packed.take(left.saturating_add(1)), &mut std::io::sink());
        let read = read.map_err(|error| broken(&error))?;
        left = left.checked_sub(read).ok_or_else(|| TableFault::UnpacksTooLarge.anywhere())?;
    }
    Ok(())
}

fn damaged(error: &XlsxError) -> TableFault {
    match error {
        XlsxError::Password => TableFault::OldWorkbook,
        other => TableFault::Damaged(other.to_string()),
    }
}

fn grid(workbook: &mut Workbook<'_>, name: &str) -> Result<Grid, TableProblem> {
    let in_sheet = |fault: TableFault, row: Option<u64>| TableProblem {
        fault,
        sheet: Some(name.to_owned()),
        row,
        column: None,
    };
    let merged = workbook
        .merge_cells_by_sheet_name(name)
        .map_err(|error| in_sheet(damaged(&error), None))?;
    let mut grid = Grid { merged: merged.iter().map(merge).collect(), ..Grid::default() };
    let mut cells =
        workbook.worksheet_cells_reader(name).map_err(|error| in_sheet(damaged(&error), None))?;
    let mut row = None;
    loop {
        let cell = match cells.next_cell_with_formula() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            Err(error) => return Err(in_sheet(damaged(&error), row)),
        };
        let number = u64::from(cell.pos.0) + 1;
        let column = usize::try_from(cell.pos.1).unwrap_or(usize::MAX);
        row = Some(number);
        let value = value(cell.value);
        let formula = cell.formula.map(String::into_boxed_str);
        // A cell that only has a format is none: whole columns are formatted down to the last row.
        if value == Value::Blank && formula.is_none() {
            continue;
        }
        if number > MAX_ROWS {
            return Err(in_sheet(TableFault::TooManyRows, row));
        }
        if column >= MAX_COLUMNS {
            return Err(in_sheet(TableFault::TooManyColumns, row));
        }
        if grid.lines.last().is_none_or(|line| line.number != number) {
            grid.lines.push(Line { number, cells: Vec::new() });
        }
        if let Some(line) = grid.lines.last_mut() {
            if line.cells.len() <= column {
                line.cells.resize(column + 1, GridCell::default());
            }
            if let Some(slot) = line.cells.get_mut(column) {
                *slot = GridCell { value, formula };
            }
        }
    }
    // Nothing in the format keeps a writer from giving its rows in another order, or twice.
    grid.lines.sort_by_key(|line| line.number);
    if let Some([first, _]) =
        grid.lines.array_windows().find(|[one, next]| one.number == next.number)
    {
        let fault = TableFault::Damaged(format!("row {} stands there twice", first.number));
        return Err(in_sheet(fault, Some(first.number)));
    }
    Ok(grid)
}

fn merge(area: &calamine::Dimensions) -> Merged {
    let column = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    Merged {
        rows: (u64::from(area.start.0) + 1, u64::from(area.end.0) + 1),
        columns: (column(area.start.1), column(area.end.1)),
    }
}

fn value(data: DataRef<'_>) -> Value {
    match Data::from(data) {
        Data::Empty => Value::Blank,
        Data::String(text) if text.is_empty() => Value::Blank,
        Data::String(text) | Data::DurationIso(text) => Value::Text(text),
        Data::Int(number) => Value::Text(number.to_string()),
        Data::Float(number) => Value::Number(number),
        Data::Bool(answer) => Value::Bool(answer),
        Data::DateTime(time) => instant(time),
        Data::DateTimeIso(text) => {
            let day = text.split('T').next().unwrap_or_default().parse::<CivilDate>();
            day.map_or(Value::Text(text), Value::Date)
        }
        Data::Error(error) => Value::Error(error.to_string()),
    }
}

/// A day, or a day with a time of day as text. What is no day of the calendar (a spreadsheet has a
/// 29 February 1900) stays the number it is stored as.
fn instant(time: ExcelDateTime) -> Value {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = CivilDate::new(i32::from(year), u32::from(month), u32::from(day));
    match date {
        Some(date) if time.is_datetime() && time.as_f64() >= 1.0 => {
            if (hour, minute, second) == (0, 0, 0) {
                Value::Date(date)
            } else {
                Value::Text(format!("{date} {hour:02}:{minute:02}:{second:02}"))
            }
        }
        _ => Value::Number(time.as_f64()),
    }
}
