//! Dead letters: when a message goes, what it keeps, and what happens when its queue cannot be reached.

use api::types::*;

use super::crossing::{Work, arn, redrive};
use super::{World, call, pairs};
use crate::ops;

#[tokio::test]
async fn a_message_goes_after_as_many_receives_as_the_policy_says() {
    let mut world = World::with_dead_letters(2).await;
    let id = world.send("poison", None).await.unwrap();
    for count in ["1", "2"] {
        let received = world.receive_from("q", 0).await.remove(0);
        assert_eq!(received.attributes.unwrap()["ApproximateReceiveCount"], count);
        world.pass(1).await;
        assert_eq!(world.counts_of("dlq").await, [0, 0, 0]);
    }
    assert_eq!(world.receive_from("q", 0).await, []);
    world.pass(1).await;
    assert_eq!((world.counts().await, world.counts_of("dlq").await), ([0, 0, 0], [1, 0, 0]));
    world.restart_unchanged().await;
    let dead = world.receive_from("dlq", 0).await.remove(0);
    assert_eq!((dead.message_id, dead.body.as_deref()), (Some(id), Some("poison")));
    let attributes = dead.attributes.unwrap();
    assert_eq!(attributes["ApproximateReceiveCount"], "1", "it starts anew");
    assert_eq!(attributes["DeadLetterQueueSourceArn"], arn("q"));
    assert_eq!(attributes["SentTimestamp"], "1000000", "it was sent when it was sent");
}

#[tokio::test]
async fn attributes_go_along() {
    let world = World::with_dead_letters(1).await;
    let value = MessageAttributeValue {
        data_type: "String".into(),
        string_value: Some("red".into()),
        ..Default::default()
    };
    let input = SendMessageRequest {
        queue_url: "q".into(),
        message_body: "poison".into(),
        message_attributes: Some([("colour".to_owned(), value)].into()),
        ..Default::default()
    };
    ops::send_message::run(world.sqs.clone(), call(), input).await.unwrap();
    let before = world.receive_from("q", 0).await.remove(0);
    world.fail_all(1).await;
    let after = world.receive_from("dlq", 0).await.remove(0);
    assert_eq!(after.message_attributes.clone().unwrap().len(), 1);
    assert_eq!(after.message_attributes, before.message_attributes);
    assert_eq!(after.md5_of_message_attributes, before.md5_of_message_attributes);
}

#[tokio::test]
async fn who_waits_gets_what_is_behind_a_dead_letter() {
    let world = World::with_dead_letters(1).await;
    world.send("poison", None).await.unwrap();
    world.receive_from("q", 0).await;
    let input = ReceiveMessageRequest {
        queue_url: "q".into(),
        wait_time_seconds: Some(20),
        ..Default::default()
    };
    let waiting = ops::receive_message::run(world.sqs.clone(), call(), input);
    let (received, _) = futures::join!(waiting, async {
        world.pass(1).await;
        world.send("sound", None).await
    });
    assert_eq!(received.unwrap().messages.unwrap()[0].body.as_deref(), Some("sound"));
    assert_eq!(world.bodies("dlq").await, ["poison"]);
}

#[tokio::test]
async fn a_crash_at_any_commit_neither_loses_a_dead_letter_nor_doubles_it() {
    for commits in 0..8 {
        let mut world = World::with_dead_letters(1).await;
        let bodies = ["a", "b", "c"];
        for body in bodies {
            world.send(body, None).await.unwrap();
        }
        world.receive_from("q", 0).await;
        world.crash_after(commits, Work::Receive("q")).await;
        world.fail_all(1).await;
        assert_eq!(world.bodies("dlq").await, bodies, "after {commits} commits");
        assert_eq!(world.counts().await, [0, 0, 0], "after {commits} commits");
        world.restart_unchanged().await;
    }
}

#[tokio::test]
async fn a_crash_while_two_streams_leave_keeps_all() {
    for commits in 0..10 {
        let mut world = World::with_dead_letters(1).await;
        world.create("other", &[]).await.unwrap();
        world.send("first", None).await.unwrap();
        world.receive_from("q", 0).await;
        world.controls.hold();
        {
            let receive = world.receive_from("q", 0);
            tokio::pin!(receive);
            assert!(futures::poll!(receive.as_mut()).is_pending(), "it leaves, and is not on disk");
        }
        world.controls.release_all();
        let other = redrive(1).replace(":dlq", ":other");
        world.set(&[("RedrivePolicy", &other)]).await.unwrap();
        world.send("second", None).await.unwrap();
        world.receive_from("q", 0).await;
        world.crash_after(commits, Work::Receive("q")).await;
        world.fail_all(1).await;
        let found = [world.bodies("dlq").await, world.bodies("other").await].concat();
        assert_eq!(found, ["first", "second"], "after {commits} commits");
    }
}

#[tokio::test]
async fn a_dead_letter_whose_queue_is_gone_goes_back_and_is_not_tried_at_each_receive() {
    let mut world = World::with_dead_letters(1).await;
    world.send("poison", None).await.unwrap();
    world.receive_from("q", 0).await;
    world.delete_queue("dlq").await;
    assert_eq!(world.receive_from("q", 0).await, []);
    world.pass(1).await;
    assert_eq!(world.counts().await, [1, 0, 0], "it is back");
    world.reload_unchanged("q").await;
    world.restart_unchanged().await;
    for count in ["2", "3"] {
        let again = world.receive_from("q", 0).await.remove(0);
        assert_eq!(again.attributes.unwrap()["ApproximateReceiveCount"], count);
    }
    world.create("dlq", &[]).await.unwrap();
    world.pass(60).await;
    world.fail_all(0).await;
    assert_eq!(world.bodies("dlq").await, ["poison"], "its queue is there again");
}

#[tokio::test]
async fn a_dead_letter_that_its_queue_does_not_take_goes_back() {
    let world = World::with_dead_letters(1).await;
    let input = SetQueueAttributesRequest {
        queue_url: "dlq".into(),
        attributes: pairs(&[("MaximumMessageSize", "1024")]),
    };
    ops::set_queue_attributes::run(world.sqs.clone(), call(), input).await.unwrap();
    world.send(&"x".repeat(2000), None).await.unwrap();
    world.send("small", None).await.unwrap();
    world.fail_all(1).await;
    assert_eq!(world.bodies("dlq").await, ["small"]);
    assert_eq!(world.counts().await, [1, 0, 0]);
}

#[tokio::test]
async fn retention_counts_from_the_first_sending_whatever_the_order_of_arrival() {
    let mut world = World::with_dead_letters(1).await;
    let input = SetQueueAttributesRequest {
        queue_url: "dlq".into(),
        attributes: pairs(&[("MessageRetentionPeriod", "100")]),
    };
    ops::set_queue_attributes::run(world.sqs.clone(), call(), input).await.unwrap();
    world.send("older", None).await.unwrap();
    world.receive_from("q", 50).await;
    world.pass(30).await;
    world.send("newer", None).await.unwrap();
    world.receive_from("q", 0).await;
    world.fail_all(0).await;
    assert_eq!(world.bodies("dlq").await, ["newer"]);
    world.pass(19).await;
    world.fail_all(0).await;
    assert_eq!(world.counts_of("dlq").await, [2, 0, 0], "the older one came last");
    world.restart_unchanged().await;
    world.pass(49).await;
    assert_eq!(world.counts_of("dlq").await, [1, 0, 0], "and goes first");
    assert_eq!(world.bodies("dlq").await, ["newer"]);
    world.pass(31).await;
    assert_eq!(world.counts_of("dlq").await, [0, 0, 0]);
}

#[tokio::test]
async fn a_leaving_message_belongs_to_nobody_who_received_it() {
    let world = World::with_dead_letters(1).await;
    world.send("poison", None).await.unwrap();
    let handle = world.receive_from("q", 0).await.remove(0).receipt_handle.unwrap();
    world.receive_from("q", 0).await;
    assert_eq!(world.counts().await, [0, 1, 0], "it is counted on its way");
    world.reload_unchanged("q").await;
    world.delete(&handle).await.unwrap();
    assert!(world.change(&handle, 10).await.is_err());
    world.pass(1).await;
    assert_eq!(world.bodies("dlq").await, ["poison"]);
}

#[tokio::test]
async fn a_purge_takes_what_is_leaving_and_numbers_go_on() {
    let mut world = World::with_dead_letters(1).await;
    world.send("purged", None).await.unwrap();
    world.receive_from("q", 0).await;
    world.receive_from("q", 0).await;
    world.purge().await.unwrap();
    world.restart_unchanged().await;
    world.pass(1).await;
    let purged = world.bodies("dlq").await;
    world.send("later", None).await.unwrap();
    world.fail_all(1).await;
    assert_eq!(world.bodies("dlq").await, [vec!["later".to_owned()], purged].concat());
    assert_eq!(world.counts().await, [0, 0, 0]);
}

#[tokio::test]
async fn a_deleted_queue_leaves_nothing_due_and_points_at_nobody() {
    let world = World::with_dead_letters(1).await;
    assert_eq!(world.sources(None, None).await.0, ["q"]);
    world.send("poison", None).await.unwrap();
    world.receive_from("q", 0).await;
    world.receive_from("q", 0).await;
    world.delete_queue("q").await;
    world.pass(1).await;
    assert_eq!(world.sources(None, None).await.0, Vec::<String>::new());
    world.create("q", &[]).await.unwrap();
    world.pass(100).await;
    assert_eq!(world.counts().await, [0, 0, 0], "a namesake is another queue");
}

impl World {
    /// Names of the queues whose dead letters go to `dlq`, and the token for more.
    async fn sources(
        &self,
        most: Option<i32>,
        token: Option<String>,
    ) -> (Vec<String>, Option<String>) {
        let input = ListDeadLetterSourceQueuesRequest {
            queue_url: "dlq".into(),
            max_results: most,
            next_token: token,
        };
        let run = ops::list_dead_letter_source_queues::run;
        let listed = run(self.sqs.clone(), call(), input).await.unwrap();
        let name = |url: String| url.rsplit('/').next().unwrap().to_owned();
        (listed.queue_urls.into_iter().map(name).collect(), listed.next_token)
    }
}

#[tokio::test]
async fn sources_are_listed_in_pages_as_they_point_and_not_after() {
    let world = World::with_dead_letters(1).await;
    for name in ["a", "b", "c"] {
        world.create(name, &[("RedrivePolicy", &redrive(5))]).await.unwrap();
    }
    let (page, token) = world.sources(Some(3), None).await;
    assert_eq!(page, ["a", "b", "c"]);
    assert_eq!(world.sources(Some(3), token).await, (vec!["q".to_owned()], None));
    world.set(&[("RedrivePolicy", "")]).await.unwrap();
    world.delete_queue("b").await;
    assert_eq!(world.sources(None, None).await.0, ["a", "c"]);
}

#[tokio::test]
async fn a_policy_needs_a_queue_that_is_there_and_lets_it() {
    let world = World::with_dead_letters(1).await;
    let refused = async |attributes: &[(&str, &str)]| {
        world.create("new", attributes).await.unwrap_err().message.into_owned()
    };
    let nowhere = redrive(1).replace(":dlq", ":nowhere");
    assert_eq!(
        refused(&[("RedrivePolicy", &nowhere)]).await,
        format!(
            "Value {nowhere} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist."
        )
    );
    let foreign = redrive(1).replace("000000000000", "111122223333");
    assert!(refused(&[("RedrivePolicy", &foreign)]).await.contains("owner should be same"));
    let abroad = redrive(1).replace("us-east-1", "eu-west-1");
    assert!(refused(&[("RedrivePolicy", &abroad)]).await.contains("same region"));
    let by_q = format!(r#"{{"redrivePermission":"byQueue","sourceQueueArns":["{}"]}}"#, arn("q"));
    world.create("closed", &[("RedriveAllowPolicy", &by_q)]).await.unwrap();
    let closed = redrive(1).replace(":dlq", ":closed");
    assert!(refused(&[("RedrivePolicy", &closed)]).await.contains("does not allow"));
    world.set(&[("RedrivePolicy", &closed)]).await.unwrap();
    assert_eq!(world.attribute("RedrivePolicy").await, Some(closed));
}

#[tokio::test]
async fn after_a_restart_too_only_what_is_late_takes_memory() {
    let mut world = World::with_dead_letters(1).await;
    for body in ["a", "b"] {
        world.send(body, None).await.unwrap();
        world.fail_all(1).await;
        world.restart().await;
    }
    assert_eq!(world.queue_named("dlq").await.backlog.fresh(), 2);
    world.send("late", None).await.unwrap();
    world.receive_from("q", 5).await;
    world.pass(1).await;
    world.send("c", None).await.unwrap();
    world.fail_all(1).await;
    world.pass(5).await;
    world.restart().await;
    world.fail_all(1).await;
    assert_eq!(world.queue_named("dlq").await.backlog.fresh(), 3);
    assert_eq!(world.counts_of("dlq").await, [4, 0, 0]);
    world.reload_unchanged("dlq").await;
}
