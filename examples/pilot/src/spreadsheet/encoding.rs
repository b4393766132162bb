//! How the characters of a CSV file are stored.

use std::borrow::Cow;

use encoding_rs::GB18030;

use super::fault::{TableFault, TableProblem};

const BOM: &[u8] = b"\xef\xbb\xbf";
/// So many characters beyond ASCII at the head of a file that read well as UTF-8 are no accident:
/// two bytes of GB18030 look like a character of UTF-8 about once in seven.
const NO_ACCIDENT: usize = 8;

/// An encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark, by which Excel knows it.
    Utf8Bom,
    /// GB 18030-2022, which holds GBK and GB 2312.
    Gb18030,
}

/// Finds out the encoding, and reads the text.
pub(super) fn decode(bytes: &[u8]) -> Result<(Encoding, Cow<'_, str>), TableProblem> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(TableFault::Utf16.anywhere());
    }
    let (marked, bytes) = match bytes.strip_prefix(BOM) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let error = match std::str::from_utf8(bytes) {
        Ok(text) if marked => return Ok((Encoding::Utf8Bom, Cow::Borrowed(text))),
        Ok(text) => return Ok((Encoding::Utf8, Cow::Borrowed(text))),
        Err(error) => error,
    };
    let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
    let beyond = good.iter().filter(|byte| **byte >= 0xc0).count();
    if !marked && beyond < NO_ACCIDENT {
        if let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
            return Ok((Encoding::Gb18030, text));
        }
        let good = readable_gb18030(bytes);
        return Err(bad_at(bytes.get(..good).unwrap_or_default(), false));
    }
    Err(bad_at(good, error.error_len().is_none()))
}

/// The text in an encoding.
///
/// # Errors
/// The character that the encoding does not hold.
pub(super) fn encode(encoding: Encoding, text: &str) -> Result<Vec<u8>, char> {
    match encoding {
        Encoding::Utf8 => Ok(text.as_bytes().to_vec()),
        Encoding::Utf8Bom => Ok([BOM, text.as_bytes()].concat()),
        Encoding::Gb18030 => {
            let (bytes, _, lossy) = GB18030.encode(text);
            if !lossy {
                return Ok(bytes.into_owned());
            }
            let lost = |sign: &char| GB18030.encode(sign.encode_utf8(&mut [0; 4])).2;
            Err(text.chars().find(lost).unwrap_or(char::REPLACEMENT_CHARACTER))
        }
    }
}

/// How many bytes from the start read well.
fn readable_gb18030(bytes: &[u8]) -> usize {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(room);
    decoder.decode_to_string_without_replacement(bytes, &mut text, true).1
}

fn bad_at(good: &[u8], cut: bool) -> TableProblem {
    let fault = if cut { TableFault::CutShort } else { TableFault::Encoding };
    TableProblem { row: Some(super::csv::line_ends(good).saturating_add(1)), ..fault.anywhere() }
}
