//! Dead letters of FIFO queues: what they keep, and what they lock on their way.

use api::types::*;

use super::super::crossing::{Work, arn};
use super::crossing::{DEAD, Pair, SOURCE, attribute, redrive};
use super::{call, handle};
use crate::ops;

#[tokio::test]
async fn a_dead_letter_keeps_what_it_is_and_gets_a_new_place_and_date() {
    let mut pair = Pair::new(1).await;
    pair.send_to(DEAD, "x").await;
    let value = MessageAttributeValue {
        data_type: "String".into(),
        string_value: Some("red".into()),
        ..Default::default()
    };
    let trace = MessageSystemAttributeValue {
        data_type: "String".into(),
        string_value: Some("Root=1".into()),
        ..Default::default()
    };
    let input = SendMessageRequest {
        queue_url: SOURCE.into(),
        message_body: "poison".into(),
        message_group_id: Some("group".into()),
        message_deduplication_id: Some("given".into()),
        message_attributes: Some([("colour".to_owned(), value)].into()),
        message_system_attributes: Some([("AWSTraceHeader".to_owned(), trace)].into()),
        ..Default::default()
    };
    ops::send_message::run(pair.0.sqs.clone(), call(), input).await.unwrap();
    let before = pair.0.receive_from(SOURCE, 0).await.remove(0);
    pair.0.pass(30).await;
    pair.fail().await;
    pair.restart().await;
    assert_eq!(pair.counts(SOURCE).await, [0; 3]);
    let after = pair.0.receive_from(DEAD, 0).await.remove(1);
    assert_eq!(after.message_id, before.message_id);
    assert_eq!(after.body, before.body);
    assert_eq!(after.message_attributes, before.message_attributes);
    assert_eq!(after.md5_of_message_attributes, before.md5_of_message_attributes);
    for same in ["MessageGroupId", "SenderId", "AWSTraceHeader"] {
        assert_eq!(attribute(&after, same), attribute(&before, same), "{same}");
        assert!(attribute(&after, same).is_some(), "{same}");
    }
    assert_eq!(attribute(&after, "MessageDeduplicationId"), before.message_id.as_ref());
    assert_eq!(attribute(&after, "DeadLetterQueueSourceArn"), Some(&arn(SOURCE)));
    assert_eq!(attribute(&after, "ApproximateReceiveCount").map(String::as_str), Some("1"));
    assert_eq!(attribute(&before, "SentTimestamp").map(String::as_str), Some("1000000"));
    assert_eq!(attribute(&after, "SentTimestamp").map(String::as_str), Some("1031000"));
    assert!(attribute(&after, "SequenceNumber") > attribute(&before, "SequenceNumber"));
}

#[tokio::test]
async fn two_messages_that_share_an_id_both_die() {
    let pair = Pair::new(1).await;
    for life in ["a1", "a2"] {
        pair.send_as(SOURCE, life, "shared").await;
        pair.fail().await;
        pair.fail().await;
        if life == "a1" {
            pair.0.pass(300).await;
        }
    }
    assert_eq!(pair.look(DEAD).await, ["a1", "a2"]);
}

#[tokio::test]
async fn an_id_that_was_used_in_the_dead_letter_queue_does_not_swallow_a_dead_letter() {
    let pair = Pair::new(1).await;
    let id = pair.send_to(SOURCE, "a1").await;
    pair.send_as(DEAD, "decoy", &id).await;
    pair.fail().await;
    pair.fail().await;
    assert_eq!(pair.look(DEAD).await, ["decoy", "a1"]);
    let duplicate = pair.send_as(DEAD, "late", &id).await;
    assert_eq!(duplicate.message_id, Some(id), "and its own id is known from now on");
    assert_eq!(pair.look(DEAD).await, ["decoy", "a1"]);
}

#[tokio::test]
async fn retention_begins_anew() {
    let pair = Pair::new(1).await;
    pair.set(DEAD, &[("MessageRetentionPeriod", "100")]).await.unwrap();
    pair.send(&["a1"]).await;
    pair.0.receive_from(SOURCE, 90).await;
    pair.0.pass(90).await;
    pair.fail().await;
    pair.0.pass(99).await;
    assert_eq!(pair.counts(DEAD).await, [1, 0, 0]);
    pair.0.pass(1).await;
    assert_eq!(pair.counts(DEAD).await, [0, 0, 0]);
}

#[tokio::test]
async fn a_group_is_locked_until_its_dead_letter_has_arrived_and_then_open() {
    let pair = Pair::new(1).await;
    pair.send(&["a1", "b1"]).await;
    pair.look(SOURCE).await;
    pair.send(&["a2", "b2"]).await;
    pair.0.receive_from(SOURCE, 0).await;
    assert_eq!(pair.counts(SOURCE).await, [2, 2, 0], "two are on their way");
    assert_eq!(pair.look(SOURCE).await, [""; 0]);
    pair.0.reload_unchanged(SOURCE).await;
    assert_eq!(pair.look(SOURCE).await, [""; 0], "the rows lock the groups too");
    pair.0.pass(1).await;
    assert_eq!(pair.look(SOURCE).await, ["a2", "b2"]);
    assert_eq!(pair.look(DEAD).await, ["a1", "b1"]);
}

#[tokio::test]
async fn who_waits_gets_what_is_behind_a_dead_letter() {
    let pair = Pair::new(1).await;
    pair.send(&["a1"]).await;
    pair.look(SOURCE).await;
    pair.send(&["a2"]).await;
    let input = ReceiveMessageRequest {
        queue_url: SOURCE.into(),
        wait_time_seconds: Some(20),
        receive_request_attempt_id: Some("try".into()),
        ..Default::default()
    };
    let waiting = ops::receive_message::run(pair.0.sqs.clone(), call(), input.clone());
    let (received, ()) = futures::join!(waiting, pair.0.pass(1));
    let received = received.unwrap().messages.unwrap();
    assert_eq!(received[0].body.as_deref(), Some("a2"));
    let again = ops::receive_message::run(pair.0.sqs.clone(), call(), input).await.unwrap();
    assert_eq!(again.messages.unwrap()[0].receipt_handle, received[0].receipt_handle);
}

#[tokio::test]
async fn a_dead_letter_behind_one_that_is_received_again_waits_for_it() {
    let pair = Pair::new(9).await;
    pair.send(&["a1", "a2"]).await;
    // a2 has been received more often than a1 may be: its turn comes when a1 is done.
    pair.look(SOURCE).await;
    let head = pair.0.receive_from(SOURCE, 30).await.remove(0);
    pair.set(SOURCE, &[("RedrivePolicy", &redrive(DEAD, 2))]).await.unwrap();
    pair.0.delete_from(SOURCE, handle(&head)).await.unwrap();
    pair.send(&["a3"]).await;
    pair.0.pass(30).await;
    assert_eq!(pair.look(SOURCE).await, [""; 0], "a2 goes first, alone");
    pair.0.pass(1).await;
    assert_eq!(
        (pair.look(DEAD).await, pair.look(SOURCE).await),
        (vec!["a2".into()], vec!["a3".into()])
    );
}

#[tokio::test]
async fn a_delayed_message_at_the_head_goes_when_it_is_over() {
    let mut pair = Pair::new(1).await;
    pair.set(SOURCE, &[("DelaySeconds", "10")]).await.unwrap();
    pair.set(DEAD, &[("DelaySeconds", "5")]).await.unwrap();
    pair.send(&["a1"]).await;
    pair.restart().await;
    assert_eq!(pair.fail().await, [""; 0]);
    pair.0.pass(9).await;
    assert_eq!(pair.fail().await, ["a1"]);
    pair.send(&["a2"]).await;
    pair.look(SOURCE).await;
    pair.0.reload_unchanged(SOURCE).await;
    pair.0.pass(1).await;
    assert_eq!(pair.counts(DEAD).await, [0, 0, 1], "the dead-letter queue has a delay of its own");
    assert_eq!(pair.counts(SOURCE).await, [0, 0, 1]);
    pair.0.pass(5).await;
    assert_eq!(pair.look(DEAD).await, ["a1"]);
}

#[tokio::test]
async fn messages_that_come_back_are_the_head_again_in_their_order() {
    let mut pair = Pair::new(1).await;
    pair.send(&["a1", "a2", "b1"]).await;
    pair.look(SOURCE).await;
    pair.send(&["a3"]).await;
    pair.0.delete_queue(DEAD).await;
    assert_eq!(pair.look(SOURCE).await, [""; 0]);
    pair.0.pass(1).await;
    assert_eq!(pair.counts(SOURCE).await, [4, 0, 0]);
    pair.0.reload_unchanged(SOURCE).await;
    pair.create(DEAD, &[]).await;
    pair.restart().await;
    let back = pair.0.receive_from(SOURCE, 0).await;
    assert_eq!(super::bodies(&back), ["a1", "a2", "a3", "b1"]);
    let counts: Vec<_> =
        back.iter().map(|m| attribute(m, "ApproximateReceiveCount").unwrap()).collect();
    assert_eq!(counts, ["2", "2", "1", "2"]);
    pair.0.pass(60).await;
    pair.fail().await;
    assert_eq!(pair.look(DEAD).await, ["a1", "a2", "a3", "b1"], "their queue is there again");
    assert_eq!(pair.counts(SOURCE).await, [0; 3]);
}

#[tokio::test]
async fn nothing_overtakes_a_dead_letter_of_its_group_that_is_refused() {
    let pair = Pair::new(1).await;
    pair.set(DEAD, &[("MaximumMessageSize", "1024")]).await.unwrap();
    let large = format!("a-{}", "x".repeat(2000));
    for (body, id) in [("a1", "1"), (&large, "2"), ("a3", "3"), ("b1", "4"), ("b2", "5")] {
        pair.send_as(SOURCE, body, id).await;
    }
    pair.look(SOURCE).await;
    for _ in 0..3 {
        pair.look(SOURCE).await;
        pair.0.pass(1).await;
    }
    assert_eq!(pair.look(DEAD).await, ["a1", "b1", "b2"]);
    assert_eq!(pair.look(SOURCE).await, [large.clone(), "a3".into()]);
    pair.set(DEAD, &[("MaximumMessageSize", "4096")]).await.unwrap();
    pair.0.pass(60).await;
    pair.fail().await;
    assert_eq!(pair.look(DEAD).await, ["a1", &large, "a3", "b1", "b2"]);
}

#[tokio::test]
async fn a_crash_at_any_commit_neither_loses_nor_doubles_nor_disorders() {
    for commits in 0..10 {
        let mut pair = Pair::new(1).await;
        let sent = ["a1", "a2", "a3", "b1", "b2"];
        pair.send(&sent).await;
        pair.look(SOURCE).await;
        pair.0.crash_after(commits, Work::Receive(SOURCE)).await;
        pair.0.pass(1).await;
        pair.fail().await;
        assert_eq!(pair.look(DEAD).await, sent, "after {commits} commits");
        assert_eq!(pair.counts(SOURCE).await, [0; 3], "after {commits} commits");
        pair.restart().await;
    }
}

#[tokio::test]
async fn a_purge_takes_what_is_leaving_and_numbers_go_on() {
    let mut pair = Pair::new(1).await;
    pair.send(&["a1"]).await;
    pair.look(SOURCE).await;
    pair.look(SOURCE).await;
    let input = PurgeQueueRequest { queue_url: SOURCE.into() };
    ops::purge_queue::run(pair.0.sqs.clone(), call(), input).await.unwrap();
    pair.restart().await;
    pair.0.pass(1).await;
    let purged = pair.look(DEAD).await;
    pair.send(&["a2"]).await;
    pair.fail().await;
    pair.fail().await;
    assert_eq!(pair.look(DEAD).await, [purged, vec!["a2".to_owned()]].concat());
    assert_eq!(pair.counts(SOURCE).await, [0; 3]);
}

#[tokio::test]
async fn a_leaving_message_belongs_to_nobody_who_received_it() {
    let pair = Pair::new(1).await;
    pair.send(&["a1"]).await;
    let held = pair.0.receive_from(SOURCE, 0).await.remove(0);
    pair.look(SOURCE).await;
    let refused = pair.0.delete_from(SOURCE, handle(&held)).await.unwrap_err();
    assert!(refused.message.ends_with("The receipt handle has expired."));
    pair.0.pass(1).await;
    assert_eq!(pair.look(DEAD).await, ["a1"]);
}

#[tokio::test]
async fn what_leaves_is_not_swept_and_is_when_it_is_back() {
    let pair = Pair::new(1).await;
    pair.set(SOURCE, &[("MessageRetentionPeriod", "60")]).await.unwrap();
    pair.send(&["a1"]).await;
    pair.0.receive_from(SOURCE, 58).await;
    pair.0.pass(58).await;
    pair.0.delete_queue(DEAD).await;
    pair.look(SOURCE).await;
    pair.0.pass(1).await;
    assert_eq!(pair.counts(SOURCE).await, [1, 0, 0]);
    pair.0.pass(1).await;
    assert_eq!(pair.counts(SOURCE).await, [0; 3]);
}

#[tokio::test]
async fn policies_join_queues_of_one_type_that_allow_it() {
    let pair = Pair::new(1).await;
    pair.0.create("dlq", &[]).await.unwrap();
    let same_type = "Dead-letter queue must be same type of queue as the source.";
    let refused = pair.set(SOURCE, &[("RedrivePolicy", &redrive("dlq", 1))]).await.unwrap_err();
    assert!(refused.message.ends_with(same_type));
    let refused = pair.0.set(&[("RedrivePolicy", &redrive(DEAD, 1))]).await.unwrap_err();
    assert!(refused.message.ends_with(same_type));
    pair.create("closed.fifo", &[("RedriveAllowPolicy", r#"{"redrivePermission":"denyAll"}"#)])
        .await;
    let closed = redrive("closed.fifo", 1);
    let refused = pair.set(SOURCE, &[("RedrivePolicy", &closed)]).await.unwrap_err();
    assert!(refused.message.contains("does not allow"));
    let input = ListDeadLetterSourceQueuesRequest { queue_url: DEAD.into(), ..Default::default() };
    let run = ops::list_dead_letter_source_queues::run;
    let sources = run(pair.0.sqs.clone(), call(), input).await.unwrap().queue_urls;
    assert_eq!(sources, ["http://localhost:4566/000000000000/q.fifo"]);
}

#[tokio::test]
async fn queues_that_are_each_others_dead_letter_queues_lose_nothing() {
    let pair = Pair::new(1).await;
    pair.set(DEAD, &[("RedrivePolicy", &redrive(SOURCE, 1))]).await.unwrap();
    pair.send(&["a1"]).await;
    for (here, there) in [(SOURCE, DEAD), (DEAD, SOURCE), (SOURCE, DEAD), (DEAD, SOURCE)] {
        assert_eq!(pair.look(here).await, ["a1"]);
        pair.look(here).await;
        pair.0.pass(1).await;
        assert_eq!((pair.counts(here).await, pair.counts(there).await), ([0; 3], [1, 0, 0]));
    }
}
