//! What a command tried, kept for the log of refusals.

use hexacase::terms::{id::ActorId, time::Clock as _};

use crate::{
    cli::{Cli, Command, Global, StaffCommand},
    clock::PilotClock,
    database::DatabaseUrl,
    failure::{Exit, Failure},
    log::LogEvent,
    output::Output,
};

/// Who gave which command.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    actor: ActorId,
    command: &'static str,
    step: Option<String>,
}

impl Attempt {
    /// The attempt of a command line; nothing where nobody acts.
    pub(super) fn of(cli: &Cli) -> Option<Self> {
        let (command, actor, step) = match cli.command.as_ref()? {
            Command::Open(args) => ("open", &args.actor, Some(&args.procedure)),
            Command::Act(args) => ("act", &args.step.actor, Some(&args.transition)),
            Command::Amend(args) => ("amend", &args.step.actor, None),
            Command::Annul(args) => ("annul", &args.step.actor, None),
            Command::Rebind(args) => ("rebind", &args.step.actor, None),
            Command::Join(args) => ("join", &args.step.actor, None),
            Command::Split(args) => ("split", &args.step.actor, None),
            Command::Merge(args) => ("merge", &args.step.actor, None),
            Command::Reopen(args) => ("reopen", &args.step.actor, None),
            Command::Confirm(args) => ("confirm", &args.step.actor, None),
            Command::Decline(args) => ("decline", &args.step.actor, None),
            Command::Attach(args) => ("attach", &args.step.actor, None),
            Command::Note(args) => ("note", &args.actor, None),
            Command::Import(args) => ("import", &args.import.actor, None),
            Command::Staff(args) => match &args.command {
                StaffCommand::List(_) => return None,
                StaffCommand::Import(args) => ("staff import", &args.actor, None),
                StaffCommand::Leave(args) => ("staff leave", &args.actor, None),
                StaffCommand::Deputy(args) => ("staff deputy", &args.actor, None),
                StaffCommand::Transfer(args) => ("staff transfer", &args.actor, None),
            },
            // Nobody acts in the others, or nothing is refused.
            _ => return None,
        };
        Some(Self { actor: actor.clone(), command, step: step.cloned() })
    }

    /// Writes it down when it was refused. The log never stands in the way of the answer.
    pub(super) fn ended(self, global: &Global, failure: &Failure, out: &Output) {
        let Ok(url) = DatabaseUrl::of(global) else { return };
        if failure.exit != Exit::Refused || !url.is_here() {
            return;
        }
        let at = global.now.unwrap_or_else(|| PilotClock::of_the_machine().now());
        let event = LogEvent::Refusal {
            actor: self.actor,
            command: self.command.to_owned(),
            step: self.step,
            code: failure.code.clone(),
        };
        if let Err(error) = url.files().log.append(at, event) {
            out.note(
                &format!("试点日志不能写入：{}", error.zh()),
                &format!("the pilot's log cannot be written: {error}"),
            );
        }
    }
}
