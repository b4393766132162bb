//! What a command says: one JSON document, or text for people. Results go to standard output,
//! everything else to standard error.

mod failure_text;
pub mod table;
pub mod time;
mod words;

use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::json;

pub use words::Words;

use crate::{error::PilotError, failure::Failure};

/// The format of every JSON document.
pub const FORMAT: &str = "hexacase/1";

/// The language of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The text of this language.
    pub fn of<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// Where and how results are said.
#[derive(Clone, Debug)]
pub struct Output {
    json: bool,
    lang: Lang,
}

#[derive(Serialize)]
struct Document<'a, T> {
    format: &'static str,
    command: &'a str,
    result: &'a T,
}

impl Output {
    /// Says results as JSON or as text.
    pub fn new(json: bool, lang: Lang) -> Self {
        Self { json, lang }
    }

    /// Whether results are JSON documents.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// The language of texts.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The text of this language.
    pub fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.lang.of(zh, en)
    }

    /// Says a command's result.
    ///
    /// # Errors
    /// When nothing can be written. A reader that went away is no error.
    pub fn result<T: Serialize>(
        &self,
        command: &str,
        result: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let said = if self.json {
            let document = Document { format: FORMAT, command, result };
            serde_json::to_string_pretty(&document)
                .map_err(|problem| PilotError::Output(problem.to_string()))?
        } else {
            text()
        };
        self.raw(&said)
    }

    /// Writes text to standard output as it is, with a line end.
    ///
    /// # Errors
    /// When nothing can be written. A reader that went away is no error.
    pub fn raw(&self, text: &str) -> Result<(), Failure> {
        let text = text.trim_end_matches('\n');
        let written = writeln!(io::stdout().lock(), "{text}");
        match written {
            Err(problem) if problem.kind() != io::ErrorKind::BrokenPipe => {
                Err(PilotError::Output(problem.to_string()).into())
            }
            _ => Ok(()),
        }
    }

    /// Says something by the way, on standard error. Nothing where results are JSON.
    pub fn note(&self, zh: &str, en: &str) {
        if !self.json {
            // A person who closed the terminal needs no note.
            drop(writeln!(io::stderr().lock(), "{}", self.say(zh, en)));
        }
    }

    /// Says why a command did not do what was asked, on standard error.
    pub fn failure(&self, failure: &Failure) {
        let text = if self.json {
            json!({ "error": failure }).to_string()
        } else {
            failure_text::text(failure, self.lang)
        };
        drop(writeln!(io::stderr().lock(), "{text}"));
    }

    /// Shows how far something is, on a terminal only.
    pub fn progress(&self, total: Option<u64>, zh: &'static str, en: &'static str) -> ProgressBar {
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::no_length(),
        };
        if self.json || !io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
            return bar;
        }
        let template = if total.is_some() { "{msg} {bar:30} {pos}/{len}" } else { "{msg} {pos}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.with_message(self.say(zh, en))
    }
}
