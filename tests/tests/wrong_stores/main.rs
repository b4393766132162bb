//! Stores that are wrong on purpose, each in one way, and the clauses of the suite that say so. A
//! suite that finds nothing in them would prove nothing of a store that it lets pass.

mod appending;
mod ending;
mod losing;
mod posting;
mod reading;
mod wrong_store;

use std::{collections::BTreeSet, sync::Arc};

use hexacase::{
    store::Store,
    testing::{
        Fixture, MemoryStore,
        conformance::{Clause, Damaged, clauses, damage_clauses, sample_meta},
    },
};

use crate::wrong_store::{Fault, Unaltered, WrongStore};

/// A store in memory with a fault, opened anew as it is.
fn with(fault: impl Fault, memory: MemoryStore) -> Fixture {
    let fault: Arc<dyn Fault> = Arc::new(fault);
    let again = (memory.clone(), Arc::clone(&fault));
    Fixture::new(WrongStore::new(memory, fault), sample_meta()).reopened_by(move || {
        let store = WrongStore::new(again.0.clone(), Arc::clone(&again.1));
        async move { Arc::new(store) as Arc<dyn Store> }
    })
}

/// Whose transactions take their turn to write when they begin.
fn strict(fault: impl Fault) -> Fixture {
    with(fault, MemoryStore::new(sample_meta()))
}

/// Whose transactions may load side by side.
fn optimistic(fault: impl Fault) -> Fixture {
    with(fault, MemoryStore::optimistic(sample_meta()))
}

/// Keeps everything in a cache that ends with the program.
fn forgets_when_closed() -> Fixture {
    let memory = MemoryStore::new(sample_meta());
    Fixture::new(memory, sample_meta())
        .reopened_by(|| async { Arc::new(MemoryStore::new(sample_meta())) as Arc<dyn Store> })
}

/// Reads a value that is damaged as if it were none of its business.
fn reads_over_damage() -> Fixture {
    let fixture = strict(Unaltered);
    fixture.damaged_by(|_| async { Some(Damaged { table: "kept", column: "value" }) })
}

/// The clauses that a store does not keep, as `topic::name`.
fn broken(clauses: &[Clause], fresh: fn() -> Fixture) -> Vec<String> {
    let broken = clauses.iter().filter(|clause| clause.check(|| async { fresh() }).is_err());
    broken.map(|clause| format!("{clause:?}")).collect()
}

fn assert_caught(fresh: fn() -> Fixture, expected: &[&str]) {
    let all = if fresh().can_be_damaged() { damage_clauses() } else { clauses() };
    let broken = broken(&all, fresh);
    println!("caught by {broken:#?}");
    let missing: Vec<_> =
        expected.iter().filter(|clause| !broken.iter().any(|name| name == **clause)).collect();
    assert!(missing.is_empty(), "these let it pass: {missing:?}; caught by {broken:#?}");
}

/// Makes a test of each wrong store, and the list of the clauses that are seen to catch one.
macro_rules! wrong_stores {
    ($($test:ident: $fresh:expr => [$($clause:literal),* $(,)?];)*) => {
        $(
            #[test]
            fn $test() {
                assert_caught(|| $fresh, &[$($clause),*]);
            }
        )*

        const CATCHING: &[&str] = &[$($($clause),*),*];
    };
}

wrong_stores! {
    one_that_loses_the_last_write: strict(losing::LosesTheLastWrite) => [
        "atomicity::a_committed_group_is_there_whole",
        "appending::a_batch_of_256_groups_is_written_in_one_call",
    ];
    one_that_reads_dirty: strict(ending::ReadsDirty::default()) => [
        "atomicity::what_is_not_committed_is_invisible_to_readers",
    ];
    one_that_keeps_what_was_dropped: strict(ending::KeepsWhatWasDropped) => [
        "atomicity::a_dropped_transaction_leaves_nothing",
        "reopening::what_was_not_committed_does_not_outlast_the_store",
    ];
    one_that_splits_state_and_entry: strict(losing::SplitsStateAndEntry::default()) => [
        "atomicity::a_dropped_transaction_leaves_nothing",
    ];
    one_that_keeps_the_last_entry_only: strict(losing::KeepsTheLastEntryOnly::default()) => [
        "appending::two_steps_of_one_group_write_two_entries_and_the_last_state",
    ];
    one_that_commits_what_was_interrupted: strict(ending::CommitsWhatWasInterrupted) => [
        "atomicity::an_append_dropped_half_way_cannot_be_committed",
    ];
    one_that_ignores_the_revision: strict(appending::IgnoresTheRevision) => [
        "appending::a_stale_writer_conflicts_and_writes_nothing",
        "appending::a_writer_ahead_of_the_case_conflicts",
        "tasks::of_two_tasks_on_one_revision_exactly_one_stands",
    ];
    one_that_ignores_a_scope: optimistic(appending::IgnoresAScope) => [
        "scopes::a_stale_scope_conflicts_and_writes_nothing",
        "scopes::of_two_who_look_beside_a_subject_one_sees_the_other",
        "tasks::of_many_tasks_on_one_scope_exactly_one_stands",
    ];
    one_that_raises_no_scope: strict(appending::RaisesNoScope) => [
        "scopes::a_written_group_raises_its_scopes_by_one",
    ];
    one_that_raises_the_scopes_of_what_fell: strict(appending::RaisesTheScopesOfWhatFell) => [
        "scopes::a_stale_case_raises_no_scope",
    ];
    one_that_forgets_the_command: strict(appending::ForgetsTheCommand) => [
        "commands::a_command_is_found_after_its_step",
        "commands::a_command_that_was_carried_out_conflicts",
    ];
    one_that_carries_a_command_out_twice: strict(appending::CarriesACommandOutTwice) => [
        "commands::a_command_that_was_carried_out_conflicts",
    ];
    one_that_writes_half_a_group: strict(appending::WritesHalfAGroup) => [
        "appending::one_stale_case_holds_back_its_whole_group",
    ];
    one_in_which_a_conflict_undoes_its_neighbors:
        strict(appending::LetsAConflictUndoItsNeighbors) => [
        "appending::of_two_groups_one_may_fall_alone",
        "commands::a_repeated_command_lets_other_groups_stand",
    ];
    one_that_answers_out_of_place: strict(appending::AnswersOutOfPlace) => [
        "appending::each_group_has_its_outcome_in_its_place",
    ];
    one_that_gives_a_number_twice: strict(losing::GivesANumberTwice) => [
        "numbers::later_cases_have_greater_numbers",
        "numbers::the_numbers_of_one_call_differ",
        "numbers::no_number_is_given_twice",
    ];
    one_that_keeps_one_message_of_a_group: strict(losing::KeepsOneMessageOfAGroup) => [
        "feeds::every_message_of_a_group_is_written",
    ];
    one_that_loses_the_rung: strict(losing::LosesTheRung) => [
        "feeds::a_rung_comes_back_whole",
    ];
    one_that_keeps_every_attribute: strict(losing::KeepsEveryAttribute) => [
        "attributes::an_attribute_taken_away_is_gone",
    ];
    one_that_orders_numbers_as_texts: strict(reading::OrdersNumbersAsTexts) => [
        "entry_lists::entries_of_a_case_are_in_order_of_number",
    ];
    one_that_drops_the_order_of_the_feed: strict(reading::DropsTheOrderOfTheFeed) => [
        "entry_lists::the_feed_is_in_order_of_time_case_and_number",
    ];
    one_that_puts_what_has_no_date_last: strict(reading::PutsWhatHasNoDateLast) => [
        "worklists::what_is_owed_at_once_comes_first_then_by_date",
    ];
    one_that_writes_envelopes_anew: strict(reading::WritesEnvelopesAnew) => [
        "texts::an_envelope_is_not_written_anew",
    ];
    one_that_skips_rows_between_pages: strict(reading::SkipsRowsBetweenPages) => [
        "worklists::pages_of_a_worklist_follow_without_gap_or_repeat",
        "walks::pages_of_a_worklist_are_what_a_scan_finds",
    ];
    one_that_repeats_a_row_between_pages: strict(reading::RepeatsARowBetweenPages) => [
        "case_lists::pages_of_cases_follow_without_gap_or_repeat",
    ];
    one_that_takes_capitals_for_small_letters: strict(reading::TakesCapitalsForSmallLetters) => [
        "texts::texts_that_differ_are_told_apart",
    ];
    one_that_shows_ended_duties: strict(reading::ShowsEndedDuties) => [
        "worklists::ended_duties_vanish",
        "walks::a_list_of_duties_is_what_a_scan_finds",
    ];
    one_that_lists_a_duty_for_each_way_to_see_it:
        strict(reading::ListsADutyForEachWayToSeeIt) => [
        "worklists::a_duty_seen_in_several_ways_is_listed_once",
        "walks::pages_of_a_worklist_are_what_a_scan_finds",
    ];
    one_that_leaves_duties_behind: strict(reading::LeavesDutiesBehind::default()) => [
        "worklists::a_case_that_moves_takes_its_duties_along",
    ];
    one_that_sets_a_limit_on_what_is_beside: strict(reading::SetsALimitOnWhatIsBeside) => [
        "loading::what_is_beside_is_complete",
    ];
    one_that_calls_late_too_early: strict(reading::CallsLateTooEarly) => [
        "duty_lists::a_duty_is_late_after_its_last_millisecond",
    ];
    one_that_keeps_the_revision_of_the_directory:
        strict(reading::KeepsTheRevisionOfTheDirectory) => [
        "staff::the_revision_grows_by_one_with_a_group",
        "loading::a_load_gives_the_revision_of_the_directory",
    ];
    one_that_serves_every_realm: strict(ending::ServesEveryRealm) => [
        "realms::no_transaction_begins_in_another_realm",
        "realms::nobody_reads_in_another_realm",
    ];
    one_that_leases_what_is_leased: strict(posting::LeasesWhatIsLeased) => [
        "outbox::a_lease_ends_with_its_time",
        "outbox::what_failed_waits_and_holds_its_case_back",
    ];
    one_that_ignores_the_fence: strict(posting::IgnoresTheFence) => [
        "outbox::an_older_fence_settles_nothing",
    ];
    one_that_takes_the_inbox_out_of_order: strict(posting::TakesTheInboxOutOfOrder) => [
        "inbox::the_inbox_is_in_order",
    ];
    one_that_takes_a_repeat_for_new: strict(posting::TakesARepeatForNew) => [
        "inbox::a_command_is_submitted_once",
    ];
    one_that_forgets_when_it_is_closed: forgets_when_closed() => [
        "reopening::what_was_committed_outlasts_the_store",
        "reopening::numbers_and_scopes_go_on_where_they_were",
    ];
    one_that_reads_over_damage: reads_over_damage() => [
        "damage::a_case_with_a_damaged_area_is_named",
        "damage::a_command_with_a_damaged_hash_is_named",
        "damage::a_message_with_damaged_content_is_named",
        "damage::a_person_with_damaged_roles_is_named",
    ];
}

#[test]
fn the_wrapper_without_a_fault_keeps_every_clause() {
    for fresh in [|| strict(Unaltered), || optimistic(Unaltered)] {
        assert_eq!(broken(&clauses(), fresh), [""; 0]);
    }
}

#[test]
fn every_topic_catches_a_wrong_store() {
    let topic = |clause: &str| clause.split_once("::").map(|(topic, _)| topic.to_owned());
    let catching: BTreeSet<_> = CATCHING.iter().filter_map(|clause| topic(clause)).collect();
    let all = [clauses(), damage_clauses()].concat();
    let topics: BTreeSet<_> = all.iter().map(|clause| clause.topic().to_owned()).collect();
    assert_eq!(catching, topics);
}

#[test]
fn the_suite_has_at_least_120_clauses_of_different_names() {
    let names: BTreeSet<_> = clauses().iter().map(Clause::name).collect();
    assert_eq!(names.len(), clauses().len());
    assert!(names.len() >= 120, "{}", names.len());
}
