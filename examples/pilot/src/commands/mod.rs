//! The commands, one file for each kind.

mod attempt;
mod backup;
mod cases;
mod catalog;
mod child;
mod corrections;
mod cursor;
mod custody;
mod diagram;
mod doctor;
mod entries;
mod explain;
mod export;
mod import;
mod ladder;
mod note;
mod overdue;
mod people;
mod print;
mod record;
mod refused;
mod review;
mod review_text;
mod rules;
mod schema;
mod setup;
mod sheet;
mod staffing;
mod step;
mod today;
mod upkeep;
mod worklist;

use crate::{
    cli::{Cli, Command, DemoArgs, StaffCommand},
    demo,
    failure::{Exit, Failure},
    output::Output,
};

/// Carries a command out.
///
/// # Errors
/// Why it was not done.
pub async fn run(cli: Cli, out: &Output) -> Result<Exit, Failure> {
    let (attempt, global) = (attempt::Attempt::of(&cli), cli.global.clone());
    let ended = carry_out(cli, out).await;
    if let (Err(failure), Some(attempt)) = (&ended, attempt) {
        attempt.ended(&global, failure, out);
    }
    ended
}

async fn carry_out(cli: Cli, out: &Output) -> Result<Exit, Failure> {
    let global = cli.global;
    let Some(command) = cli.command else {
        let args = DemoArgs { global, ..DemoArgs::default() };
        return demo::run(args, out).await;
    };
    match command {
        Command::Demo(args) => return demo::run(DemoArgs { global, ..args }, out).await,
        Command::Init(args) => setup::init(&global, args, out).await?,
        Command::Backup(args) => return backup::backup(&global, &args, out).await,
        Command::Restore(args) => backup::restore(&global, &args, out).await?,
        Command::Doctor(args) => return doctor::doctor(&global, &args, out).await,
        Command::Migrate => setup::migrate(&global, out).await?,
        Command::Import(args) => import::children(&global, &args, out).await?,
        Command::Export(args) => export::export(&global, &args, out).await?,
        Command::Staff(args) => match args.command {
            StaffCommand::List(args) => people::list(&global, &args, out).await?,
            StaffCommand::Import(args) => people::import(&global, &args, out).await?,
            StaffCommand::Leave(args) => staffing::leave(&global, args, out).await?,
            StaffCommand::Deputy(args) => staffing::deputy(&global, args, out).await?,
            StaffCommand::Transfer(args) => staffing::transfer(&global, args, out).await?,
        },
        Command::Open(args) => step::open(&global, args, out).await?,
        Command::Act(args) => step::act(&global, args, out).await?,
        Command::Amend(args) => corrections::amend(&global, args, out).await?,
        Command::Annul(args) => corrections::annul(&global, args, out).await?,
        Command::Rebind(args) => corrections::rebind(&global, args, out).await?,
        Command::Join(args) => corrections::join(&global, args, out).await?,
        Command::Split(args) => corrections::split(&global, args, out).await?,
        Command::Merge(args) => corrections::merge(&global, args, out).await?,
        Command::Reopen(args) => corrections::reopen(&global, args, out).await?,
        Command::Confirm(args) => corrections::confirm(&global, args, out).await?,
        Command::Decline(args) => corrections::decline(&global, args, out).await?,
        Command::Attach(args) => corrections::attach(&global, args, out).await?,
        Command::Cases(args) => cases::list(&global, args, out).await?,
        Command::Child(args) => child::find(&global, &args, out).await?,
        Command::Case(args) => cases::one(&global, &args, out).await?,
        Command::Trail(args) => entries::trail(&global, &args, out).await?,
        Command::Feed(args) => entries::feed(&global, &args, out).await?,
        Command::Today(args) => today::today(&global, args, out).await?,
        Command::Note(args) => note::note(&global, args, out).await?,
        Command::Review(args) => review::review(&global, &args, out).await?,
        Command::Worklist(args) => worklist::list(&global, args, out).await?,
        Command::Overdue(args) => overdue::list(&global, &args, out).await?,
        Command::Explain(args) => explain::explain(&global, args, out).await?,
        Command::Deadline(args) => rules::deadline(&args, out)?,
        Command::Print(args) => print::print(&global, &args, out).await?,
        Command::Sheet(args) => sheet::print(&global, &args, out).await?,
        Command::Record(args) => return record::record(&global, &args, out).await,
        Command::Sweep => upkeep::sweep(&global, out).await?,
        Command::Check(args) => rules::check(&args, out)?,
        Command::Definitions(args) => catalog::definitions(&args, out)?,
        Command::Diagram(args) => diagram::draw(&global, &args, out).await?,
        Command::Schema(args) => schema::schema(args, out)?,
        Command::Limits => rules::limits(out)?,
        Command::Verify(args) => return upkeep::verify(&global, &args, out).await,
    }
    Ok(Exit::Done)
}

/// The schema of a command's result, if it has one.
pub use schema::of_result;
