//! The guide of the pilot, carried out from its first command to its last.
//!
//! A block ```` ```sh ```` holds commands, one a line. A block with a file's name behind its
//! language is that file. What a person reads off the screen or the calendar stands in the guide as
//! a word, which is filled in here.

use std::fs;

use serde_json::Value;

use crate::pilot::{Pilot, Said};

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/pilot.zh-CN.md");
const DATABASE: &str = "sqlite:试点.db";

/// A fenced block of the guide.
struct Block {
    language: String,
    file: Option<String>,
    lines: Vec<String>,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                open = true;
                let mut words = info.split_whitespace().map(str::to_owned);
                let language = words.next().unwrap_or_default();
                blocks.push(Block { language, file: words.next(), lines: Vec::new() });
            }
            None if open => blocks.last_mut().unwrap().lines.push(line.to_owned()),
            None => {}
        }
    }
    assert!(!open, "a block is not closed");
    blocks
}

/// What the guide means to be refused, each with its code.
const REFUSED: [(&str, &str); 2] = [
    ("pilot import 表/children.csv --as bureau-1", "input.refused"),
    ("--as leader-201", "input.unknown_person"),
];

struct Reader {
    pilot: Pilot,
    today: String,
}

impl Reader {
    fn json(&self, line: &str) -> Value {
        self.run(&format!("pilot {line} --json --database {DATABASE}")).result()
    }

    fn run(&self, line: &str) -> Said {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[0], "pilot", "{line}");
        self.pilot.args(&words[1..])
    }

    /// The number of the newest case of the child that follows a procedure.
    fn number(&self, procedure: &str) -> String {
        let child = self.json("child 林样溪");
        let cases = child["items"][0]["cases"].as_array().unwrap();
        let mut named = cases.iter().rev().filter(|case| case["procedure"] == procedure);
        named.next().unwrap()["case_number"].as_str().unwrap().to_owned()
    }

    fn filled(&self, line: &str) -> String {
        let mut line = line.replace("今天", &self.today).replace("后天", "2099-12-31");
        for (word, procedure) in [("档案号", "care_file"), ("线索号", "risk_alert")] {
            if line.contains(word) {
                line = line.replace(word, &self.number(procedure));
            }
        }
        line
    }
}

#[test]
fn every_command_of_the_guide_does_what_the_guide_says() {
    let text = fs::read_to_string(GUIDE).unwrap();
    let mut reader = Reader { pilot: Pilot::new(), today: String::new() };
    let (mut commands, mut refused) = (0, 0);
    for block in blocks(&text) {
        if let Some(file) = &block.file {
            let text = format!("{}\n", block.lines.join("\n"));
            reader.pilot.write(file, text.replace("今天", &reader.today));
            continue;
        }
        for line in block.lines.iter().filter(|_| block.language == "sh") {
            commands += 1;
            let said = reader.run(&reader.filled(line));
            let meant = REFUSED.iter().find(|(part, _)| line.contains(part));
            match meant {
                Some((_, code)) => {
                    refused += 1;
                    assert_eq!(said.code, 3, "{line}: {}", said.out);
                    assert!(said.err.contains(code), "{line}: {}", said.err);
                }
                None => assert_eq!(said.code, 0, "{line}\n{}\n{}", said.err, said.out),
            }
            if reader.today.is_empty() {
                // The first command makes the database.
                let doctor = reader.pilot.args(&["doctor", "--json", "--database", DATABASE]);
                let document: Value = serde_json::from_str(&doctor.out).unwrap();
                let at = document["result"]["at"].as_str().unwrap();
                at[..10].clone_into(&mut reader.today);
            }
        }
    }
    assert!(commands >= 35, "{commands} commands");
    assert_eq!(refused, REFUSED.len());
    let review = reader.json("review --from 2020-01-01 --to 2099-12-31");
    assert_eq!(review["clue_to_visit"]["visited"], 1);
    assert_eq!(review["feedback"].as_array().unwrap().len(), 1);
    assert_eq!(review["refusals"].as_array().unwrap().len(), 2);
}

#[test]
fn every_command_of_the_program_that_the_guide_names_exists() {
    let text = fs::read_to_string(GUIDE).unwrap();
    let pilot = Pilot::new();
    let mut named: Vec<&str> = text
        .split("pilot ")
        .skip(1)
        .filter_map(|rest| rest.split(|sign: char| !sign.is_ascii_lowercase()).next())
        .filter(|word| !word.is_empty())
        .collect();
    named.sort_unstable();
    named.dedup();
    assert!(named.len() > 15, "{named:?}");
    for command in named {
        assert_eq!(pilot.args(&[command, "--help"]).code, 0, "{command}");
    }
}
