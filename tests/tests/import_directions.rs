//! Who may import whom: the table of `ARCHITECTURE.md`, enforced over the `use` lines and the
//! paths of `core/src`, and over what the storage crates name.
//!
//! The table below is the rule. A floor that is not in it may not exist; changing a line of it is
//! a change of the design and wants a reason in `ARCHITECTURE.md`.

use std::collections::HashSet;

use hexacase_tests::{
    rust_source::{Kind, SourceFile, Token, attribute, read_crate, tokens},
    workspace::{self, elements, text},
};

/// A floor and those it may import, beside itself. `core/src/lib.rs` stands outside: it shows all
/// floors to the host, and no floor may import from it.
const FLOORS: &[(&str, &[&str])] = &[
    ("terms", &[]),
    ("calendar", &["terms"]),
    ("duty", &["terms", "calendar"]),
    ("rules", &["terms", "calendar", "duty"]),
    ("procedure", &["terms", "duty", "rules"]),
    ("case", &["terms", "calendar", "duty", "rules", "procedure"]),
    ("trail", &["terms", "duty"]),
    ("store", &["terms", "duty", "trail"]),
    ("engine", &["terms", "calendar", "duty", "rules", "procedure", "case", "trail", "store"]),
    ("care", &["terms", "calendar", "duty", "rules", "procedure", "case"]),
    // The only place where the engine and the county's work meet.
    ("county", &["terms", "calendar", "rules", "procedure", "store", "engine", "care"]),
    ("sql", &["terms", "duty", "trail", "store"]),
    (
        "testing",
        &[
            "terms",
            "calendar",
            "duty",
            "rules",
            "procedure",
            "case",
            "trail",
            "store",
            "engine",
            "care",
            "county",
        ],
    ),
];

/// What code compiled only for tests may import on top of its floor's line.
const TESTS_MAY_IMPORT: &str = "testing";

/// Crates from outside that only some floors may name.
const KEPT_TO: &[(&str, &[&str])] = &[("sqlx", &["sql"])];

/// A path as it stands in the text.
#[derive(Debug)]
struct Path {
    line: usize,
    in_test: bool,
    /// The module it is read from.
    from: Vec<String>,
    segments: Vec<String>,
}

/// Every breach of the table in these files of `core`.
fn breaches(files: &[SourceFile]) -> Vec<String> {
    let macros: HashSet<&str> = files.iter().flat_map(|file| macros(&file.tokens)).collect();
    let mut found = Vec::new();
    for file in files {
        let Some(floor) = file.module.first() else { continue };
        let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| name == floor) else {
            found.push(format!("{}: floor `{floor}` is not in the table", file.path));
            continue;
        };
        for (index, token) in file.tokens.iter().enumerate() {
            let moved = attribute(&file.tokens, index).and_then(|range| file.tokens.get(range));
            if moved.is_some_and(|inside| inside.first().is_some_and(|t| t.is_word("path"))) {
                let place = format!("{}:{}", file.path, token.line);
                found.push(format!("{place}: `#[path]` hides which floor a file belongs to"));
            }
        }
        for path in paths(&file.module, &file.tokens) {
            if let Some(what) = breach(floor, allowed, &macros, &path) {
                found.push(format!("{}:{}: {what}", file.path, path.line));
            }
        }
    }
    found
}

/// What is wrong with one path in `floor`.
fn breach(floor: &str, allowed: &[&str], macros: &HashSet<&str>, path: &Path) -> Option<String> {
    let written = path.segments.join("::");
    let Some(target) = within_crate(path) else {
        let outside = path.segments.first()?;
        let (name, keepers) = KEPT_TO.iter().find(|(name, _)| name == outside)?;
        let kept = !keepers.contains(&floor);
        return kept.then(|| {
            format!("`{written}`: only `{}` may name the crate `{name}`", keepers.join("`, `"))
        });
    };
    let Some(floor_of_target) = target.first().filter(|first| *first != "*") else {
        return Some(format!("`{written}` takes in every floor; name the one that is meant"));
    };
    let known = FLOORS.iter().any(|(name, _)| name == floor_of_target);
    if floor_of_target == floor || macros.contains(floor_of_target.as_str()) {
        None
    } else if !known {
        Some(format!("`{written}` names no floor; import it from the floor that owns it"))
    } else if allowed.contains(&floor_of_target.as_str())
        || (path.in_test && floor_of_target == TESTS_MAY_IMPORT)
    {
        None
    } else {
        let may = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
        Some(format!(
            "`{written}`: `{floor}` must not import `{floor_of_target}`; beside itself it may \
             import {may}"
        ))
    }
}

/// The path from the crate's root, or nothing when it leads to another crate or an item nearby.
fn within_crate(path: &Path) -> Option<Vec<String>> {
    let mut at = match path.segments.first()?.as_str() {
        "crate" | "hexacase" => Vec::new(),
        "self" | "super" => path.from.clone(),
        _ => return None,
    };
    for segment in &path.segments {
        match segment.as_str() {
            "crate" | "hexacase" | "self" => {}
            "super" => drop(at.pop()),
            _ => at.push(segment.clone()),
        }
    }
    Some(at)
}

/// The names of the macros defined in these tokens; exported, they stand at the crate's root.
fn macros(tokens: &[Token]) -> impl Iterator<Item = &str> {
    tokens.windows(3).filter_map(|window| match window {
        [start, bang, name] if start.is_word("macro_rules") && bang.is_sign('!') => name.word(),
        _ => None,
    })
}

/// The paths that `use` lines, expressions and texts such as `with = "crate::…"` name.
fn paths(module: &[String], tokens: &[Token]) -> Vec<Path> {
    let mut found = Vec::new();
    let mut from = module.to_vec();
    let mut inline = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1);
        let in_path = next.is_some_and(|next| next.kind == Kind::PathSeparator);
        // A path that starts with `::` has no word before it.
        let continues =
            at.checked_sub(2).and_then(|before| tokens.get(before..at)).is_some_and(|before| {
                matches!(before, [word, separator] if separator.kind == Kind::PathSeparator
                && (word.word().is_some() || word.is_sign('>')))
            });
        let mut add = |segments| {
            found.push(Path {
                line: token.line,
                in_test: token.in_test,
                from: from.clone(),
                segments,
            });
        };
        match &token.kind {
            // `use<'a>` in a return type captures lifetimes and imports nothing.
            Kind::Word(word) if word == "use" && !next.is_some_and(|next| next.is_sign('<')) => {
                let mut trees = Vec::new();
                at = use_tree(tokens, at + 1, &[], &mut trees);
                for (line, segments) in trees {
                    let from = from.clone();
                    found.push(Path { line, in_test: token.in_test, from, segments });
                }
                continue;
            }
            Kind::Word(word) if in_path && !continues => {
                let mut segments = vec![word.clone()];
                let mut ahead = at + 1;
                while let (Some(separator), Some(name)) = (tokens.get(ahead), tokens.get(ahead + 1))
                    && separator.kind == Kind::PathSeparator
                    && let Some(name) = name.word()
                {
                    segments.push(name.to_owned());
                    ahead += 2;
                }
                add(segments);
                at = ahead;
                continue;
            }
            Kind::Text(said) if said.starts_with("crate::") => {
                add(said.split("::").map(str::to_owned).collect());
            }
            Kind::Word(word) if word == "mod" => {
                if let Some(name) = next.and_then(Token::word)
                    && tokens.get(at + 2).is_some_and(|token| token.is_sign('{'))
                {
                    from.push(name.to_owned());
                    inline.push(depth);
                }
            }
            Kind::Sign('{') => depth += 1,
            Kind::Sign('}') => {
                depth = depth.saturating_sub(1);
                if inline.last() == Some(&depth) {
                    inline.pop();
                    from.pop();
                }
            }
            Kind::Word(_) | Kind::PathSeparator | Kind::Sign(_) | Kind::Text(_) | Kind::Other => {}
        }
        at += 1;
    }
    found
}

/// Reads one tree of a `use` line, adds its paths, and returns the index past it.
fn use_tree(
    tokens: &[Token],
    start: usize,
    before: &[String],
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let mut segments = before.to_vec();
    let mut at = start;
    let line = tokens.get(start).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(at) {
        match &token.kind {
            Kind::Word(word) if word == "as" => at += 1,
            Kind::Word(word) if word == "self" && !segments.is_empty() => {}
            Kind::Word(word) => segments.push(word.clone()),
            Kind::Sign('*') => segments.push("*".to_owned()),
            Kind::Sign('{') => {
                at += 1;
                while tokens.get(at).is_some_and(|token| !token.is_sign('}')) {
                    at = use_tree(tokens, at, &segments, found);
                    if tokens.get(at).is_some_and(|token| token.is_sign(',')) {
                        at += 1;
                    }
                }
                return at + 1;
            }
            Kind::PathSeparator => {}
            Kind::Sign(_) | Kind::Text(_) | Kind::Other => break,
        }
        at += 1;
    }
    found.push((line, segments));
    at
}

fn planted(path: &str, text: &str) -> Vec<String> {
    breaches(&read_crate("core/src", [(path, text)]))
}

#[test]
fn every_floor_imports_only_what_the_table_allows() {
    let files = workspace::files_below("core/src").unwrap();
    let files = files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
    let found = breaches(&read_crate("core/src", files));
    assert!(found.is_empty(), "imports against the table:\n{}", found.join("\n"));
}

#[test]
fn every_line_of_the_table_names_floors_that_stand_before_it() {
    for (index, (floor, allowed)) in FLOORS.iter().enumerate() {
        let before: Vec<_> = FLOORS.iter().take(index).map(|(name, _)| *name).collect();
        assert!(allowed.iter().all(|name| before.contains(name)), "{floor} looks ahead");
    }
    let line = |floor: &str| FLOORS.iter().find(|(name, _)| *name == floor).unwrap().1;
    assert!(!line("engine").iter().any(|name| ["care", "sql", "testing"].contains(name)));
    assert!(!line("care").iter().any(|name| ["store", "engine", "sql", "trail"].contains(name)));
}

#[test]
fn a_planted_use_line_is_found_with_file_line_and_rule() {
    assert_eq!(
        planted(
            "core/src/engine/open.rs",
            "//! x\n\nuse crate::{\n    case::Case,\n    care::Chain,\n};\n"
        ),
        [
            "core/src/engine/open.rs:5: `crate::care::Chain`: `engine` must not import `care`; beside \
          itself it may import terms, calendar, duty, rules, procedure, case, trail, store"
        ]
    );
    assert_eq!(
        planted("core/src/terms/id.rs", "use super::super::duty::Duty;"),
        ["core/src/terms/id.rs:1: `super::super::duty::Duty`: `terms` must not import `duty`; \
          beside itself it may import nothing"]
    );
}

#[test]
fn planted_paths_in_code_and_in_texts_are_found() {
    for text in [
        "fn f() { crate::engine::open(); }",
        "fn f(_: &super::super::engine::Engine) {}",
        "mod inner { use super::super::super::engine::Engine; }",
        "#[serde(with = \"crate::engine::x\")] struct S;",
        "use crate::terms::*; use crate::{terms::{self, id}, engine as e};",
        "use hexacase::engine::Engine;",
        "#[cfg(test)] mod tests { use crate::engine::Engine; }",
        "use crate::*;",
        "use super::super::*;",
        "use crate::Engine;",
        "use sqlx::Row;",
        "fn f(_: ::sqlx::Row) {}",
        "#[path = \"../engine/x.rs\"] mod x;",
    ] {
        assert_eq!(planted("core/src/care/parties.rs", text).len(), 1, "{text}");
    }
    assert_eq!(
        planted("core/src/extra/mod.rs", ""),
        ["core/src/extra/mod.rs: floor `extra` is not in the table"]
    );
}

#[test]
fn what_the_table_allows_is_left_alone() {
    for text in [
        "use std::fmt; use super::roles::Role; use self::inner::X; use crate::care::chain;",
        "use crate::{case::{Case, decide::Step}, terms::id::{self, CaseId as Id}};",
        "/// See [`engine`](crate::engine).\n// use crate::engine::Engine;\nfn f() {}",
        "#[cfg(test)] mod tests { use super::*; use crate::testing::ManualClock; }",
        "#[cfg(test)] use crate::testing::ManualClock;",
        "pub(crate) fn f<'a>() -> impl Sized + use<'a> { crate::care::x() }",
        "macro_rules! own { () => { $crate::care::x() } } fn f() { crate::own!(); }",
    ] {
        assert_eq!(planted("core/src/care/parties.rs", text), [""; 0], "{text}");
    }
    assert_eq!(planted("core/src/sql/mod.rs", "use sqlx::Row;"), [""; 0]);
    assert_eq!(planted("core/src/lib.rs", "pub use engine::Engine; pub use care::X;"), [""; 0]);
}

#[test]
fn storage_crates_do_not_know_each_other() {
    let folders = workspace::storage_folders().unwrap();
    let name_of = |folder: &str| folder.replacen("storage-", "hexacase-", 1);
    let mut found = Vec::new();
    for folder in &folders {
        let others: Vec<String> =
            folders.iter().filter(|other| *other != folder).map(|other| name_of(other)).collect();
        for file in workspace::files_below(folder).unwrap() {
            for token in tokens(&file.text) {
                let named = token.word().map(|word| word.replace('_', "-")).unwrap_or_default();
                if file.path.contains("/src/") && others.contains(&named) {
                    found.push(format!("{}:{}: names `{named}`", file.path, token.line));
                }
            }
        }
    }
    let metadata = workspace::metadata().unwrap();
    for package in elements(&metadata["packages"]) {
        let name = text(&package["name"]);
        if !folders.iter().any(|folder| name_of(folder) == name) {
            continue;
        }
        for dependency in elements(&package["dependencies"]) {
            let other = text(&dependency["name"]);
            if folders.iter().any(|folder| name_of(folder) == other) {
                found.push(format!("{name} depends on {other}"));
            }
            let features = elements(&dependency["features"]).iter().map(text);
            let extra: Vec<_> = features.filter(|feature| *feature != "sql").collect();
            // A missing kind is a normal dependency.
            if other == "hexacase" && dependency["kind"].is_null() && !extra.is_empty() {
                found.push(format!("{name} takes more of hexacase than `sql`: {extra:?}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_core_brings_no_database_driver_unasked() {
    let tree = ["tree", "--locked", "-p", "hexacase", "-e", "normal", "--prefix", "none"];
    let plain = workspace::cargo(&[&tree[..], &["--format", "{p}"]].concat()).unwrap();
    let drivers = plain.lines().filter(|line| {
        ["sqlx", "libsqlite3-sys", "tokio-postgres", "rusqlite"]
            .iter()
            .any(|driver| line.starts_with(driver))
    });
    assert_eq!(drivers.collect::<Vec<_>>(), [""; 0]);
    assert!(plain.starts_with("hexacase v"), "{plain}");
}
