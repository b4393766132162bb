//! Files that are damaged, made by a spreadsheet, or made to do harm: each is an answer with a place,
//! and the database stays as it was.

use std::process::{Command, Stdio};

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};
use serde_json::Value;

use crate::{
    pilot::{Pilot, child, register},
    registers::empty,
};

const HEADINGS: [&str; 14] = [
    "登记号",
    "姓名",
    "身份证号",
    "无证原因",
    "性别",
    "出生日期",
    "民族",
    "居住地区划",
    "类别",
    "父亲状态",
    "母亲状态",
    "监护人",
    "与儿童关系",
    "监护情况",
];
const ROW: [&str; 14] = [
    "1",
    "林样溪",
    "",
    "无户籍",
    "男",
    "2015-03-01",
    "汉族",
    "999999101201",
    "孤儿",
    "死亡",
    "死亡",
    "林例山",
    "祖父",
    "好",
];

fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("儿童").unwrap();
    for (at, (heading, cell)) in (0..).zip(HEADINGS.iter().zip(ROW)) {
        sheet.write(0, at, *heading).unwrap();
        sheet.write(1, at, cell).unwrap();
    }
    fill(sheet);
    workbook.save_to_buffer().unwrap()
}

/// The codes, rows and columns of what is wrong with a file; nothing may be written.
fn wrong(pilot: &Pilot, name: &str, bytes: &[u8]) -> Vec<(String, Option<u64>, Option<String>)> {
    pilot.write(name, bytes);
    let said = pilot.json(&format!("import {name} --as data-1"));
    assert!(matches!(said.code, 1 | 3), "{name}: {}{}", said.out, said.err);
    let error = said.error();
    let reason = |reason: &Value| {
        assert_eq!(reason["place"]["file"], name, "{reason}");
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let place = &reason["place"];
        (text(&reason["code"]).unwrap(), place["row"].as_u64(), text(&place["column"]))
    };
    error["reasons"].as_array().unwrap().iter().map(reason).collect()
}

#[test]
fn what_a_workbook_holds_is_told_by_sheet_row_and_column() {
    let pilot = empty();
    let bytes = workbook(|sheet| {
        let day = Format::new().set_num_format("yyyy-mm-dd");
        for (at, cell) in (0..).zip(ROW) {
            for row in 2..8 {
                sheet.write(row, at, cell).unwrap();
            }
        }
        for row in 2..8_u32 {
            sheet.write(row, 0, f64::from(row)).unwrap();
            sheet.write(row, 1, format!("何例{row}")).unwrap();
        }
        sheet.write(2, 2, 1.101_051_949_123_1e17).unwrap();
        sheet.write(3, 2, "１１0105194912310021").unwrap();
        sheet.write_with_format(4, 5, 42_064, &day).unwrap();
        sheet.write_formula(5, 11, Formula::new("=A1").set_result("林例山")).unwrap();
        sheet.write_formula(6, 11, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.merge_range(7, 11, 7, 12, "林例山", &Format::new()).unwrap();
    });
    let told = wrong(&pilot, "表.xlsx", &bytes);
    let told: Vec<_> =
        told.iter().map(|(code, row, column)| (code.as_str(), *row, column.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("input.identity_damaged", Some(3), Some("身份证号")),
            ("input.identity_character", Some(4), Some("身份证号")),
            ("input.cell_error", Some(7), Some("监护人")),
            ("input.merged_cells", Some(8), Some("监护人")),
            ("input.required", Some(8), Some("与儿童关系")),
        ]
    );
    let error = pilot.json("import 表.xlsx --as data-1").error();
    assert_eq!(error["reasons"][0]["place"]["sheet"], "儿童");
    assert_eq!(error["reasons"][0]["value"], "110105194912310000");
    let done = pilot.json("import 表.xlsx --as data-1 --skip-bad").result();
    assert_eq!(
        (&done["imported"], &done["skipped"], &done["formulas"]),
        (&3.into(), &4.into(), &2.into())
    );
    assert_eq!(
        wrong(&pilot, "表.未导入.xlsx", &std::fs::read(pilot.path("表.未导入.xlsx")).unwrap())
            .len(),
        4
    );
}

#[test]
fn no_damage_is_taken_for_a_register() {
    let pilot = Pilot::with_county();
    let entries = |pilot: &Pilot| pilot.json("feed --limit 1000").result()["items"].clone();
    let before = entries(&pilot);
    let good = register(&[child("7", "孙例杉", "999999101201")]);
    let xlsx = workbook(|_| {});
    let code = |name: &str, bytes: &[u8]| wrong(&pilot, name, bytes)[0].0.clone();
    assert_eq!(code("a.csv", b""), "input.no_headings");
    assert_eq!(
        code("b.csv", &good.as_bytes()[..good.rfind("外出务工").unwrap()]),
        "input.row_width"
    );
    assert_eq!(code("c.csv", &good.as_bytes()[..=good.find("林例山").unwrap()]), "input.cut_short");
    assert_eq!(code("d.csv", good.replacen("姓名", "名字", 1).as_bytes()), "input.unknown_column");
    assert_eq!(
        code("e.csv", good.replacen("无证原因", "姓名", 1).as_bytes()),
        "input.repeated_column"
    );
    assert_eq!(
        code("f.csv", good.replacen("孙例杉", "\"孙例杉", 1).as_bytes()),
        "input.open_quote"
    );
    assert_eq!(code("g.xlsx", &xlsx[..xlsx.len() / 2]), "input.damaged_file");
    assert_eq!(code("h.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1]), "input.old_workbook");
    let mut two = Workbook::new();
    for name in ["甲", "乙"] {
        two.add_worksheet().set_name(name).unwrap().write(0, 0, "姓名").unwrap();
    }
    assert_eq!(code("i.xlsx", &two.save_to_buffer().unwrap()), "input.several_sheets");
    let mut none = Workbook::new();
    none.add_worksheet();
    assert_eq!(code("j.xlsx", &none.save_to_buffer().unwrap()), "input.no_headings");
    let mut seed = 11_u32;
    for round in 0..12 {
        let mut bytes = if round % 2 == 0 { good.clone().into_bytes() } else { xlsx.clone() };
        for _ in 0..40 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = usize::try_from(seed >> 8).unwrap() % bytes.len();
            bytes[at] ^= 0x95;
        }
        assert!(!wrong(&pilot, "k.bin", &bytes).is_empty());
    }
    assert_eq!(entries(&pilot), before);
}

#[test]
fn an_import_that_is_ended_in_the_middle_is_done_whole_by_the_next() {
    let pilot = empty();
    let count = 600;
    let name = |at: usize| format!("林样{at}");
    let rows: Vec<_> =
        (0..count).map(|at| child(&at.to_string(), &name(at), "999999101201")).collect();
    pilot.write("a.csv", register(&rows));
    let cases = |pilot: &Pilot| {
        pilot.json("cases --limit 1000").result()["items"].as_array().unwrap().len()
    };
    for polls in [1, 2_000, 20_000] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_pilot"))
            .args(["import", "a.csv", "--as", "data-1", "--database", "sqlite:work.db"])
            .current_dir(pilot.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Wherever this ends it, all of it is there or nothing.
        for _ in 0..polls {
            if run.try_wait().unwrap().is_some() {
                break;
            }
        }
        run.kill().unwrap();
        run.wait().unwrap();
        let found = cases(&pilot);
        assert!(found == 0 || found == count, "{found} of {count}");
    }
    let done = pilot.json("import a.csv --as data-1").result();
    assert_eq!(done["imported"].as_u64().unwrap() + done["known"].as_u64().unwrap(), count as u64);
    assert_eq!(cases(&pilot), count);
    assert_eq!(pilot.json("verify").result()["verdict"], "clean");
}
