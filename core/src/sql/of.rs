//! Which rows of a batch a statement is for.

/// Which rows a statement is for. It is left out of a batch that has none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The years in which new cases are numbered.
    Years,
    /// The same, for the statement that tells the numbers.
    YearsRaised,
    /// New cases.
    New,
    /// Cases that exist.
    Cases,
    /// What seldom changes of them, where it did.
    CasesAnew,
    /// Entries and their bodies.
    Entries,
    /// Duties that are there.
    Duties,
    /// New duties.
    NewDuties,
    /// To whom the duties that are there were shown.
    OldMatches,
    /// To whom duties are shown.
    Matches,
    /// Attributes.
    Attributes,
    /// Commands.
    Commands,
    /// Scopes that may have no row yet.
    ScopesFirst,
    /// Scopes.
    Scopes,
    /// Messages.
    Messages,
    /// Their deliveries.
    Outbox,
    /// Rungs.
    Rungs,
    /// People of the directory.
    Staff,
    /// The directory's revision.
    Directory,
}

impl Of {
    /// Whether the statement writes exactly one row for each that it is for.
    pub fn touches_all(self) -> bool {
        match self {
            Self::New
            | Self::YearsRaised
            | Self::Cases
            | Self::Entries
            | Self::Duties
            | Self::NewDuties
            | Self::Commands
            | Self::Scopes
            | Self::Messages
            | Self::Outbox
            | Self::Rungs
            | Self::Directory => true,
            Self::Years
            | Self::CasesAnew
            | Self::OldMatches
            | Self::Matches
            | Self::Attributes
            | Self::ScopesFirst
            | Self::Staff => false,
        }
    }
}
