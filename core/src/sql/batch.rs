//! What an append answers, whatever the database.

use std::collections::BTreeMap;

use crate::{
    store::{Group, GroupOutcome},
    terms::{area::Realm, facts::CaseNumber, id::CaseId},
};

/// The new cases of a batch: case, year, and its place among the batch's of that year, from 1.
pub type Numbered = Vec<(CaseId, i32, i64)>;

/// The outcome of each group: those that stand with the numbers of their new cases. `before` is
/// for each year the number that stood before the batch's first.
pub fn outcomes(
    realm: &Realm,
    groups: &[Group],
    stands: &[bool],
    numbered: &Numbered,
    before: &[(i32, i64)],
) -> Vec<GroupOutcome> {
    let before: BTreeMap<i32, i64> = before.iter().copied().collect();
    let numbers: BTreeMap<CaseId, CaseNumber> = numbered
        .iter()
        .filter_map(|(case, year, rank)| {
            let number = before.get(year)?.saturating_add(*rank);
            Some((*case, CaseNumber { realm: realm.clone(), year: *year, number }))
        })
        .collect();
    let outcome = |(group, stands): (&Group, &bool)| {
        if *stands {
            let cases = group.cases.iter().map(|case| case.facts.id);
            let number = |case: CaseId| Some((case, numbers.get(&case)?.clone()));
            GroupOutcome::Written(cases.filter_map(number).collect())
        } else {
            GroupOutcome::Conflict
        }
    };
    groups.iter().zip(stands).map(outcome).collect()
}
