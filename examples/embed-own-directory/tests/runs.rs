//! The example runs to its end; what the portal says of its accounts counts at once.

use std::process::Command;

#[test]
fn an_account_that_is_closed_in_the_portal_can_do_nothing_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portal.db");
    // The second time the portal and its people are there already.
    for _ in 0..2 {
        let run = Command::new(env!("CARGO_BIN_EXE_embed-own-directory")).arg(&file).output();
        let output = run.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        for line in [
            "由 u-7 办理，名录 directory: portal",
            "u-7 已停用 closed: ",
            "u-7 待办 to do: 0",
            "由 u-8 继续办理 goes on: ",
            "u-9 待办 to do: 0",
        ] {
            assert!(said.contains(line), "`{line}` is not in\n{said}");
        }
        assert!(!said.contains("u-8 待办 to do: 0"), "{said}");
    }
}
