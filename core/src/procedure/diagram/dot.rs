//! DOT, the language of Graphviz.

use std::fmt::Write as _;

use super::{Kind, Node, Picture};

/// The first of these that a machine has.
const FONT: &str = "Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,SimHei,sans-serif";

pub(super) fn digraph(picture: &Picture) -> String {
    let mut text = format!("digraph \"{}\" {{\n", escape(picture.name));
    let title = escape(&picture.title);
    let _ =
        writeln!(text, "  graph [label=\"{title}\", labelloc=t, fontname=\"{FONT}\", fontsize=18]");
    let _ = writeln!(
        text,
        "  node [fontname=\"{FONT}\", fontsize=12, shape=box, style=\"rounded,filled\", \
         fillcolor=white]"
    );
    let _ = writeln!(text, "  edge [fontname=\"{FONT}\", fontsize=10]");
    for node in &picture.nodes {
        let _ = writeln!(text, "  \"{}\" [{}]", escape(&node.id), attributes(node));
    }
    for arrow in &picture.arrows {
        let label: Vec<_> = arrow.lines.iter().map(|line| escape(line)).collect();
        let (from, to) = (picture.node(arrow.from), picture.node(arrow.to));
        let style = if arrow.dashed { ", style=dashed" } else { "" };
        let label = label.join("\\n");
        let _ = writeln!(text, "  \"{from}\" -> \"{to}\" [label=\"{label}\"{style}]");
    }
    text.push_str("}\n");
    text
}

fn attributes(node: &Node) -> String {
    let mut attributes = match node.kind {
        Kind::Start => return "shape=point, width=0.15, fillcolor=black, label=\"\"".to_owned(),
        _ => format!("label={}", label(node)),
    };
    attributes.push_str(match node.kind {
        Kind::Start | Kind::Plain => "",
        Kind::End => ", peripheries=2, fillcolor=\"#e5e7eb\"",
        Kind::Any => ", shape=note, style=filled, fillcolor=\"#fefce8\"",
        Kind::Elsewhere => ", style=\"rounded,dashed\"",
    });
    if node.current {
        // Graphviz takes the last of two values for one attribute.
        attributes.push_str(", fillcolor=\"#fde68a\", color=\"#b45309\", penwidth=3");
    }
    attributes
}

/// An HTML-like label: the name, and under it in small type what is owed.
fn label(node: &Node) -> String {
    if node.lines.is_empty() {
        return format!("\"{}\"", escape(&node.label));
    }
    let lines: Vec<_> = node.lines.iter().map(|line| markup(line)).collect();
    format!(
        "<{}<BR/><FONT POINT-SIZE=\"9\" COLOR=\"#4b5563\">{}</FONT>>",
        markup(&node.label),
        lines.join("<BR/>")
    )
}

fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            sign if sign.is_control() => escaped.push(' '),
            sign => escaped.push(sign),
        }
    }
    escaped
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '"' | '\\' => escaped.extend(['\\', sign]),
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
    fn texts_are_escaped_for_the_place_they_stand_in() {
        assert_eq!(escape("a\"b\\n\n"), "a\\\"b\\\\n ");
        assert_eq!(markup("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
