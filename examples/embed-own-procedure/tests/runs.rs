//! The example runs to its end and tells of the duty, of its date, and of whom the ladder reached.

use std::process::Command;

#[test]
fn a_seventh_procedure_has_a_duty_a_date_and_a_ladder() {
    let output = Command::new(env!("CARGO_BIN_EXE_embed-own-procedure")).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "999999-2026-000002 已登记 registered: out_of_school",
        "bring_back 2026年3月9日",
        "逾期 overdue: 999999-2026-",
        "已提醒 reminded: holder",
        "已办结 done: returned",
    ] {
        assert!(said.contains(line), "`{line}` is not in\n{said}");
    }
    let lists: Vec<_> = said.lines().filter(|line| line.starts_with("待办 to do: ")).collect();
    assert_eq!(lists, ["待办 to do: 1", "待办 to do: 0"]);
}
