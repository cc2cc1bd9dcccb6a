//! The one suite that every engine must pass, and what only one of them can show.

mod archive;
mod fjall;
mod limits;
mod logs;
mod memory;
mod model;
mod owners;
mod tables;
mod torn;
mod world;

/// Runs each promise over each engine.
macro_rules! promises {
    ($($module:ident :: $promise:ident),* $(,)?) => {
        mod over_memory {
            $(#[tokio::test] async fn $promise() {
                crate::$module::$promise(crate::world::World::memory()).await;
            })*
        }
        mod over_fjall {
            $(#[tokio::test] async fn $promise() {
                crate::$module::$promise(crate::world::World::fjall()).await;
            })*
        }
    };
}

promises![
    tables::a_batch_is_written_whole_and_the_last_change_of_a_key_wins,
    tables::a_page_holds_as_much_as_its_limit_and_says_whether_there_is_more,
    tables::a_range_ends_before_its_end_and_a_slot_ends_where_it_ends,
    tables::tables_and_slots_do_not_see_each_other,
    tables::a_scan_is_one_ordered_list_over_all_slots_in_pages,
    tables::a_reader_sees_what_is_durable_and_fences_nobody,
    logs::a_log_is_read_from_a_position_on_in_pages,
    logs::a_released_record_is_gone_and_the_rest_keeps_its_place,
    logs::records_are_read_where_they_stand_however_far_apart,
    logs::a_trimmed_log_starts_where_it_was_trimmed,
    logs::a_log_that_was_trimmed_whole_is_empty_and_goes_on,
    logs::a_trim_is_one_small_change_however_much_it_releases,
    logs::a_snapshot_keeps_what_is_trimmed_after_it_was_taken,
    logs::lanes_do_not_see_each_other,
    owners::commits_are_numbered_densely_and_across_owners,
    owners::a_new_owner_fences_the_former_one,
    owners::what_was_queued_before_a_take_over_is_written_or_fenced_never_both,
    owners::all_slots_can_be_taken_at_once,
    owners::what_is_durable_survives_a_crash_and_so_does_the_epoch,
    owners::commits_of_many_threads_get_a_number_each,
    owners::concurrent_commits_of_many_slots_all_become_durable,
    limits::what_is_too_large_is_refused_before_it_is_submitted,
    limits::what_was_submitted_before_the_end_is_durable_and_what_comes_after_it_fails,
    limits::an_engine_counts_what_it_commits,
    archive::a_snapshot_shows_one_moment_whole,
    archive::an_archive_brings_everything_into_every_engine,
    archive::an_archive_is_read_into_an_empty_store_only,
];
