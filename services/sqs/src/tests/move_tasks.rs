//! Move tasks: where messages go, how fast, and what ends a task.

use super::World;
use super::crossing::{Work, arn};

/// A world whose dead-letter queue has so many messages, all of `q`.
async fn with_dead(count: usize) -> World {
    let world = World::with_dead_letters(1).await;
    for number in 0..count {
        world.send(&format!("m{number:02}"), None).await.unwrap();
    }
    for _ in 0..=count.div_ceil(10) {
        world.fail_all(1).await;
    }
    assert_eq!(world.counts_of("dlq").await, [count, 0, 0]);
    world
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("m{number:02}")).collect()
}

#[tokio::test]
async fn each_message_goes_back_to_its_own_queue_as_a_new_one() {
    let mut world = with_dead(3).await;
    let dead = world.receive_from("dlq", 0).await.remove(0);
    world.start_moving(None, None).await.unwrap();
    world.pass(1).await;
    assert_eq!(world.progress().await, ("COMPLETED".into(), 3));
    assert_eq!((world.counts_of("dlq").await, world.counts().await), ([0; 3], [3, 0, 0]));
    world.restart_unchanged().await;
    let back = world.receive_from("q", 100).await;
    let twin = back.iter().find(|message| message.body == dead.body).unwrap();
    assert_ne!(twin.message_id, dead.message_id);
    let attributes = twin.attributes.as_ref().unwrap();
    assert_eq!(attributes["ApproximateReceiveCount"], "1");
    assert!(!attributes.contains_key("DeadLetterQueueSourceArn"));
    assert!(attributes["SentTimestamp"] > dead.attributes.unwrap()["SentTimestamp"]);
}

#[tokio::test]
async fn a_destination_takes_them_all() {
    let world = with_dead(3).await;
    world.create("other", &[]).await.unwrap();
    world.start_moving(Some("other"), None).await.unwrap();
    world.pass(1).await;
    assert_eq!(world.bodies("other").await, names(3));
    let task = world.task().await;
    assert_eq!(task.destination_arn, Some(arn("other")));
    assert_eq!(task.approximate_number_of_messages_to_move, Some(3));
    assert_eq!((task.task_handle, task.failure_reason), (None, None));
}

#[tokio::test]
async fn more_than_one_step_moves_all_of_a_long_queue() {
    let world = World::with_dead_letters(1).await;
    for number in 0..350 {
        let input = api::types::SendMessageRequest {
            queue_url: "dlq".into(),
            message_body: number.to_string(),
            ..Default::default()
        };
        crate::ops::send_message::run(world.sqs.clone(), super::call(), input).await.unwrap();
    }
    world.receive_from("dlq", 0).await;
    world.create("other", &[]).await.unwrap();
    world.start_moving(Some("other"), None).await.unwrap();
    world.pass(1).await;
    assert_eq!(world.progress().await, ("COMPLETED".into(), 350));
    assert_eq!(world.counts_of("other").await, [350, 0, 0]);
    assert_eq!(world.counts_of("dlq").await, [0; 3]);
}

#[tokio::test]
async fn a_rate_is_kept_across_a_restart() {
    let mut world = with_dead(10).await;
    world.start_moving(None, Some(3)).await.unwrap();
    for moved in [6, 9] {
        world.pass(1).await;
        let (status, count) = world.progress().await;
        assert_eq!(status, "RUNNING");
        assert_eq!(count, moved);
        world.restart().await;
    }
    world.pass(1).await;
    assert_eq!(world.progress().await, ("COMPLETED".into(), 10));
    assert_eq!(world.bodies("q").await, names(10));
}

#[tokio::test]
async fn a_jump_of_the_clock_moves_as_many_as_the_time_in_between() {
    let world = with_dead(10).await;
    world.start_moving(None, Some(1)).await.unwrap();
    world.pass(4).await;
    assert_eq!(world.progress().await, ("RUNNING".into(), 5));
    world.pass(100).await;
    assert_eq!(world.progress().await, ("COMPLETED".into(), 10));
}

#[tokio::test]
async fn a_cancelled_task_leaves_the_rest_where_it_is() {
    let world = with_dead(10).await;
    let handle = world.start_moving(None, Some(1)).await.unwrap();
    world.pass(1).await;
    assert!(world.start_moving(None, None).await.is_err(), "one at a time");
    assert_eq!(world.cancel_moving(&handle).await.unwrap(), 2, "one at once, one a second later");
    world.pass(100).await;
    let (status, moved) = world.progress().await;
    assert_eq!(status, "CANCELLED");
    let (back, dead) = (world.counts().await[0], world.counts_of("dlq").await[0]);
    assert_eq!((back as i64, back + dead), (moved, 10));
    assert!(world.cancel_moving(&handle).await.is_err());
    world.start_moving(None, None).await.unwrap();
    world.pass(1).await;
    assert_eq!(world.bodies("q").await, names(10), "another task can begin");
}

#[tokio::test]
async fn a_message_whose_own_queue_is_gone_stays_and_fails_the_task() {
    let mut world = with_dead(2).await;
    world.create("keeper", &[("RedrivePolicy", &super::crossing::redrive(9))]).await.unwrap();
    world.delete_queue("q").await;
    world.start_moving(None, None).await.unwrap();
    world.pass(1).await;
    let task = world.task().await;
    assert_eq!(task.status.as_deref(), Some("FAILED"));
    let reason = "AWS.SimpleQueueService.NonExistentQueue";
    assert_eq!(task.failure_reason.as_deref(), Some(reason));
    assert_eq!(world.bodies("dlq").await, names(2));
    world.create("q", &[]).await.unwrap();
    world.restart().await;
    world.start_moving(None, None).await.unwrap();
    world.pass(1).await;
    assert_eq!(world.bodies("q").await, names(2));
}

#[tokio::test]
async fn a_message_that_was_sent_to_the_dead_letter_queue_has_no_way_back() {
    let world = World::with_dead_letters(1).await;
    let input = api::types::SendMessageRequest {
        queue_url: "dlq".into(),
        message_body: "direct".into(),
        ..Default::default()
    };
    crate::ops::send_message::run(world.sqs.clone(), super::call(), input).await.unwrap();
    world.start_moving(None, None).await.unwrap();
    world.pass(1).await;
    let reason = world.task().await.failure_reason;
    assert_eq!(reason.as_deref(), Some("CouldNotDetermineMessageSource"));
    assert_eq!(world.bodies("dlq").await, ["direct"]);
}

#[tokio::test]
async fn what_dies_again_while_a_task_runs_is_not_moved_again() {
    let world = with_dead(2).await;
    world.start_moving(None, Some(1)).await.unwrap();
    for _ in 0..6 {
        world.pass(1).await;
        world.fail_all(1).await;
    }
    assert_eq!(world.progress().await, ("COMPLETED".into(), 2));
    assert_eq!(world.bodies("dlq").await, names(2));
}

#[tokio::test]
async fn a_crash_at_any_commit_neither_loses_nor_doubles_what_is_moved() {
    for commits in 0..12 {
        let mut world = with_dead(12).await;
        world.crash_after(commits, Work::Move("dlq")).await;
        world.pass(10).await;
        if world.counts_of("dlq").await != [0; 3] {
            world.start_moving(None, None).await.unwrap();
            world.pass(10).await;
        }
        assert_eq!(world.counts_of("dlq").await, [0; 3], "after {commits} commits");
        assert_eq!(world.counts().await, [12, 0, 0], "after {commits} commits");
        world.restart_unchanged().await;
    }
}

#[tokio::test]
async fn only_a_dead_letter_queue_can_be_moved_from() {
    let world = World::new(&[]).await;
    let code = async |to| world.start_moving(to, None).await.unwrap_err().code;
    assert_eq!(code(None).await, "ResourceNotFoundException");
    world.create("dlq", &[]).await.unwrap();
    assert_eq!(code(None).await, "InvalidParameterValue");
    world.set(&[("RedrivePolicy", &super::crossing::redrive(1))]).await.unwrap();
    assert_eq!(code(Some("nowhere")).await, "ResourceNotFoundException");
    world.start_moving(None, None).await.unwrap();
}

#[tokio::test]
async fn queues_that_are_deleted_in_the_middle_leave_no_row_behind() {
    let world = with_dead(10).await;
    world.start_moving(None, Some(1)).await.unwrap();
    world.pass(1).await;
    world.receive_from("q", 0).await;
    world.receive_from("q", 0).await;
    world.delete_queue("dlq").await;
    world.delete_queue("q").await;
    world.pass(1).await;
    let all = store::PageLimit { rows: 100, bytes: usize::MAX };
    for slot in base::SlotId::all() {
        let owned = world.node.slots().owned(slot);
        for table in store::Table::ALL {
            let page = owned.slot().page(table, store::KeyRange::ALL, all).await.unwrap();
            assert_eq!(page.rows, [], "{table:?}");
        }
    }
}
