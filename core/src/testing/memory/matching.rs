//! Which rows a query means. Indexes only narrow down what these functions are asked about.

use super::row::{CaseRow, KeptDuty};
use crate::{
    duty::owed::OwedDuty,
    store::{CaseQuery, DutyFilter, SeenAs},
    terms::time::Timestamp,
};

/// The order of duties without a date: before all others.
pub(super) const UNDATED: i64 = i64::MIN;

/// Whether a case is one the query means, its page aside.
pub(super) fn case_fits(row: &CaseRow, query: &CaseQuery) -> bool {
    let CaseQuery {
        procedure,
        state,
        area,
        subject,
        incident,
        open_only,
        number,
        attribute,
        after: _,
        limit: _,
    } = query;
    let facts = &row.facts;
    procedure.as_ref().is_none_or(|wanted| *wanted == facts.procedure)
        && state.as_ref().is_none_or(|wanted| *wanted == facts.state)
        && area.as_ref().is_none_or(|range| lies_in(row, range))
        && subject.is_none_or(|wanted| wanted == facts.subject.id)
        && incident.is_none_or(|wanted| wanted == facts.incident)
        && (!open_only || facts.is_open())
        && number.is_none_or(|wanted| wanted == (row.number.year, row.number.number))
        && attribute.as_ref().is_none_or(|(key, value)| row.attributes.get(key) == Some(value))
}

/// Where a duty stands in the list the filter means, if it is in it.
pub(super) fn duty_order(row: &CaseRow, kept: &KeptDuty, filter: &DutyFilter) -> Option<i64> {
    let duty = &kept.duty;
    let open = duty.is_open();
    let fits = match filter {
        DutyFilter::SeenAs(ways) => open && ways.iter().any(|way| is_seen(row, kept, way)),
        DutyFilter::Overdue { now, area } => {
            open && duty.is_late(*now) && area.as_ref().is_none_or(|range| lies_in(row, range))
        }
        DutyFilter::RungDue { now } => {
            let due = duty.next_rung_at.filter(|due| due < now);
            return due.filter(|_| open).map(Timestamp::as_millis);
        }
        DutyFilter::Gaps => open && duty.holder.gap,
        DutyFilter::Open { person } => {
            let held = |person| duty.holder.person.as_ref() == Some(person);
            open && person.as_ref().is_none_or(held)
        }
        DutyFilter::OfCase(case) => row.facts.id == *case,
        DutyFilter::OfCases(from, to) => (from..=to).contains(&&row.facts.id),
        DutyFilter::Deadlines => open && duty.due().is_some(),
        DutyFilter::All => true,
    };
    fits.then(|| due_order(duty))
}

/// Where a duty stands in a list by date.
pub(super) fn due_order(duty: &OwedDuty) -> i64 {
    duty.due().map_or(UNDATED, Timestamp::as_millis)
}

fn is_seen(row: &CaseRow, kept: &KeptDuty, way: &SeenAs) -> bool {
    kept.matches.iter().any(|(shown_to, shown_in)| match way {
        SeenAs::InArea { role, from, to } => {
            let area = row.facts.area.as_str();
            shown_to == role && shown_in.is_none() && area >= from.as_str() && area < to.as_str()
        }
        SeenAs::InUnit { role, unit } => shown_to == role && shown_in.as_ref() == Some(unit),
    })
}

fn lies_in(row: &CaseRow, (from, to): &(String, String)) -> bool {
    let area = row.facts.area.as_str();
    area >= from.as_str() && area < to.as_str()
}
