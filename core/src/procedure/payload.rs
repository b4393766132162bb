//! What a form may hold before its fields are looked at.

use std::fmt::Write as _;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Refusal;
use crate::terms::text;

const MAX_DEPTH: usize = 32;
/// Integers past this are not the same number to every reader of JSON.
const MAX_SAFE: i64 = 9_007_199_254_740_991;

/// Refuses JSON that cannot be hashed the same by everybody: fractions, integers past 2⁵³−1, text
/// with a NUL, nesting past 32.
///
/// # Errors
/// [`Refusal::Field`] with the path of the first offence.
pub fn check_payload(payload: &Value) -> Result<(), Refusal> {
    check(payload, &mut String::new(), 0)
}

fn check(value: &Value, path: &mut String, depth: usize) -> Result<(), Refusal> {
    let here = |path: &String| if path.is_empty() { ".".to_owned() } else { path.clone() };
    if depth > MAX_DEPTH {
        return Err(Refusal::field(here(path), format!("expected at most {MAX_DEPTH} levels")));
    }
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::Number(number) => match number.as_i64() {
            Some(int) if (-MAX_SAFE..=MAX_SAFE).contains(&int) => Ok(()),
            _ => Err(Refusal::field(
                here(path),
                format!("expected an integer within ±2^53, found `{number}`"),
            )),
        },
        Value::String(string) => {
            text::check(string).map_err(|problem| Refusal::field(here(path), problem.to_string()))
        }
        Value::Array(items) => items.iter().enumerate().try_for_each(|(at, item)| {
            let len = path.len();
            let _ = write!(path, "[{at}]");
            let checked = check(item, path, depth + 1);
            path.truncate(len);
            checked
        }),
        Value::Object(fields) => fields.iter().try_for_each(|(key, field)| {
            let len = path.len();
            if len > 0 {
                path.push('.');
            }
            path.push_str(key);
            let checked = text::check(key)
                .map_err(|problem| Refusal::field(here(path), problem.to_string()))
                .and_then(|()| check(field, path, depth + 1));
            path.truncate(len);
            checked
        }),
    }
}

/// Reads a form, naming the field that is missing, unknown or wrong.
///
/// # Errors
/// [`Refusal::Field`].
pub fn read_form<T: DeserializeOwned>(payload: &Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(payload).map_err(|problem| {
        let path = problem.path().to_string();
        let reason = problem.into_inner().to_string();
        // serde names a missing or unknown field in its text only.
        let named = ["missing field `", "unknown field `"]
            .iter()
            .find_map(|start| reason.strip_prefix(start)?.split('`').next().map(str::to_owned));
        let field = match (path.as_str(), named) {
            (".", Some(named)) => named,
            (path, Some(named)) if path.ends_with(&named) => path.to_owned(),
            (path, Some(named)) => format!("{path}.{named}"),
            (path, None) => path.to_owned(),
        };
        Refusal::Field { field, reason }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_hashed_by_everybody_is_refused_with_its_path() {
        let refused = |value: Value| check_payload(&value).unwrap_err().to_string();
        assert_eq!(
            refused(json!({"a": [1, {"b": 0.5}]})),
            "field `a[1].b`: expected an integer within ±2^53, found `0.5`"
        );
        assert_eq!(
            refused(json!({"n": 9_007_199_254_740_992_i64})),
            "field `n`: expected an integer within ±2^53, found `9007199254740992`"
        );
        assert_eq!(refused(json!({"t": "a\0"})), "field `t`: text holds a NUL character at byte 1");
        let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
        assert!(refused(deep).contains("at most 32 levels"));
        assert!(check_payload(&json!({"文": ["𠮷", null, true, -3]})).is_ok());
    }
}
