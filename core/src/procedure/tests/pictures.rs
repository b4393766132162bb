//! The pictures of the petition, as golden files.

use std::{env, fs, path::Path};

use super::{
    super::{DiagramFormat, chain_diagram, diagram, role_table},
    petition::{follow_up, petition},
};

fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if env::var_os("HEXACASE_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == text, "tests/golden/{name} differs; run with HEXACASE_BLESS=1:\n{text}");
}

#[test]
fn the_state_diagram_is_what_it_was() {
    let petition = petition();
    compare("petition.mmd", &diagram(&petition, DiagramFormat::Mermaid, Some("examining")));
    compare("petition.dot", &diagram(&petition, DiagramFormat::Dot, Some("examining")));
}

#[test]
fn the_chain_diagram_is_what_it_was() {
    let (petition, follow_up) = (petition(), follow_up());
    let chain = [&petition, &follow_up];
    compare("petition_chain.mmd", &chain_diagram(&chain, DiagramFormat::Mermaid));
    compare("petition_chain.dot", &chain_diagram(&chain, DiagramFormat::Dot));
}

#[test]
fn the_table_of_powers_is_what_it_was() {
    compare("petition.roles.tsv", &role_table(&petition()));
}

#[test]
fn a_picture_without_a_current_state_marks_none() {
    let petition = petition();
    for format in [DiagramFormat::Mermaid, DiagramFormat::Dot] {
        let marked = |current| diagram(&petition, format, current).matches("current").count();
        assert_eq!(marked(None), marked(Some("annulled")));
        let plain = diagram(&petition, format, None);
        assert_ne!(plain, diagram(&petition, format, Some("answered")));
    }
}
