//! What a cell may say.

use super::*;
use crate::spreadsheet::Value;

#[test]
fn every_accepted_form_of_a_date_is_the_same_day() {
    let day = CivilDate::new(2015, 3, 1);
    for form in ["2015-03-01", "2015/3/1", "2015.3.1", "2015年3月1日", "42064", "2015-3-01"] {
        assert_eq!(date(form), day, "{form}");
    }
    for slip in [
        "2015-13-01",
        "2015-02-29",
        "15-3-1",
        "20150301",
        "2015",
        "2015.3",
        "2015-3/1",
        "2015年3-1日",
        "３/1/2015",
        "1/3/2015",
        "1899-12-31",
        "9999",
        "2015年3月1",
        "",
    ] {
        assert_eq!(date(slip), None, "{slip}");
    }
}

#[test]
fn times_are_read_in_beijing() {
    let at = "2026-03-01T14:05:00+08:00".parse::<Timestamp>().ok();
    for form in ["2026-03-01 14:05", "2026年3月1日 14:05:00", "2026-03-01T06:05:00Z"] {
        assert_eq!(time(form), at, "{form}");
    }
    assert_eq!(time("2026/3/1"), CivilDate::new(2026, 3, 1).map(CivilDate::start));
    assert!(time("2026-03-01 24:00").is_none() && time("2026-03-01 8").is_none());
}

#[test]
fn what_a_spreadsheet_would_run_stays_text() {
    for formula in ["=1+1", "+86", "-", "@SUM(A1)", " 两边空 "] {
        assert_eq!(String::read(formula).as_deref(), Ok(formula));
    }
}

#[test]
fn what_a_spreadsheet_did_to_a_value_is_told() {
    let text = |text: &str| GridCell::of_text(text);
    let number = |number: f64| GridCell { value: Value::Number(number), formula: None };
    let identity = |cell: &GridCell| read_cell::<IdentityNumber>(cell).map(|_| ()).unwrap_err();
    assert_eq!(identity(&number(1.101_051_949_123_1e17)), Fault::IdentityDamaged);
    assert_eq!(identity(&text("1.1E+17")), Fault::IdentityDamaged);
    assert_eq!(identity(&text(" 999999201503010016")), Fault::WhiteSpace);
    assert_eq!(identity(&text("999999201503010016\u{200b}")), Fault::Hidden('\u{200b}'));
    assert_eq!(identity(&text("\u{a0}999999201503010016")), Fault::WhiteSpace);
    assert_eq!(identity(&text("９99999201503010016")), Fault::FullWidth);
    let area = |cell: &GridCell| read_cell::<AreaCode>(cell);
    assert_eq!(area(&number(999_999_101_201.0)).unwrap().as_str(), "999999101201");
    assert_eq!(area(&text("9.99999E+11")), Err(Fault::DamagedNumber));
    assert_eq!(area(&text("99999９101201")), Err(Fault::FullWidth));
    let phone = |cell: &GridCell| read_cell::<Phone>(cell).map(|phone| phone.0);
    assert_eq!(phone(&number(13_800_000_000.0)).as_deref(), Ok("13800000000"));
    assert_eq!(phone(&number(57_112_345_678.0)), Err(Fault::LostZero));
    assert_eq!(phone(&text("0571-12345678")).as_deref(), Ok("0571-12345678"));
    let day = |cell: &GridCell| read_cell::<CivilDate>(cell);
    assert_eq!(day(&number(42_064.0)).ok(), CivilDate::new(2015, 3, 1));
    assert_eq!(day(&text("２０１５-03-01")), Err(Fault::FullWidth));
    let broken = GridCell { value: Value::Error("#REF!".to_owned()), formula: None };
    assert_eq!(day(&broken), Err(Fault::CellError));
    let shown = |shown: &str| read_cell::<String>(&text(shown));
    assert_eq!((shown("#N/A"), shown("########")), (Err(Fault::CellError), Err(Fault::CellError)));
    assert_eq!(shown("#3楼").as_deref(), Ok("#3楼"));
    let empty = GridCell { value: Value::Blank, formula: Some("A1".into()) };
    assert_eq!(day(&empty), Err(Fault::FormulaWithoutValue));
}
