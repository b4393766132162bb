//! Values of forms and of what a case remembers, as a paper says them. What is not of the expected
//! kind is not said at all.

use hexacase::{
    care::codes,
    terms::time::{CivilDate, Timestamp},
};
use serde_json::Value;

use super::{Names, layout::Fill};
use crate::output::Words;

/// A text.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    value?.as_str().map(str::to_owned)
}

/// An instant: `2026年5月3日 14:05`.
pub(super) fn time(value: Option<&Value>) -> Option<String> {
    instant(value).map(Timestamp::chinese)
}

/// A day: `2026年5月3日`.
pub(super) fn day(value: Option<&Value>) -> Option<String> {
    value?.as_str()?.parse::<CivilDate>().ok().map(CivilDate::chinese)
}

/// An instant, to reckon with.
pub(super) fn instant(value: Option<&Value>) -> Option<Timestamp> {
    serde_json::from_value(value?.clone()).ok()
}

/// A person: name, relation, telephone.
pub(super) fn person(value: Option<&Value>) -> Option<String> {
    let value = value?;
    if let Some(name) = value.as_str() {
        return Some(name.to_owned());
    }
    let part = |key: &str| value.get(key).and_then(Value::as_str);
    let mut said = part("name")?.to_owned();
    if let Some(relation) = part("relation") {
        said = format!("{said}（{relation}）");
    }
    if let Some(phone) = part("phone") {
        said = format!("{said}　{phone}");
    }
    Some(said)
}

/// An office by its id.
pub(super) fn unit(value: Option<&Value>, names: &Names) -> Option<String> {
    value?.as_str().map(|id| names.unit(id))
}

/// Offices by their ids.
pub(super) fn units(value: Option<&Value>, names: &Names) -> Option<String> {
    let ids = value?.as_array()?.iter().filter_map(Value::as_str);
    let said: Vec<_> = ids.map(|id| names.unit(id)).collect();
    (!said.is_empty()).then(|| said.join("、"))
}

/// Texts of a list.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A value of a code list.
pub(super) fn code(words: &Words, list: &str, value: Option<&Value>) -> Option<String> {
    value?.as_str().map(|code| words.code(list, code))
}

/// Every value of a code list, those of `chosen` ticked.
pub(super) fn ticks(words: &Words, list: &str, chosen: &[String]) -> Fill {
    let lists = codes::lists();
    let values = lists.iter().find(|(name, _)| *name == list).map(|(_, values)| values.as_slice());
    let one = |(name, label): &(&str, hexacase::terms::label::Label)| {
        (words.label(label), chosen.iter().any(|code| code == name))
    };
    Fill::Ticks(values.unwrap_or_default().iter().map(one).collect())
}

/// Yes and no, one of them ticked if it is known.
pub(super) fn yes_or_no(value: Option<bool>) -> Fill {
    either(("是", "否"), value)
}

/// Two choices, one of them ticked if it is known.
pub(super) fn either((yes, no): (&str, &str), value: Option<bool>) -> Fill {
    Fill::Ticks(vec![(yes.to_owned(), value == Some(true)), (no.to_owned(), value == Some(false))])
}
