//! What the workspace may depend on: licences, sources, and the few versions and features that
//! safety hangs on.

#![expect(clippy::indexing_slicing, reason = "indexing a JSON value answers null")]

use std::collections::{BTreeMap, BTreeSet};

use hexacase_tests::workspace::{elements, metadata, text};
use serde_json::Value;

/// Licences a host in a county may ship without asking anybody. `AND` needs all of them, `OR` one.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MulanPSL-2.0",
    "Unicode-3.0",
    "Zlib",
    // Data, not code: the root certificates a PostgreSQL client may trust.
    "CDLA-Permissive-2.0",
];

const MOST_DIRECT: usize = 25;

/// Whether an SPDX expression can be met with [`LICENCES`]. The old `/` means `OR`.
fn permitted(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&words, &mut at);
    met && at == words.len()
}

fn either(words: &[&str], at: &mut usize) -> bool {
    let mut met = both(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at);
    }
    met
}

fn both(words: &[&str], at: &mut usize) -> bool {
    let mut met = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at);
    }
    met
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = either(words, at);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return met && closed;
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = words.get(*at + 1).copied().unwrap_or_default();
        *at += 2;
        return LICENCES.contains(&format!("{word} WITH {exception}").as_str());
    }
    LICENCES.contains(word)
}

/// The ids of all packages that the workspace's own are built from: what stands behind
/// dev-dependencies and build scripts is not shipped.
fn shipped(metadata: &Value) -> BTreeSet<&str> {
    let nodes = elements(&metadata["resolve"]["nodes"]);
    let edges: BTreeMap<&str, &Value> =
        nodes.iter().map(|node| (text(&node["id"]), &node["deps"])).collect();
    let mut left: Vec<&str> = elements(&metadata["workspace_members"]).iter().map(text).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = left.pop() {
        if seen.insert(id) {
            let behind = edges.get(id).map_or(&[][..], |deps| elements(deps));
            // A missing kind is a normal dependency.
            let normal = behind.iter().filter(|dependency| {
                elements(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null())
            });
            left.extend(normal.map(|dependency| text(&dependency["pkg"])));
        }
    }
    seen
}

fn named<'a>(metadata: &'a Value, name: &str) -> Vec<&'a Value> {
    elements(&metadata["packages"]).iter().filter(|package| package["name"] == name).collect()
}

/// The first two numbers of a version.
fn version(package: &Value) -> (u32, u32) {
    let mut parts = text(&package["version"]).split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// What is wrong with sqlx and the SQLite below it.
fn database_faults(metadata: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for node in elements(&metadata["resolve"]["nodes"]) {
        let id = text(&node["id"]);
        let package = elements(&metadata["packages"]).iter().find(|package| package["id"] == id);
        let name = package.map_or("", |package| text(&package["name"]));
        let features: Vec<&str> = elements(&node["features"]).iter().map(text).collect();
        for banned in ["macros", "any"] {
            if name == "sqlx" && features.contains(&banned) {
                found.push(format!("`{name}` has the feature `{banned}`"));
            }
        }
    }
    for name in ["sqlx", "sqlx-core", "sqlx-sqlite", "sqlx-postgres", "libsqlite3-sys"] {
        let versions: Vec<_> =
            named(metadata, name).iter().map(|package| text(&package["version"])).collect();
        if versions.len() > 1 {
            found.push(format!("`{name}` is there in several versions: {}", versions.join(", ")));
        }
    }
    for package in named(metadata, "libsqlite3-sys") {
        if version(package) < (0, 37) {
            let found_version = text(&package["version"]);
            found.push(format!(
                "libsqlite3-sys must be 0.37 or newer, found {found_version}: an older SQLite can \
                 lose committed writes"
            ));
        }
    }
    found
}

#[test]
fn every_licence_of_what_is_shipped_is_permitted() {
    let metadata = metadata().unwrap();
    let shipped = shipped(&metadata);
    assert!(shipped.len() > 20, "only {} packages were found", shipped.len());
    let packages = elements(&metadata["packages"]).iter();
    let found: Vec<String> = packages
        .filter(|package| shipped.contains(text(&package["id"])))
        .filter(|package| !permitted(text(&package["license"])))
        .map(|package| {
            let (name, version) = (text(&package["name"]), text(&package["version"]));
            format!("{name} {version}: {}", package["license"])
        })
        .collect();
    assert!(found.is_empty(), "licences not in the list:\n{}", found.join("\n"));
}

#[test]
fn licence_expressions_are_read_as_written() {
    for good in ["MIT", "GPL-3.0 OR MIT", "(MIT OR GPL-3.0) AND Unicode-3.0", "MIT/Apache-2.0"] {
        assert!(permitted(good), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0 WITH other", "(MIT", "MIT MIT"] {
        assert!(!permitted(bad), "{bad}");
    }
    assert!(permitted("Apache-2.0 WITH LLVM-exception OR GPL-3.0"));
}

#[test]
fn everything_comes_from_the_registry_or_from_this_workspace() {
    let metadata = metadata().unwrap();
    let members: Vec<_> = elements(&metadata["workspace_members"]).iter().map(text).collect();
    for package in elements(&metadata["packages"]) {
        let from_registry = text(&package["source"]).starts_with("registry+");
        let ours = members.contains(&text(&package["id"]));
        assert!(from_registry || ours, "{} comes from {}", package["name"], package["source"]);
    }
}

#[test]
fn the_database_driver_is_one_version_without_macros_and_any() {
    assert_eq!(database_faults(&metadata().unwrap()), [""; 0]);
}

#[test]
fn planted_database_faults_are_found() {
    let planted = serde_json::json!({
        "packages": [
            { "id": "a", "name": "sqlx", "version": "0.9.0" },
            { "id": "b", "name": "sqlx", "version": "0.8.6" },
            { "id": "c", "name": "libsqlite3-sys", "version": "0.30.1" },
        ],
        "resolve": { "nodes": [{ "id": "a", "features": ["any", "macros"] }] },
    });
    assert_eq!(database_faults(&planted).len(), 4);
}

#[test]
fn the_core_depends_directly_on_few_crates_and_on_petgraph_0_8() {
    let metadata = metadata().unwrap();
    let core = named(&metadata, "hexacase");
    assert_eq!(core.len(), 1);
    let direct: BTreeSet<&str> = elements(&core.first().unwrap()["dependencies"])
        .iter()
        .filter(|dependency| dependency["kind"].is_null())
        .map(|dependency| text(&dependency["name"]))
        .collect();
    assert!(direct.len() <= MOST_DIRECT, "{} direct dependencies: {direct:?}", direct.len());
    assert!(direct.contains("petgraph"));
    let versions: Vec<_> = named(&metadata, "petgraph").into_iter().map(version).collect();
    assert_eq!(versions, [(0, 8)]);
}
