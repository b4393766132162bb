//! Clauses on texts and bytes: what goes in comes out, whatever it looks like.

use serde_json::json;

use super::{
    Fixture,
    duties::{SampleDuty, duty, in_area, in_unit, worklist},
    fixture::ALL,
    records::{letters, minute, person, subject_id},
};
use crate::{
    store::{CaseQuery, EntryQuery},
    terms::{
        actor::{Grant, Role},
        id::ActorId,
        text::MAX_CHARS,
    },
    trail::Sealed,
};

/// Texts that stores have got wrong before.
const AWKWARD: [&str; 17] = [
    "'",
    "\"",
    "''; DROP TABLE case; --",
    "a\\b",
    "%",
    "_",
    "?1 $1 :a @b",
    "{}",
    "张三",
    "𠮷野家",
    "e\u{301}",
    "é",
    "👩‍👧‍👦",
    "\u{feff}x",
    " x ",
    "null",
    "\u{202e}abc",
];

/// Attributes of awkward texts come back as they were.
pub async fn awkward_attributes_come_back(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = AWKWARD.into_iter().fold(case.step("open"), |step, text| step.sets(text, text));
    fixture.write(step.group()).await;
    let attributes = fixture.case(case.id).await.unwrap().attributes;
    assert_eq!(attributes.len(), AWKWARD.len());
    assert!(AWKWARD.iter().all(|text| attributes[*text] == *text));
}

/// Line ends and tabs come back as they were.
pub async fn line_ends_and_tabs_come_back(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let text = "a\nb\r\nc\td\u{85}e\u{2028}f\n";
    fixture.write(case.step("open").sets("note", text).group()).await;
    assert_eq!(fixture.case(case.id).await.unwrap().attributes["note"], text);
}

/// Texts that differ are told apart when cases are looked for.
pub async fn texts_that_differ_are_told_apart(fixture: Fixture) {
    for (value, number) in ["a", "A", "a ", "á", "a\u{301}", "ａ"].into_iter().zip(1..) {
        fixture.write(fixture.sample(number).step("open").sets("k", value).group()).await;
    }
    for (value, letter) in [("a", "a"), ("A", "b"), ("a ", "c"), ("á", "d"), ("a\u{301}", "e")] {
        let attribute = Some(("k".to_owned(), value.to_owned()));
        let query = CaseQuery { attribute, limit: ALL, ..CaseQuery::default() };
        assert_eq!(fixture.listed(&query).await, letter);
    }
}

/// Cases of awkward states and procedures come back and are found.
pub async fn awkward_states_and_procedures_are_found(fixture: Fixture) {
    for (text, number) in AWKWARD.into_iter().zip(1..) {
        fixture.write(fixture.sample(number).following(text).goes(text)).await;
    }
    for (text, letter) in AWKWARD.into_iter().zip('a'..) {
        let (procedure, state) = (Some(text.to_owned()), Some(text.to_owned()));
        let query = CaseQuery { procedure, state, limit: ALL, ..CaseQuery::default() };
        assert_eq!(fixture.listed(&query).await, letter.to_string(), "{text}");
    }
}

/// Duties shown to awkward roles and units are on their worklists and on no other.
pub async fn awkward_roles_and_units_have_their_worklists(fixture: Fixture) {
    let area = fixture.realm().area();
    for (text, number) in AWKWARD.into_iter().zip(1..) {
        let mut case = fixture.sample(number);
        let one = duty(1).shown_to(Role::named(text));
        let two = duty(2).shown_in(Role::named(text), text);
        fixture.write(case.step("open").owes(one).owes(two).group()).await;
    }
    for (text, letter) in AWKWARD.into_iter().zip('a'..) {
        let ways = [in_area(Role::named(text), &area), in_unit(Role::named(text), text)];
        assert_eq!(fixture.owed(&worklist(ways)).await, format!("{letter}1 {letter}2"), "{text}");
    }
}

/// Duties of awkward names come back as they were.
pub async fn duties_of_awkward_names_come_back(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let step = AWKWARD.into_iter().zip(1..).fold(case.step("open"), |step, (text, no)| {
        let mut write = duty(no);
        text.clone_into(&mut write.duty.name);
        step.owes(write)
    });
    fixture.write(step.group()).await;
    let duties = fixture.case(case.id).await.unwrap().duties;
    let names: Vec<_> = duties.iter().map(|duty| duty.name.as_str()).collect();
    assert_eq!(names, AWKWARD);
}

/// People of awkward ids and names come back as they were.
pub async fn people_of_awkward_ids_come_back(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let mut people: Vec<_> = AWKWARD
        .into_iter()
        .map(|text| {
            let mut row = person(text);
            text.clone_into(&mut row.name);
            let area = fixture.area("001");
            row.grants = vec![Grant { role: Role::named(text), area, unit: row.unit.clone() }];
            row
        })
        .collect();
    let step = people.iter().fold(case.step("open"), |step, row| step.changes(row.clone()));
    fixture.write(step.group()).await;
    people.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(fixture.reader().await.staff().await.unwrap().1, people);
}

/// Messages of awkward kinds and contents come back as they were.
pub async fn awkward_messages_come_back(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let contents: Vec<_> =
        AWKWARD.iter().map(|text| json!({ *text: [text, null, 1, -1.5, true, {}] })).collect();
    let with_contents = AWKWARD.iter().zip(&contents).zip(1..);
    let step = with_contents.fold(case.step("open"), |step, ((kind, content), number)| {
        step.tells_this(number, kind, content.clone())
    });
    fixture.write(step.group()).await;
    let messages = fixture.messages().await;
    let told: Vec<_> = messages.iter().map(|it| (it.kind.as_str(), &it.content)).collect();
    assert_eq!(told, AWKWARD.into_iter().zip(&contents).collect::<Vec<_>>());
}

/// A text of the greatest length comes back whole.
pub async fn a_text_of_the_greatest_length_comes_back(fixture: Fixture) {
    let long = "𠮷".repeat(MAX_CHARS);
    let mut row = person("u-1");
    row.name.clone_from(&long);
    let mut case = fixture.sample(1);
    let step = case.step("open").changes(row).tells_this(1, "note", json!(long));
    fixture.write(step.sealing("plain", long.as_bytes()).group()).await;
    assert_eq!(fixture.reader().await.staff().await.unwrap().1[0].name, long);
    assert_eq!(fixture.messages().await[0].content, json!(long));
    assert_eq!(fixture.case(case.id).await.unwrap().body.unwrap().bytes, long.as_bytes());
}

/// Empty texts are texts, and not the absence of one.
pub async fn empty_texts_come_back_empty(fixture: Fixture) {
    let mut row = person("u-1");
    row.name.clear();
    let mut case = fixture.sample(1);
    let step = case.step("open").sets("note", "").changes(row).sealing("", b"");
    fixture.write(step.tells_this(1, "", json!("")).group()).await;
    let stored = fixture.case(case.id).await.unwrap();
    assert_eq!(stored.attributes.get("note").map(String::as_str), Some(""));
    assert_eq!(stored.body, Some(Sealed { key: String::new(), bytes: Vec::new() }));
    assert_eq!(fixture.reader().await.staff().await.unwrap().1[0].name, "");
    let message = fixture.messages().await.pop().unwrap();
    assert_eq!((message.kind.as_str(), message.content), ("", json!("")));
    let all = EntryQuery { bodies: true, limit: ALL, ..EntryQuery::default() };
    assert_eq!(fixture.entries(&all).await[0].body.as_deref(), Some(&[][..]));
}

/// The bytes of an entry come back exactly, also such as are no text.
pub async fn the_bytes_of_an_entry_come_back_exactly(fixture: Fixture) {
    let every: Vec<u8> = (0..=u8::MAX).collect();
    let mut case = fixture.sample(1);
    let group = case.step("open").sealing("plain", &every).storing(every.clone());
    fixture.write(group).await;
    let all = EntryQuery { bodies: true, limit: ALL, ..EntryQuery::default() };
    let entry = fixture.entries(&all).await.pop().unwrap();
    assert_eq!(
        (entry.bytes, entry.body, entry.hash),
        (every.clone(), Some(every), case.facts().head)
    );
}

/// An envelope comes back byte for byte, though another order of fields would say the same.
pub async fn an_envelope_is_not_written_anew(fixture: Fixture) {
    let mut case = fixture.sample(1);
    let bytes = br#"{ "z": 1.0,  "a" : "\u00e9", "a": [ ] }"#.to_vec();
    fixture.write(case.step("open").storing(bytes.clone())).await;
    assert_eq!(fixture.entries_of(case.id).await[0].bytes, bytes);
}

/// A body of a mebibyte comes back whole.
pub async fn a_body_of_a_mebibyte_comes_back(fixture: Fixture) {
    let body: Vec<u8> = (0..=u8::MAX).cycle().take(1 << 20).collect();
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").sealing("plain", &body).group()).await;
    assert!(fixture.case(case.id).await.unwrap().body.unwrap().bytes == body);
}

/// Ids are in the order of their bytes, and a byte has no sign.
pub async fn ids_are_in_the_order_of_their_bytes(fixture: Fixture) {
    let (first, last) = (fixture.sample(0), fixture.sample(u32::MAX));
    for mut case in [last, fixture.sample(256), fixture.sample(255), first] {
        fixture.write(case.goes("open")).await;
    }
    let query = CaseQuery { limit: ALL, ..CaseQuery::default() };
    let cases = fixture.reader().await.cases(&query).await.unwrap();
    let subjects: Vec<_> = cases.iter().map(|case| case.facts.subject.id).collect();
    assert_eq!(subjects, [0, 255, 256, u32::MAX].map(subject_id));
    assert_eq!(letters(cases.iter().map(|case| case.facts.id)), "????");
}

/// A person who did something under an id of the greatest length is known by it.
pub async fn ids_of_the_greatest_length_come_back(fixture: Fixture) {
    let id = "𠮷".repeat(64);
    let mut write = duty(1).due(minute(9)).shown_in(Role::new("clerk"), &id);
    write.duty.holder.person = Some(ActorId::new(id.clone()).unwrap());
    let expected = write.duty.clone();
    let mut case = fixture.sample(1);
    fixture.write(case.step("open").owes(write).changes(person(&id)).group()).await;
    let seen = fixture.duties(&worklist([in_unit(Role::new("clerk"), &id)])).await;
    assert_eq!(seen[0].duty, expected);
    assert_eq!(fixture.reader().await.staff().await.unwrap().1, [person(&id)]);
}
