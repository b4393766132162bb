//! The list of clauses, as macros that make tests of them.

/// Makes a test of every clause of the store's contract.
///
/// `fresh` is an async function without arguments that gives a
/// [`Fixture`](crate::testing::Fixture). Write `store_conformance!(fresh, damage)` for a fixture
/// that can be damaged: then rows that cannot be read are tried too.
///
/// ```
/// use hexacase::testing::{Fixture, MemoryStore, conformance::sample_meta};
///
/// async fn fresh() -> Fixture {
///     Fixture::new(MemoryStore::new(sample_meta()), sample_meta())
/// }
/// hexacase::store_conformance!(fresh);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! store_conformance {
    ($fresh:path) => {
        $crate::store_conformance_clauses!([$crate::store_conformance_tests] $fresh);

        #[test]
        fn rows_are_not_damaged_here() {
            let fixture = $crate::testing::block_on($fresh());
            println!("the fixture cannot damage rows: the clauses of `damage` are not run");
            assert!(
                !fixture.can_be_damaged(),
                "write `store_conformance!({}, damage)`",
                stringify!($fresh)
            );
        }
    };
    ($fresh:path, damage) => {
        $crate::store_conformance_clauses!([$crate::store_conformance_tests] $fresh);
        $crate::store_conformance_damage!([$crate::store_conformance_tests] $fresh);
    };
}

/// The clauses that every fixture can be put to, handed to a macro behind what it is given first.
#[doc(hidden)]
#[macro_export]
macro_rules! store_conformance_clauses {
    ([$($then:tt)*] $($with:tt)*) => {
        $($then)*! {
            $($with)* =>
            appending {
                a_first_append_opens_a_case,
                a_second_first_append_conflicts,
                a_step_on_a_case_that_is_not_there_conflicts,
                a_stale_writer_conflicts_and_writes_nothing,
                a_writer_ahead_of_the_case_conflicts,
                revisions_keep_their_order_above_nine,
                revisions_keep_their_order_above_ninety_nine,
                two_steps_of_one_group_write_two_entries_and_the_last_state,
                two_cases_of_one_group_are_written_together,
                one_stale_case_holds_back_its_whole_group,
                of_two_groups_one_may_fall_alone,
                each_group_has_its_outcome_in_its_place,
                an_expectation_counts_though_its_case_is_not_written,
                an_expectation_of_no_case_holds_while_there_is_none,
                an_append_of_no_groups_has_no_outcomes,
                a_batch_of_256_groups_is_written_in_one_call,
                a_case_keeps_every_fact,
                every_kind_of_subject_is_kept,
                a_case_may_end_and_go_on,
                a_case_has_the_body_and_key_of_its_last_entry,
                a_case_that_changes_its_subject_is_found_under_the_new_one,
                cases_do_not_touch_each_other,
            }
            scopes {
                a_scope_without_a_row_is_zero,
                a_written_group_raises_its_scopes_by_one,
                a_group_without_scopes_raises_none,
                a_stale_scope_conflicts_and_writes_nothing,
                a_scope_ahead_conflicts,
                a_conflict_raises_no_scope,
                a_stale_case_raises_no_scope,
                a_scope_is_raised_once_for_a_group_of_many_steps,
                a_subject_and_an_incident_of_one_id_are_two_scopes,
                only_the_scopes_of_groups_that_stand_are_raised,
                a_dropped_transaction_raises_no_scope,
                a_scope_raised_in_the_same_transaction_counts,
                of_two_who_look_beside_a_subject_one_sees_the_other,
                of_two_who_look_beside_an_incident_one_sees_the_other,
                a_load_gives_the_scopes_of_its_cases,
            }
            commands {
                a_command_is_found_after_its_step,
                an_unknown_command_is_left_out,
                a_command_tells_what_its_receipt_needs,
                a_command_keeps_what_it_gave_when_the_case_goes_on,
                a_command_that_was_carried_out_conflicts,
                a_repeated_command_lets_other_groups_stand,
                a_group_that_falls_forgets_its_commands,
                a_dropped_transaction_forgets_its_commands,
                a_command_counts_in_its_own_transaction,
                each_command_of_a_group_is_remembered_with_its_step,
            }
            atomicity {
                a_committed_group_is_there_whole,
                a_conflict_leaves_nothing_of_any_kind,
                a_dropped_transaction_leaves_nothing,
                a_dropped_transaction_makes_way_for_the_next,
                what_is_not_committed_is_invisible_to_readers,
                a_transaction_sees_what_it_wrote,
                a_transaction_sees_a_case_once_as_it_left_it,
                two_appends_of_one_transaction_stand_together,
                a_conflict_leaves_the_transaction_usable,
                an_entry_that_is_there_is_never_written_over,
                a_group_that_cannot_be_written_hurts_nobody_else,
                a_reader_sees_what_was_committed_after_it_was_made,
                a_transaction_sees_what_was_committed_before_it,
                a_transaction_that_wrote_nothing_may_be_committed,
                what_is_concluded_is_there_whole,
                a_conclusion_writes_the_groups_that_stand,
                a_conclusion_knows_the_commands_that_were_carried_out,
                a_conclusion_is_of_the_whole_transaction,
                an_append_dropped_half_way_cannot_be_committed,
                an_append_dropped_with_its_transaction_leaves_nothing,
            }
            loading {
                a_load_of_nothing_is_empty,
                unknown_cases_are_left_out,
                each_case_is_given_once_in_order_of_id,
                open_cases_of_the_same_subject_are_beside,
                open_cases_of_the_same_incident_are_beside,
                cases_beside_several_are_those_of_each,
                ended_cases_are_not_beside,
                a_worklist_is_given_with_how_its_cases_stand,
                a_case_that_ended_in_a_transaction_is_not_beside_in_it,
                ended_cases_of_the_same_child_are_given_as_far_back_as_asked,
                looking_back_in_a_transaction_sees_what_ended_in_it,
                an_ended_case_is_given_by_its_id,
                what_is_beside_is_given_only_when_asked_for,
                open_cases_of_a_wanted_subject_are_given,
                open_cases_of_a_wanted_incident_are_given,
                what_is_beside_is_complete,
                a_loaded_case_has_its_open_duties_in_order,
                a_loaded_duty_is_whole,
                a_duty_that_changes_is_replaced_whole,
                a_duty_opened_and_ended_in_one_group_is_not_open,
                loaded_cases_have_their_own_attributes,
                a_case_beside_is_as_whole_as_a_wanted_one,
                a_load_gives_the_revision_of_the_directory,
            }
            texts {
                awkward_attributes_come_back,
                line_ends_and_tabs_come_back,
                texts_that_differ_are_told_apart,
                awkward_states_and_procedures_are_found,
                awkward_roles_and_units_have_their_worklists,
                duties_of_awkward_names_come_back,
                people_of_awkward_ids_come_back,
                awkward_messages_come_back,
                a_text_of_the_greatest_length_comes_back,
                empty_texts_come_back_empty,
                the_bytes_of_an_entry_come_back_exactly,
                an_envelope_is_not_written_anew,
                a_body_of_a_mebibyte_comes_back,
                ids_are_in_the_order_of_their_bytes,
                ids_of_the_greatest_length_come_back,
            }
            attributes {
                cases_are_found_by_key_and_value,
                an_attribute_set_again_has_the_new_value_only,
                an_attribute_taken_away_is_gone,
                an_attribute_that_is_not_there_can_be_taken_away,
                the_last_word_of_a_group_on_an_attribute_counts,
                attributes_stay_while_the_case_goes_on,
            }
            numbers {
                the_first_number_is_one,
                later_cases_have_greater_numbers,
                each_year_counts_for_itself,
                an_outcome_names_new_cases_only,
                the_numbers_of_one_call_differ,
                a_number_stays_with_its_case,
                no_number_is_given_twice,
            }
            case_lists {
                cases_are_listed_in_order_of_id,
                an_empty_store_lists_no_cases,
                cases_are_listed_by_procedure,
                cases_are_listed_by_state,
                cases_are_listed_by_area_and_what_lies_within,
                a_range_of_areas_ends_before_its_end,
                cases_are_listed_by_subject,
                cases_are_listed_by_incident,
                ended_cases_are_left_out_of_open_ones,
                a_case_is_found_by_its_number,
                conditions_hold_together,
                pages_of_cases_follow_without_gap_or_repeat,
                pages_of_a_narrowed_list_leave_nothing_out,
                a_page_may_start_after_any_id,
                a_page_of_cases_has_at_most_its_limit,
                a_listed_case_is_whole,
            }
            entry_lists {
                entries_of_a_case_are_in_order_of_number,
                a_case_that_is_not_there_has_no_entries,
                an_entry_comes_back_as_it_was_appended,
                bodies_are_given_when_asked_for,
                the_feed_is_in_order_of_time_case_and_number,
                a_list_until_a_time_holds_what_was_recorded_at_it,
                pages_of_a_case_follow_without_gap_or_repeat,
                pages_of_a_case_in_one_instant_follow_by_number,
                entries_of_several_cases_are_case_by_case,
                pages_of_the_feed_follow_without_gap_or_repeat,
                pages_end_at_the_time_that_is_asked_for,
                a_page_of_entries_has_at_most_its_limit,
            }
            worklists {
                an_area_sees_what_is_owed_within_it,
                a_worklist_ends_before_the_end_of_its_range,
                a_duty_is_shown_to_its_roles_only,
                a_unit_sees_what_is_shown_to_it,
                what_is_shown_to_a_unit_is_not_shown_to_an_area,
                a_duty_seen_in_several_ways_is_listed_once,
                a_duty_shown_to_two_units_is_listed_once,
                nobody_sees_nothing,
                what_is_owed_at_once_comes_first_then_by_date,
                an_early_date_comes_after_none,
                what_is_due_at_one_time_is_in_order_of_case_and_number,
                ended_duties_vanish,
                a_duty_opened_again_is_shown_again,
                a_duty_that_changes_is_shown_to_its_new_roles,
                a_duty_that_is_not_touched_stays_shown,
                a_case_that_moves_takes_its_duties_along,
                a_listed_duty_says_what_its_case_is_now,
                pages_of_a_worklist_follow_without_gap_or_repeat,
                pages_follow_where_one_area_has_most_of_what_is_first,
                a_page_of_a_worklist_has_at_most_its_limit,
            }
            duty_lists {
                a_duty_is_late_after_its_last_millisecond,
                what_has_no_date_is_never_late,
                an_ended_duty_is_not_listed_as_late,
                late_duties_are_in_order_of_date,
                late_duties_are_listed_by_area,
                a_duty_that_is_put_off_is_not_late,
                pages_of_late_duties_follow_without_gap_or_repeat,
                a_rung_is_due_after_its_last_millisecond,
                rungs_are_in_the_order_they_are_due,
                a_climbed_rung_makes_way_for_the_next,
                the_ladder_of_an_ended_duty_is_not_climbed,
                pages_of_the_sweep_follow_without_gap_or_repeat,
                gaps_are_open_duties_that_nobody_holds,
                open_duties_are_listed_by_person_too,
                the_duties_of_a_case_are_listed_with_ended_ones,
                all_duties_are_listed_with_ended_ones,
                pages_of_all_duties_follow_without_gap_or_repeat,
                provisional_deadlines_are_listed_while_open,
                a_page_of_duties_has_at_most_its_limit,
            }
            feeds {
                a_message_comes_back_whole,
                messages_are_in_order_of_time_and_id,
                pages_of_messages_follow_without_gap_or_repeat,
                a_page_of_messages_may_start_anywhere,
                a_page_of_messages_has_at_most_its_limit,
                every_message_of_a_group_is_written,
                a_rung_comes_back_whole,
                rungs_are_in_order_of_their_climbing,
                the_rungs_of_a_case_are_its_own,
                a_list_of_rungs_has_at_most_its_limit,
                a_group_that_falls_tells_nothing,
            }
            outbox {
                a_message_waits_in_the_outbox,
                what_was_not_written_is_not_delivered,
                a_lease_gives_what_is_delivered,
                a_lease_ends_with_its_time,
                a_message_is_leased_when_it_is_due,
                of_each_case_the_first_message_is_leased,
                the_messages_of_a_case_are_delivered_in_order,
                a_lease_gives_at_most_its_limit,
                a_dropped_lease_was_none,
                what_was_delivered_is_done,
                an_older_fence_settles_nothing,
                a_delivery_is_settled_once,
                what_failed_waits_and_holds_its_case_back,
                what_was_given_up_steps_aside,
                the_dead_are_tried_again_on_request,
                several_attempts_are_settled_together,
                pages_of_deliveries_follow_without_gap_or_repeat,
            }
            inbox {
                a_submitted_command_comes_back_whole,
                the_inbox_is_in_order,
                a_command_is_submitted_once,
                a_dropped_transaction_submits_nothing,
                an_answer_comes_back_whole,
                a_command_is_answered_once,
                a_dropped_answer_was_none,
                an_answer_stands_with_its_step,
                an_answer_is_delivered,
                the_inbox_has_one_taker_at_a_time,
            }
            staff {
                a_person_comes_back_whole,
                a_person_who_changes_is_replaced_whole,
                people_are_in_order_of_id,
                the_revision_grows_by_one_with_a_group,
                the_revision_grows_with_each_group_of_a_call,
                the_revision_stays_where_nobody_changes,
                a_group_that_falls_changes_nobody,
                a_transaction_sees_the_people_it_changed,
            }
            realms {
                a_store_says_what_it_was_set_up_as,
                no_transaction_begins_in_another_realm,
                nobody_reads_in_another_realm,
            }
            tasks {
                of_two_tasks_on_one_revision_exactly_one_stands,
                of_many_tasks_on_one_scope_exactly_one_stands,
                tasks_on_cases_of_their_own_all_stand,
                a_reader_never_sees_half_of_a_group,
                what_was_loaded_does_not_change_under_a_transaction,
            }
            walks {
                a_transaction_lists_what_readers_list_after_it,
                a_list_of_cases_is_what_a_scan_finds,
                a_list_of_duties_is_what_a_scan_finds,
                pages_of_a_worklist_are_what_a_scan_finds,
            }
            reopening {
                an_opened_store_is_what_it_was_set_up_as,
                what_was_committed_outlasts_the_store,
                what_was_not_committed_does_not_outlast_the_store,
                numbers_and_scopes_go_on_where_they_were,
            }
        }
    };
}

/// The clauses that only a fixture that can be damaged can be put to, handed on likewise.
#[doc(hidden)]
#[macro_export]
macro_rules! store_conformance_damage {
    ([$($then:tt)*] $($with:tt)*) => {
        $($then)*! {
            $($with)* =>
            damage {
                a_case_with_a_damaged_area_is_named,
                a_case_with_a_damaged_head_is_named,
                a_duty_with_a_damaged_state_is_named,
                an_entry_with_a_damaged_hash_is_named,
                a_command_with_a_damaged_hash_is_named,
                a_message_with_damaged_content_is_named,
                a_person_with_damaged_roles_is_named,
                a_damaged_case_is_no_hindrance_to_others,
            }
        }
    };
}

/// Makes tests of the clauses that are named.
#[doc(hidden)]
#[macro_export]
macro_rules! store_conformance_tests {
    ($fresh:path => $($topic:ident { $($clause:ident,)* })*) => {$($(
        #[test]
        fn $clause() {
            $crate::testing::conformance::hold(stringify!($topic), stringify!($clause), $fresh);
        }
    )*)*};
}

#[cfg(test)]
mod tests {
    /// The clauses that a text declares.
    fn declared(text: &str) -> impl Iterator<Item = &str> {
        text.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next())
    }

    #[test]
    fn every_clause_is_in_the_list() {
        let list = include_str!("clauses.rs");
        let topics = [
            include_str!("appending.rs"),
            include_str!("atomicity.rs"),
            include_str!("attributes.rs"),
            include_str!("case_lists.rs"),
            include_str!("commands.rs"),
            include_str!("damage.rs"),
            include_str!("duty_lists.rs"),
            include_str!("entry_lists.rs"),
            include_str!("feeds.rs"),
            include_str!("loading.rs"),
            include_str!("numbers.rs"),
            include_str!("realms.rs"),
            include_str!("reopening.rs"),
            include_str!("scopes.rs"),
            include_str!("staff.rs"),
            include_str!("tasks.rs"),
            include_str!("texts.rs"),
            include_str!("walks.rs"),
            include_str!("worklists.rs"),
        ];
        let missing: Vec<_> = topics
            .iter()
            .flat_map(|text| declared(text))
            .filter(|name| !list.lines().any(|line| line.trim() == format!("{name},")))
            .collect();
        assert!(missing.is_empty(), "not in the list: {missing:?}");
    }
}
