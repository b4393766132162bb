//! Tables of text. Chinese characters count as two columns.

use std::io::IsTerminal as _;

use comfy_table::{ContentArrangement, Table, presets};

/// In a narrower terminal long lines are easier to read than columns of single characters.
const NARROWEST: u16 = 60;

/// A table with a header; as wide as it needs to be unless it is read on a terminal.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    *table.style_mut() = presets::UTF8_FULL_CONDENSED;
    if std::io::stdout().is_terminal() && table.width().is_some_and(|width| width >= NARROWEST) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    trimmed(&table.to_string())
}

/// Pairs of a name and a value, one a line, the values under each other. Nothing is wrapped: ids and
/// hashes are there to be copied.
pub fn pairs(pairs: &[(&str, String)]) -> String {
    let mut table = Table::new();
    *table.style_mut() = presets::NOTHING;
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        table.add_row([*name, value.as_str()]);
    }
    trimmed(&table.to_string())
}

fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_count_twice() {
        let text = table(&["程序", "x"], [vec!["预警".into(), "1".into()]]);
        let at = |line: &str, sign: char| {
            let before = line.split(sign).next().unwrap();
            before.chars().map(|sign| if sign.is_ascii() { 1 } else { 2 }).sum::<usize>()
        };
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(at(lines[1], 'x'), at(lines[3], '1'), "{text}");
    }
}
