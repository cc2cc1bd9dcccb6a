//! Attributes, tags and permissions: changed, kept, and in force.

use api::types::*;
use base::Timestamp;

use super::{World, call, pairs};
use crate::ops;

const POLICY: &str =
    r#"{"Statement":[{"Sid":"own","Effect":"Deny","Principal":"*","Action":"SQS:*"}]}"#;

impl World {
    async fn tag(&self, tags: &[(&str, &str)]) {
        let input = TagQueueRequest { queue_url: "q".into(), tags: pairs(tags) };
        ops::tag_queue::run(self.sqs.clone(), call(), input).await.unwrap();
    }

    async fn untag(&self, keys: &[&str]) {
        let tag_keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let input = UntagQueueRequest { queue_url: "q".into(), tag_keys };
        ops::untag_queue::run(self.sqs.clone(), call(), input).await.unwrap();
    }

    async fn allow(&self, label: &str) {
        let input = AddPermissionRequest {
            queue_url: "q".into(),
            label: label.into(),
            aws_account_ids: vec!["111122223333".into()],
            actions: vec!["SendMessage".into()],
        };
        ops::add_permission::run(self.sqs.clone(), call(), input).await.unwrap();
    }

    async fn revoke(&self, label: &str) {
        let input = RemovePermissionRequest { queue_url: "q".into(), label: label.into() };
        ops::remove_permission::run(self.sqs.clone(), call(), input).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_set_is_kept() {
    let mut world = World::new(&[("DelaySeconds", "7")]).await;
    world.pass(5).await;
    world.set(&[("VisibilityTimeout", "45"), ("Policy", POLICY)]).await.unwrap();
    world.set(&[("KmsMasterKeyId", "key"), ("KmsDataKeyReusePeriodSeconds", "60")]).await.unwrap();
    world.restart_unchanged().await;
    let queue = world.queue().await;
    assert_eq!(queue.created, Timestamp::from_millis(1_000_000));
    assert_eq!(queue.modified, Timestamp::from_millis(1_005_000));
    for (name, value) in [
        ("DelaySeconds", "7"),
        ("VisibilityTimeout", "45"),
        ("Policy", POLICY),
        ("KmsMasterKeyId", "key"),
        ("KmsDataKeyReusePeriodSeconds", "60"),
        ("SqsManagedSseEnabled", "false"),
    ] {
        assert_eq!(world.attribute(name).await.as_deref(), Some(value), "{name}");
    }
    world.set(&[("Policy", ""), ("KmsMasterKeyId", "")]).await.unwrap();
    world.restart_unchanged().await;
    assert_eq!(world.attribute("Policy").await, None);
}

#[tokio::test]
async fn handles_and_messages_survive_a_change_of_attributes() {
    let mut world = World::new(&[]).await;
    world.send("hello", None).await.unwrap();
    let handle = world.receive(1, None).await.remove(0).receipt_handle.unwrap();
    world.set(&[("VisibilityTimeout", "45")]).await.unwrap();
    world.restart().await;
    world.delete(&handle).await.unwrap();
    assert_eq!(world.counts().await, [0, 0, 0]);
}

#[tokio::test]
async fn a_shorter_retention_holds_at_once_and_the_sweep_comes_sooner() {
    for restarts in [false, true] {
        let mut world = World::new(&[("MessageRetentionPeriod", "1000")]).await;
        world.send("old", None).await.unwrap();
        world.pass(90).await;
        world.send("new", None).await.unwrap();
        world.set(&[("MessageRetentionPeriod", "60")]).await.unwrap();
        if restarts {
            world.restart().await;
        }
        world.pass(1).await;
        assert_eq!(world.counts().await, [1, 0, 0], "the old one is swept");
        assert_eq!(world.queue().await.sweep_at, Some(Timestamp::from_millis(1_150_000)));
        world.restart_unchanged().await;
        world.pass(60).await;
        assert_eq!(world.counts().await, [0, 0, 0]);
        assert_eq!(world.queue().await.sweep_at, None);
    }
}

#[tokio::test]
async fn tags_are_kept_and_do_not_date_the_queue() {
    let mut world = World::new(&[]).await;
    world.pass(5).await;
    world.tag(&[("a", "1"), ("b", "2")]).await;
    world.tag(&[("b", "3"), ("c", "")]).await;
    world.untag(&["a", "never"]).await;
    world.restart_unchanged().await;
    let input = ListQueueTagsRequest { queue_url: "q".into() };
    let listed = ops::list_queue_tags::run(world.sqs.clone(), call(), input).await.unwrap();
    assert_eq!(listed.tags, Some(pairs(&[("b", "3"), ("c", "")])));
    let queue = world.queue().await;
    assert_eq!(queue.modified, queue.created);
}

#[tokio::test]
async fn a_queue_is_created_with_tags() {
    let mut world = World::new(&[]).await;
    let tags = Some(pairs(&[("team", "pond")]));
    let input = CreateQueueRequest { queue_name: "tagged".into(), attributes: None, tags };
    ops::create_queue::run(world.sqs.clone(), call(), input).await.unwrap();
    world.restart().await;
    let input = ListQueueTagsRequest { queue_url: "tagged".into() };
    let listed = ops::list_queue_tags::run(world.sqs.clone(), call(), input).await.unwrap();
    assert_eq!(listed.tags, Some(pairs(&[("team", "pond")])));
}

#[tokio::test]
async fn permissions_come_and_go_beside_a_policy_of_ones_own() {
    let mut world = World::new(&[("Policy", POLICY)]).await;
    world.allow("alice").await;
    world.allow("bob").await;
    world.revoke("alice").await;
    world.restart_unchanged().await;
    let policy = world.attribute("Policy").await.unwrap();
    let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
    assert_eq!(
        (&policy["Statement"][0]["Sid"], &policy["Statement"][1]["Sid"]),
        (&"own".into(), &"bob".into())
    );
    world.revoke("bob").await;
    world.revoke("own").await;
    world.restart_unchanged().await;
    assert_eq!(world.attribute("Policy").await, None);
}

#[tokio::test]
async fn who_waits_already_waits_no_longer_when_the_queue_is_set_to_longer_waits() {
    let world = World::new(&[("ReceiveMessageWaitTimeSeconds", "1")]).await;
    let change = async {
        world.set(&[("ReceiveMessageWaitTimeSeconds", "20")]).await.unwrap();
        world.pass(1).await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        received = world.receive(1, None) => assert_eq!(received, []),
        () = change => panic!("it still waits"),
    }
}
