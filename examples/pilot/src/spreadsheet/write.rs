//! Writing a table: the same bytes for the same content, text throughout, nothing that runs.

use rust_xlsxwriter::{
    DataValidation, DocProperties, Format as Style, FormatAlign, FormatBorder, IgnoreError,
    IntoCustomDateTime, Workbook, Worksheet, XlsxError,
};

use super::{Encoding, Format, Grid, TableFault, TableProblem, encoding, inert, read};

/// A column to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutColumn {
    /// Its heading.
    pub heading: String,
    /// What a person may choose from, where the spreadsheet shall offer a list.
    pub choices: Vec<String>,
    /// Whether it is hidden, for what only the program needs.
    pub hidden: bool,
}

impl OutColumn {
    /// A column with a heading and nothing else.
    pub fn headed(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), ..Self::default() }
    }
}

/// A sheet to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutSheet {
    /// Its name, in a workbook.
    pub name: String,
    /// Rows above the headings, such as a title.
    pub above: Vec<Vec<String>>,
    /// Its columns.
    pub columns: Vec<OutColumn>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
    /// So many rows below the last offer the choices of their columns too, for new entries.
    pub spare: u32,
}

impl OutSheet {
    fn lines(&self) -> impl Iterator<Item = Vec<&str>> {
        let head = self.columns.iter().map(|column| column.heading.as_str()).collect();
        self.above
            .iter()
            .map(|row| row.iter().map(String::as_str).collect())
            .chain(std::iter::once(head))
            .chain(self.rows.iter().map(|row| row.iter().map(String::as_str).collect()))
    }

    /// The number of the row of headings, from 0.
    fn head(&self) -> u32 {
        u32::try_from(self.above.len()).unwrap_or(u32::MAX)
    }
}

/// The sheet as a file of this format.
///
/// # Errors
/// The cell that the format cannot keep.
pub fn write(format: Format, sheet: &OutSheet) -> Result<Vec<u8>, TableProblem> {
    match format {
        Format::Csv(encoding) => write_csv(encoding, sheet),
        Format::Xlsx => write_xlsx(std::slice::from_ref(sheet)),
    }
}

/// The sheet as a CSV file, with the line ends of the standard (RFC 4180).
///
/// # Errors
/// The cell whose characters the encoding does not hold.
pub fn write_csv(encoding: Encoding, sheet: &OutSheet) -> Result<Vec<u8>, TableProblem> {
    let mut bytes = Vec::new();
    if encoding == Encoding::Utf8Bom {
        bytes.extend(encoding::encode(encoding, "").unwrap_or_default());
    }
    for (number, line) in (1..).zip(sheet.lines()) {
        for (column, cell) in line.iter().enumerate() {
            let place = |fault: TableFault| TableProblem {
                fault,
                sheet: None,
                row: Some(number),
                column: Some(column),
            };
            if column > 0 {
                bytes.push(b',');
            }
            let mut cell = inert::guard(cell);
            // A row of one blank cell would be a blank line, which is none.
            if cell.contains([',', '"', '\r', '\n', ';', '\t'])
                || (line.len() == 1 && cell.is_empty())
            {
                cell = format!("\"{}\"", cell.replace('"', "\"\"")).into();
            }
            let plain = if encoding == Encoding::Utf8Bom { Encoding::Utf8 } else { encoding };
            let encoded = encoding::encode(plain, &cell)
                .map_err(|sign| place(TableFault::NotInEncoding(sign)))?;
            bytes.extend(encoded);
        }
        bytes.extend(b"\r\n");
    }
    Ok(bytes)
}

/// The sheets as a workbook: text cells, headings that stay in sight, A4 across.
///
/// # Errors
/// The cell that a workbook cannot keep as it is: too long, or with characters that XML does not
/// hold.
pub fn write_xlsx(sheets: &[OutSheet]) -> Result<Vec<u8>, TableProblem> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(NoTime));
    for sheet in sheets {
        let told = |error: XlsxError| TableProblem {
            sheet: Some(sheet.name.clone()),
            ..TableFault::Damaged(error.to_string()).anywhere()
        };
        fill(workbook.add_worksheet(), sheet).map_err(told)?;
    }
    let bytes = workbook
        .save_to_buffer()
        .map_err(|error| TableFault::Damaged(error.to_string()).anywhere())?;
    // Looking again is surer than a list of all that could be lost.
    for (sheet, grid) in sheets.iter().zip(read(&bytes)?.sheets) {
        compare(sheet, &grid)?;
    }
    Ok(bytes)
}

/// A workbook says when it was made; one that is the same every time cannot.
struct NoTime;

impl IntoCustomDateTime for NoTime {
    fn utc_datetime(self) -> String {
        "1980-01-01T00:00:00Z".to_owned()
    }
}

fn fill(to: &mut Worksheet, sheet: &OutSheet) -> Result<(), XlsxError> {
    const A4: u8 = 9;
    let text = Style::new().set_num_format("@").set_align(FormatAlign::Top);
    let bold = Style::new()
        .set_num_format("@")
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_border_bottom(FormatBorder::Thin);
    to.set_name(&sheet.name)?;
    let count = u16::try_from(sheet.columns.len()).unwrap_or(u16::MAX);
    let last_row = u32::try_from(sheet.rows.len())
        .unwrap_or(u32::MAX)
        .saturating_add(sheet.head())
        .saturating_add(sheet.spare);
    for (at, column) in (0..).zip(&sheet.columns) {
        // Also the blank cells below: what a person types there stays the text it is.
        to.set_column_format(at, &text)?;
        to.set_column_width(at, width(sheet, usize::from(at)))?;
        if column.hidden {
            to.set_column_hidden(at)?;
        }
        if !column.choices.is_empty() && last_row > sheet.head() {
            let list = DataValidation::new().allow_list_strings(&column.choices)?;
            // What a file holds that is not on the list is kept; the import says what is wrong.
            let list = list.show_error_message(false);
            to.add_data_validation(sheet.head() + 1, at, last_row, at, &list)?;
        }
    }
    for (number, line) in (0..).zip(sheet.lines()) {
        let style = if number == sheet.head() { &bold } else { &text };
        for (at, cell) in (0..).zip(line) {
            if !cell.is_empty() {
                to.write_string_with_format(number, at, cell, style)?;
            }
        }
    }
    let head = sheet.head();
    to.set_freeze_panes(head + 1, 0)?;
    to.set_repeat_rows(head, head)?;
    to.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    if count > 0 && last_row > head {
        to.ignore_error_range(head + 1, 0, last_row, count - 1, IgnoreError::NumberStoredAsText)?;
    }
    Ok(())
}

/// The width at which the column reads well; a Chinese character takes two places.
fn width(sheet: &OutSheet, column: usize) -> f64 {
    const BOUNDS: (u32, u32) = (6, 40);
    let wide = |text: &str| -> u32 {
        text.chars().map(|sign| if sign.is_ascii() { 1 } else { 2 }).fold(0, u32::saturating_add)
    };
    let cells = sheet.rows.iter().filter_map(|row| row.get(column)).map(|cell| wide(cell));
    let head = sheet.columns.get(column).map(|column| wide(&column.heading));
    f64::from(cells.chain(head).max().unwrap_or(0).clamp(BOUNDS.0, BOUNDS.1) + 2)
}

fn compare(sheet: &OutSheet, grid: &Grid) -> Result<(), TableProblem> {
    let mut lines = grid.lines.iter().peekable();
    for (number, wanted) in (1..).zip(sheet.lines()) {
        let found = lines.next_if(|line| line.number == number);
        for (column, cell) in wanted.iter().enumerate() {
            let kept = found.and_then(|line| line.cells.get(column));
            let same = kept.map_or(cell.is_empty(), |kept| kept.text() == *cell);
            if !same || kept.is_some_and(|kept| kept.formula.is_some()) {
                return Err(TableProblem {
                    fault: TableFault::NotInFormat,
                    sheet: Some(sheet.name.clone()),
                    row: Some(number),
                    column: Some(column),
                });
            }
        }
    }
    Ok(())
}
