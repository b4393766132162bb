//! A week's sheet: printed, filled in, recorded, recorded again, in conflict, damaged.

use std::{collections::BTreeMap, fs};

use hexacase_pilot::spreadsheet::{self, OutColumn, OutSheet};
use serde_json::{Value, json};

use crate::pilot::{Pilot, STAFF, child, register};

/// A sheet that is being filled in: its lines as text.
struct Table {
    above: Vec<Vec<String>>,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(pilot: &Pilot, file: &str) -> Self {
        let book = spreadsheet::read(&fs::read(pilot.path(file)).unwrap()).unwrap();
        let mut lines: Vec<Vec<String>> = book.sheets[0]
            .lines
            .iter()
            .map(|line| line.cells.iter().map(|cell| cell.text().into_owned()).collect())
            .collect();
        let head = lines.iter().position(|line| line[0] == "行号").unwrap();
        let rows = lines.split_off(head + 1);
        let head = lines.pop().unwrap();
        Self { above: lines, head, rows }
    }

    fn at(&self, heading: &str) -> usize {
        self.head.iter().position(|text| text == heading).unwrap()
    }

    fn cell(&self, row: usize, heading: &str) -> &str {
        self.rows[row].get(self.at(heading)).map_or("", String::as_str)
    }

    /// The row of this duty.
    fn row(&self, duty: &str) -> usize {
        let at = self.at("应办事项");
        self.rows.iter().position(|row| row[at] == duty).unwrap()
    }

    fn fill(&mut self, row: usize, cells: &[(&str, &str)]) {
        for (heading, text) in cells {
            let at = self.at(heading);
            let row = &mut self.rows[row];
            row.resize(row.len().max(at + 1), String::new());
            (*text).clone_into(&mut row[at]);
        }
    }

    fn write(&self, pilot: &Pilot, file: &str) {
        let sheet = OutSheet {
            name: "周工作表".to_owned(),
            above: self.above.clone(),
            columns: self.head.iter().map(OutColumn::headed).collect(),
            rows: self.rows.clone(),
            spare: 0,
        };
        pilot.write(file, spreadsheet::write_xlsx(&[sheet]).unwrap());
    }
}

/// A county with two directors in the village, and a file that is complete.
fn county() -> Pilot {
    let pilot = Pilot::with_county();
    let more = format!("{STAFF}director-202,吴例月,儿童主任,village-201,999999101201,否\n");
    pilot.write("staff.csv", more);
    pilot.json("staff import staff.csv --as data-1").result();
    let form = json!({
        "guardians": [{ "name": "林例山", "relation": "祖父" }], "carer": "林例山",
        "condition": "好",
    });
    pilot.form(&format!("act {} complete_file --as director-201", pilot.file()), &form).result();
    pilot
}

const WEEK: &str = "--week 2099-01-01 --county .";
const VISIT: [(&str, &str); 4] = [
    ("办理日期", "2026年1月3日"),
    ("时间", "14:05"),
    ("结果", "见到儿童本人"),
    ("安全状况", "安全"),
];

fn sheet(pilot: &Pilot, actor: &str, file: &str) -> Table {
    let done = pilot.json(&format!("sheet --as {actor} {WEEK} --out {file}")).result();
    assert_eq!(done["file"], file);
    Table::read(pilot, file)
}

fn entries(pilot: &Pilot) -> Vec<Value> {
    let trail = pilot.json(&format!("trail {}", pilot.file())).result();
    trail["items"].as_array().unwrap().clone()
}

/// Records a file; the result, and how it ended.
fn record(pilot: &Pilot, line: &str) -> (i32, Value) {
    let said = pilot.json(&format!("record {line}"));
    let document: Value =
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}", said.err));
    (said.code, document["result"].clone())
}

fn outcomes(result: &Value) -> BTreeMap<String, u64> {
    let names = ["recorded", "repeated", "blank", "left"];
    names.iter().map(|name| ((*name).to_owned(), result[*name].as_u64().unwrap())).collect()
}

fn row_of(result: &Value, outcome: &str) -> Value {
    let items = result["items"].as_array().unwrap();
    items.iter().find(|line| line["outcome"] == outcome).cloned().unwrap_or_default()
}

#[test]
fn a_sheet_goes_out_is_filled_in_and_is_recorded_once() {
    let pilot = county();
    let mut table = sheet(&pilot, "director-201", "week.xlsx");
    let visit = table.row("定期走访");
    assert_eq!(table.cell(visit, "儿童"), "林样溪");
    assert_eq!(table.cell(visit, "住址"), "示例县示枫镇例上枫村");
    assert!(table.cell(visit, "监护人及电话").contains("林例山（祖父）"));
    assert!(table.cell(visit, "要问什么").contains("结果（必填）"));
    let before = entries(&pilot).len();
    table.fill(visit, &VISIT);
    table.write(&pilot, "filled.xlsx");

    let (code, dry) = record(&pilot, "filled.xlsx --as director-201 --dry-run");
    assert_eq!((code, &dry["recorded"], entries(&pilot).len()), (0, &json!(1), before), "{dry}");

    let (code, done) = record(&pilot, "filled.xlsx --as director-201");
    let line = row_of(&done, "recorded");
    assert_eq!((code, &done["recorded"], &done["left"]), (0, &json!(1), &json!(0)), "{done}");
    assert_eq!(line["problems"], json!([]), "the child was met and the visit is done");
    let trail = entries(&pilot);
    assert_eq!(trail.len(), before + 1);
    let last = trail.last().unwrap();
    assert_eq!(
        (&last["transition"], &last["hash"]),
        (&json!("record_visit"), &line["receipt"]["hash"])
    );
    assert!(last["occurred_at"].as_str().unwrap().starts_with("2026-01-03T14:05"));

    let (code, again) = record(&pilot, "filled.xlsx --as director-201");
    assert_eq!((code, outcomes(&again)["repeated"]), (0, 1), "{again}");
    assert_eq!(row_of(&again, "repeated")["receipt"]["hash"], line["receipt"]["hash"]);
    assert_eq!(entries(&pilot).len(), before + 1);
    // Whoever reads it, it was recorded before.
    let (_, other) = record(&pilot, "filled.xlsx --as director-201 --dry-run");
    assert_eq!(other["repeated"], 1);
    assert_eq!(pilot.json("verify").result()["verdict"], "clean");
}

#[test]
fn a_row_that_leaves_its_duty_open_says_so() {
    let pilot = county();
    let mut table = sheet(&pilot, "director-201", "week.xlsx");
    let visit = table.row("定期走访");
    let cells = [("办理日期", "2026年1月3日"), ("结果", "不在家"), ("安全状况", "未见到")];
    table.fill(visit, &cells);
    table.write(&pilot, "filled.xlsx");
    let (code, done) = record(&pilot, "filled.xlsx --as director-201");
    let line = row_of(&done, "recorded");
    assert_eq!((code, &line["problems"][0]["code"]), (0, &json!("hint")), "{done}");
    assert!(line["problems"][0]["zh"].as_str().unwrap().contains("仍未办结"), "{line}");
}

#[test]
fn a_row_that_was_changed_after_it_was_recorded_is_a_conflict() {
    let pilot = county();
    let mut table = sheet(&pilot, "director-201", "week.xlsx");
    let visit = table.row("定期走访");
    table.fill(visit, &VISIT);
    table.write(&pilot, "filled.xlsx");
    record(&pilot, "filled.xlsx --as director-201");
    let before = entries(&pilot).len();
    table.fill(visit, &[("结果", "不在家"), ("安全状况", "没有见到")]);
    table.write(&pilot, "filled.xlsx");
    let (code, done) = record(&pilot, "filled.xlsx --as director-201");
    let line = row_of(&done, "conflict");
    assert_eq!((code, &line["problems"][0]["code"]), (3, &json!("sheet.changed")));
    let zh = line["problems"][0]["zh"].as_str().unwrap();
    assert!(zh.contains("结果：已登记“见到儿童本人”，表上为“不在家”"), "{zh}");
    assert_eq!(entries(&pilot).len(), before);
    let text = pilot.text("record filled.xlsx --as director-201");
    assert!(text.code == 3 && text.out.contains("冲突，未登记"), "{}", text.out);
}

#[test]
fn two_sheets_with_the_same_duty_are_a_conflict() {
    let pilot = county();
    let mut one = sheet(&pilot, "director-201", "one.xlsx");
    let mut two = sheet(&pilot, "director-202", "two.xlsx");
    let (first, second) = (one.row("定期走访"), two.row("定期走访"));
    one.fill(first, &VISIT);
    two.fill(second, &VISIT);
    two.fill(second, &[("办理日期", "2026-01-04")]);
    one.write(&pilot, "one.xlsx");
    two.write(&pilot, "two.xlsx");
    assert_eq!(record(&pilot, "one.xlsx --as director-201").1["recorded"], 1);
    let before = entries(&pilot).len();
    let (code, done) = record(&pilot, "two.xlsx --as director-202");
    let line = row_of(&done, "conflict");
    assert_eq!((code, &line["problems"][0]["code"]), (3, &json!("sheet.done")), "{done}");
    let zh = line["problems"][0]["zh"].as_str().unwrap();
    assert!(zh.contains("谢示秋（director-201）") && zh.contains("2026年1月3日 14:05"), "{zh}");
    assert_eq!(entries(&pilot).len(), before);
}

#[test]
fn a_case_that_moved_on_meanwhile_is_a_conflict() {
    let pilot = county();
    let file = pilot.file();
    let form = json!({ "result": "not_home", "at": "2026-01-02 09:00", "safety": "未见到" });
    pilot.form(&format!("act {file} record_visit --as director-201"), &form).result();
    let mut table = sheet(&pilot, "director-201", "week.xlsx");
    let retry = table.row("未见到本人再访");
    table.fill(retry, &VISIT);
    table.write(&pilot, "filled.xlsx");
    let form = json!({ "to_area": "999998101201", "open_cases": [] });
    pilot.form(&format!("act {file} send_out --as supervisor-101"), &form).result();
    let (code, done) = record(&pilot, "filled.xlsx --as director-201");
    let line = row_of(&done, "conflict");
    assert_eq!((code, &line["problems"][0]["code"]), (3, &json!("sheet.moved_on")), "{done}");
    assert!(line["problems"][0]["zh"].as_str().unwrap().contains("转出待接收"));
}

#[test]
fn every_bad_cell_is_named_and_good_rows_are_recorded() {
    let pilot = county();
    let mut table = sheet(&pilot, "director-201", "week.xlsx");
    let (visit, update) = (table.row("定期走访"), table.row("定期更新信息"));
    table.fill(
        visit,
        &[("办理日期", "1月32日"), ("结果", "见着了"), ("变化情况（没有则填“无变化”）", "无")],
    );
    table.fill(
        update,
        &[
            ("办理日期", "2026/1/3"),
            ("变化情况（没有则填“无变化”）", "无变化"),
            ("核对日期", "2026年1月3日"),
        ],
    );
    table.write(&pilot, "filled.xlsx");
    let (code, done) = record(&pilot, "filled.xlsx --as director-201");
    assert_eq!((code, &done["recorded"], &done["left"]), (3, &json!(1), &json!(1)), "{done}");
    let line = row_of(&done, "bad");
    let problems: Vec<(String, String, Value)> = line["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| {
            let text = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
            (text("column"), text("code"), problem["value"].clone())
        })
        .collect();
    let wanted = [
        ("办理日期", "sheet.value", json!("1月32日")),
        ("结果", "sheet.value", json!("见着了")),
        ("安全状况", "sheet.missing", Value::Null),
        ("变化情况（没有则填“无变化”）", "sheet.not_asked", json!("无")),
    ];
    for (column, code, value) in wanted {
        let found = (column.to_owned(), code.to_owned(), value);
        assert!(problems.contains(&found), "{found:?} in {problems:?}");
    }
    // The row's number is that of the spreadsheet: the heading stands below the notes.
    assert_eq!(line["row"], json!(table.above.len() + 2 + visit));
    // Mended, it is recorded, and the other row is not recorded twice.
    table.fill(visit, &VISIT);
    table.fill(visit, &[("变化情况（没有则填“无变化”）", "—")]);
    table.write(&pilot, "filled.xlsx");
    let (code, done) = record(&pilot, "filled.xlsx --as director-201");
    assert_eq!((code, &done["recorded"], &done["repeated"]), (0, &json!(1), &json!(1)), "{done}");
}

#[test]
fn somebody_else_may_record_a_sheet_and_the_trail_says_who_acted() {
    let pilot = county();
    let mut table = sheet(&pilot, "director-201", "week.xlsx");
    let visit = table.row("定期走访");
    table.fill(visit, &VISIT);
    table.write(&pilot, "filled.xlsx");
    let (code, done) = record(&pilot, "filled.xlsx --as director-202");
    assert_eq!((code, &done["sheet_of"]), (0, &json!("director-201")), "{done}");
    let last = entries(&pilot).last().unwrap().clone();
    assert_eq!(
        (&last["actor"], &last["acted_by"]),
        (&json!("director-202"), &json!("child_welfare_director"))
    );
}

#[test]
fn a_step_that_others_take_asks_who_it_was() {
    let pilot = county();
    let mut table = sheet(&pilot, "director-201", "week.xlsx");
    let pairing = table.row("落实结对");
    table.fill(
        pairing,
        &[
            ("办理日期", "2026-01-03"),
            ("结对人", "吴示帆（志愿者）"),
            ("自", "2026-01-03"),
            ("是否查询犯罪记录", "是"),
        ],
    );
    table.write(&pilot, "filled.xlsx");
    let (code, done) = record(&pilot, "filled.xlsx --as director-201");
    assert_eq!(
        (code, &row_of(&done, "bad")["problems"][0]["column"]),
        (3, &json!("实际办理的机关或人员")),
        "{done}"
    );
    table
        .fill(pairing, &[("实际办理人身份", "志愿者、结对人"), ("实际办理的机关或人员", "吴示帆")]);
    table.write(&pilot, "filled.xlsx");
    let (code, done) = record(&pilot, "filled.xlsx --as director-201");
    assert_eq!((code, &done["recorded"]), (0, &json!(1)), "{done}");
}

#[test]
fn a_sheet_of_another_county_or_database_is_refused() {
    let pilot = county();
    sheet(&pilot, "director-201", "week.xlsx");
    let bytes = fs::read(pilot.path("week.xlsx")).unwrap();
    let other = county();
    other.write("week.xlsx", &bytes);
    let said = other.json("record week.xlsx --as director-201");
    assert_eq!((said.code, &said.error()["code"]), (3, &json!("sheet.other_database")));
    let elsewhere = Pilot::new();
    elsewhere.json("init --realm 999998").result();
    elsewhere.write("week.xlsx", &bytes);
    let said = elsewhere.json("record week.xlsx --as director-201");
    assert_eq!((said.code, &said.error()["code"]), (3, &json!("sheet.other_county")));
    pilot.write("notes.csv", "a,b\n1,2\n");
    let said = pilot.json("record notes.csv --as director-201");
    assert_eq!((said.code, &said.error()["code"]), (3, &json!("sheet.not_a_sheet")));
}

#[test]
fn a_row_that_was_moved_or_doubled_is_not_recorded() {
    let pilot = county();
    let mut table = sheet(&pilot, "director-201", "week.xlsx");
    let (visit, update) = (table.row("定期走访"), table.row("定期更新信息"));
    table.fill(visit, &VISIT);
    let (no, key) =
        (table.cell(update, "事项序号").to_owned(), table.cell(update, "行号").to_owned());
    table.fill(visit, &[("事项序号", &no)]);
    table.write(&pilot, "moved.xlsx");
    let (code, done) = record(&pilot, "moved.xlsx --as director-201");
    assert_eq!((code, &row_of(&done, "bad")["problems"][0]["code"]), (3, &json!("sheet.altered")));
    let mut table = sheet(&pilot, "director-201", "week.xlsx");
    let double = table.rows[update].clone();
    table.rows.push(double);
    table.fill(visit, &[("行号", "")]);
    table.write(&pilot, "moved.xlsx");
    let (_, done) = record(&pilot, "moved.xlsx --as director-201");
    let items = done["items"].as_array().unwrap();
    let codes: Vec<&Value> = items.iter().map(|line| &line["problems"][0]["code"]).collect();
    assert!(
        codes.contains(&&json!("sheet.no_key")) && codes.contains(&&json!("sheet.twice")),
        "{codes:?} {key}"
    );
}

#[test]
fn paper_and_workbook_are_one_sheet_and_nothing_on_them_runs() {
    let pilot = county();
    let names = ["<script>alert(1)</script>", "=1+1"];
    let rows: Vec<String> = (3..)
        .zip(names)
        .map(|(no, name)| child(&format!("999999-2026-0000{no}"), name, "999999101201"))
        .collect();
    pilot.write("more.csv", register(&rows));
    pilot.json("import more.csv --as data-1").result();
    let table = sheet(&pilot, "director-201", "week.xlsx");
    let page = pilot.json(&format!("sheet --as director-201 {WEEK}")).result();
    let html = page["html"].as_str().unwrap();
    assert!(html.contains(table.cell(0, "表号")), "one id");
    assert!((0..table.rows.len()).all(|row| html.contains(table.cell(row, "行号"))));
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script"));
    assert!(table.rows.iter().any(|row| row.contains(&"=1+1".to_owned())));
    let book = spreadsheet::read(&fs::read(pilot.path("week.xlsx")).unwrap()).unwrap();
    let cells = book.sheets[0].lines.iter().flat_map(|line| &line.cells);
    assert!(cells.clone().count() > 0 && cells.clone().all(|cell| cell.formula.is_none()));
    let said = pilot.json("sheet --as nobody");
    assert_eq!((said.code, &said.error()["code"]), (3, &json!("input.unknown_person")));
}
