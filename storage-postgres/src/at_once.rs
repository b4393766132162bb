//! A batch as one statement that is a transaction of its own. It locks what is expected, and writes
//! all if everything is as expected, or else nothing: two calls for a step, one of them the load.

use std::sync::Arc;

use hexacase::{
    sql::{Of, Record, Rows, Value, outcomes},
    store::{Group, GroupOutcome, Scope, ScopeKind, StoreError},
    terms::{area::Realm, id::CaseId},
};
use sqlx::postgres::PgRow;

use crate::{
    dialect::{
        Included, Part, Texts, included, kinds, of_kind, one_statement, told, written_values,
    },
    link::Bind,
};

/// The documents of a batch: `$2` to `$15` without the bytes of `$6` and the staff of `$14`.
const DOCUMENTS: [usize; 12] = [2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 15];

/// The statement.
pub(crate) struct AtOnce {
    pub(crate) text: Arc<str>,
    pub(crate) values: Vec<Bind>,
    kinds: Vec<(Of, usize)>,
}

impl AtOnce {
    /// The statement of a batch. There is none for one that makes rows which others must be able to
    /// lock before they are there (new cases and scopes), or that changes the directory.
    pub(crate) fn of(
        texts: &Texts,
        realm: &Realm,
        groups: &[Group],
    ) -> Result<Option<Self>, StoreError> {
        let anew = |group: &Group| {
            group.cases.iter().any(|case| case.number_in.is_some())
                || group.scopes.iter().any(|(_, revision)| *revision == 0)
                || !group.staff.is_empty()
        };
        if groups.iter().any(anew) {
            return Ok(None);
        }
        let mut rows = Rows::default();
        for group in groups {
            rows.add(group)?;
        }
        let documents = rows.documents()?;
        let included = included(texts, &documents);
        if included.is_empty() {
            return Ok(None);
        }
        let kinds = kinds(&included);
        let text = texts.at_once(&included, |included| gated(&texts.held, included));
        let realm = Value::Text(realm.as_str().to_owned()).into();
        let mut values = written_values(realm, documents, 0);
        values.extend(expected(groups));
        let rows = kinds.iter().map(|(_, rows)| i64::try_from(*rows).unwrap_or(i64::MAX));
        values.push(Bind::Ints(rows.collect()));
        Ok(Some(Self { text, values, kinds }))
    }

    /// What became of the groups; nothing where something was not as expected.
    pub(crate) fn outcomes(
        &self,
        realm: &Realm,
        groups: &[Group],
        rows: &[PgRow],
    ) -> Result<Option<Vec<GroupOutcome>>, StoreError> {
        for row in rows {
            if Record::new(row, "case_file", &[]).maybe_int("part")? == Some(-1) {
                return Ok(None);
            }
        }
        let before = told(rows, &self.kinds)?;
        Ok(Some(outcomes(realm, groups, &vec![true; groups.len()], &Vec::new(), &before)))
    }
}

/// The statement that writes, behind a look: its documents are taken apart once, and are empty
/// where something is not as expected.
///
/// A row that was waited for may stand as expected and in another place: somebody wrote it and
/// changed nothing. The look meets it and the writing misses it, so what was written is counted
/// before it can be committed: a count that is not `$23` is divided by zero ([`MISSED`](crate::link::MISSED)).
fn gated(held: &str, included: &Included<'_>) -> String {
    let counted = |at: usize, part: &Part| {
        let number = at.saturating_add(1);
        format!(
            "SELECT {at}, 0, count(*) / (count(*) = ($23::bigint[])[{number}]\n  \
             OR NOT (SELECT h.stands FROM held AS h))::int FROM {}",
            part.name
        )
    };
    let mut writes = one_statement(included, counted).replacen("WITH ", "", 1);
    let mut read = Vec::new();
    for at in DOCUMENTS {
        let parameter = format!("${at}::jsonb");
        if writes.contains(&parameter) {
            read.push(format!("CASE WHEN held.stands THEN {parameter} ELSE '[]' END AS d{at}"));
            writes = writes.replace(&parameter, &format!("(SELECT d{at} FROM document)"));
        }
    }
    format!(
        "WITH {held},\ndocument AS MATERIALIZED (SELECT {} FROM held),\n{writes}\n\
         UNION ALL SELECT -1, 0, 0 FROM held WHERE NOT held.stands",
        read.join(",\n  ")
    )
}

/// The values `$17` to `$22`: what is expected, in the order in which it is read.
fn expected(groups: &[Group]) -> [Bind; 6] {
    let expect = groups.iter().flat_map(|group| &group.expect);
    let mut cases: Vec<(CaseId, i64)> =
        expect.map(|(id, revision)| (*id, revision.get())).collect();
    cases.sort_unstable();
    let mut scopes: Vec<(Scope, i64)> =
        groups.iter().flat_map(|group| &group.scopes).copied().collect();
    scopes.sort_unstable_by_key(|(scope, _)| (scope.kind.name(), scope.id));
    let named = || scopes.iter().map(|(scope, _)| scope);
    let commands = groups.iter().flat_map(|group| &group.commands);
    [
        Bind::keys(cases.iter().map(|(id, _)| id.as_bytes())),
        Bind::Ints(cases.iter().map(|(_, revision)| *revision).collect()),
        of_kind(ScopeKind::Incident, named()),
        of_kind(ScopeKind::Subject, named()),
        Bind::Ints(scopes.iter().map(|(_, revision)| *revision).collect()),
        Bind::keys(commands.map(|command| command.id.as_bytes())),
    ]
}
