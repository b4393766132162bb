//! The commands, one file for each kind.

mod cases;
mod catalog;
mod child;
mod corrections;
mod cursor;
mod diagram;
mod entries;
mod explain;
mod import;
mod ladder;
mod overdue;
mod people;
mod refused;
mod rules;
mod schema;
mod setup;
mod step;
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
    let global = cli.global;
    let Some(command) = cli.command else {
        let args = DemoArgs { global, ..DemoArgs::default() };
        return demo::run(args, out).await;
    };
    match command {
        Command::Demo(args) => return demo::run(DemoArgs { global, ..args }, out).await,
        Command::Init(args) => setup::init(&global, args, out).await?,
        Command::Migrate => setup::migrate(&global, out).await?,
        Command::Import(args) => import::children(&global, &args, out).await?,
        Command::Staff(args) => match args.command {
            StaffCommand::List(args) => people::list(&global, &args, out).await?,
            StaffCommand::Import(args) => people::import(&global, &args, out).await?,
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
        Command::Worklist(args) => worklist::list(&global, args, out).await?,
        Command::Overdue(args) => overdue::list(&global, &args, out).await?,
        Command::Explain(args) => explain::explain(&global, args, out).await?,
        Command::Deadline(args) => rules::deadline(&args, out)?,
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
