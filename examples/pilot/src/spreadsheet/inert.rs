//! Keeping the cells of a CSV file from being run.
//!
//! A spreadsheet runs what begins with `=`, `+`, `-` or `@` as a formula, and no quotation marks
//! keep it from that. An apostrophe before it does. It is put there on writing and taken away on
//! reading, so that a text comes back as it was; one that begins with apostrophes and such a sign
//! gets one more.

/// Signs at which a spreadsheet begins a formula, also those of full width that some convert, and
/// the white space that some skip.
const SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn runs(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(SIGNS)
}

/// The cell as it is written.
pub(super) fn guard(text: &str) -> std::borrow::Cow<'_, str> {
    if runs(text) { format!("'{text}").into() } else { text.into() }
}

/// The cell as it was before [`guard`].
pub(super) fn bare(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| runs(rest)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_run_is_guarded_and_comes_back() {
        for text in ["=1+1", "+86 10", "-", "@SUM(A1)", "'=1", "''+1", "＝1", "\t=1"] {
            assert!(guard(text).starts_with('\''), "{text}");
            assert_eq!(bare(&guard(text)), text);
        }
        for text in ["", "林样溪", "'引号'", "1-2", "''", "a=b"] {
            assert_eq!(guard(text), text);
            assert_eq!(bare(text), text);
        }
    }
}
