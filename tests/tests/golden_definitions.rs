//! The county's procedures as a reviewer sees them: who may do what, and what the graphs look
//! like. A change of powers or of a path is a changed line in one of these files.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

use hexacase::{
    care,
    procedure::{Definition, DiagramFormat, chain_diagram, chain_problems, diagram, role_table},
};
use hexacase_tests::{golden, workspace::TextFile};

const FOLDER: &str = "tests/golden";
const ENDINGS: &[&str] = &[".roles.tsv", ".mmd", ".dot"];

fn definitions() -> Vec<Definition> {
    let definitions = care::definitions(care::rules::national()).unwrap();
    assert!(!definitions.is_empty(), "no procedure is carried");
    definitions
}

fn file(name: &str, ending: &str, text: String) -> TextFile {
    TextFile { path: format!("{FOLDER}/{name}{ending}"), text }
}

#[test]
fn the_powers_and_the_pictures_are_what_they_were() {
    let definitions = definitions();
    let mut expected = Vec::new();
    for definition in &definitions {
        let name = definition.name();
        let drawn = |format| diagram(definition, format, None);
        expected.push(file(name, ".roles.tsv", role_table(definition)));
        expected.push(file(name, ".mmd", drawn(DiagramFormat::Mermaid)));
        expected.push(file(name, ".dot", drawn(DiagramFormat::Dot)));
    }
    let all: Vec<_> = definitions.iter().collect();
    let links = care::escalations();
    let drawn = |format| chain_diagram(&all, &links, format);
    expected.push(file("chain", ".mmd", drawn(DiagramFormat::Mermaid)));
    expected.push(file("chain", ".dot", drawn(DiagramFormat::Dot)));
    let differences = golden::differences(FOLDER, ENDINGS, &expected).unwrap();
    assert!(
        differences.is_empty(),
        "run with HEXACASE_BLESS=1 if it is meant:\n{}",
        differences.join("\n")
    );
}

#[test]
fn the_handoffs_go_in_no_circle_not_too_deep_and_to_what_is_there() {
    let definitions = definitions();
    let all: Vec<_> = definitions.iter().collect();
    assert_eq!(chain_problems(&all), []);
}
