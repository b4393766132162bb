//! The page of a worklist: rows of several areas, merged by date.
//!
//! What is shown to a role stands in the order of the list within one area (or one unit and area),
//! so that such a strand is read from any row on. Who sees several strands gets their rows merged,
//! and no more are read than a page of each strand that can be on it: to read all that somebody sees
//! and sort it costs more with every open duty of the county.

use std::collections::BTreeMap;

use super::script::{Script, Value};
use crate::store::SeenAs;

/// How a database merges strands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merging {
    /// By a recursion that is a queue: it takes out its first row and puts in the next one of that
    /// row's strand. SQLite knows no subquery in FROM that sees what stands before it.
    Queue,
    /// By the first rows of the strands that can be on the page. PostgreSQL's recursion has no order.
    Heads,
}

/// What stands before the statement that reads duties: the table `page` of those on the page.
///
/// `after` is the condition that a row `m` comes after the cursor, with `AND` before it, or nothing;
/// `limit` is the parameter of `rows`, the length of the page.
pub(super) fn page(
    script: &mut Script,
    merging: Merging,
    seen: &[SeenAs],
    after: &str,
    (limit, rows): (&str, u32),
) -> String {
    let ways = ways(seen);
    // So often at most does one duty come, and so many rows or strands have a page of duties.
    let shown = i64::try_from(ways.len()).unwrap_or(i64::MAX);
    let most = script.limit(shown.saturating_mul(rows.into()));
    let mut values = Vec::new();
    for ((role, unit), ranges) in ways {
        let mut bind = |value: &str| script.bind(Value::Text(value.to_owned()));
        let (role, unit) = (bind(role), bind(unit));
        values.extend(
            ranges
                .into_iter()
                .map(|(from, to)| format!("({role}, {unit}, {}, {})", bind(from), bind(to))),
        );
    }
    let values = if values.is_empty() {
        "SELECT '', '', '', '' WHERE FALSE".to_owned()
    } else {
        format!("VALUES {}", values.join(", "))
    };
    let first = |table, condition: &str| first(merging, table, condition);
    let (strands, next_strands) = (
        first("seen", " AND m.area >= seen.area_from AND m.area < seen.area_to"),
        first("strand", " AND m.area > strand.area AND m.area < strand.area_to"),
    );
    let heads = if after.is_empty() {
        "SELECT strand.role, strand.unit, strand.area, strand.due_order, strand.case_id, strand.no FROM strand"
            .to_owned()
    } else {
        let heads = first("strand", &format!(" AND m.area = strand.area{after}"));
        format!(
            "SELECT strand.role, strand.unit, n.area, n.due_order, n.case_id, n.no FROM {heads}"
        )
    };
    let page = match merging {
        Merging::Queue => queue(&heads, limit, &most),
        Merging::Heads => of_heads(&heads, limit, &most),
    };
    // From each strand the next one is looked up, with its first row: nothing between is read.
    format!(
        "WITH RECURSIVE seen (role, unit, area_from, area_to) AS ({values}), \
         strand (role, unit, area_to, area, due_order, case_id, no) AS (\
         SELECT seen.role, seen.unit, seen.area_to, n.area, n.due_order, n.case_id, n.no \
         FROM {strands} UNION ALL \
         SELECT strand.role, strand.unit, strand.area_to, n.area, n.due_order, n.case_id, n.no \
         FROM {next_strands}), {page}"
    )
}

/// The rows `m` of the role and unit of `table` that meet a condition, in the order of the key.
fn rows(table: &str, condition: &str, limit: &str) -> String {
    format!(
        "SELECT m.area, m.due_order, m.case_id, m.no FROM {{prefix}}duty_match AS m \
         WHERE m.realm = $1 AND m.role = {table}.role AND m.unit = {table}.unit{condition} \
         ORDER BY m.area, m.due_order, m.case_id, m.no LIMIT {limit}"
    )
}

/// `table`, and beside each of its rows the first row `n` of its role and unit that meets the
/// condition on `m`.
fn first(merging: Merging, table: &str, condition: &str) -> String {
    let rows = rows(table, condition, "1");
    match merging {
        Merging::Heads => format!("{table} CROSS JOIN LATERAL ({rows}) AS n"),
        // The index by duty would find the row too, but on a page that nothing else is read from.
        Merging::Queue => format!(
            "{table} CROSS JOIN {{prefix}}duty_match AS n \
             INDEXED BY sqlite_autoindex_{{prefix}}duty_match_1 \
             ON n.realm = $1 AND n.role = {table}.role AND n.unit = {table}.unit \
             AND (n.area, n.due_order, n.case_id, n.no) = ({rows})"
        ),
    }
}

fn queue(heads: &str, limit: &str, most: &str) -> String {
    let next = first(
        Merging::Queue,
        "merged",
        " AND m.area = merged.area AND (m.due_order, m.case_id, m.no) > \
         (merged.due_order, merged.case_id, merged.no)",
    );
    format!(
        "merged (role, unit, area, due_order, case_id, no) AS ({heads} UNION ALL \
         SELECT merged.role, merged.unit, n.area, n.due_order, n.case_id, n.no FROM {next} \
         ORDER BY 4, 5, 6 LIMIT {most}), \
         page AS (SELECT DISTINCT merged.due_order, merged.case_id, merged.no FROM merged \
         ORDER BY merged.due_order, merged.case_id, merged.no LIMIT {limit})"
    )
}

fn of_heads(heads: &str, limit: &str, most: &str) -> String {
    let rows = rows(
        "head",
        " AND m.area = head.area AND (m.due_order, m.case_id, m.no) >= \
         (head.due_order, head.case_id, head.no) AND m.due_order <= (SELECT last.date FROM last)",
        limit,
    );
    // Where as many strands begin by a date as there can be on the page, nothing later is on it.
    format!(
        "head (role, unit, area, due_order, case_id, no) AS MATERIALIZED ({heads} \
         ORDER BY 4, 5, 6 LIMIT {most}), \
         last AS (SELECT CASE count(*) WHEN {most} THEN max(head.due_order) \
         ELSE 9223372036854775807 END AS date FROM head), \
         page AS (SELECT DISTINCT n.due_order, n.case_id, n.no \
         FROM head CROSS JOIN LATERAL ({rows}) AS n \
         ORDER BY n.due_order, n.case_id, n.no LIMIT {limit})"
    )
}

/// The ranges of areas that are seen, by role and unit, none of which touches another: so that no
/// area is a strand twice. A row of a role that is matched by area has an empty unit.
fn ways(seen: &[SeenAs]) -> BTreeMap<(&str, &str), Vec<(&str, &str)>> {
    let mut ways: BTreeMap<_, Vec<(&str, &str)>> = BTreeMap::new();
    for seen in seen {
        let (way, range) = match seen {
            SeenAs::InArea { role, from, to } => {
                ((role.as_str(), ""), (from.as_str(), to.as_str()))
            }
            // Every area code lies between these two.
            SeenAs::InUnit { role, unit } => ((role.as_str(), unit.as_str()), ("", ":")),
        };
        if range.0 < range.1 {
            ways.entry(way).or_default().push(range);
        }
    }
    for ranges in ways.values_mut() {
        ranges.sort_unstable();
        ranges.dedup_by(|(from, to), (_, before)| {
            let together = *from <= *before;
            if together {
                *before = (*before).max(*to);
            }
            together
        });
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{actor::Role, id::UnitId};

    #[test]
    fn ranges_that_touch_are_one() {
        let clerk = |from: &str, to: &str| SeenAs::InArea {
            role: Role::new("clerk"),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let school = SeenAs::InUnit { role: Role::new("clerk"), unit: UnitId::constant("school") };
        let (long, within, beside) = (clerk("1", "5"), clerk("2", "3"), clerk("5", "6"));
        let seen = [clerk("7", "8"), long, within, beside, clerk("9", "9"), school];
        let expected = BTreeMap::from([
            (("clerk", ""), vec![("1", "6"), ("7", "8")]),
            (("clerk", "school"), vec![("", ":")]),
        ]);
        assert_eq!(ways(&seen), expected);
        assert!(ways(&[clerk("3", "1")]).is_empty());
    }
}
