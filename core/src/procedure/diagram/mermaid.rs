//! Mermaid: a state diagram for a procedure, a flowchart for the chain.

use std::fmt::Write as _;

use super::{Kind, Picture};

pub(super) fn state_diagram(picture: &Picture) -> String {
    let mut text = format!("---\ntitle: \"{}\"\n---\nstateDiagram-v2\n", title(&picture.title));
    let drawn = picture.nodes.iter().filter(|node| node.kind != Kind::Start);
    for node in drawn.clone() {
        let _ = writeln!(text, "    state \"{}\" as {}", escape(&node.label), node.id);
        for line in &node.lines {
            let _ = writeln!(text, "    {} : {}", node.id, escape(line));
        }
    }
    for arrow in &picture.arrows {
        let start = picture.nodes.get(arrow.from).is_some_and(|node| node.kind == Kind::Start);
        let from = if start { "[*]" } else { picture.node(arrow.from) };
        let to = picture.node(arrow.to);
        let _ = writeln!(text, "    {from} --> {to} : {}", lines(&arrow.lines));
    }
    for node in drawn.clone().filter(|node| node.kind == Kind::End) {
        let _ = writeln!(text, "    {} --> [*]", node.id);
    }
    text.push_str("    classDef ended fill:#e5e7eb,stroke:#6b7280\n");
    text.push_str("    classDef anywhere fill:#fefce8,stroke:#a16207,stroke-dasharray:4\n");
    text.push_str("    classDef current fill:#fde68a,stroke:#b45309,stroke-width:3px\n");
    for node in drawn {
        let class = match node.kind {
            _ if node.current => "current",
            Kind::End => "ended",
            Kind::Any => "anywhere",
            Kind::Start | Kind::Plain | Kind::Elsewhere => continue,
        };
        let _ = writeln!(text, "    class {} {class}", node.id);
    }
    text
}

pub(super) fn flowchart(picture: &Picture) -> String {
    let mut text = format!("---\ntitle: \"{}\"\n---\nflowchart LR\n", title(&picture.title));
    for node in &picture.nodes {
        let class = match node.kind {
            Kind::Elsewhere => ":::elsewhere",
            Kind::Any => ":::anywhere",
            Kind::Start | Kind::Plain | Kind::End => "",
        };
        let _ = writeln!(text, "    {}[\"{}\"]{class}", node.id, escape(&node.label));
    }
    for arrow in &picture.arrows {
        let (from, to) = (picture.node(arrow.from), picture.node(arrow.to));
        let line = if arrow.dashed { "-.->" } else { "-->" };
        let _ = writeln!(text, "    {from} {line}|\"{}\"| {to}", lines(&arrow.lines));
    }
    text.push_str("    classDef elsewhere stroke-dasharray:4\n");
    if picture.nodes.iter().any(|node| node.kind == Kind::Any) {
        text.push_str("    classDef anywhere fill:#fefce8,stroke:#a16207,stroke-dasharray:4\n");
    }
    text
}

fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("<br/>")
}

/// The title stands in YAML, not in Mermaid.
fn title(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).fold(String::new(), |mut title, sign| {
        if matches!(sign, '"' | '\\') {
            title.push('\\');
        }
        title.push(sign);
        title
    })
}

/// Mermaid has no escapes but entities, which it reads before anything else.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '"' | '#' | '%' | '&' | ':' | ';' | '<' | '>' | '[' | ']' | '`' | '{' | '|' | '}'
            | '\\' => {
                let _ = write!(escaped, "#{};", u32::from(sign));
            }
            sign if sign.is_control() => escaped.push(' '),
            sign => escaped.push(sign),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mermaid_would_read_as_its_own_is_written_as_entities() {
        assert_eq!(escape("受理（一）：甲、乙"), "受理（一）：甲、乙");
        assert_eq!(escape("a:\"b\";\n#1"), "a#58;#34;b#34;#59; #35;1");
        assert_eq!(title("a\"b\\c\n"), "a\\\"b\\\\c");
    }
}
