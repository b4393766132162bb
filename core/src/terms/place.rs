//! Where in a file something is wrong.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a text file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file, as its reader was told it is called.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The place of a byte of `text`, which is what `file` holds.
    pub fn of_byte(file: &str, text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A problem, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<P> {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: P,
}

impl<P: fmt::Display> fmt::Display for Located<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// Writes problems the way errors list them: one a line, each with its place.
pub(crate) fn list<P: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    problems: &[Located<P>],
) -> fmt::Result {
    for (index, problem) in problems.iter().enumerate() {
        if index > 0 {
            f.write_str("\n")?;
        }
        fmt::Display::fmt(problem, f)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let text = "a = 1\n中文 = 2\n";
        let place = |byte| Place::of_byte("x.toml", text, byte).to_string();
        assert_eq!(place(0), "x.toml:1:1");
        assert_eq!(place(text.find('=').unwrap()), "x.toml:1:3");
        assert_eq!(place(text.rfind('=').unwrap()), "x.toml:2:4");
        assert_eq!(place(999), "x.toml:3:1");
    }
}
