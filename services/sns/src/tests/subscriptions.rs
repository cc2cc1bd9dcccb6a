//! Subscriptions: begun, confirmed, changed, ended.

use super::*;
use crate::ids::SubscriptionId;
use crate::model::arn::SubscriptionArn;
use crate::model::token;

impl World {
    /// The token that the owner of a queue is sent.
    async fn token(&self, subscription: &str) -> String {
        let (_, id) = subscription.rsplit_once(':').unwrap();
        let id: SubscriptionId = id.parse().unwrap();
        let topic = self.topic().await;
        token::seal(&topic.incarnation, &topic.secret, id)
    }
}

#[tokio::test]
async fn a_subscription_is_kept_with_what_it_is_set_to() {
    let mut world = World::new("orders", &[]).await;
    let given = [("RawMessageDelivery", "true"), ("FilterPolicy", r#"{"a":["b"]}"#)];
    let arn = world.subscribe(call(), "q", &given).await.unwrap();
    world.publish("before", None).await.unwrap();
    world.restart_unchanged().await;
    let shown = world.subscription(&arn).await.unwrap();
    assert_eq!(shown["SubscriptionArn"], arn);
    assert_eq!(shown["TopicArn"], world.topic);
    assert_eq!(shown["Endpoint"], "arn:aws:sqs:us-east-1:000000000000:q");
    assert_eq!(shown["RawMessageDelivery"], "true");
    assert_eq!(shown["FilterPolicy"], r#"{"a":["b"]}"#);
    assert_eq!(shown["PendingConfirmation"], "false");
    world.set_subscription(&arn, "FilterPolicy", "{}").await.unwrap();
    world.restart_unchanged().await;
    assert!(!world.subscription(&arn).await.unwrap().contains_key("FilterPolicy"));
    assert_eq!(world.counts().await, [1, 0, 0]);
}

#[tokio::test]
async fn a_subscription_gets_what_is_published_after_it() {
    let world = World::new("orders", &[]).await;
    let first = world.subscribe(call(), "one", &[]).await.unwrap();
    world.publish("m", None).await.unwrap();
    let second = world.subscribe(call(), "two", &[]).await.unwrap();
    let topic = world.topic().await;
    let since = |arn: &str| {
        let arn = SubscriptionArn::parse(&call().caller, arn).unwrap();
        topic.subscribers.all().unwrap().get(arn.id).unwrap().since
    };
    assert_eq!((since(&first), since(&second)), (Position(0), Position(1)));
}

#[tokio::test]
async fn an_ended_subscription_is_gone_and_may_end_again() {
    let mut world = World::new("orders", &[]).await;
    let arn = world.subscribe(call(), "q", &[]).await.unwrap();
    world.unsubscribe(&arn).await.unwrap();
    world.unsubscribe(&arn).await.unwrap();
    assert_eq!(world.counts().await, [0, 0, 1]);
    world.restart_unchanged().await;
    assert_eq!(world.subscription(&arn).await.unwrap_err().message, "Subscription does not exist");
    let changed = world.set_subscription(&arn, "RawMessageDelivery", "true").await;
    assert_eq!(changed.unwrap_err().code, "NotFound");
    assert_ne!(world.subscribe(call(), "q", &[]).await.unwrap(), arn);
    world.delete().await;
    world.unsubscribe(&arn).await.unwrap();
}

#[tokio::test]
async fn whoever_has_the_token_confirms_and_owns_the_subscription() {
    let mut world = World::new("orders", &[]).await;
    let arn = world.subscribe(stranger(), "q", &[]).await.unwrap();
    assert_eq!(world.counts().await, [0, 1, 0]);
    let [LogEntry::Confirmation(asked)] = &world.entries(0).await[..] else { panic!("not asked") };
    assert!(arn.ends_with(&asked.subscription.to_string()));
    assert!(world.unsubscribe(&arn).await.unwrap_err().message.contains("pending confirmation"));
    let token = world.token(&arn).await;
    world.restart_unchanged().await;
    assert_eq!(world.confirm(call(), &token[1..]).await.unwrap_err().code, "InvalidParameter");
    assert_eq!(world.confirm(call(), &token).await.unwrap(), arn);
    assert_eq!(world.confirm(call(), &token).await.unwrap(), arn, "once more is no error");
    assert_eq!(world.counts().await, [1, 0, 0]);
    assert_eq!(world.subscription(&arn).await.unwrap()["Owner"], "000000000000");
    world.pass(200_000).await;
    assert_eq!(world.counts().await, [1, 0, 0]);
    world.restart_unchanged().await;
}

#[tokio::test]
async fn who_confirms_without_a_signature_leaves_the_subscription_with_whoever_subscribed() {
    let mut world = World::new("orders", &[]).await;
    let arn = world.subscribe(stranger(), "q", &[]).await.unwrap();
    let token = world.token(&arn).await;
    let anonymous = identity::testing::anonymous();
    world.confirm(Call { caller: anonymous, ..call() }, &token).await.unwrap();
    world.restart_unchanged().await;
    let shown = world.subscription(&arn).await.unwrap();
    assert_eq!(shown["PendingConfirmation"], "false");
    assert_eq!(shown["Owner"], stranger().caller.account.as_str());
}

#[tokio::test]
async fn who_does_not_confirm_within_two_days_is_forgotten() {
    let mut world = World::new("orders", &[]).await;
    let kept = world.subscribe(call(), "kept", &[]).await.unwrap();
    let first = world.subscribe(stranger(), "one", &[]).await.unwrap();
    let token = world.token(&first).await;
    world.pass(100_000).await;
    world.subscribe(stranger(), "two", &[]).await.unwrap();
    world.restart_unchanged().await;
    world.pass(72_799).await;
    assert_eq!(world.counts().await, [1, 2, 0]);
    world.pass(1).await;
    assert_eq!(world.counts().await, [1, 1, 1]);
    assert_eq!(world.confirm(call(), &token).await.unwrap_err().code, "InvalidParameter");
    world.restart_unchanged().await;
    world.pass(100_000).await;
    assert_eq!(world.counts().await, [1, 0, 2]);
    assert_eq!(world.by_topic().await.len(), 1);
    assert_eq!(world.subscription(&kept).await.unwrap()["SubscriptionArn"], kept);
    world.subscribe(stranger(), "three", &[]).await.unwrap();
    world.pass(172_800).await;
    assert_eq!(world.counts().await, [1, 0, 3], "the errand is due again");
}
