//! Exactly-once sending.

use shape::Fault;
use store::{KeyRange, PageLimit, Table};

use super::{FifoWorld, bodies, handle};
use crate::model::Queue;

fn message(fault: Fault) -> String {
    fault.message.into_owned()
}

#[tokio::test]
async fn a_duplicate_is_answered_like_the_original_and_delivers_nothing() {
    let mut world = FifoWorld::new(&[]).await;
    let original = world.send("one", "a", Some("id")).await.unwrap();
    assert_eq!(world.send("other", "b", Some("id")).await.unwrap(), original);
    world.restart().await;
    assert_eq!(world.send("one", "a", Some("id")).await.unwrap(), original);
    let received = world.receive(10, 30).await;
    assert_eq!(bodies(&received), ["one"]);
    world.delete(handle(&received[0])).await.unwrap();
    world.0.pass(299).await;
    assert_eq!(world.send("one", "a", Some("id")).await.unwrap(), original, "though it is deleted");
    world.0.pass(1).await;
    let next = world.send("one", "a", Some("id")).await.unwrap();
    assert!(next.1 > original.1, "sequence numbers rise");
    assert_eq!(world.bodies().await, ["one"]);
}

#[tokio::test]
async fn duplicates_within_one_batch_are_one_message() {
    let mut world = FifoWorld::new(&[]).await;
    let batch = [("one", "id1"), ("two", "id2"), ("three", "id1")];
    let batch = batch.map(|(body, id)| (body.to_owned(), "a".to_owned(), id.to_owned()));
    let sent = world.send_batch(&batch).await;
    assert_eq!(sent[0], sent[2]);
    assert!(sent[1].1 > sent[0].1);
    world.restart().await;
    assert_eq!(world.bodies().await, ["one", "two"]);
}

#[tokio::test]
async fn the_body_is_the_id_where_the_queue_says_so() {
    let world = FifoWorld::new(&[("ContentBasedDeduplication", "true")]).await;
    let original = world.send("same", "a", None).await.unwrap();
    assert_eq!(world.send("same", "b", None).await.unwrap(), original);
    assert_ne!(world.send("same", "b", Some("own")).await.unwrap(), original);
    let received = world.receive(10, 30).await;
    let id = |index: usize| &received[index].attributes.as_ref().unwrap()["MessageDeduplicationId"];
    assert_eq!(id(0), "0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5");
    assert_eq!(id(1), "own");
}

#[tokio::test]
async fn without_an_id_a_send_is_refused() {
    let world = FifoWorld::new(&[]).await;
    assert_eq!(
        message(world.send("one", "a", None).await.unwrap_err()),
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    );
    assert_eq!(world.counts().await, [0, 0, 0]);
}

#[tokio::test]
async fn groups_may_share_ids_where_that_is_the_scope() {
    let mut world = FifoWorld::new(&[("DeduplicationScope", "messageGroup")]).await;
    let original = world.send("one", "a", Some("id")).await.unwrap();
    assert_ne!(world.send("two", "b", Some("id")).await.unwrap(), original);
    world.restart().await;
    assert_eq!(world.send("three", "a", Some("id")).await.unwrap(), original);
    assert_eq!(world.bodies().await, ["one", "two"]);
}

#[tokio::test]
async fn a_purge_does_not_make_a_duplicate_new() {
    let mut world = FifoWorld::new(&[]).await;
    let original = world.send("one", "a", Some("id")).await.unwrap();
    world.purge().await;
    world.restart().await;
    assert_eq!(world.send("one", "a", Some("id")).await.unwrap(), original);
    assert_eq!(world.bodies().await, [""; 0]);
}

impl FifoWorld {
    /// How many rows the queue's slot has of each table.
    async fn rows(&self, table: Table) -> usize {
        let arn = self.0.sqs.queue(&super::call(), super::URL).unwrap();
        let owned = self.0.node.slots().owned(Queue::slot(&arn));
        let limit = PageLimit { rows: 100_000, bytes: usize::MAX };
        owned.slot().page(table, KeyRange::ALL, limit).await.unwrap().rows.len()
    }
}

#[tokio::test]
async fn what_is_over_leaves_no_row_behind() {
    let mut world = FifoWorld::new(&[]).await;
    let before = (world.rows(Table::Lane).await, world.rows(Table::Due).await);
    for second in 0..5 {
        for number in 0..500 {
            let id = format!("{second}-{number}");
            world.send("x", "a", Some(&id)).await.unwrap();
        }
        world.0.pass(1).await;
    }
    world.purge().await;
    world.restart().await;
    world.0.pass(296).await;
    let (seen, _) =
        world.queue().await.backlog.fifo().unwrap().seen.over(base::Timestamp::MAX, 9999);
    assert_eq!(seen.len(), 1500, "two seconds' worth is over");
    world.0.pass(4).await;
    // Marks and the purge's row are there besides.
    assert_eq!(world.rows(Table::Lane).await, before.0 + 2);
    assert_eq!(world.rows(Table::Due).await, before.1);
}
