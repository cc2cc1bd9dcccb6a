//! Lists of subscriptions: of a topic, of an account, and of a queue.

use runtime::refs;

use super::*;

impl World {
    /// The subscriptions that point at a queue.
    async fn pointing_at(&self, queue: &str) -> Vec<String> {
        let queue: Arn = format!("arn:aws:sqs:us-east-1:000000000000:{queue}").parse().unwrap();
        refs::list(self.sns.topics.node().slots(), &queue, None, 1000).await.unwrap()
    }
}

#[tokio::test]
async fn subscriptions_are_listed_in_pages_of_a_hundred() {
    let mut world = World::new("orders", &[]).await;
    for number in 0..230 {
        world.subscribe(call(), &format!("q{number}"), &[]).await.unwrap();
    }
    for _ in 0..2 {
        for found in [world.by_topic().await, world.of_account(call()).await] {
            let endpoints: std::collections::BTreeSet<_> =
                found.iter().map(|listed| listed.endpoint.clone().unwrap()).collect();
            assert_eq!((found.len(), endpoints.len()), (230, 230));
            assert!(found.iter().all(|listed| listed.topic_arn.as_ref() == Some(&world.topic)));
        }
        world.restart().await;
    }
}

#[tokio::test]
async fn a_subscription_is_listed_under_whoever_owns_it() {
    let world = World::new("orders", &[]).await;
    let arn = world.subscribe(stranger(), "q", &[]).await.unwrap();
    let listed = world.of_account(stranger()).await;
    assert_eq!(listed[0].subscription_arn.as_deref(), Some("PendingConfirmation"));
    assert_eq!(world.by_topic().await, listed);
    assert!(world.of_account(call()).await.is_empty());
    assert_eq!(world.subscribe(call(), "q", &[]).await.unwrap(), arn, "the queue's owner");
    assert!(world.of_account(stranger()).await.is_empty());
    let listed = world.of_account(call()).await;
    assert_eq!(listed[0].subscription_arn.as_ref(), Some(&arn));
    assert_eq!(world.by_topic().await, listed);
    assert_eq!(world.pointing_at("q").await, std::slice::from_ref(&arn));
    world.unsubscribe(&arn).await.unwrap();
    assert!(world.of_account(call()).await.is_empty() && world.pointing_at("q").await.is_empty());
}

#[tokio::test]
async fn a_deleted_topics_subscriptions_go_from_all_lists_piece_by_piece() {
    let mut world = World::new("orders", &[]).await;
    for number in 0..2300 {
        world
            .subscribe(call(), &format!("q{}", number % 1150 * 2 + number / 1150), &[])
            .await
            .unwrap();
    }
    world.publish("m", None).await.unwrap();
    world.restart_unchanged().await;
    world.delete().await;
    world.restart().await;
    world.pass(1).await;
    assert!(world.of_account(call()).await.is_empty());
    assert!(world.pointing_at("q7").await.is_empty());
    let slot = store::KeyRange::prefix(Vec::new());
    let rows = world.sns.topics.rows(&world.arn());
    for table in [store::Table::Lane, store::Table::Names, store::Table::Refs, store::Table::Due] {
        let left = rows.page(table, slot.clone(), PageLimit { rows: 1, bytes: 1 }).await.unwrap();
        assert!(left.rows.is_empty(), "{table:?}");
    }
}

#[tokio::test]
async fn a_new_topic_of_the_same_name_keeps_its_subscriptions_when_the_old_ones_go() {
    let world = World::new("orders", &[]).await;
    world.subscribe(call(), "q", &[]).await.unwrap();
    world.delete().await;
    world.create("orders", &[]).await.unwrap();
    let arn = world.subscribe(call(), "q", &[]).await.unwrap();
    world.pass(1).await;
    assert_eq!(world.pointing_at("q").await, std::slice::from_ref(&arn));
    assert_eq!(world.of_account(call()).await.len(), 1);
    assert_eq!(world.by_topic().await.len(), 1);
}
