//! The page of a worklist: rows of several areas, merged by date.
//!
//! What is shown to a role stands in the order of the list within one area (or one unit and area),
//! so that such a strand is read from any row on. Who sees several strands gets their rows merged,
//! and no more are read than a page of each strand that can be on it: to read all that somebody sees
//! and sort it costs more with every open duty of the county.
//!
//! Who sees all areas needs no merging: an index has what is shown to a role (and unit) by date. It is
//! no help to those who see some: all that others see stands between.

use std::collections::BTreeSet;

use super::script::{Script, Value};
use crate::{store::SeenAs, terms::area::Realm};

/// How a database merges strands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merging {
    /// By a recursion that is a queue: it takes out its first row and puts in the next one of that
    /// row's strand. SQLite knows no subquery in FROM that sees what stands before it.
    Queue,
    /// By the first rows of the strands that can be on the page. PostgreSQL's recursion has no order.
    Heads,
}

/// What is on a page.
pub(super) struct Page<'q> {
    pub(super) merging: Merging,
    pub(super) realm: &'q Realm,
    pub(super) seen: &'q [SeenAs],
    /// The condition that a row `m` comes after the cursor, with `AND` before it, or nothing.
    pub(super) after: &'q str,
    /// Its length.
    pub(super) limit: u32,
}

/// So many ways are read by date, each in a SELECT of its own. SQLite takes no more than 500 in one
/// statement.
const BY_DATE: usize = 32;

/// Whether a range has all areas of the realm.
pub(super) fn is_whole(realm: &Realm, (from, to): (&str, &str)) -> bool {
    let realm = realm.area();
    from <= realm.as_str() && realm.range_end().as_str() <= to
}

/// That an area lies in a range, said so that no planner looks for an index for it, whose rows would
/// all have to be sorted, nor takes it for sharp: what seems to leave few is as well sorted.
pub(super) fn among(script: &mut Script, column: &str, (from, to): (&str, &str)) -> String {
    let mut bind = |value: &str| script.bind(Value::Text(value.to_owned()));
    let (from, to) = (bind(from), bind(to));
    format!("CASE WHEN {column} >= {from} AND {column} < {to} THEN TRUE ELSE FALSE END")
}

/// A role and a unit, and a range of areas.
type Way<'q> = ((&'q str, &'q str), (&'q str, &'q str));

impl Page<'_> {
    /// What stands before the statement that reads duties: the table `page` of those on the page.
    pub(super) fn tables(&self, script: &mut Script) -> String {
        let (mut all_areas, mut some_areas): (Vec<Way<'_>>, Vec<_>) =
            ways(self.seen).into_iter().partition(|(_, range)| is_whole(self.realm, *range));
        if all_areas.len() > BY_DATE {
            some_areas.append(&mut all_areas);
        }
        if all_areas.is_empty() {
            return self.merged(script, "page", &some_areas);
        }
        let each = all_areas.iter().map(|way| {
            let rows = self.by_date(script, way);
            format!("SELECT w.due_order, w.case_id, w.no FROM ({rows}) AS w")
        });
        let mut parts: Vec<_> = each.collect();
        let mut with = "WITH RECURSIVE ".to_owned();
        if !some_areas.is_empty() {
            with = self.merged(script, "of_strands", &some_areas) + ", ";
            parts.push("SELECT o.due_order, o.case_id, o.no FROM of_strands AS o".to_owned());
        }
        let (parts, limit) = (parts.join(" UNION "), self.limit);
        format!("{with}page AS ({parts} ORDER BY 1, 2, 3 LIMIT {limit})")
    }

    /// The first rows of a way that sees all areas.
    fn by_date(&self, script: &mut Script, ((role, unit), (from, to)): &Way<'_>) -> String {
        let mut bind = |value: &str| script.bind(Value::Text(value.to_owned()));
        let (role, unit) = (bind(role), bind(unit));
        let among = among(script, "m.area", (from, to));
        let (after, limit) = (self.after, self.limit);
        // The range leaves out what may lie outside of the realm.
        format!(
            "SELECT m.due_order, m.case_id, m.no FROM {{prefix}}duty_match AS m \
             WHERE m.realm = $1 AND m.role = {role} AND m.unit = {unit} \
             AND {among}{after} \
             ORDER BY m.due_order, m.case_id, m.no LIMIT {limit}"
        )
    }

    /// The table `name` of the first rows of these ways, and those it is made of.
    fn merged(&self, script: &mut Script, name: &str, ways: &[Way<'_>]) -> String {
        // So often at most does one duty come, and so many rows or strands have a page of duties.
        let shown: BTreeSet<_> = ways.iter().map(|(way, _)| way).collect();
        let shown = i64::try_from(shown.len()).unwrap_or(i64::MAX);
        let most = shown.saturating_mul(self.limit.into());
        let values = ways.iter().map(|((role, unit), (from, to))| {
            let values = [role, unit, from, to];
            let values = values.map(|value| script.bind(Value::Text((*value).to_owned())));
            format!("({})", values.join(", "))
        });
        let values: Vec<_> = values.collect();
        let values = if values.is_empty() {
            "SELECT '', '', '', '' WHERE FALSE".to_owned()
        } else {
            format!("VALUES {}", values.join(", "))
        };
        let first = |table, condition: &str| first(self.merging, table, condition);
        let (strands, next_strands) = (
            first("seen", " AND m.area >= seen.area_from AND m.area < seen.area_to"),
            first("strand", " AND m.area > strand.area AND m.area < strand.area_to"),
        );
        let heads = if self.after.is_empty() {
            "SELECT strand.role, strand.unit, strand.area, strand.due_order, strand.case_id, \
             strand.no FROM strand"
                .to_owned()
        } else {
            let heads = first("strand", &format!(" AND m.area = strand.area{}", self.after));
            format!(
                "SELECT strand.role, strand.unit, n.area, n.due_order, n.case_id, n.no FROM {heads}"
            )
        };
        let rows = match self.merging {
            Merging::Queue => queue(name, &heads, self.limit, most),
            Merging::Heads => of_heads(name, &heads, self.limit, most),
        };
        // From each strand the next one is looked up, with its first row: nothing between is read.
        format!(
            "WITH RECURSIVE seen (role, unit, area_from, area_to) AS ({values}), \
             strand (role, unit, area_to, area, due_order, case_id, no) AS (\
             SELECT seen.role, seen.unit, seen.area_to, n.area, n.due_order, n.case_id, n.no \
             FROM {strands} UNION ALL \
             SELECT strand.role, strand.unit, strand.area_to, n.area, n.due_order, n.case_id, n.no \
             FROM {next_strands}), {rows}"
        )
    }
}

/// The rows `m` of the role and unit of `table` that meet a condition, in the order of the key.
fn rows(table: &str, condition: &str, limit: u32) -> String {
    format!(
        "SELECT m.area, m.due_order, m.case_id, m.no FROM {{prefix}}duty_match AS m \
         WHERE m.realm = $1 AND m.role = {table}.role AND m.unit = {table}.unit{condition} \
         ORDER BY m.area, m.due_order, m.case_id, m.no LIMIT {limit}"
    )
}

/// `table`, and beside each of its rows the first row `n` of its role and unit that meets the
/// condition on `m`.
fn first(merging: Merging, table: &str, condition: &str) -> String {
    let rows = rows(table, condition, 1);
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

fn queue(name: &str, heads: &str, limit: u32, most: i64) -> String {
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
         {name} AS (SELECT DISTINCT merged.due_order, merged.case_id, merged.no FROM merged \
         ORDER BY merged.due_order, merged.case_id, merged.no LIMIT {limit})"
    )
}

/// A page of each strand is read where a few rows of it, and more of those that go on until the page
/// ends, would do: that was tried, and the second look-up costs nearly what the rows do.
fn of_heads(name: &str, heads: &str, limit: u32, most: i64) -> String {
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
         {name} AS (SELECT DISTINCT n.due_order, n.case_id, n.no \
         FROM head CROSS JOIN LATERAL ({rows}) AS n \
         ORDER BY n.due_order, n.case_id, n.no LIMIT {limit})"
    )
}

/// The ranges of areas that are seen, by role and unit, none of which touches another of its own: so
/// that no area is a strand twice. A row of a role that is matched by area has an empty unit.
fn ways(seen: &[SeenAs]) -> Vec<Way<'_>> {
    let mut ways: Vec<Way<'_>> = seen
        .iter()
        .map(|seen| match seen {
            SeenAs::InArea { role, from, to } => {
                ((role.as_str(), ""), (from.as_str(), to.as_str()))
            }
            // Every area code lies between these two.
            SeenAs::InUnit { role, unit } => ((role.as_str(), unit.as_str()), ("", ":")),
        })
        .filter(|(_, (from, to))| from < to)
        .collect();
    ways.sort_unstable();
    ways.dedup_by(|(way, (from, to)), (way_before, (_, before))| {
        let together = way == way_before && *from <= *before;
        if together {
            *before = (*before).max(*to);
        }
        together
    });
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
        let expected = [
            (("clerk", ""), ("1", "6")),
            (("clerk", ""), ("7", "8")),
            (("clerk", "school"), ("", ":")),
        ];
        assert_eq!(ways(&seen), expected);
        assert!(ways(&[clerk("3", "1")]).is_empty());
    }
}
