//! Slips of the keyboard and of copying: white space around a value, characters nobody sees, digits
//! and letters of full width.

/// Whether nobody sees the character, and it is no white space either.
pub(super) fn is_hidden(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Free text without white space around it. What stands within it is data.
pub(super) fn text(text: &str) -> String {
    text.trim_matches(|sign: char| sign.is_whitespace() || is_hidden(sign)).to_owned()
}

/// A value without white space around it, without hidden characters, and with digits and letters of
/// half width.
pub(super) fn value(text: &str) -> String {
    let seen: String = text.chars().filter(|sign| !is_hidden(*sign)).map(half).collect();
    seen.trim().to_owned()
}

fn half(sign: char) -> char {
    match sign {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '－' | '．' | '／' | '：' | '＋' => {
            char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign)
        }
        other => other,
    }
}
