//! What every file must have and must not have, where neither compiler nor clippy looks: headers,
//! lengths, unfinished places, clocks, panics, and words that tie the sources to one machine.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

use hexacase_tests::{
    rust_source::{
        Kind, SourceFile, Token, attribute, is_rust, item_end, past_attributes, read_crate, tokens,
    },
    workspace::{self, TextFile},
};

const MOST_LINES: usize = 500;

/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] = &[];

/// The one file of the library that may read the clock.
const CLOCK: &str = "core/src/terms/time.rs";

/// Marks of unfinished work, in pieces so that this file does not hold them.
const UNFINISHED: &[&str] = &[concat!("FIX", "ME"), concat!("XX", "X")];

/// Hosts of package registries and paths of single machines, in pieces for the same reason.
const REGISTRIES: &[&str] = &[
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("deb.debian", ".org"),
];
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// What is wrong with a Rust file whatever it is for.
fn untidy(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.starts_with("//!") {
        found.push(format!("{path}:1: does not start with `//!`: what it is, what it never does"));
    }
    let lines = text.lines().count();
    if lines > MOST_LINES && !LONGER.iter().any(|(longer, _)| *longer == path) {
        found.push(format!("{path}: {lines} lines, at most {MOST_LINES}; split it"));
    }
    for (index, line) in text.lines().enumerate() {
        for mark in UNFINISHED.iter().filter(|mark| has_word(line, mark)) {
            found.push(format!("{path}:{}: `{mark}` is left over", index + 1));
        }
    }
    let tokens = tokens(text);
    for (index, token) in tokens.iter().enumerate() {
        let next_is = |sign| tokens.get(index + 1).is_some_and(|next| next.is_sign(sign));
        for name in ["todo", "unimplemented"] {
            if token.is_word(name) && next_is('!') {
                found.push(format!("{path}:{}: `{name}!` is left over", token.line));
            }
        }
        let first = attribute(&tokens, index).and_then(|range| tokens.get(range.start));
        if first.is_some_and(|first| first.is_word("ignore")) {
            found.push(format!("{path}:{}: no test is left out; mend it or delete it", token.line));
        }
    }
    found
}

/// Whether `word` stands in `line` by itself.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|part| part.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|part| part.chars().next());
        ![before, after].into_iter().flatten().any(|sign| sign.is_alphanumeric() || sign == '_')
    })
}

/// Places that ask the system for the time.
fn clock_reads(path: &str, tokens: &[Token]) -> Vec<String> {
    let reads = tokens.windows(3).filter_map(|window| match window {
        [clock, separator, now] if separator.kind == Kind::PathSeparator && now.is_word("now") => {
            let name = clock.word()?;
            ["SystemTime", "Instant", "Utc", "Local", "OffsetDateTime"]
                .contains(&name)
                .then(|| format!("{path}:{}: reads `{name}::now`; take a `Clock`", clock.line))
        }
        _ => None,
    });
    reads.collect()
}

/// Places of library code that panic where an answer is missing. The statement or item under an
/// `#[expect(…)]` that names the lint is proven and left alone.
fn panics(file: &SourceFile) -> Vec<String> {
    let tokens = &file.tokens;
    let mut found = Vec::new();
    let mut proven = 0;
    for (index, token) in tokens.iter().enumerate() {
        if let Some(range) = attribute(tokens, index)
            && let Some(inside) = tokens.get(range.clone())
            && inside.first().is_some_and(|first| first.is_word("expect"))
            && inside.iter().any(|t| t.is_word("unwrap_used") || t.is_word("expect_used"))
        {
            proven = proven.max(item_end(tokens, past_attributes(tokens, range.end + 1)));
        }
        let Some([dot, name, open]) = tokens.get(index..index + 3) else { continue };
        let called = dot.is_sign('.') && open.is_sign('(');
        let panics = called && (name.is_word("unwrap") || name.is_word("expect"));
        if panics && !token.in_test && index >= proven {
            let name = name.word().unwrap_or_default();
            found.push(format!("{}:{}: `.{name}(` in library code", file.path, token.line));
        }
    }
    found
}

/// Lines that name a registry's host or a path of somebody's machine.
fn tied(file: &TextFile) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let place = format!("{}:{}", file.path, index + 1);
        for host in REGISTRIES.iter().filter(|host| line.contains(*host)) {
            found.push(format!("{place}: names the registry host `{host}`"));
        }
        for path in MACHINE_PATHS {
            let starts_here = |at: usize| {
                let before = line.get(..at).and_then(|part| part.chars().next_back());
                !before.is_some_and(|sign| sign.is_alphanumeric() || "._-}/".contains(sign))
            };
            if line.match_indices(path).any(|(at, _)| starts_here(at)) {
                found.push(format!("{place}: names the machine path `{path}`"));
            }
        }
    }
    found
}

/// The folders of the library: what a host links.
fn library_folders() -> Vec<String> {
    let mut folders = workspace::storage_folders().unwrap();
    folders.insert(0, "core".to_owned());
    folders
}

fn library_sources() -> Vec<SourceFile> {
    let mut read = Vec::new();
    for folder in library_folders() {
        let source = format!("{folder}/src");
        let files = workspace::files_below(&source).unwrap();
        let files = files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
        read.extend(read_crate(&source, files));
    }
    read
}

fn report(found: &[String]) {
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_rust_file_says_what_it_is_stays_short_and_leaves_nothing_open() {
    let files = workspace::files_below("").unwrap();
    let rust: Vec<_> = files.iter().filter(|file| is_rust(&file.path)).collect();
    assert!(rust.len() > 10, "only {} Rust files were found", rust.len());
    report(&rust.iter().flat_map(|file| untidy(&file.path, &file.text)).collect::<Vec<_>>());
}

#[test]
fn the_list_of_longer_files_holds_nothing_that_became_short() {
    for (path, reason) in LONGER {
        let text = std::fs::read_to_string(workspace::root().join(path)).unwrap();
        assert!(text.lines().count() > MOST_LINES, "{path} is short again");
        assert!(!reason.is_empty(), "{path} has no reason");
    }
}

#[test]
fn only_the_clock_reads_the_time() {
    let mut found = Vec::new();
    for folder in library_folders() {
        for part in ["src", "tests"] {
            for file in workspace::files_below(&format!("{folder}/{part}")).unwrap() {
                if is_rust(&file.path) && file.path != CLOCK {
                    found.extend(clock_reads(&file.path, &tokens(&file.text)));
                }
            }
        }
    }
    report(&found);
}

#[test]
fn library_code_does_not_panic_where_an_answer_is_missing() {
    let sources = library_sources();
    let library = sources.iter().filter(|file| !file.path.starts_with("core/src/testing"));
    report(&library.flat_map(panics).collect::<Vec<_>>());
}

#[test]
fn no_file_names_a_registry_or_a_path_of_one_machine() {
    let files = workspace::files_below("").unwrap();
    // The lock file is Cargo's own and names where packages come from.
    let ours = files.iter().filter(|file| file.path != "Cargo.lock");
    report(&ours.flat_map(tied).collect::<Vec<_>>());
}

#[test]
fn planted_untidiness_is_found() {
    let long = format!("//! x\n{}", "\n".repeat(MOST_LINES));
    for text in [
        "fn f() {}",
        "//! x\n/// MARK later",
        "//! x\nfn f() { todo!() }",
        "//! x\nfn f() { unimplemented!(\"y\") }",
        "//! x\n#[test]\n#[ignore = \"slow\"]\nfn f() {}",
        &long,
    ] {
        let text = text.replace("MARK", UNFINISHED[0]);
        assert_eq!(untidy("a.rs", &text).len(), 1, "{text}");
    }
    assert_eq!(untidy("a.rs", "//! x\nfn f() { let todo = \"todo!()\"; }"), [""; 0]);
}

#[test]
fn planted_clock_reads_are_found() {
    let text = "fn f() { std::time::Instant::now(); chrono::Utc::now(); clock.now(); }";
    assert_eq!(clock_reads("a.rs", &tokens(text)).len(), 2);
    assert_eq!(clock_reads("a.rs", &tokens("// Instant::now()")), [""; 0]);
}

#[test]
fn planted_panics_are_found_and_proven_ones_left_alone() {
    let found = |text: &str| read_crate("s", [("s/a.rs", text)]).iter().flat_map(panics).count();
    assert_eq!(found("fn f() { a.unwrap(); b\n.expect(\"c\"); d.unwrap_or(0); }"), 2);
    assert_eq!(found("#[cfg(test)] mod tests { fn f() { a.unwrap(); } }"), 0);
    assert_eq!(
        found("fn f() { #[expect(clippy::expect_used, reason = \"g\")]\n a.b().expect(\"c\"); }"),
        0
    );
    assert_eq!(found("fn f() { #[expect(clippy::unwrap_used)]\n a.unwrap(); b.unwrap(); }"), 1);
    assert_eq!(found("fn f() { #[expect(dead_code)]\n a.unwrap(); }"), 1);
}

#[test]
fn planted_hosts_and_paths_are_found() {
    let tied_in = |text: String| tied(&TextFile { path: "a".to_owned(), text }).len();
    assert_eq!(tied_in(format!("see https://{}/x", REGISTRIES[0])), 1);
    assert_eq!(tied_in(format!("cd {}x", MACHINE_PATHS[0])), 1);
    assert_eq!(tied_in(format!("docs{}x", MACHINE_PATHS[0])), 0);
}
