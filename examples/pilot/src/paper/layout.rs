//! What stands on a paper, without its looks: parts, grids, and what fills them.

use std::borrow::Cow;

/// What fills a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fill {
    /// It is known.
    Known(String),
    /// It is not known: room to write.
    Room,
    /// It is known and may not be shown here.
    Sealed,
    /// Choices, each ticked or not.
    Ticks(Vec<(String, bool)>),
}

impl From<Option<String>> for Fill {
    fn from(text: Option<String>) -> Self {
        text.filter(|text| !text.trim().is_empty()).map_or(Self::Room, Self::Known)
    }
}

/// A cell of a grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What the place is called; nothing for the place itself.
    pub label: Option<Cow<'static, str>>,
    /// What fills it.
    pub fill: Fill,
    /// Over how many of the twelve columns it goes.
    pub span: u8,
}

/// A row of a grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// For how many lines of handwriting there is room.
    pub lines: u8,
}

/// Columns of every grid.
pub const COLUMNS: u8 = 12;
const LABEL: u8 = 2;

/// A row with one place, over its whole width.
pub fn wide(label: impl Into<Cow<'static, str>>, fill: impl Into<Fill>, lines: u8) -> Row {
    row(vec![(label.into(), fill.into(), COLUMNS - LABEL)], lines)
}

/// A row with two places.
pub fn pair(first: (&'static str, Fill), second: (&'static str, Fill)) -> Row {
    row(vec![(first.0.into(), first.1, 4), (second.0.into(), second.1, 4)], 1)
}

/// A row with three places.
pub fn three(
    first: (&'static str, Fill),
    second: (&'static str, Fill),
    third: (&'static str, Fill),
) -> Row {
    let mut row = row(
        vec![
            (first.0.into(), first.1, 2),
            (second.0.into(), second.1, 2),
            (third.0.into(), third.1, 3),
        ],
        1,
    );
    // The one in the middle has a short name.
    if let Some(label) = row.cells.get_mut(2) {
        label.span = 1;
    }
    row
}

fn row(places: Vec<(Cow<'static, str>, Fill, u8)>, lines: u8) -> Row {
    let cells = places.into_iter().flat_map(|(label, fill, span)| {
        [
            Cell { label: Some(label), fill: Fill::Room, span: LABEL },
            Cell { label: None, fill, span },
        ]
    });
    Row { cells: cells.collect(), lines }
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Text that always stands there.
    Text(&'static str),
    /// What the case says, else a line to write on, so many characters long.
    Gap(Option<String>, u8),
}

/// Where somebody signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Who signs: `移交人（签名）`.
    pub who: &'static str,
    /// Whose seal is put there, if one is.
    pub seal: Option<&'static str>,
}

/// A part of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A heading within the paper.
    Heading(&'static str),
    /// A grid of places.
    Grid(Vec<Row>),
    /// One of many things to fill in: kept together on a page.
    Entry {
        /// What it is.
        title: String,
        /// What stands at the right: when it is due.
        right: String,
        /// Small, below: what ties it to its case.
        key: String,
        /// The places.
        rows: Vec<Row>,
    },
    /// To whom it goes, flush left.
    Addressee(Vec<Run>),
    /// A paragraph of running text.
    Paragraph(Vec<Run>),
    /// A numbered list, with room for so many lines where nothing is known.
    List(Vec<String>, u8),
    /// Places to sign, side by side, each with its date.
    Signatures(Vec<Signature>),
    /// Who issues it and when, at the right, with room for a seal if it bears one.
    Issued {
        /// Who.
        organ: Option<String>,
        /// When.
        date: Option<String>,
        /// Whether it bears a seal.
        seal: bool,
    },
    /// Small print: what it rests on, how many copies.
    Note(String),
    /// The next part begins on a new page, or below a line to cut along.
    Cut(&'static str),
}

/// The number of a form: a line to write on.
pub fn numbered() -> Vec<Run> {
    vec![Run::Text("编号："), Run::Gap(None, 10)]
}

/// How a paper looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A form in a grid.
    Table,
    /// A document of an organ, after GB/T 9704-2012.
    Document,
    /// Minutes: a document with a red title, without a seal.
    Minutes,
}

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its title.
    pub title: String,
    /// Its number, where it bears one of its own.
    pub number: Vec<Run>,
    /// How it looks.
    pub style: Style,
    /// What stands on it.
    pub parts: Vec<Part>,
}
