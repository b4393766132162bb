//! The texts of reads. A condition that is not asked for is not in the text, so that each text has
//! the one plan that its conditions want.
//!
//! The length of a list stands in its text. As a parameter it would be unknown to PostgreSQL's planner
//! where it plans for any values, and it takes a tenth of all rows then; and SQLite's planner looks at
//! the value of one, so that the statement is prepared anew each time it is bound, which takes as long
//! as to run it.

use super::{
    decode::{ATTRIBUTE, BODY, BODY_JOIN, CASE, DUTY, NO_DATE},
    packed::Select,
    script::{Script, Text, Value},
    worklist::{Merging, Page, among, is_whole},
};
use crate::{
    store::{CaseQuery, DutyCursor, DutyFilter, DutyQuery, EntryQuery, SeenAs, WorklistQuery},
    terms::{
        area::Realm,
        id::{CaseId, MessageId},
        time::Timestamp,
    },
};

fn id(bytes: &[u8; 16]) -> Value {
    Value::Bytes(bytes.to_vec())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn time(at: Timestamp) -> Value {
    Value::Int(at.as_millis())
}

/// Three statements: a page of cases, their attributes, their open duties.
pub fn cases(realm: &Realm, query: &CaseQuery) -> Script {
    let mut script = Script::of(realm);
    let mut conditions = vec!["c.realm = $1".to_owned()];
    let mut equal = |column: &str, value: Option<Value>| {
        if let Some(value) = value {
            conditions.push(format!("c.{column} = {}", script.bind(value)));
        }
    };
    equal("procedure", query.procedure.as_deref().map(text));
    equal("state", query.state.as_deref().map(text));
    equal("subject", query.subject.map(|subject| id(subject.as_bytes())));
    equal("incident", query.incident.map(|incident| id(incident.as_bytes())));
    equal("year", query.number.map(|(year, _)| Value::Int(year.into())));
    equal("number", query.number.map(|(_, number)| Value::Int(number)));
    if let Some((from, to)) = &query.area {
        // An index is no help to find what is nearly all there is.
        let condition = if is_whole(realm, (from.as_str(), to.as_str())) {
            among(&mut script, "c.area", (from, to))
        } else {
            let (from, to) = (script.bind(text(from)), script.bind(text(to)));
            format!("c.area >= {from} AND c.area < {to}")
        };
        conditions.push(condition);
    }
    if query.open_only {
        conditions.push("c.closed_at IS NULL".to_owned());
    }
    if let Some((name, value)) = &query.attribute {
        conditions.push(format!(
            "c.id IN (SELECT a.case_id FROM {{prefix}}attribute AS a \
             WHERE a.realm = $1 AND a.name = {} AND a.value = {})",
            script.bind(text(name)),
            script.bind(text(value))
        ));
    }
    if let Some(after) = &query.after {
        conditions.push(format!("c.id > {}", script.bind(id(after.as_bytes()))));
    }
    let limit = query.limit;
    let page = format!("WHERE {} ORDER BY c.id LIMIT {limit}", conditions.join(" AND "));
    let ids = format!("(SELECT c.id FROM {{prefix}}case_file AS c {page})");
    let selects = vec![
        Select::new(
            format!("{CASE}, {BODY}"),
            format!("FROM {{prefix}}case_file AS c {BODY_JOIN} {page}"),
        ),
        Select::new(
            ATTRIBUTE,
            format!("FROM {{prefix}}attribute AS a WHERE a.realm = $1 AND a.case_id IN {ids}"),
        ),
        Select::new(
            DUTY,
            format!(
                "FROM {{prefix}}duty AS d WHERE d.realm = $1 AND d.state = 'open' \
                 AND d.case_id IN {ids} ORDER BY d.case_id, d.no"
            ),
        ),
    ];
    script.text = Text::Several(String::new(), selects);
    script
}

/// One statement: entries, with their bodies if asked for.
pub fn entries(realm: &Realm, query: &EntryQuery) -> Script {
    let mut script = Script::of(realm);
    let mut conditions = vec!["e.realm = $1".to_owned()];
    if let Some(case) = &query.case {
        conditions.push(format!("e.case_id = {}", script.bind(id(case.as_bytes()))));
        if let Some(after) = &query.after {
            conditions.push(format!("e.seq > {}", script.bind(Value::Int(after.seq))));
        }
    } else if let Some((from, to)) = &query.cases {
        // From the cursor's case on, or else what was read before would be gone through again.
        let from = query.after.map_or(*from, |after| after.case.max(*from));
        conditions.push(format!("e.case_id >= {}", script.bind(id(from.as_bytes()))));
        conditions.push(format!("e.case_id <= {}", script.bind(id(to.as_bytes()))));
        if let Some(after) = &query.after {
            let case = script.bind(id(after.case.as_bytes()));
            let seq = script.bind(Value::Int(after.seq));
            conditions.push(format!("(e.case_id, e.seq) > ({case}, {seq})"));
        }
    } else if let Some(after) = &query.after {
        conditions.push(format!(
            "(e.recorded_at, e.case_id, e.seq) > ({}, {}, {})",
            script.bind(time(after.recorded_at)),
            script.bind(id(after.case.as_bytes())),
            script.bind(Value::Int(after.seq))
        ));
    }
    if let Some(until) = query.until {
        conditions.push(format!("e.recorded_at <= {}", script.bind(time(until))));
    }
    let order = match (query.case, query.cases) {
        (Some(_), _) => "e.seq",
        (None, Some(_)) => "e.case_id, e.seq",
        (None, None) => "e.recorded_at, e.case_id, e.seq",
    };
    // Not a join: of a page of many entries a planner may read all bodies there are instead.
    let column = if query.bodies {
        ", (SELECT b.bytes FROM {prefix}body AS b \
         WHERE b.realm = e.realm AND b.case_id = e.case_id AND b.seq = e.seq) AS body"
    } else {
        ""
    };
    let limit = query.limit;
    script.run(format!(
        "SELECT e.case_id, e.seq, e.recorded_at, e.bytes, e.hash{column} \
         FROM {{prefix}}entry AS e WHERE {} ORDER BY {order} LIMIT {limit}",
        conditions.join(" AND ")
    ));
    script
}

/// One statement: duties with what a list needs of their cases.
pub fn duties(realm: &Realm, query: &DutyQuery, merging: Merging) -> Script {
    let mut script = Script::of(realm);
    let limit = query.limit;
    let open = "d.realm = $1 AND d.state = 'open'";
    let mut order = "d.due_order";
    let mut from = "{prefix}duty AS d".to_owned();
    let mut with = String::new();
    let mut conditions = match &query.filter {
        DutyFilter::SeenAs(seen) => {
            let after = query.after.as_ref();
            with = page(&mut script, (realm, merging), seen, after, query.limit);
            "page CROSS JOIN {prefix}duty AS d".clone_into(&mut from);
            vec!["d.realm = $1 AND d.case_id = page.case_id AND d.no = page.no".to_owned()]
        }
        DutyFilter::Overdue { now, area } => {
            let mut conditions = vec![open.to_owned()];
            conditions.extend(dated(&mut script, query));
            conditions.push(format!("d.due_order < {}", script.bind(time(*now))));
            // What is overdue in the county is gone through, and not the cases of the area with all
            // their duties, of which few are overdue.
            if let Some((from, to)) = area {
                conditions.push(among(&mut script, "c.area", (from, to)));
            }
            conditions
        }
        DutyFilter::RungDue { now } => {
            order = "d.next_rung_at";
            vec![open.to_owned(), format!("d.next_rung_at < {}", script.bind(time(*now)))]
        }
        DutyFilter::Gaps => vec![open.to_owned(), "d.holder_gap".to_owned()],
        DutyFilter::Open { person } => {
            let mut conditions = vec![open.to_owned()];
            if let Some(person) = person {
                let person = script.bind(text(person.as_str()));
                conditions.push(format!("d.holder_person = {person}"));
            }
            conditions
        }
        DutyFilter::OfCase(case) => vec![
            "d.realm = $1".to_owned(),
            format!("d.case_id = {}", script.bind(id(case.as_bytes()))),
        ],
        DutyFilter::OfCases(from, to) => {
            let (from, to) = (script.bind(id(from.as_bytes())), script.bind(id(to.as_bytes())));
            // Said of the cases too, or a planner may read all there are to join them.
            vec![
                "d.realm = $1".to_owned(),
                format!("d.case_id >= {from} AND d.case_id <= {to}"),
                format!("c.id >= {from} AND c.id <= {to}"),
            ]
        }
        DutyFilter::Deadlines => {
            let mut conditions = vec![open.to_owned()];
            conditions.extend(dated(&mut script, query));
            conditions
        }
        DutyFilter::All => vec!["d.realm = $1".to_owned()],
    };
    // The page of a worklist begins after the cursor already.
    if with.is_empty() {
        conditions.extend(after(
            &mut script,
            query.after.as_ref(),
            &format!("{order}, d.case_id, d.no"),
        ));
    }
    script.run(format!(
        "{with} SELECT {DUTY}, c.year, c.number, c.procedure, c.state AS case_state, c.subject, \
         c.area FROM {from} JOIN {{prefix}}case_file AS c \
         ON c.realm = d.realm AND c.id = d.case_id \
         WHERE {} ORDER BY {order}, d.case_id, d.no LIMIT {limit}",
        conditions.join(" AND ")
    ));
    script
}

/// Several statements: where the duties of a page of a worklist stand; then, of their cases,
/// `standing`, which finds the ids in the table `wanted (id)`.
pub fn worklist(
    realm: &Realm,
    query: &WorklistQuery<'_>,
    merging: Merging,
    standing: Vec<Select>,
) -> Script {
    let mut script = Script::of(realm);
    let after = query.after.as_ref();
    let with = page(&mut script, (realm, merging), query.seen, after, query.limit);
    let head =
        format!("{with}, wanted (id) AS MATERIALIZED (SELECT DISTINCT page.case_id FROM page) ");
    let mut selects = vec![Select::new(
        "page.due_order, page.case_id, page.no",
        "FROM page ORDER BY page.due_order, page.case_id, page.no",
    )];
    selects.extend(standing);
    script.text = Text::Several(head, selects);
    script
}

/// The table of the duties on a page of a worklist, after the cursor.
fn page(
    script: &mut Script,
    (realm, merging): (&Realm, Merging),
    seen: &[SeenAs],
    after: Option<&DutyCursor>,
    limit: u32,
) -> String {
    let after = self::after(script, after, "m.due_order, m.case_id, m.no");
    let after = &after.map_or_else(String::new, |after| format!(" AND {after}"));
    Page { merging, realm, seen, after, limit }.tables(script)
}

/// That a duty has a date, where the cursor does not say so already: SQLite would begin there
/// instead of at the cursor, and go through all pages before the next one.
fn dated(script: &mut Script, query: &DutyQuery) -> Option<String> {
    let from_a_date = query.after.is_some_and(|after| after.order > NO_DATE);
    (!from_a_date).then(|| format!("d.due_order > {}", script.bind(Value::Int(NO_DATE))))
}

fn after(script: &mut Script, after: Option<&DutyCursor>, columns: &str) -> Option<String> {
    let after = after?;
    Some(format!(
        "({columns}) > ({}, {}, {})",
        script.bind(Value::Int(after.order)),
        script.bind(id(after.case.as_bytes())),
        script.bind(Value::Int(after.no.into()))
    ))
}

/// One statement: rungs.
pub fn rungs(realm: &Realm, case: Option<CaseId>, limit: u32) -> Script {
    let mut script = Script::of(realm);
    let of_case = case.map_or_else(String::new, |case| {
        format!(" AND r.case_id = {}", script.bind(id(case.as_bytes())))
    });
    script.run(format!(
        "SELECT r.case_id, r.duty_no, r.duty, r.generation, r.rung, r.addressee, r.unit, r.due, \
         r.climbed_at, r.late FROM {{prefix}}rung AS r WHERE r.realm = $1{of_case} \
         ORDER BY r.climbed_at, r.case_id, r.duty_no, r.generation, r.rung LIMIT {limit}"
    ));
    script
}

/// One statement: messages.
pub fn messages(realm: &Realm, after: Option<(Timestamp, MessageId)>, limit: u32) -> Script {
    let mut script = Script::of(realm);
    let after = after.map_or_else(String::new, |(at, message)| {
        let at = script.bind(time(at));
        format!(" AND (m.recorded_at, m.id) > ({at}, {})", script.bind(id(message.as_bytes())))
    });
    script.run(format!(
        "SELECT m.id, m.case_id, m.seq, m.kind, m.content, m.recorded_at \
         FROM {{prefix}}message AS m WHERE m.realm = $1{after} \
         ORDER BY m.recorded_at, m.id LIMIT {limit}"
    ));
    script
}

/// One statement: the definitions that open cases follow.
pub fn definitions_in_use(realm: &Realm) -> Script {
    let mut script = Script::of(realm);
    script.run(
        "SELECT c.procedure, c.definition, count(*) AS open_cases FROM {prefix}case_file AS c \
         WHERE c.realm = $1 AND c.closed_at IS NULL \
         GROUP BY c.procedure, c.definition ORDER BY c.procedure, c.definition"
            .to_owned(),
    );
    script
}

/// The revision of the directory.
pub fn directory() -> Select {
    Select::new("r.revision", "FROM {prefix}directory AS r WHERE r.realm = $1")
}

/// Two statements: the revision of the directory, and its people.
pub fn staff_list(realm: &Realm) -> Script {
    let mut script = Script::of(realm);
    let selects = vec![
        directory(),
        Select::new(
            "s.id, s.name, s.grants, s.unit, s.leader, s.active, s.absences",
            "FROM {prefix}staff AS s WHERE s.realm = $1 ORDER BY s.id",
        ),
    ];
    script.text = Text::Several(String::new(), selects);
    script
}
