//! Copies and what becomes of them: taken while others write, refused when damaged, never over
//! anything.

use std::{fs, path::Path, process::Command};

use serde_json::json;

use crate::pilot::Pilot;

/// A county with evidence, a refusal in the log, and feedback.
fn worked() -> Pilot {
    let pilot = Pilot::with_county();
    let file = pilot.file();
    pilot.write("照片.txt", "示例材料");
    pilot.json(&format!("attach {file} 照片.txt --as director-201")).result();
    assert_eq!(
        pilot.json(&format!("annul {file} --reason duplicate --text 误 --as data-1")).code,
        3
    );
    pilot.json("note 字太小 --as director-201").result();
    pilot
}

fn on(pilot: &Pilot, database: &str, line: &str) -> crate::pilot::Said {
    let args: Vec<&str> = line.split_whitespace().collect();
    pilot.args(&[&args[..], &["--json", "--database", database]].concat())
}

/// What is in a folder, but for what SQLite keeps beside an open file: whether that is gone
/// already when a process ends is SQLite's business.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_restored_copy_is_what_was_copied() {
    let pilot = worked();
    let feed = pilot.json("feed").result();
    let made = pilot.json("backup copy.tar").result();
    assert_eq!((&made["evidence"], &made["damaged"]), (&1.into(), &json!([])));
    let done = on(&pilot, "sqlite:new.db", "restore copy.tar").result();
    assert_eq!((&done["realm"], &done["evidence"]), (&"999999".into(), &1.into()));
    assert_eq!(on(&pilot, "sqlite:new.db", "feed").result(), feed);
    let verified = on(&pilot, "sqlite:new.db", "verify --redecide").result();
    assert_eq!((&verified["verdict"], &verified["attachments"]), (&"clean".into(), &1.into()));
    let review = on(&pilot, "sqlite:new.db", "review --from 2020-01-01 --to 2099-12-31").result();
    assert_eq!(review["feedback"][0]["text"], "字太小");
    assert_eq!(review["refusals"][0]["code"], "refusal.role_missing");
    // Work goes on in it.
    let note = on(&pilot, "sqlite:new.db", "note 可以继续 --as director-201");
    assert_eq!(note.code, 0, "{}", note.err);
}

#[test]
fn nothing_is_ever_overwritten() {
    let pilot = worked();
    pilot.json("backup copy.tar").result();
    let before = fs::read(pilot.path("copy.tar")).unwrap();
    let said = pilot.json("backup copy.tar");
    assert_eq!((said.code, &said.error()["code"]), (3, &"pilot.exists".into()));
    assert_eq!(fs::read(pilot.path("copy.tar")).unwrap(), before);
    let said = pilot.json("restore copy.tar");
    assert_eq!((said.code, &said.error()["code"]), (3, &"pilot.exists".into()));
    // The evidence of a database that was lost is no place for another's.
    fs::create_dir(pilot.path("other.db.blobs")).unwrap();
    let said = on(&pilot, "sqlite:other.db", "restore copy.tar");
    assert_eq!(said.error()["code"], "pilot.exists");
    let said = pilot.args(&["restore", "copy.tar", "--json"]);
    assert_eq!(said.error()["code"], "usage.database_not_named");
    assert_eq!(pilot.json("verify").result()["verdict"], "clean");
}

#[test]
fn a_damaged_copy_is_refused_and_leaves_nothing() {
    let pilot = worked();
    pilot.json("backup copy.tar").result();
    let good = fs::read(pilot.path("copy.tar")).unwrap();
    let find = |word: &[u8]| good.windows(word.len()).position(|part| part == word).unwrap();
    let evidence = find("示例材料".as_bytes());
    let database = find(b"SQLite format 3\0");
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let renamed = {
        let mut bytes = good.clone();
        let at = find(b"hexacase-backup/1");
        bytes[at + 16] = b'9';
        bytes
    };
    let before = names(&pilot.path("."));
    for (bytes, word) in [
        (flipped(evidence), "摘要不符"),
        (flipped(database + 5000), "摘要不符"),
        (renamed, "hexacase-backup/9"),
        (good[..good.len() / 2].to_vec(), "不完整"),
        (good[..database + 200].to_vec(), "不完整"),
        (b"no backup at all".repeat(99), "不是 pilot backup"),
        (Vec::new(), "不是 pilot backup"),
    ] {
        pilot.write("bad.tar", bytes);
        let said = on(&pilot, "sqlite:new.db", "restore bad.tar");
        let error = said.error();
        assert_eq!((said.code, &error["code"]), (3, &"backup.unusable".into()), "{word}: {error}");
        assert!(error["zh"].as_str().unwrap().contains(word), "{word}: {error}");
        fs::remove_file(pilot.path("bad.tar")).unwrap();
        assert_eq!(names(&pilot.path(".")), before, "{word}");
    }
}

#[test]
fn a_copy_whose_trail_was_changed_is_refused_unless_it_is_wanted() {
    let pilot = worked();
    let blobs = pilot.path("work.db.blobs");
    let folder = blobs.join(&names(&blobs)[0]);
    fs::write(folder.join(&names(&folder)[0]), "别的材料").unwrap();
    let said = pilot.json("backup copy.tar");
    assert_eq!(said.code, 4, "{}", said.err);
    let said = on(&pilot, "sqlite:new.db", "restore copy.tar");
    assert_eq!((said.code, &said.error()["code"]), (3, &"backup.unusable".into()));
    assert!(said.error()["zh"].as_str().unwrap().contains("核验发现"), "{}", said.err);
    assert!(!pilot.path("new.db").exists() && !pilot.path("new.db.blobs").exists());
    on(&pilot, "sqlite:new.db", "restore copy.tar --despite-faults").result();
    assert_eq!(on(&pilot, "sqlite:new.db", "verify").code, 4);
}

#[test]
fn copies_taken_while_another_process_writes_are_whole() {
    let pilot = Pilot::with_county();
    let folder = pilot.path(".");
    let writer = std::thread::spawn(move || {
        for number in 0..12 {
            let text = format!("第{number}条");
            let args = ["note", &text, "--as", "director-201", "--case", "999999-2026-000001"];
            // The year of the number is that of the machine; the id is not.
            let file = crate::pilot::run(
                &folder,
                &["child", "林样溪", "--json", "--database", "sqlite:work.db"],
            );
            let id = file.result()["items"][0]["file"].as_str().unwrap().to_owned();
            let args =
                [&args[..5], &[id.as_str(), "--json", "--database", "sqlite:work.db"]].concat();
            let said = crate::pilot::run(&folder, &args);
            assert_eq!(said.code, 0, "{}", said.err);
        }
    });
    let mut entries = Vec::new();
    for number in 0..3 {
        pilot.json(&format!("backup copy-{number}.tar")).result();
        let database = format!("sqlite:new-{number}.db");
        let done = on(&pilot, &database, &format!("restore copy-{number}.tar")).result();
        entries.push(done["entries"].as_u64().unwrap());
    }
    writer.join().unwrap();
    assert!(entries.is_sorted(), "{entries:?}");
    let verified = pilot.json("verify").result();
    assert_eq!((&verified["verdict"], &verified["entries"]), (&"clean".into(), &15.into()));
}

#[test]
fn a_place_that_cannot_be_written_is_said_in_chinese_and_left_as_it_is() {
    let pilot = worked();
    let before = names(&pilot.path("."));
    for (target, word) in
        [("no/such/folder/copy.tar", "不存在"), ("照片.txt/copy.tar", "不是文件夹")]
    {
        let said = pilot.json(&format!("backup {target}"));
        assert_eq!((said.code, &said.error()["code"]), (1, &"pilot.io".into()), "{target}");
        assert!(said.error()["zh"].as_str().unwrap().contains(word), "{}", said.err);
    }
    assert_eq!(names(&pilot.path(".")), before);
    let said = on(&pilot, "sqlite:new.db", "restore nothing.tar");
    assert_eq!((said.code, &said.error()["code"]), (1, &"pilot.io".into()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_on_the_size_of_files_leaves_no_half_copy() {
    let pilot = worked();
    let before = names(&pilot.path("."));
    let script = format!(
        "trap '' XFSZ; ulimit -f 100; exec {} backup copy.tar --json --database sqlite:work.db",
        env!("CARGO_BIN_EXE_pilot")
    );
    let run =
        Command::new("sh").args(["-c", &script]).current_dir(pilot.path(".")).output().unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(names(&pilot.path(".")), before);
    assert_eq!(pilot.json("verify").result()["verdict"], "clean");
}

#[test]
fn a_demo_is_copied_and_restored_as_a_demo() {
    let pilot = Pilot::new();
    let played = pilot.json("demo --children 12 --seed 3").result();
    pilot.json("backup copy.tar").result();
    let done = on(&pilot, "sqlite:new.db", "restore copy.tar").result();
    assert_eq!(done["entries"], played["verify"]["entries"]);
    assert_eq!(on(&pilot, "sqlite:new.db", "overdue --now 2027-06-30").code, 0);
}
