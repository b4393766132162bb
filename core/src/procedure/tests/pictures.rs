//! The pictures of the petition, as golden files.

use std::{env, fs, path::Path};

use super::{
    super::{DiagramFormat, Escalation, chain_diagram, diagram, role_table},
    petition::{follow_up, petition},
};
use crate::terms::label::Label;

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
    compare("petition_chain.mmd", &chain_diagram(&chain, &[], DiagramFormat::Mermaid));
    compare("petition_chain.dot", &chain_diagram(&chain, &[], DiagramFormat::Dot));
}

#[test]
fn a_link_of_the_ladder_is_a_dashed_arrow_from_the_ladder() {
    let (petition, follow_up) = (petition(), follow_up());
    let chain = [&petition, &follow_up];
    let link = |id, to| Escalation {
        id,
        label: Label::new("示例建议", "sample proposal"),
        to,
        opens_by: "open",
        judicial: false,
        fill: |_| Ok(serde_json::Value::Null),
    };
    let links = [link("X01", "follow_up"), link("X02", "follow_up"), link("X03", "elsewhere")];
    let both = "X01 示例建议（建议）";
    let mermaid = chain_diagram(&chain, &links, DiagramFormat::Mermaid);
    let arrow = format!("ladder -.->|\"{both}<br/>X02 示例建议（建议）\"| p_follow_up");
    assert!(mermaid.contains(&arrow), "{mermaid}");
    assert!(mermaid.contains("p_elsewhere[\"elsewhere\"]:::elsewhere"), "{mermaid}");
    let dot = chain_diagram(&chain, &links, DiagramFormat::Dot);
    let arrow = "\"ladder\" -> \"p_elsewhere\" [label=\"X03 示例建议（建议）\", style=dashed]";
    assert!(dot.contains(arrow), "{dot}");
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
