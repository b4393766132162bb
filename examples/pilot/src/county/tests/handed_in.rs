//! Large files, and rows that are handed back.

use std::fmt::Write as _;

use hexacase::terms::time::CivilDate;

use crate::{
    county::{Ground, mapping::Mapping, register_file::RegisterFile},
    spreadsheet::{Encoding, write_csv},
};

#[test]
fn one_bad_cell_in_a_hundred_thousand_rows_is_found() {
    let mut text = "登记号,姓名,无证原因,性别,出生日期,民族,居住地区划,类别,父亲状态,母亲状态,监护人,与儿童关系,\
                    监护情况\n"
        .to_owned();
    for at in 0..100_000 {
        let sex = if at == 77_777 { "公" } else { "男" };
        let row = format!(
            "林样{at},无户籍,{sex},2015-03-01,汉族,999999101201,孤儿,死亡,死亡,林例,祖父,好"
        );
        writeln!(text, "{at},{row}").unwrap();
    }
    let day = CivilDate::new(2026, 1, 1).unwrap();
    let ground = Ground::new("999999".parse().unwrap(), day, None, None).unwrap();
    let file = RegisterFile::open("大.csv", text.as_bytes(), Mapping::default()).unwrap();
    let rows = file.read(&ground).unwrap();
    assert_eq!((rows.rows, rows.children.len(), rows.problems.len()), (100_000, 99_999, 1));
    assert_eq!(rows.problems[0].row, Some(77_779));
    assert_eq!(rows.problems[0].code, "input.unknown_code");
    let reasons = crate::register::by_row(&rows.problems, true);
    let back = write_csv(Encoding::Utf8, &file.rows_with_reasons(&reasons)).unwrap();
    let back = String::from_utf8(back).unwrap();
    let lines: Vec<&str> = back.lines().collect();
    assert!(lines[0].ends_with(",未导入原因") && lines[1].starts_with("77777,林样77777"), "{back}");
    assert_eq!(lines.len(), 2);
    let mended = back.replace(",公,", ",男,");
    let file = RegisterFile::open("大.csv", mended.as_bytes(), Mapping::default()).unwrap();
    assert!(file.read(&ground).unwrap().problems.is_empty());
}
