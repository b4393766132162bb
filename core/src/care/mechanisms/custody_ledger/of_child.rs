//! The ledger of a child over all its cases: one holder at every instant, whichever case says so.

use serde::Deserialize;
use serde_json::Value;

use super::CustodyRecord;
use crate::terms::{id::CaseId, time::Timestamp};

/// The part of the ledger that one case of the [writers](super::WRITERS) keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CaseLedger {
    /// The lines that the case wrote.
    custody: Vec<CustodyRecord>,
    /// The lines that it was brought when it was opened.
    brought: Vec<CustodyRecord>,
}

impl CaseLedger {
    /// Reads it out of what the case remembers.
    ///
    /// # Errors
    /// The data are not those of a case that keeps a ledger.
    pub fn read(data: &Value) -> Result<Self, serde_json::Error> {
        Self::deserialize(data)
    }
}

/// A line of the ledger, with the case that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildLine {
    /// The case.
    pub case: CaseId,
    /// The line.
    pub record: CustodyRecord,
}

/// The custody ledger of one child.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChildLedger {
    lines: Vec<ChildLine>,
}

impl ChildLedger {
    /// The ledgers of a child's cases as one. The cases come in the order they were opened; an
    /// annulled one is left out by whoever asks.
    ///
    /// Every line ends the one before it, whichever case wrote that one: from whom the child came
    /// is told anew, as a case may not have known. Of two lines of one instant the later one
    /// holds, and of two cases the one that was opened later. Lines that a case was brought are
    /// copies; they count only where no case of the child says what happened then.
    pub fn of(cases: impl IntoIterator<Item = (CaseId, CaseLedger)>) -> Self {
        let cases: Vec<_> = cases.into_iter().collect();
        let first =
            cases.iter().filter_map(|(_, ledger)| ledger.custody.first()).map(|line| line.at);
        let first = first.min();
        let mut lines = Vec::new();
        for (case, CaseLedger { custody, brought }) in cases {
            let told = brought.into_iter().filter(|line| first.is_none_or(|first| line.at < first));
            lines.extend(told.chain(custody).map(|record| ChildLine { case, record }));
        }
        lines.sort_by_key(|line| line.record.at);
        let mut before = None;
        for line in &mut lines {
            line.record.from = before.replace(line.record.to.clone());
        }
        Self { lines }
    }

    /// Every line, in the order of time.
    pub fn lines(&self) -> &[ChildLine] {
        &self.lines
    }

    /// The line that held at this instant; nothing before the child was first taken along.
    pub fn at(&self, at: Timestamp) -> Option<&ChildLine> {
        self.lines.iter().rfind(|line| line.record.at <= at)
    }
}
