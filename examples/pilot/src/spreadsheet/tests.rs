//! Tables written and read again, good files damaged, and files made to do harm.

use std::io::{Cursor, Write as _};

use hexacase::terms::time::CivilDate;
use rust_xlsxwriter::{Format as Style, Workbook};

use super::*;

fn sheet(rows: &[&[&str]]) -> OutSheet {
    let (head, rows) = rows.split_first().unwrap();
    OutSheet {
        name: "台账".to_owned(),
        columns: head.iter().map(|heading| OutColumn::headed(*heading)).collect(),
        rows: rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect(),
        ..OutSheet::default()
    }
}

fn texts(book: &Book) -> Vec<Vec<String>> {
    let lines = book.sheets[0].lines.iter();
    lines.map(|line| line.cells.iter().map(|cell| cell.text().into_owned()).collect()).collect()
}

/// A workbook made by hand.
fn made(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

const FORMATS: [Format; 4] = [
    Format::Csv(Encoding::Utf8),
    Format::Csv(Encoding::Utf8Bom),
    Format::Csv(Encoding::Gb18030),
    Format::Xlsx,
];

#[test]
fn every_format_gives_back_what_was_written() {
    let awkward = sheet(&[
        &["姓名", "身份证号", "备注"],
        &["林样溪", "999999201503010016", "=HYPERLINK(\"http://x\")"],
        &["𠮷例", "00012", "两行\n一格, \"引号\"；\t'=1"],
        &["Ａ👧é\u{e000}", "+86 1", "-"],
        &["末", "@", "'"],
    ]);
    for format in FORMATS {
        let bytes = write(format, &awkward).unwrap();
        assert_eq!(bytes, write(format, &awkward).unwrap(), "{format:?} is not the same twice");
        let book = read(&bytes).unwrap();
        assert_eq!(book.format, format);
        let found = texts(&book);
        assert_eq!(found[1..], awkward.rows, "{format:?}");
        let formulas = book.sheets[0].lines.iter().flat_map(|line| &line.cells);
        assert!(formulas.into_iter().all(|cell| cell.formula.is_none()));
    }
    let csv = write_csv(Encoding::Utf8, &awkward).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(
        csv.contains("\"'=HYPERLINK(\"\"http://x\"\")\"") && csv.contains("'+86 1,'-"),
        "{csv}"
    );
}

#[test]
fn what_a_format_cannot_keep_is_refused_with_its_place() {
    let rows = sheet(&[&["甲", "乙"], &["好", "\u{e5e5}"]]);
    let problem = write_csv(Encoding::Gb18030, &rows).unwrap_err();
    assert_eq!(problem.fault, TableFault::NotInEncoding('\u{e5e5}'));
    assert_eq!((problem.row, problem.column), (Some(2), Some(1)));
    for text in ["\u{1}", "_x0041_", "a\r\nb", "a\rb"] {
        match write_xlsx(&[sheet(&[&["甲"], &[text]])]) {
            Ok(bytes) => assert_eq!(texts(&read(&bytes).unwrap())[1], [text]),
            Err(problem) => assert_eq!((problem.row, problem.column), (Some(2), Some(0))),
        }
    }
    let long = "长".repeat(32_768);
    assert!(write_xlsx(&[sheet(&[&["甲"], &[&long]])]).is_err());
}

#[test]
fn the_kinds_of_cells_are_told_apart() {
    let bytes = made(|sheet| {
        let day = Style::new().set_num_format("yyyy/m/d");
        sheet.write_number_with_format(0, 0, 42_064, &day).unwrap();
        sheet.write_number(0, 1, 1.101_051_949_123_1e17).unwrap();
        sheet.write_boolean(0, 2, true).unwrap();
        let sum = rust_xlsxwriter::Formula::new("=A1&\"x\"").set_result("算出");
        sheet.write_formula(0, 3, sum).unwrap();
        let bad = rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!");
        sheet.write_formula(0, 4, bad).unwrap();
        sheet.merge_range(1, 0, 2, 1, "合并", &Style::new()).unwrap();
    });
    let book = read(&bytes).unwrap();
    let line = &book.sheets[0].lines[0];
    assert_eq!(line.cells[0].value, Value::Date(CivilDate::new(2015, 3, 1).unwrap()));
    assert_eq!(line.cells[1].text(), "110105194912310000");
    assert_eq!(line.cells[1].digits_of_number(), Some(18));
    assert_eq!(line.cells[2].value, Value::Bool(true));
    assert_eq!((line.cells[3].text().as_ref(), line.cells[3].formula.is_some()), ("算出", true));
    assert!(line.cells[4].formula.is_some());
    assert_eq!(book.sheets[0].merged[0].to_string(), "A2:B3");
}

#[test]
fn encodings_are_recognized_and_damage_is_told_by_row() {
    let text = "姓名,备注\n林样溪,甲\n何例枫,乙\n";
    let (gb, _, _) = encoding_rs::GB18030.encode(text);
    assert_eq!(read(&gb).unwrap().format, Format::Csv(Encoding::Gb18030));
    let mut bad = gb.to_vec();
    let at = bad.len() - 3;
    bad[at] = 0xff;
    let problem = read(&bad).unwrap_err();
    assert_eq!((problem.fault, problem.row), (TableFault::Encoding, Some(3)));
    let long = format!("登记号,姓名,身份证号\n{text}");
    let cut = &long.as_bytes()[..long.len() - 2];
    let problem = read(cut).unwrap_err();
    assert_eq!((problem.fault, problem.row), (TableFault::CutShort, Some(4)));
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&utf16).unwrap_err().fault, TableFault::Utf16);
    assert_eq!(read(&[0xd0, 0xcf, 0x11, 0xe0, 1]).unwrap_err().fault, TableFault::OldWorkbook);
    assert_eq!(read(b"a;b\n1;2,3\n").unwrap().sheets[0].lines[1].cells.len(), 2);
}

#[test]
fn a_cell_in_the_last_corner_is_refused_without_filling_the_memory() {
    let bytes = made(|sheet| {
        sheet.write(0, 0, "a").unwrap();
        sheet.write(1_048_575, 16_383, "z").unwrap();
    });
    let problem = read(&bytes).unwrap_err();
    assert_eq!((problem.fault, problem.row), (TableFault::TooManyRows, Some(1_048_576)));
    let bytes = made(|sheet| drop(sheet.write(0, 16_383, "z").map(|_| ())));
    assert_eq!(read(&bytes).unwrap_err().fault, TableFault::TooManyColumns);
}

#[test]
fn a_small_file_that_unpacks_to_too_much_is_not_unpacked() {
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let block = vec![b' '; 1 << 20];
    for part in 0..2 {
        packed.start_file(format!("xl/part{part}.xml"), options).unwrap();
        for _ in 0..300 {
            packed.write_all(&block).unwrap();
        }
    }
    let bytes = packed.finish().unwrap().into_inner();
    assert!(bytes.len() < 4 << 20);
    assert_eq!(read(&bytes).unwrap_err().fault, TableFault::UnpacksTooLarge);
}

#[test]
fn a_damaged_workbook_is_an_error_and_never_a_panic() {
    let good = write_xlsx(&[sheet(&[&["姓名", "备注"], &["林样溪", "甲"]])]).unwrap();
    let mut errors = 0;
    for cut in (0..good.len()).step_by(97) {
        errors += usize::from(read(&good[..cut]).is_err());
    }
    assert!(errors > 10);
    let mut seed = 7_u32;
    for _ in 0..500 {
        let mut bad = good.clone();
        for _ in 0..4 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = usize::try_from(seed >> 8).unwrap() % bad.len();
            bad[at] ^= u8::try_from(seed & 0xff).unwrap() | 1;
        }
        drop(read(&bad));
    }
}

#[test]
fn columns_have_the_letters_of_a_spreadsheet() {
    let letters = [0, 25, 26, 701, 702].map(column_letters);
    assert_eq!(letters, ["A", "Z", "AA", "ZZ", "AAA"]);
}
