//! `note`: a remark on a case, which goes into its trail, or on the program, which does not.

use hexacase::procedure::wide::WideStep;
use serde_json::{Map, Value};

use super::step::wide;
use crate::{
    cli::{Global, NoteArgs, StepArgs},
    database,
    error::PilotError,
    failure::Failure,
    ids,
    log::LogEvent,
    output::Output,
    results::NoteResult,
};

/// An identity number has 18 or 15 digits, a telephone number 11; nothing else people say about a
/// program has so many.
const DIGITS_OF_A_PERSON: usize = 11;

pub(super) async fn note(global: &Global, args: NoteArgs, out: &Output) -> Result<(), Failure> {
    let opened = database::open(global).await?;
    if let Some(case) = &args.case {
        let case = ids::case(&opened.engine, case).await?;
        let mut form = Map::new();
        form.insert("text".to_owned(), Value::String(args.text));
        let step = StepArgs {
            actor: args.actor,
            command_id: None,
            expect_revision: None,
            occurred_at: None,
        };
        return wide("note", &opened, case, (WideStep::AddNote, form), step, out).await;
    }
    if longest_run_of_digits(&args.text) >= DIGITS_OF_A_PERSON {
        return Err(PilotError::NumberInNote.into());
    }
    let staff = opened.engine.staff().await?;
    if !staff.iter().any(|row| row.id == args.actor && row.active) {
        return Err(super::people::unknown(&args.actor));
    }
    let at = opened.engine.now();
    let text = args.text.trim().to_owned();
    if text.is_empty() {
        return Err(PilotError::Arguments("the note is empty".to_owned()).into());
    }
    opened.log.append(at, LogEvent::Feedback { actor: args.actor, text: text.clone() })?;
    let result = NoteResult { about: "program".to_owned(), at, text };
    out.result("note", &result, || {
        out.say(
            "已记下，`pilot review` 会列出。谢谢",
            "written down; `pilot review` lists it. Thank you",
        )
        .to_owned()
    })
}

/// The longest run of digits outside case numbers.
fn longest_run_of_digits(text: &str) -> usize {
    let mut longest = 0;
    let numeric = |sign: char| matches!(sign, '0'..='9' | '０'..='９' | ' ' | '-');
    for run in text.split(|sign| !numeric(sign)) {
        let mut digits = 0;
        for word in run.split(' ').filter(|word| !is_case_number(word)) {
            // People part numbers with blanks and dashes.
            digits += word.chars().filter(|sign| *sign != '-').count();
        }
        longest = longest.max(digits);
    }
    longest
}

/// Whether it is written as `999999-2026-000012`.
fn is_case_number(word: &str) -> bool {
    let lengths: Vec<usize> = word.split('-').map(str::len).collect();
    matches!(lengths.as_slice(), [6, 4, 1..=9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_are_seen_however_they_are_parted() {
        assert!(longest_run_of_digits("电话 138 0000-0000") >= DIGITS_OF_A_PERSON);
        assert!(longest_run_of_digits("9999992015030100１２") >= DIGITS_OF_A_PERSON);
        for harmless in ["第 3 屏的字太小", "2026-05-03 14:05 案号 999999-2026-000012 点了 3 次"]
        {
            assert!(longest_run_of_digits(harmless) < DIGITS_OF_A_PERSON, "{harmless}");
        }
    }
}
