//! Canonical JSON (RFC 8785): one text for one value, so that its hash says what it said.
//!
//! Every entry is written so once and read so once, and `serde_json_canonicalizer`, which keeps
//! each key and each value in a buffer of its own, took four times as long over it as the engine
//! over the decision. Here all goes into one buffer, and an object is put in order when it closes,
//! if it is not. The tests hold the two against each other.

use std::{
    cmp::Ordering,
    io::{self, Write},
};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

/// The canonical JSON of a value. Of a number that is none (NaN, infinity), which no type of ours
/// has, it makes `null`, as `serde_json` does, where the RFC would have an error.
///
/// # Errors
/// When the value cannot be serialized, or an object has a key twice.
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::with_capacity(1024);
    let canonical = Canonical { out: &mut out, objects: Vec::new(), members: Vec::new() };
    // What is written goes by the formatter: it alone knows where a member begins.
    value.serialize(&mut Serializer::with_formatter(io::sink(), canonical))?;
    Ok(out)
}

/// Whole numbers up to here are the same as a double, which is all that the RFC knows.
const EXACT: u64 = 1 << 53;

/// Writes each object in the order of its keys, and each number as ECMAScript would.
struct Canonical<'o> {
    out: &'o mut Vec<u8>,
    /// For each open object, where its members begin in `members`.
    objects: Vec<usize>,
    /// The members of the open objects.
    members: Vec<Member>,
}

/// Where a member stands in the text, without the comma before it.
#[derive(Clone, Copy)]
struct Member {
    from: usize,
    key_to: usize,
    to: usize,
    /// Its key is ASCII without escapes: in the order of its bytes.
    plain: bool,
}

impl Member {
    fn key<'o>(&self, out: &'o [u8]) -> &'o [u8] {
        out.get(self.from..self.key_to).unwrap_or_default()
    }

    fn text<'o>(&self, out: &'o [u8]) -> &'o [u8] {
        out.get(self.from..self.to).unwrap_or_default()
    }
}

impl Canonical<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "it is what a formatter returns")]
    fn put(&mut self, text: &[u8]) -> io::Result<()> {
        self.out.extend_from_slice(text);
        Ok(())
    }

    fn integer(&mut self, negative: bool, size: u64) -> io::Result<()> {
        if size <= EXACT {
            if negative {
                self.out.push(b'-');
            }
            return CompactFormatter.write_u64(self.out, size);
        }
        #[expect(clippy::cast_precision_loss, reason = "the RFC knows doubles only")]
        let double = size as f64;
        self.double(if negative { -double } else { double })
    }

    fn double(&mut self, value: f64) -> io::Result<()> {
        if !value.is_finite() {
            return Err(io::Error::other("JSON has no such number"));
        }
        self.put(ryu_js::Buffer::new().format_finite(value).as_bytes())
    }

    /// Puts the members of the innermost object in order.
    fn sort(&mut self, first: usize) -> io::Result<()> {
        let Some(members) = self.members.get_mut(first..) else { return Ok(()) };
        let out: &[u8] = self.out;
        let order = |one: &Member, other: &Member| {
            let (key, other_key) = (one.key(out), other.key(out));
            if one.plain && other.plain {
                // Without the closing quotes, which would stand before a letter.
                inner(key).cmp(inner(other_key))
            } else {
                units(key).cmp(&units(other_key))
            }
        };
        if members.is_sorted_by(|one, other| order(one, other) == Ordering::Less) {
            return Ok(());
        }
        let Some(begin) = members.first().map(|member| member.from) else { return Ok(()) };
        members.sort_unstable_by(order);
        let mut sorted = Vec::with_capacity(out.len().saturating_sub(begin));
        let mut before: Option<&Member> = None;
        for member in &*members {
            if let Some(before) = before {
                if order(before, member) == Ordering::Equal {
                    let key = String::from_utf8_lossy(member.key(out));
                    return Err(io::Error::other(format!(
                        "the key `{}` stands twice",
                        key.trim_matches('"')
                    )));
                }
                sorted.push(b',');
            }
            sorted.extend_from_slice(member.text(out));
            before = Some(member);
        }
        self.out.truncate(begin);
        self.put(&sorted)
    }
}

/// A key without its quotes.
fn inner(key: &[u8]) -> &[u8] {
    key.get(1..key.len().saturating_sub(1)).unwrap_or_default()
}

/// The UTF-16 units of a key, whose order is that of the RFC.
fn units(key: &[u8]) -> Vec<u16> {
    let key: Option<String> = serde_json::from_slice(key).ok();
    key.map(|key| key.encode_utf16().collect()).unwrap_or_default()
}

macro_rules! integers {
    ($($name:ident: $type:ty, $negative:expr, $size:expr;)*) => {$(
        fn $name<W: ?Sized + Write>(&mut self, _: &mut W, value: $type) -> io::Result<()> {
            self.integer($negative(value), $size(value))
        }
    )*};
}

impl Formatter for Canonical<'_> {
    integers! {
        write_i8: i8, |value| value < 0, |value: i8| value.unsigned_abs().into();
        write_i16: i16, |value| value < 0, |value: i16| value.unsigned_abs().into();
        write_i32: i32, |value| value < 0, |value: i32| value.unsigned_abs().into();
        write_i64: i64, |value| value < 0, |value: i64| value.unsigned_abs();
        write_u8: u8, |_| false, u64::from;
        write_u16: u16, |_| false, u64::from;
        write_u32: u32, |_| false, u64::from;
        write_u64: u64, |_| false, |value| value;
    }

    fn write_i128<W: ?Sized + Write>(&mut self, _: &mut W, value: i128) -> io::Result<()> {
        #[expect(clippy::cast_precision_loss, reason = "the RFC knows doubles only")]
        self.double(value as f64)
    }

    fn write_u128<W: ?Sized + Write>(&mut self, _: &mut W, value: u128) -> io::Result<()> {
        #[expect(clippy::cast_precision_loss, reason = "the RFC knows doubles only")]
        self.double(value as f64)
    }

    fn write_f32<W: ?Sized + Write>(&mut self, _: &mut W, value: f32) -> io::Result<()> {
        self.double(value.into())
    }

    fn write_f64<W: ?Sized + Write>(&mut self, _: &mut W, value: f64) -> io::Result<()> {
        self.double(value)
    }

    /// What `serde_json` calls instead of the others when a host turns its `arbitrary_precision` on.
    fn write_number_str<W: ?Sized + Write>(&mut self, _: &mut W, value: &str) -> io::Result<()> {
        self.double(value.parse().map_err(io::Error::other)?)
    }

    fn write_null<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"null")
    }

    fn write_bool<W: ?Sized + Write>(&mut self, _: &mut W, value: bool) -> io::Result<()> {
        self.put(if value { b"true" } else { b"false" })
    }

    fn begin_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"\"")
    }

    fn end_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"\"")
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        _: &mut W,
        part: &str,
    ) -> io::Result<()> {
        self.put(part.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        _: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        // `serde_json` escapes what the RFC escapes, and in the same way.
        CompactFormatter.write_char_escape(self.out, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        self.put(if first { b"" } else { b"," })
    }

    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.objects.push(self.members.len());
        self.put(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        if !first {
            self.out.push(b',');
        }
        let from = self.out.len();
        self.members.push(Member { from, key_to: from, to: from, plain: true });
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let key_to = self.out.len();
        if let Some(member) = self.members.last_mut() {
            member.key_to = key_to;
            let key = member.key(self.out);
            member.plain = key.is_ascii() && !key.contains(&b'\\');
        }
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.put(b":")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let to = self.out.len();
        self.members.last_mut().into_iter().for_each(|member| member.to = to);
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let first = self.objects.pop().unwrap_or(0);
        self.sort(first)?;
        self.members.truncate(first);
        self.put(b"}")
    }

    fn write_raw_fragment<W: ?Sized + Write>(&mut self, _: &mut W, _: &str) -> io::Result<()> {
        Err(io::Error::other("a text that nobody has read has no canonical form"))
    }
}

#[cfg(test)]
mod tests {
    use serde::ser::SerializeMap;
    use serde_json::{Map, Number, Value, json};

    use super::*;
    use crate::{terms::entropy::Entropy, testing::SeededEntropy};

    fn text(value: &impl Serialize) -> String {
        String::from_utf8(to_vec(value).unwrap()).unwrap()
    }

    #[test]
    fn the_sample_of_the_rfc() {
        // RFC 8785, 3.2.2 and 3.2.3.
        let sample = json!({
            "numbers": [333_333_333.333_333_3, 1E30, 4.50, 2e-3, 0.000_000_000_000_000_000_000_000_001],
            "string": "\u{20ac}$\u{000F}\u{000a}A'\u{0042}\u{0022}\u{005c}\\\"/",
            "literals": [null, true, false]
        });
        let expected = concat!(
            r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
            r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
        assert_eq!(text(&sample), expected);
        let keys =
            json!({ "\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "😀": 5, "\u{80}": 6, "ö": 7 });
        let expected = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}";
        assert_eq!(text(&keys), expected);
    }

    #[test]
    fn numbers_are_doubles() {
        for (number, expected) in [
            (json!(0), "0"),
            (json!(-0.0), "0"),
            (json!(-7), "-7"),
            (json!(1_u64 << 53), "9007199254740992"),
            (json!((1_u64 << 53) + 1), "9007199254740992"),
            (json!(u64::MAX), "18446744073709552000"),
            (json!(i64::MIN), "-9223372036854776000"),
            (json!(1e21), "1e+21"),
            (json!(1.0), "1"),
        ] {
            assert_eq!(text(&number), text_of_the_library(&number), "{number}");
            assert_eq!(text(&number), expected);
        }
        assert_eq!(text(&u128::MAX), text_of_the_library(&u128::MAX));
        assert_eq!(text(&1.5_f32), "1.5");
    }

    fn text_of_the_library(value: &impl Serialize) -> String {
        serde_json_canonicalizer::to_string(value).unwrap()
    }

    /// A value with all that JSON has, its keys and texts from the corners of Unicode.
    fn some_value(dice: &mut impl FnMut(usize) -> usize, depth: usize) -> Value {
        match dice(if depth == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => Value::Bool(dice(2) == 0),
            2 => {
                let bits =
                    u64::from_le_bytes(std::array::from_fn(|_| u8::try_from(dice(256)).unwrap()));
                match dice(4) {
                    0 => (bits >> dice(64)).into(),
                    1 => (i64::from_le_bytes(bits.to_le_bytes()) >> dice(64)).into(),
                    _ => Number::from_f64(f64::from_bits(bits)).map_or(Value::Null, Value::Number),
                }
            }
            3 | 4 => Value::String(some_text(dice)),
            5 => (0..dice(5)).map(|_| some_value(dice, depth - 1)).collect(),
            _ => {
                let members = 0..dice(9);
                let fields: Map<String, Value> =
                    members.map(|_| (some_text(dice), some_value(dice, depth - 1))).collect();
                Value::Object(fields)
            }
        }
    }

    fn some_text(dice: &mut impl FnMut(usize) -> usize) -> String {
        const CORNERS: [char; 20] = [
            'a',
            'b',
            'A',
            '0',
            '!',
            '"',
            '\\',
            '/',
            ' ',
            '\n',
            '\u{8}',
            '\u{1f}',
            '\u{7f}',
            '\u{80}',
            '童',
            '\u{d7ff}',
            '\u{e000}',
            '\u{ffff}',
            '😀',
            '\u{10ffff}',
        ];
        (0..dice(4)).map(|_| CORNERS[dice(CORNERS.len())]).collect()
    }

    #[test]
    fn it_writes_what_the_library_writes() {
        let source = SeededEntropy::new(8785);
        let mut dice = |below: usize| {
            let bytes = source.bytes();
            let number = bytes.iter().fold(0_usize, |all, byte| (all << 6) ^ usize::from(*byte));
            number % below
        };
        for _ in 0..20_000 {
            let value = some_value(&mut dice, 4);
            assert_eq!(text(&value), text_of_the_library(&value), "{value}");
        }
    }

    /// An object whose keys come in any order, and perhaps twice.
    struct Fields<'f>(&'f [(&'f str, Value)]);

    impl Serialize for Fields<'_> {
        fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let mut map = to.serialize_map(None)?;
            for (key, value) in self.0 {
                map.serialize_entry(key, value)?;
            }
            map.end()
        }
    }

    #[test]
    fn the_order_of_the_keys_does_not_matter() {
        let inner = json!({ "z": [{ "b": 1, "a": {} }], "a": "…" });
        let fields = [("ab", inner), ("a", json!(1)), ("a!", json!([])), ("", json!(null))];
        let expected = r#"{"":null,"a":1,"a!":[],"ab":{"a":"…","z":[{"a":{},"b":1}]}}"#;
        assert_eq!(text(&Fields(&fields)), expected);
        let mut turned = fields.clone();
        turned.reverse();
        assert_eq!(text(&Fields(&turned)), expected);
    }

    #[test]
    fn what_has_no_canonical_form_is_refused() {
        let twice = [("b", json!(1)), ("a", json!(1)), ("b", json!(2))];
        let problem = to_vec(&Fields(&twice)).unwrap_err().to_string();
        assert_eq!(problem, "the key `b` stands twice");
        assert!(to_vec(&std::collections::BTreeMap::from([((1, 2), 3)])).is_err());
    }
}
