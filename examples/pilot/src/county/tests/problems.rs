//! One bad file for each kind of problem, with its exact words.

use hexacase::terms::time::CivilDate;

use crate::county::{
    ChildRow, County, CountyFiles, Ground, Identity, InputErrors,
    cell::Kind,
    columns::{CHILDREN, TABLES},
    mapping::Mapping,
    register_file::RegisterFile,
};

const COUNTY: &str = "区划代码,名称,起始年份,年数,种子\n999999,示例县,2026,1,\n";
const AREAS: &str = "区划代码,名称,级别\n999999,示例县,县\n999999101,示枫镇,乡镇\n\
     999999101201,例上枫村,村\n";
const UNITS: &str = "单位编号,名称,区划代码,类型\nprimary-01,示枫中心小学,999999101,学校\n";
const STAFF: &str = "人员编号,姓名,岗位,单位编号,区划代码,负责人\n\
     school-1,林示安,学校、幼儿园,primary-01,999999101,是\n";
const ABSENCES: &str = "人员编号,开始日期,结束日期,代理人编号,事由\n";
const HAPPENINGS: &str = "occurred_at,recorded_at,channel,reporter_role,area,child,\
     child_description,incident,procedure,transition,fields,note,as\n";

/// A small county without a fault.
fn small() -> CountyFiles {
    let staff = STAFF.replace("学校、幼儿园", "school");
    let children = register(&[GOOD]);
    let files = [
        ("county.csv", COUNTY),
        ("areas.csv", AREAS),
        ("units.csv", UNITS),
        ("staff.csv", &staff),
        ("absences.csv", ABSENCES),
        ("children.csv", &children),
        ("happenings.csv", HAPPENINGS),
    ];
    CountyFiles(files.map(|(name, text)| (name.into(), text.into())).into())
}

const GOOD: &str = "1,林样溪,999999201503010016,,男,2015-03-01,汉族,999999101201,999999101201,\
     primary-01,四年级,留守儿童、困难家庭儿童,外出务工,示例市,在家,,林例山,祖父,好,林例山,\
     00000001234,健康,最低生活保障、教育救助,=1+1,";

/// A register with these rows.
fn register(rows: &[&str]) -> String {
    let header: Vec<&str> = CHILDREN.columns.iter().map(|column| column.zh).collect();
    format!("{}\n{}\n", header.join(","), rows.join("\n"))
}

/// The good row with other cells.
fn row(changes: &[(&str, &str)]) -> String {
    let mut cells: Vec<&str> = GOOD.split(',').collect();
    for (key, value) in changes {
        cells[CHILDREN.position(key).unwrap()] = value;
    }
    cells.join(",")
}

fn read(text: impl AsRef<[u8]>) -> Result<Vec<ChildRow>, InputErrors> {
    let CountyFiles(files) = small();
    let file = |name: &str| files.get(name).map(Vec::as_slice);
    let day = CivilDate::new(2026, 1, 1).unwrap();
    let realm = "999999".parse().unwrap();
    let ground = Ground::new(realm, day, file("areas.csv"), file("units.csv")).unwrap();
    let file = RegisterFile::open("台账.csv", text.as_ref(), Mapping::default())?;
    let rows = file.read(&ground)?;
    if !rows.problems.is_empty() {
        return Err(InputErrors(rows.problems));
    }
    Ok(rows.children.into_iter().map(|(_, child)| child).collect())
}

/// The problems of a register in English.
fn english(text: impl AsRef<[u8]>) -> Vec<String> {
    read(text).unwrap_err().0.iter().map(ToString::to_string).collect()
}

/// Codes, rows and columns of the problems of the good row with these cells.
fn codes(changes: &[(&str, &str)]) -> Vec<(&'static str, Option<String>)> {
    let errors = read(register(&[&row(changes)])).unwrap_err().0;
    errors.into_iter().map(|problem| (problem.code, problem.column)).collect()
}

/// The problems of the small county with another text of one file.
fn county_with(file: &str, text: &str) -> Vec<String> {
    let mut files = small();
    files.0.insert(file.to_owned(), text.into());
    County::from_files(&files).unwrap_err().0.iter().map(ToString::to_string).collect()
}

/// The problems of the small county with one more happening.
fn happening(row: &str) -> Vec<String> {
    county_with("happenings.csv", &format!("{HAPPENINGS}{row}\n"))
}

#[test]
fn a_good_row_is_read_as_it_stands() {
    let child = read(register(&[GOOD])).unwrap().remove(0);
    assert_eq!(child.note.as_deref(), Some("=1+1"));
    assert_eq!(child.benefits, ["最低生活保障", "教育救助"]);
    assert!(matches!(&child.identity, Identity::Number(n) if n.as_str() == "999999201503010016"));
    let old = row(&[("identity", "999999950301001"), ("born", "1995年3月1日"), ("name", " 林 ")]);
    let child = read(register(&[&old])).unwrap().remove(0);
    assert!(matches!(&child.identity, Identity::Number(n) if n.as_str().starts_with("99999919")));
    assert_eq!(child.name, " 林 ");
}

#[test]
fn every_bad_cell_is_reported_in_one_go_in_both_languages() {
    let bad = [
        row(&[("register_number", "2"), ("identity", "1.1E+17"), ("born", "2015-13-01")]),
        String::new(),
        row(&[("register_number", "3"), ("identity", ""), ("types", "留守"), ("school", "x")]),
    ];
    let errors = read(register(&[GOOD, &bad[0], &bad[1], &bad[2]])).unwrap_err();
    let chinese: Vec<String> = errors.0.iter().map(super::InputProblem::chinese).collect();
    assert_eq!(
        chinese,
        [
            "台账.csv 第 3 行「身份证号」“1.1E+17”：身份证号已被电子表格改写，末几位丢失；\
             请先把单元格设为文本，再照原件重填",
            "台账.csv 第 3 行「出生日期」“2015-13-01”：应为 1900 至 2099 年间的日期，\
             如 2015-03-01, 2015/3/1, 2015.3.1, 2015年3月1日, 42064",
            "台账.csv 第 5 行「无证原因」：没有身份证号时应填无证原因，如“无户籍”",
            "台账.csv 第 5 行「就读学校」“x”：units.csv 中没有",
            "台账.csv 第 5 行「类别」“留守”：应为下列之一：留守儿童、困境儿童、孤儿、\
             事实无人抚养儿童、困难家庭儿童、残疾儿童、重病儿童、监护不当儿童",
        ]
    );
    assert_eq!(
        errors.to_string(),
        "台账.csv, row 3, column `身份证号`, value `1.1E+17`: a spreadsheet has rounded this \
         identity number and its last digits are lost; format the cell as text and enter it again\n\
         台账.csv, row 3, column `出生日期`, value `2015-13-01`: expected a date between 1900 and \
         2099 such as 2015-03-01, 2015/3/1, 2015.3.1, 2015年3月1日, 42064\n\
         台账.csv, row 5, column `无证原因`: expected a reason such as `无户籍` where there is no \
         identity number\n\
         台账.csv, row 5, column `就读学校`, value `x`: units.csv has no such entry\n\
         台账.csv, row 5, column `类别`, value `留守`: expected one of left_behind_child、\
         child_in_difficulty、orphan、unsupported_child、child_in_poverty、disabled_child、\
         seriously_ill_child、improper_guardianship"
    );
    let json = serde_json::to_value(&errors).unwrap();
    assert_eq!(json[0]["code"], "input.identity_damaged");
    assert_eq!((&json[0]["row"], &json[0]["value"]), (&3.into(), &"1.1E+17".into()));
}

#[test]
fn a_file_in_another_encoding_is_named_with_its_line() {
    let mut bytes = register(&[GOOD, GOOD]).into_bytes();
    let second = bytes.iter().rposition(|&byte| byte == b'\n').unwrap() - 3;
    bytes[second] = 0xb5;
    assert_eq!(
        english(&bytes),
        ["台账.csv, row 3: neither UTF-8 nor GB18030 from this row on; save the file as \
          `CSV UTF-8` or `.xlsx`"]
    );
    let zh = read(&bytes).unwrap_err().0[0].chinese();
    assert!(zh.contains("第 3 行") && zh.contains("GB18030"), "{zh}");
}

#[test]
fn columns_are_checked_and_their_cells_still_read() {
    let text = register(&[&row(&[("born", "x")])]).replacen("民族", "族别", 1);
    assert_eq!(
        english(text),
        [
            "台账.csv, row 1, column `族别`: the format has no such column",
            "台账.csv, row 1: the column `民族` (`ethnicity`) is missing",
            "台账.csv, row 2, column `出生日期`, value `x`: expected a date between 1900 and 2099 \
             such as 2015-03-01, 2015/3/1, 2015.3.1, 2015年3月1日, 42064",
        ]
    );
    let twice = register(&[GOOD]).replacen("姓名", "register_number", 1);
    assert_eq!(
        english(twice),
        [
            "台账.csv, row 1: the column `姓名` (`name`) is missing",
            "台账.csv, row 1, column `register_number`: the column stands there twice",
        ]
    );
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    let two_lines = row(&[("note", "\"第一行\n第二行\"")]);
    let blank = ",".repeat(24);
    let bad = row(&[("register_number", "2"), ("identity", ""), ("sex", "?")]);
    for end in ["\n", "\r\n"] {
        let text = register(&[&two_lines, "", &blank, "", "", &bad]).replace('\n', end);
        let rows: Vec<_> = read(text).unwrap_err().0.iter().map(|problem| problem.row).collect();
        assert_eq!(rows, [Some(7), Some(7)], "{end:?}");
    }
}

#[test]
fn torn_rows_are_reported() {
    assert_eq!(
        english(register(&["1,林样溪", &format!("{GOOD},more")])),
        [
            "台账.csv, row 2: the header has 25 cells, this row has 2",
            "台账.csv, row 3: the header has 25 cells, this row has 26",
        ]
    );
    let open = row(&[("note", "\"开")]);
    assert_eq!(
        english(register(&[GOOD, &open])),
        ["台账.csv, row 3: a quotation mark has no partner"]
    );
    assert!(read(register(&[&format!("{GOOD},,")])).is_ok());
}

#[test]
fn each_bad_cell_has_its_code() {
    let cases = [
        ("name", "", "input.required"),
        ("name", "a\0b", "input.nul"),
        ("born", "2015-03-01 ", "input.white_space"),
        ("sex", "公", "input.unknown_code"),
        ("hukou", "99999910120", "input.bad_area"),
        ("hukou", "999999101999", "input.dangling"),
        ("residence", "999998101201", "input.dangling"),
        ("school", "primary-99", "input.dangling"),
        ("school", " primary-01", "input.white_space"),
        ("types", "留守儿童、", "input.empty_item"),
        ("types", "留守儿童、left_behind_child", "input.repeated_item"),
        ("father", "打工", "input.unknown_code"),
        ("phone", "138", "input.bad_phone"),
        ("phone", "1.38E+10", "input.damaged_number"),
        ("guardianship", "优", "input.unknown_code"),
    ];
    for (key, value, code) in cases {
        let column = CHILDREN.columns[CHILDREN.position(key).unwrap()].zh;
        assert_eq!(codes(&[(key, value)]), [(code, Some(column.into()))], "{key} {value:?}");
    }
    assert!(read(register(&[&row(&[("hukou", "999998101201")])])).is_ok(), "another county");
    let long = "长".repeat(20_001);
    assert_eq!(codes(&[("note", &long)]), [("input.too_long", Some("备注".into()))]);
}

#[test]
fn identity_numbers_are_checked_against_the_row() {
    let born = Some("出生日期".to_owned());
    let identity = Some("身份证号".to_owned());
    let reason = Some("无证原因".to_owned());
    assert_eq!(codes(&[("born", "2015-03-02")]), [("input.identity_other_birth", born.clone())]);
    assert_eq!(codes(&[("sex", "女")]), [("input.identity_other_sex", Some("性别".into()))]);
    assert_eq!(
        codes(&[("no_identity_reason", "无户籍")]),
        [("input.identity_and_reason", reason.clone())]
    );
    assert_eq!(codes(&[("identity", "")]), [("input.no_identity_nor_reason", reason)]);
    assert_eq!(
        codes(&[("identity", "999999201503010017")]),
        [("input.identity_check", identity.clone())]
    );
    assert_eq!(
        codes(&[("identity", "999999201503010000")]),
        [("input.identity_damaged", identity)]
    );
    assert_eq!(
        codes(&[("identity", ""), ("no_identity_reason", "无户籍"), ("born", "2026-01-02")]),
        [("input.born_later", born)]
    );
}

#[test]
fn repeated_numbers_name_the_first_row() {
    assert_eq!(
        english(register(&[GOOD, GOOD])),
        [
            "台账.csv, row 3, column `登记号`, value `1`: stands in row 2 already",
            "台账.csv, row 3, column `身份证号`, value `999999201503010016`: stands in row 2 already",
        ]
    );
}

#[test]
fn the_other_tables_are_checked_alike() {
    assert_eq!(
        county_with("county.csv", "realm,name,first_year,years,seed\n9999,县,26,0,x\n"),
        [
            "county.csv, row 2, column `realm`, value `9999`: a code of this level has 6 digits \
             without its trailing zeros",
            "county.csv, row 2, column `first_year`, value `26`: expected a whole number within range",
            "county.csv, row 2, column `years`, value `0`: expected a whole number within range",
            "county.csv, row 2, column `seed`, value `x`: expected a whole number within range",
        ]
    );
    assert_eq!(
        county_with("county.csv", &format!("{COUNTY}999999,示例县,2026,1,\n")),
        ["county.csv: expected one row of data, found 2"]
    );
    assert_eq!(
        county_with("areas.csv", &format!("{AREAS}999999101,又,村\n999998101,外,乡镇\n")),
        [
            "areas.csv, row 5, column `区划代码`, value `999999101`: a code of this level has 12 \
             digits without its trailing zeros",
            "areas.csv, row 5, column `区划代码`, value `999999101`: stands in row 3 already",
            "areas.csv, row 6, column `区划代码`, value `999998101`: is not within the county 999999",
        ]
    );
    assert_eq!(
        county_with("units.csv", &UNITS.replace("999999101", "999999102")),
        ["units.csv, row 2, column `区划代码`, value `999999102`: areas.csv has no such entry"]
    );
    assert_eq!(
        county_with(
            "staff.csv",
            "id,name,roles,unit,area,leader\na,甲,school,u,999999,也许\nb,乙,court,primary-01,\
             999999,否\nc,丙,神仙,primary-01,999999,no\n"
        ),
        [
            "staff.csv, row 2, column `unit`, value `u`: units.csv has no such entry",
            "staff.csv, row 2, column `leader`, value `也许`: expected `是`, `否`, `yes` or `no`",
            "staff.csv, row 3, column `roles`, value `court`: people of this role have no account",
            "staff.csv, row 4, column `roles`, value `神仙`: there is no such role",
        ]
    );
    assert_eq!(
        county_with(
            "absences.csv",
            &format!(
                "{ABSENCES}x,2026-3-1,2026-2-1,school-1,病\nschool-1,46082,46083,school-1,病\n"
            )
        ),
        [
            "absences.csv, row 2, column `人员编号`, value `x`: staff.csv has no such entry",
            "absences.csv, row 2, column `结束日期`, value `2026-2-1`: ends before it begins",
            "absences.csv, row 3, column `代理人编号`, value `school-1`: nobody is their own deputy",
        ]
    );
}

#[test]
fn happenings_are_checked_alike() {
    assert_eq!(
        happening(
            "2025-12-31 23:59,2026-01-01,电话,school,999999101201,7,,,Risk,register_clue,[],,nobody"
        ),
        [
            "happenings.csv, row 2, column `occurred_at`, value `2025-12-31 23:59`: expected a time \
             from 2026-01-01 to 2026-12-31",
            "happenings.csv, row 2, column `child`, value `7`: children.csv has no such entry",
            "happenings.csv, row 2, column `procedure`, value `Risk`: expected a name such as \
             `register_clue`",
            "happenings.csv, row 2, column `fields`, value `[]`: expected a JSON object: invalid \
             type: sequence, expected a map",
            "happenings.csv, row 2, column `as`, value `nobody`: staff.csv has no such entry",
        ]
    );
    assert_eq!(
        happening(
            "2026-05-02 25:00,2026-05-01,电话,school,999999101201,1,男童,,risk_alert,x,\
             \"{\"\"a\"\":[\"\"@files/x.txt\"\"]}\",,"
        ),
        [
            "happenings.csv, row 2, column `occurred_at`, value `2026-05-02 25:00`: expected a time \
             such as 2026-03-01 14:05 (Beijing)",
            "happenings.csv, row 2, column `child_description`, value `男童`: expected a register \
             number or a description of the child, not both",
            "happenings.csv, row 2, column `fields`, value `{\"a\":[\"@files/x.txt\"]}`: files/ has \
             no such entry",
        ]
    );
    assert_eq!(
        happening("2026-05-02,2026-05-01,电话,school,999999101201,,,,risk_alert,x,{},,school-1"),
        [
            "happenings.csv, row 2, column `recorded_at`, value `2026-05-01`: recorded before it \
             happened",
            "happenings.csv, row 2, column `child`: expected a register number or a description of \
             the child",
        ]
    );
}

#[test]
fn a_missing_file_is_reported_once_and_not_again_by_those_who_name_it() {
    let mut files = small();
    files.0.remove("units.csv");
    let errors = County::from_files(&files).unwrap_err();
    assert_eq!(errors.to_string(), "units.csv: the file is missing");
}

#[test]
fn the_examples_of_the_format_are_good() {
    let mut files = small();
    for table in TABLES {
        let key = |columns: fn(&super::columns::Column) -> String| {
            table.columns.iter().map(columns).collect::<Vec<_>>().join(",")
        };
        let header = key(|column| column.key.to_owned());
        let cells = key(|column| format!("\"{}\"", column.example.replace('"', "\"\"")));
        files.0.insert(table.file.to_owned(), format!("{header}\n{cells}\n").into());
        for column in table.columns {
            let may_be_blank = !column.required || column.kind != Kind::Text;
            assert!(may_be_blank || !column.example.is_empty(), "{}", column.key);
        }
    }
    // One row a file cannot hold what the others name, and either of two is given, not both.
    let excused = ["input.dangling", "input.identity_and_reason", "input.child_and_description"];
    for problem in County::from_files(&files).unwrap_err().0 {
        assert!(excused.contains(&problem.code), "{problem}");
    }
}
