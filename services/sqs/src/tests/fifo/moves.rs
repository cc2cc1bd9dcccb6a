//! Move tasks of FIFO dead-letter queues.

use super::super::crossing::{Work, arn};
use super::crossing::{DEAD, Pair, SOURCE, attribute};
use super::handle;

/// A pair whose dead-letter queue has these messages.
async fn with_dead(bodies: &[&str]) -> Pair {
    let pair = Pair::new(1).await;
    pair.send(bodies).await;
    for _ in 0..=bodies.len() {
        pair.fail().await;
    }
    assert_eq!(pair.counts(DEAD).await, [bodies.len(), 0, 0]);
    pair
}

impl Pair {
    /// Status and messages moved of the newest move task.
    async fn progress(&self) -> (String, i64) {
        let task = self.0.task_of(DEAD).await;
        (task.status.unwrap(), task.approximate_number_of_messages_moved.unwrap())
    }

    /// Starts a move task and lets a second pass.
    async fn move_all(&self, to: Option<&str>) -> (String, i64) {
        self.0.start_moving_from(DEAD, to, None).await.unwrap();
        self.0.pass(1).await;
        self.progress().await
    }
}

#[tokio::test]
async fn messages_go_back_to_their_own_queues_in_order_as_new_ones() {
    let mut pair = with_dead(&["a1", "a2", "b1", "a3"]).await;
    let dead = pair.0.receive_from(DEAD, 0).await;
    pair.send(&["a4"]).await;
    assert_eq!(pair.move_all(None).await, ("COMPLETED".into(), 4));
    assert_eq!((pair.counts(DEAD).await, pair.counts(SOURCE).await), ([0; 3], [5, 0, 0]));
    pair.restart().await;
    let back = pair.0.receive_from(SOURCE, 30).await;
    assert_eq!(super::bodies(&back), ["a4", "a1", "a2", "a3", "b1"]);
    let (before, after) = (&dead[0], &back[1]);
    assert_eq!(before.body, after.body);
    assert_ne!(before.message_id, after.message_id);
    assert_eq!(attribute(after, "MessageDeduplicationId"), before.message_id.as_ref());
    assert_eq!(attribute(after, "MessageGroupId"), attribute(before, "MessageGroupId"));
    assert_eq!(attribute(after, "DeadLetterQueueSourceArn"), None);
    assert!(attribute(after, "SentTimestamp") > attribute(before, "SentTimestamp"));
    assert!(attribute(after, "SequenceNumber") > attribute(&back[0], "SequenceNumber"));
}

#[tokio::test]
async fn a_message_can_die_and_go_back_again_and_again() {
    let pair = with_dead(&["a1"]).await;
    for _ in 0..3 {
        assert_eq!(pair.move_all(None).await, ("COMPLETED".into(), 1));
        assert_eq!(pair.fail().await, ["a1"]);
        pair.fail().await;
        assert_eq!((pair.counts(DEAD).await, pair.counts(SOURCE).await), ([1, 0, 0], [0; 3]));
    }
}

#[tokio::test]
async fn a_destination_takes_them_all_whatever_ids_it_has_seen() {
    let pair = with_dead(&["a1"]).await;
    pair.create("other.fifo", &[]).await;
    pair.send_as(DEAD, "b1", "shared").await;
    pair.send_as("other.fifo", "c1", "shared").await;
    assert_eq!(pair.move_all(Some("other.fifo")).await, ("COMPLETED".into(), 2));
    assert_eq!(pair.look("other.fifo").await, ["c1", "a1", "b1"]);
    assert_eq!(pair.0.task_of(DEAD).await.destination_arn, Some(arn("other.fifo")));
}

#[tokio::test]
async fn queues_of_two_types_do_not_move_to_each_other() {
    let pair = with_dead(&["a1"]).await;
    let refused = pair.0.start_moving_from(DEAD, Some("q"), None).await.unwrap_err();
    assert!(refused.message.contains("same type"), "{}", refused.message);
    assert_eq!(pair.look(DEAD).await, ["a1"]);
}

#[tokio::test]
async fn what_stands_behind_a_message_in_flight_stays_there() {
    let mut pair = with_dead(&["a1", "a2", "b1", "a3", "b2"]).await;
    let held = pair.0.receive_from(DEAD, 30).await;
    for message in &held[3..] {
        pair.0.change_from(DEAD, handle(message), 0).await;
    }
    assert_eq!(super::bodies(&held), ["a1", "a2", "a3", "b1", "b2"]);
    assert_eq!(pair.move_all(None).await, ("COMPLETED".into(), 2));
    pair.restart().await;
    assert_eq!(pair.look(SOURCE).await, ["b1", "b2"]);
    pair.0.pass(30).await;
    assert_eq!(pair.move_all(None).await, ("COMPLETED".into(), 3));
    assert_eq!(pair.counts(DEAD).await, [0; 3]);
}

#[tokio::test]
async fn a_group_is_locked_while_its_first_message_is_moved() {
    let pair = with_dead(&["a1", "a2", "b1"]).await;
    pair.0.start_moving_from(DEAD, None, Some(1)).await.unwrap();
    pair.0.pass(0).await;
    pair.0.reload_unchanged(DEAD).await;
    pair.0.pass(10).await;
    assert_eq!(pair.progress().await, ("COMPLETED".into(), 3));
    assert_eq!(pair.look(SOURCE).await, ["a1", "a2", "b1"]);
}

#[tokio::test]
async fn a_rate_is_kept_across_a_restart_and_a_cancelled_task_leaves_the_rest_in_order() {
    let mut pair = with_dead(&["a1", "a2", "b1", "a3", "b2", "a4"]).await;
    let handle = pair.0.start_moving_from(DEAD, None, Some(1)).await.unwrap();
    for moved in [2, 3] {
        pair.0.pass(1).await;
        assert_eq!(pair.progress().await, ("RUNNING".into(), moved));
        pair.restart().await;
    }
    assert_eq!(pair.0.cancel_moving(&handle).await.unwrap(), 3);
    pair.0.pass(10).await;
    assert_eq!(pair.progress().await.0, "CANCELLED");
    let [back, dead] = [pair.look(SOURCE).await, pair.look(DEAD).await];
    assert_eq!(back, ["a1", "a2", "a3"], "one group died before the other");
    assert_eq!(dead, ["a4", "b1", "b2"]);
}

#[tokio::test]
async fn a_message_without_a_way_back_stays_the_head_of_its_group_and_fails_the_task() {
    let mut pair = with_dead(&["a1"]).await;
    pair.send_to(DEAD, "b1").await;
    pair.send(&["b2"]).await;
    pair.fail().await;
    pair.fail().await;
    let (status, _) = pair.move_all(None).await;
    assert_eq!(status, "FAILED");
    let task = pair.0.task_of(DEAD).await;
    assert_eq!(task.failure_reason.as_deref(), Some("CouldNotDetermineMessageSource"));
    pair.restart().await;
    assert_eq!(pair.look(DEAD).await, ["b1", "b2"], "b2 has not overtaken it");
    assert_eq!(pair.look(SOURCE).await, ["a1"]);
    assert_eq!(pair.counts(DEAD).await, [2, 0, 0]);
}

#[tokio::test]
async fn what_comes_back_unreceived_is_not_delayed_by_a_later_delay() {
    let mut pair = with_dead(&["a1"]).await;
    pair.set(DEAD, &[("DelaySeconds", "5")]).await.unwrap();
    pair.send_to(DEAD, "b1").await;
    pair.0.pass(5).await;
    pair.0.delete_queue(SOURCE).await;
    pair.create("keeper.fifo", &[("RedrivePolicy", &super::crossing::redrive(DEAD, 9))]).await;
    pair.move_all(None).await;
    pair.set(DEAD, &[("DelaySeconds", "900")]).await.unwrap();
    pair.0.reload_unchanged(DEAD).await;
    pair.create(SOURCE, &[]).await;
    pair.restart().await;
    assert_eq!(pair.look(DEAD).await, ["a1", "b1"]);
}

#[tokio::test]
async fn more_than_one_step_moves_a_long_queue_in_order() {
    let mut pair = Pair::new(1).await;
    pair.create("other.fifo", &[]).await;
    let sent: Vec<String> = (0..350).map(|n| format!("{}{n:03}", ["a", "b", "c"][n % 3])).collect();
    for body in &sent {
        pair.send_to(DEAD, body).await;
    }
    pair.restart().await;
    assert_eq!(pair.move_all(Some("other.fifo")).await, ("COMPLETED".into(), 350));
    let mut arrived = Vec::new();
    loop {
        let messages = pair.0.receive_from("other.fifo", 30).await;
        if messages.is_empty() {
            break;
        }
        for message in messages {
            pair.0.delete_from("other.fifo", handle(&message)).await.unwrap();
            arrived.push((attribute(&message, "SequenceNumber").cloned(), message.body.unwrap()));
        }
    }
    arrived.sort();
    let arrived: Vec<String> = arrived.into_iter().map(|(_, body)| body).collect();
    assert_eq!(arrived, sent, "the oldest first, over all groups");
}

#[tokio::test]
async fn a_crash_at_any_commit_neither_loses_nor_doubles_nor_disorders() {
    for commits in 0..14 {
        let sent = ["a1", "a2", "a3", "b1", "b2", "b3"];
        let mut pair = with_dead(&sent).await;
        pair.0.crash_after(commits, Work::Move(DEAD)).await;
        pair.0.pass(10).await;
        if pair.counts(DEAD).await != [0; 3] {
            pair.move_all(None).await;
        }
        assert_eq!(pair.counts(DEAD).await, [0; 3], "after {commits} commits");
        assert_eq!(pair.look(SOURCE).await, sent, "after {commits} commits");
        pair.restart().await;
    }
}
