//! What a process that is about to be killed says it has done: one line each, whole or not at all.

use std::fmt;

use hexacase::{
    engine::Receipt,
    terms::{
        id::{CaseId, CommandId},
        time::Timestamp,
    },
};

/// One thing that is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A step.
    Step {
        /// Its case.
        case: CaseId,
        /// The number of its entry.
        revision: i64,
        /// The command that it carried out.
        command: CommandId,
        /// The cases that it opened or told.
        linked: Vec<CaseId>,
    },
    /// A sweep.
    Swept {
        /// When it ran.
        at: Timestamp,
        /// The rungs that it climbed.
        rungs: usize,
    },
}

/// What a line begins and ends with. The mark at the end tells a whole line from one that was cut.
const BEGIN: &str = "SAID ";
const END: &str = " OVER";

impl Said {
    /// What a receipt says; nothing where the command had no id.
    pub fn of(receipt: &Receipt) -> Option<Self> {
        Some(Self::Step {
            case: receipt.case,
            revision: receipt.revision.get(),
            command: receipt.command?,
            linked: receipt.linked.clone(),
        })
    }

    /// Reads a line; nothing where it is somebody else's, or was cut.
    pub fn read(line: &str) -> Option<Self> {
        let words = line.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let words: Vec<&str> = words.split(' ').collect();
        match words.as_slice() {
            ["step", case, revision, command, linked @ ..] => Some(Self::Step {
                case: case.parse().ok()?,
                revision: revision.parse().ok()?,
                command: command.parse().ok()?,
                linked: linked.iter().map(|id| id.parse().ok()).collect::<Option<_>>()?,
            }),
            ["swept", at, rungs] => Some(Self::Swept {
                at: Timestamp::from_millis(at.parse().ok()?),
                rungs: rungs.parse().ok()?,
            }),
            _ => None,
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(BEGIN)?;
        match self {
            Self::Step { case, revision, command, linked } => {
                write!(f, "step {case} {revision} {command}")?;
                linked.iter().try_for_each(|id| write!(f, " {id}"))?;
            }
            Self::Swept { at, rungs } => write!(f, "swept {} {rungs}", at.as_millis())?,
        }
        f.write_str(END)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_read_and_what_was_cut_is_not() {
        let case = |byte| CaseId::from_bytes([byte; 16]);
        let step = Said::Step {
            case: case(1),
            revision: 12,
            command: CommandId::from_bytes([2; 16]),
            linked: vec![case(3), case(4)],
        };
        let swept = Said::Swept { at: Timestamp::from_millis(1_767_225_600_000), rungs: 3 };
        for said in [step, swept] {
            let line = said.to_string();
            assert_eq!(Said::read(&line), Some(said));
            assert_eq!((0..line.len()).find_map(|end| Said::read(&line[..end])), None);
        }
    }
}
