//! The register out and in again: nothing lost, nobody twice, every change told.

use serde_json::{Value, json};

use crate::pilot::{AREAS, Pilot, STAFF, UNITS, child, register};

/// A database with people and no children.
pub(crate) fn empty() -> Pilot {
    let pilot = Pilot::new();
    pilot.write("areas.csv", AREAS);
    pilot.write("units.csv", UNITS);
    pilot.write("staff.csv", STAFF);
    pilot.json("init --realm 999999").result();
    pilot.json("staff import staff.csv --as data-1").result();
    pilot
}

/// Children with everything that is awkward to write down.
fn awkward() -> String {
    let plain = child("00012", "林样溪", "999999101201");
    let rows = [
        plain.replace(
            ",,健康,,",
            ",+86 0571-1234567,\"=HYPERLINK(\"\"x\"\")\",补助甲；补助乙,-备注",
        ),
        "2,𠮷例枫,999999201503010016,,男,2015/3/1,汉族,110101,999999101202,,,孤儿、重病儿童,死亡,,\
         失联,,何示梅,外祖母,一般,,,,,\"两行\n一格\"\n"
            .to_owned(),
        "3,何大样,,无户籍,女,2009年1月5日,苗族,,999999101201,,,,在家,,在家,,何示诗,母亲,好,,,,,\n"
            .to_owned(),
    ];
    register(&rows)
}

/// The first child's file is completed, its child paired and visited.
fn work_on(pilot: &Pilot, file: &str) {
    let done = |step: &str, actor: &str, form: Value| {
        pilot.form(&format!("act {file} {step} --as {actor}"), &form).result();
    };
    let by = |role: &str| json!({ "role": role, "organ": "村委会" });
    done(
        "complete_file",
        "director-201",
        json!({ "guardians": [{ "name": "林例山", "relation": "祖父" }], "carer": "林例山",
                "condition": "祖辈照护，基本到位" }),
    );
    done(
        "record_pairing",
        "director-201",
        json!({ "helper": "马样诗", "from": "2026-01-01", "record_checked": true,
                "acted_by": by("volunteer") }),
    );
}

#[test]
fn what_is_exported_and_taken_in_elsewhere_is_exported_there_the_same() {
    let first = empty();
    first.write("台账.csv", awkward());
    assert_eq!(first.json("import 台账.csv --as data-1").result()["imported"], 3);
    work_on(&first, &first.file());
    for (name, options) in [
        ("a.csv", ""),
        ("b.csv", "--encoding utf8"),
        ("c.csv", "--encoding gb18030"),
        ("d.xlsx", ""),
    ] {
        assert_eq!(first.json(&format!("export {name} {options}")).result()["children"], 3);
        let bytes = std::fs::read(first.path(name)).unwrap();
        let second = empty();
        second.write(name, &bytes);
        assert_eq!(second.json(&format!("import {name} --as data-1")).result()["imported"], 3);
        second.json(&format!("export again-{name} {options}")).result();
        let again = std::fs::read(second.path(&format!("again-{name}"))).unwrap();
        assert!(bytes == again, "{name}");
        // And the database it came from has nothing to learn from it.
        let same = first.json(&format!("import {name} --as data-1")).result();
        assert_eq!(
            (&same["known"], &same["changed"], &same["imported"]),
            (&3.into(), &0.into(), &0.into())
        );
    }
    let text = std::fs::read_to_string(first.path("b.csv")).unwrap();
    assert!(
        text.contains("'+86 0571-1234567") && text.contains("\"'=HYPERLINK(\"\"x\"\")\""),
        "{text}"
    );
    assert!(text.contains("补助甲、补助乙,'-备注,祖辈照护，基本到位"), "{text}");
    assert!(text.contains("00012,") && text.contains("110101"), "{text}");
}

#[test]
fn a_file_is_never_written_over_unasked() {
    let pilot = Pilot::with_county();
    pilot.json("export 台账.xlsx").result();
    let said = pilot.json("export 台账.xlsx");
    assert_eq!((said.code, &said.error()["code"]), (3, &"pilot.file_exists".into()));
    assert_eq!(
        pilot.json("export 台账.xlsx --overwrite --area 999999101202").result()["children"],
        1
    );
    assert_eq!(pilot.json("export 台账.doc").error()["code"], "input.unknown_format");
}

#[test]
fn a_register_that_is_handed_in_again_changes_what_changed_and_opens_nobody_twice() {
    let pilot = Pilot::with_county();
    work_on(&pilot, &pilot.file());
    let before = pilot.json("feed --limit 1000").result()["items"].as_array().unwrap().len();
    let first = child("999999-2026-00001", "林样溪", "999999101202")
        .replace(",祖父,", ",外祖父,")
        .replace("primary-01,五年级", ",")
        .replace("无户籍,男", ",男")
        .replace("林样溪,,", "林样溪,999999201503010016,");
    let rows = [first, child("999999-2026-00003", "孙例杉", "999999101202")];
    pilot.write("children.csv", register(&rows));
    let tried = pilot.json("import children.csv --as data-1 --dry-run").result();
    let done = pilot.json("import children.csv --as data-1").result();
    assert_eq!(tried["changes"], done["changes"]);
    assert_eq!(
        (&done["imported"], &done["changed"], &done["known"]),
        (&1.into(), &1.into(), &0.into())
    );
    let fields: Vec<_> = done["changes"][0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| {
            let text = |key: &str| field[key].as_str().unwrap().to_owned();
            (text("column"), text("before"), text("after"))
        })
        .collect();
    let told = |column: &str, before: &str, after: &str| {
        (column.to_owned(), before.to_owned(), after.to_owned())
    };
    assert_eq!(
        fields,
        [
            told("identity", "", "999999201503010016"),
            told("no_identity_reason", "无户籍", ""),
            told("residence", "999999101201", "999999101202"),
            told("school", "primary-01", ""),
            told("grade", "五年级", ""),
            told("relation", "祖父", "外祖父"),
        ]
    );
    assert_eq!(done["missing"][0]["register_number"], "999999-2026-00002");
    let after = pilot.json("feed --limit 1000").result()["items"].as_array().unwrap().len();
    assert_eq!(after, before + 2, "one step for each of the two rows");
    let case = pilot.json(&format!("case {}", pilot.file())).result();
    let data = &case["data"]["register"];
    assert_eq!(
        (&data["id_number"], &data["no_id_reason"]),
        (&"999999201503010016".into(), &Value::Null)
    );
    assert_eq!(data["condition"], "祖辈照护，基本到位", "the file has no such column");
    assert_eq!((&case["attributes"]["paired"], &case["state"]), (&"yes".into(), &"active".into()));
    let again = pilot.json("import children.csv --as data-1").result();
    assert_eq!(
        (&again["imported"], &again["changed"], &again["known"]),
        (&0.into(), &0.into(), &2.into())
    );
    assert_eq!(pilot.json("verify --redecide").result()["verdict"], "clean");
}

#[test]
fn a_child_is_recognized_under_another_number() {
    let pilot = empty();
    let known = child("0012", "林样溪", "999999101201")
        .replace("林样溪,,无户籍", "林样溪,999999201503010016,");
    pilot.write("a.csv", register(&[known.clone(), child("7", "何例枫", "999999101201")]));
    pilot.json("import a.csv --as data-1").result();
    let refused = |row: String| {
        pilot.write("b.csv", register(&[row]));
        let error = pilot.json("import b.csv --as data-1").error();
        (
            error["code"].as_str().unwrap().to_owned(),
            error["reasons"][0]["zh"].as_str().unwrap().to_owned(),
        )
    };
    let (code, zh) = refused(known.replace("0012,", "99,"));
    assert_eq!(code, "input.child_has_file");
    assert!(zh.contains("登记号为 0012"), "{zh}");
    let (code, zh) = refused(child("99", "何例枫", "999999101202"));
    assert_eq!(code, "input.child_has_file");
    assert!(zh.contains("登记号为 7"), "{zh}");
    let other =
        known.replace("999999201503010016", "999999201604010023").replace("林样溪", "孙例杉");
    let other = other.replace("2015-03-01", "2016-04-01").replace(",男,", ",女,");
    assert_eq!(refused(other.clone()).0, "input.other_child");
    assert_eq!(refused(other.replace("0012,", "12,")).0, "input.lost_zeros");
    let twice = child("1", "谢样", "999999101201") + &child("2", "谢样", "999999101202");
    assert_eq!(refused(twice).0, "input.same_child");
    let twins = known.replace("0012,", "1,") + &known.replace("0012,", "2,");
    assert_eq!(refused(twins).0, "input.invalid");
    let told = pilot.json("import b.csv --as data-1").error()["reasons"].clone();
    assert_eq!(
        (&told[0]["code"], &told[0]["place"]["row"]),
        (&"input.child_has_file".into(), &2.into())
    );
    assert_eq!(
        (&told[1]["code"], &told[1]["place"]["row"]),
        (&"input.duplicate".into(), &3.into())
    );
    assert_eq!(pilot.json("cases").result()["items"].as_array().unwrap().len(), 2);
}

#[test]
fn rows_outside_ones_own_area_are_refused_one_by_one() {
    let pilot = empty();
    let rows = [child("1", "林样溪", "999999101201"), child("2", "何例枫", "999999101202")];
    pilot.write("a.csv", register(&rows));
    let error = pilot.json("import a.csv --as director-201").error();
    assert_eq!(
        (&error["code"], &error["place"]["row"]),
        (&"input.outside_own_area".into(), &3.into())
    );
    let done = pilot.json("import a.csv --as director-201 --skip-bad").result();
    assert_eq!((&done["imported"], &done["skipped"]), (&1.into(), &1.into()));
    let left = std::fs::read_to_string(pilot.path("a.未导入.csv")).unwrap();
    assert!(
        left.contains("何例枫") && !left.contains("林样溪") && left.contains("不在经办人管辖"),
        "{left}"
    );
    pilot.json("import a.csv --as data-1").result();
    pilot.write("b.csv", register(&rows).replace(",祖父,", ",外祖父,"));
    let error = pilot.json("import b.csv --as director-201").error();
    let first = &error["reasons"][0];
    assert_eq!(
        (&error["code"], &first["code"]),
        (&"input.refused".into(), &"refusal.out_of_area".into())
    );
    assert_eq!(first["place"]["row"], 3);
}

#[test]
fn a_county_keeps_its_own_headings_with_a_map() {
    let pilot = empty();
    pilot.write(
        "对照表.csv",
        "列,表中列名,表中的值,值\n登记号,编号,,\n姓名,儿童姓名,,\n身份证号,证件,,\n\
         类别,是否留守,是,留守儿童\n类别,是否留守,否,\n类别,困境,困难,困难家庭儿童\n\
         监护情况,监护能力,较好,好\n民族,,,汉族\n不导入,序号,,\n表头行,,,3\n整理,,,是\n",
    );
    let text = "县儿童台账,,,,,,,,,,,\n\n\
        序号,编号,儿童姓名,证件,性别,出生日期,居住地区划,是否留守,困境,父亲状态,母亲状态,监护人,与儿童关系,监护能力\n\
        1,1, 林样溪　,９99999201503010016 ,男,2015.3.1,999999101201,是,困难,外出务工,在家,林例山,祖父,较好\n\
        2,2,何例枫,999999201604010023,男,2016-04-01,999999101202,否,困难,外出务工,在家,何例山,祖父,好\n";
    let (gb, _, _) = encoding_rs::GB18030.encode(text);
    pilot.write("县表.csv", &gb);
    // Sex and identity number of the second child contradict each other.
    let error = pilot.json("import 县表.csv --map 对照表.csv --as data-1").error();
    assert_eq!(error["code"], "input.identity_other_sex");
    let said = pilot.text("import 县表.csv --map 对照表.csv --as data-1 --skip-bad");
    assert_eq!(said.code, 0, "{}", said.err);
    for part in ["新建 1", "未导入 1", "已整理的单元格 2", "县表.未导入.csv", "不导入的列：序号"]
    {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let left = std::fs::read(pilot.path("县表.未导入.csv")).unwrap();
    let (left, _, _) = encoding_rs::GB18030.decode(&left);
    assert!(left.starts_with("县儿童台账") && left.contains("未导入原因"), "{left}");
    let mended = left.replace(",男,2016", ",女,2016");
    pilot.write("县表.未导入.csv", encoding_rs::GB18030.encode(&mended).0);
    let done = pilot.json("import 县表.未导入.csv --map 对照表.csv --as data-1").result();
    assert_eq!((&done["rows"], &done["imported"]), (&1.into(), &1.into()));
    let found = pilot.json("child 林样溪").result();
    let file = found["items"][0]["file"].as_str().unwrap();
    let case = pilot.json(&format!("case {file}")).result();
    assert_eq!(case["data"]["types"], json!(["left_behind_child", "child_in_poverty"]));
    assert_eq!(case["data"]["register"]["ethnicity"], "汉族");
    pilot.write(
        "坏.csv",
        "列,表中列名,表中的值,值\n性名,儿童姓名,,\n姓名,没有这列,,\n表头行,,,三\n",
    );
    let error = pilot.json("import 县表.csv --map 坏.csv --as data-1").error();
    let codes: Vec<_> =
        error["reasons"].as_array().unwrap().iter().map(|r| r["code"].clone()).collect();
    assert_eq!(codes, ["input.unknown_target", "input.bad_setting"]);
    pilot.write("缺.csv", "列,表中列名,表中的值,值\n姓名,没有这列,,\n表头行,,,3\n");
    let error = pilot.json("import 县表.csv --map 缺.csv --as data-1").error();
    let first = &error["reasons"][0];
    assert_eq!(
        (&first["code"], &first["place"]["file"]),
        (&"input.no_such_heading".into(), &"缺.csv".into())
    );
}
