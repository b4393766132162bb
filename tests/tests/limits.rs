//! The national limits, line by line, as they stand in `tests/golden/limits.txt`.
//!
//! `HEXACASE_BLESS=1 cargo test -p hexacase-tests` writes the listing anew; what changed then
//! shows in review.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{env, fmt::Write as _, fs, path::Path};

use hexacase::{care::rules::national, duty::time_limit::TimeLimit};

fn line(limit: &TimeLimit) -> String {
    let (amount, unit, start, roll) = limit.period.map_or_else(
        || ("-".to_owned(), "-", "-", "-"),
        |period| {
            let (unit, start, roll) = (period.unit, period.start, period.roll);
            (period.amount.to_string(), unit.name(), start.name(), roll.name())
        },
    );
    let (id, event) = (limit.id.as_str(), &limit.event.en);
    let (bound, basis) = (limit.bound.name(), limit.basis.name());
    let verified = if limit.verified { "verified" } else { "unverified" };
    format!(
        "{id:<5} {amount:>2} {unit:<12} {start:<11} {roll:<16} {bound:<6} {basis:<25} {verified:<10} {event}"
    )
}

/// Compares with a golden file, or writes it when asked to.
fn assert_golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    if env::var_os("HEXACASE_BLESS").is_some() {
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(expected, found, "{name} differs; if that is meant, bless it: HEXACASE_BLESS=1");
}

#[test]
fn the_national_limits_are_those_of_the_golden_listing() {
    let mut listing = String::new();
    for limit in national().limits() {
        writeln!(listing, "{}", line(limit)).unwrap();
    }
    assert_golden("limits.txt", &listing);
}
