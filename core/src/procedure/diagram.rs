//! Pictures of a procedure and of the chain between procedures, as text that Mermaid or Graphviz
//! draws. The text is stable: it follows the order of the definition, so that a changed procedure
//! shows in a review as changed lines.

mod dot;
mod mermaid;

use std::collections::BTreeMap;

use super::{Definition, DutySpec, Escalation, Handoff, Mode, ONLY_TOLD, StateSpec};
use crate::duty::owed::DutyKind;

/// What draws the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiagramFormat {
    /// Mermaid, as Markdown viewers draw it.
    Mermaid,
    /// DOT, as Graphviz draws it. It asks for a font with Chinese characters.
    Dot,
}

/// Draws a procedure: states with their duties and waits, transitions, ends. `current` is marked
/// where it is one of the procedure's states; the two ends of every procedure (作废, 并案) are not
/// drawn. Transitions between the same two states share an arrow. Those that start in every open
/// state start in one box, 任何状态, which also lists those that keep the state.
pub fn diagram(definition: &Definition, format: DiagramFormat, current: Option<&str>) -> String {
    let picture = of_states(definition, current);
    match format {
        DiagramFormat::Mermaid => mermaid::state_diagram(&picture),
        DiagramFormat::Dot => dot::digraph(&picture),
    }
}

/// Draws the chain: procedures, and the handoffs between them with id, step and mode. Receiving
/// procedures that are not among `definitions` are drawn dashed and by their name only. The
/// escalation links come from the ladder of any procedure, and no step makes them: they are dashed
/// arrows from one box, 逐级提醒.
pub fn chain_diagram(
    definitions: &[&Definition],
    escalations: &[Escalation],
    format: DiagramFormat,
) -> String {
    let picture = of_chain(definitions, escalations);
    match format {
        DiagramFormat::Mermaid => mermaid::flowchart(&picture),
        DiagramFormat::Dot => dot::digraph(&picture),
    }
}

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Where cases come from.
    Start,
    /// An open state, or a procedure.
    Plain,
    /// A state that is an end.
    End,
    /// All open states at once, or the ladder of every procedure.
    Any,
    /// A procedure that is carried elsewhere.
    Elsewhere,
}

#[derive(Debug)]
struct Node {
    /// ASCII, and no word of either language.
    id: String,
    label: String,
    /// What stands under the label.
    lines: Vec<String>,
    kind: Kind,
    current: bool,
}

#[derive(Debug)]
struct Arrow {
    from: usize,
    to: usize,
    lines: Vec<String>,
    /// Whether time alone makes it, and no step.
    dashed: bool,
}

/// What is drawn, in the order in which it is written down.
#[derive(Debug)]
struct Picture {
    name: &'static str,
    title: String,
    nodes: Vec<Node>,
    arrows: Vec<Arrow>,
}

impl Picture {
    fn node(&self, at: usize) -> &str {
        self.nodes.get(at).map_or("", |node| &node.id)
    }
}

const START: usize = 0;

fn of_states(definition: &Definition, current: Option<&str>) -> Picture {
    let mut nodes = vec![Node {
        id: "start".to_owned(),
        label: String::new(),
        lines: Vec::new(),
        kind: Kind::Start,
        current: false,
    }];
    nodes.extend(definition.states().iter().map(|state| Node {
        id: format!("s_{}", state.name),
        label: state.label.zh.to_string(),
        lines: owed(definition, state),
        kind: if state.terminal { Kind::End } else { Kind::Plain },
        current: current == Some(state.name),
    }));
    let place = |name: &str| {
        let at = definition.states().iter().position(|state| state.name == name);
        at.map(|at| at + START + 1)
    };
    let any = nodes.len();
    let mut anywhere: Vec<String> = Vec::new();
    let mut arrows: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    for spec in definition.transitions() {
        let label = spec.label.zh.to_string();
        let mut froms: Vec<_> = spec.from.iter().filter_map(|name| place(name)).collect();
        if spec.from_any {
            froms = vec![any];
        } else if spec.opens_case {
            froms = vec![START];
        }
        if spec.from_any && spec.keeps_state {
            anywhere.push(label.clone());
        }
        for from in froms {
            let itself = (spec.keeps_state && !spec.from_any).then_some(from);
            for to in itself.into_iter().chain(spec.to.iter().filter_map(|name| place(name))) {
                arrows.entry((from, to)).or_default().push(label.clone());
            }
        }
    }
    let always = definition.duties().iter().filter(|duty| duty.kind == DutyKind::Open);
    let mut lines: Vec<_> = always.map(duty_line).collect();
    lines.extend(anywhere);
    if !lines.is_empty() || arrows.keys().any(|(from, _)| *from == any) {
        nodes.push(Node {
            id: "any_state".to_owned(),
            label: "任何状态".to_owned(),
            lines,
            kind: Kind::Any,
            current: false,
        });
    }
    Picture {
        name: definition.name(),
        title: definition.label().zh.to_string(),
        nodes,
        arrows: merged(arrows),
    }
}

fn merged(arrows: BTreeMap<(usize, usize), Vec<String>>) -> Vec<Arrow> {
    let arrow = |((from, to), lines)| Arrow { from, to, lines, dashed: false };
    arrows.into_iter().map(arrow).collect()
}

/// What the state asks for, one line each.
fn owed(definition: &Definition, state: &StateSpec) -> Vec<String> {
    let duties = definition
        .duties()
        .iter()
        .filter(|duty| duty.kind == DutyKind::State && duty.states.contains(&state.name));
    let waits = definition.waits().iter().filter(|wait| wait.state == state.name);
    duties.map(duty_line).chain(waits.map(|wait| format!("等待：{}", wait.label.zh))).collect()
}

fn duty_line(duty: &DutySpec) -> String {
    format!("应办：{}", duty.label.zh)
}

fn of_chain(definitions: &[&Definition], escalations: &[Escalation]) -> Picture {
    let mut nodes: Vec<_> = definitions
        .iter()
        .map(|definition| Node {
            id: format!("p_{}", definition.name()),
            label: definition.label().zh.to_string(),
            lines: Vec::new(),
            kind: Kind::Plain,
            current: false,
        })
        .collect();
    let mut arrows: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    for (from, definition) in definitions.iter().enumerate() {
        for spec in definition.transitions() {
            for handoff in &spec.handoffs {
                let to = receiver(&mut nodes, handoff.to);
                let how = mode(handoff);
                let line = format!("{} {}（{how}）", handoff.id, spec.label.zh);
                arrows.entry((from, to)).or_default().push(line);
            }
        }
    }
    let mut arrows = merged(arrows);
    let mut climbed: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for link in escalations {
        let line = format!("{} {}（建议）", link.id, link.label.zh);
        climbed.entry(receiver(&mut nodes, link.to)).or_default().push(line);
    }
    if !climbed.is_empty() {
        let from = nodes.len();
        nodes.push(Node {
            id: "ladder".to_owned(),
            label: "逐级提醒：任何程序的逾期事项".to_owned(),
            lines: Vec::new(),
            kind: Kind::Any,
            current: false,
        });
        let dashed = |(to, lines)| Arrow { from, to, lines, dashed: true };
        arrows.extend(climbed.into_iter().map(dashed));
    }
    Picture { name: "chain", title: "机制链".to_owned(), nodes, arrows }
}

/// The node of a receiving procedure; a new one where it is carried elsewhere.
fn receiver(nodes: &mut Vec<Node>, procedure: &str) -> usize {
    let id = format!("p_{procedure}");
    nodes.iter().position(|node| node.id == id).unwrap_or_else(|| {
        nodes.push(Node {
            id,
            label: procedure.to_owned(),
            lines: Vec::new(),
            kind: Kind::Elsewhere,
            current: false,
        });
        nodes.len() - 1
    })
}

fn mode(handoff: &Handoff) -> &'static str {
    match handoff.mode {
        Mode::Inform if handoff.opens_by == ONLY_TOLD => "只告知",
        Mode::Open => "新开",
        Mode::Inform => "告知或新开",
        Mode::Propose => "建议",
        Mode::Message => "发往外县",
    }
}
