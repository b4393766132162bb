//! The pilot's library: a county as files, the sample county that ships with it, a played year of
//! its work, and the command line over all of it.

pub mod backup;
pub mod blobs;
pub mod catalog;
pub mod cli;
pub mod clock;
pub mod codes;
pub mod commands;
pub mod county;
pub mod database;
pub mod demo;
pub mod error;
pub mod failure;
pub mod form;
pub mod ids;
pub mod index;
pub mod log;
pub mod output;
pub mod paper;
pub(crate) mod random;
pub mod register;
pub mod results;
pub mod sheet;
pub mod spreadsheet;

use std::ffi::OsString;

use clap::Parser as _;
use hexacase::terms::strict_json;

use crate::{
    cli::Cli,
    error::PilotError,
    failure::{Exit, Failure},
    output::{Lang, Output},
};

/// Reads the command line, carries the command out, says what came of it.
pub async fn main(args: Vec<OsString>) -> Exit {
    // How to speak of a wrong command line has to be known before it is understood.
    let has = |wanted: &str| args.iter().any(|arg| arg == wanted);
    let english = args.windows(2).any(|pair| pair == ["--lang", "en"]) || has("--lang=en");
    let lang = if english { Lang::En } else { Lang::Zh };
    let plain = Output::new(has("--json"), lang);
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return arguments(&error, &plain),
    };
    let out = Output::new(cli.global.json, cli.global.lang);
    match commands::run(cli, &out).await {
        Ok(exit) => exit,
        Err(failure) => {
            out.failure(&failure);
            failure.exit
        }
    }
}

/// Help and version are no failures; everything else is a wrong command line.
fn arguments(error: &clap::Error, out: &Output) -> Exit {
    use clap::error::ErrorKind;

    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if asked {
        return match error.print() {
            Ok(()) => Exit::Done,
            Err(_) => Exit::Failed,
        };
    }
    let said = error.render().to_string();
    let said = said.trim().trim_start_matches("error: ").to_owned();
    let failure = Failure::from(PilotError::Arguments(said));
    if out.is_json() {
        out.failure(&failure);
    } else {
        // The parser says what is wrong in English only, over several lines.
        out.note(
            &format!("{}（{}）\n{}", failure.zh, failure.code, failure.en),
            &format!("{} ({})", failure.en, failure.code),
        );
    }
    failure.exit
}
