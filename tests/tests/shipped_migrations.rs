//! A migration that was shipped never changes: some county's database has run it as it was.
//!
//! The golden file holds a digest of each. Blessing adds new ones and never replaces a line.

use std::{env, fs};

use hexacase_tests::workspace::{TextFile, migrations, root};
use sha2::{Digest as _, Sha256};

const GOLDEN: &str = "tests/golden/migrations.txt";

/// What became of shipped migrations, and the lines of those that are not in the golden file yet.
fn changes(golden: &str, files: &[TextFile]) -> (Vec<String>, Vec<String>) {
    let line = |file: &TextFile| {
        format!("{}  {}", hex::encode(Sha256::digest(file.text.as_bytes())), file.path)
    };
    let shipped: Vec<&str> =
        golden.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let mut broken = Vec::new();
    for known in &shipped {
        let path = known.split("  ").nth(1).unwrap_or_default();
        match files.iter().find(|file| file.path == path) {
            Some(file) if line(file) == **known => {}
            Some(_) => broken.push(format!("`{path}` was changed")),
            None => broken.push(format!("`{path}` is gone")),
        }
    }
    let is_new = |file: &&TextFile| {
        !shipped.iter().any(|known| known.ends_with(&format!("  {}", file.path)))
    };
    (broken, files.iter().filter(is_new).map(line).collect())
}

#[test]
fn shipped_migrations_are_what_they_were() {
    let path = root().join(GOLDEN);
    let golden = fs::read_to_string(&path).unwrap();
    let (broken, new) = changes(&golden, &migrations().unwrap());
    assert!(
        broken.is_empty(),
        "a shipped migration never changes; write a new one:\n{}\n(one that no release has \
         shipped: delete its line in {GOLDEN} and bless again)",
        broken.join("\n")
    );
    if env::var_os("HEXACASE_BLESS").is_some() {
        let lines: Vec<&str> = golden.lines().chain(new.iter().map(String::as_str)).collect();
        fs::write(path, lines.join("\n") + "\n").unwrap();
    } else {
        assert!(
            new.is_empty(),
            "not in {GOLDEN} yet; run with HEXACASE_BLESS=1:\n{}",
            new.join("\n")
        );
    }
}

#[test]
fn a_changed_or_missing_migration_is_found_and_a_new_one_is_listed() {
    let file = |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
    let (_, golden) = changes("", &[file("a.sql", "x"), file("b.sql", "y")]);
    let golden = format!("# heading\n{}\n", golden.join("\n"));
    let (broken, new) = changes(&golden, &[file("a.sql", "z"), file("c.sql", "y")]);
    assert_eq!(broken, ["`a.sql` was changed", "`b.sql` is gone"]);
    assert!(matches!(&new[..], [line] if line.ends_with("  c.sql")));
}
