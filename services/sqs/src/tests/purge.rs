//! Purges: at once for everybody, piece by piece on disk, across restarts.

use store::{KeyRange, PageLimit, Position, Table};

use super::World;
use crate::keys::Key;
use crate::model::{Queue, QueueLane};

const ALL: PageLimit = PageLimit { rows: 100_000, bytes: usize::MAX };

impl World {
    /// Records and rows of tracked messages that are on disk.
    async fn on_disk(&self) -> (usize, usize) {
        let incarnation = self.queue().await.incarnation;
        let arn = self.sqs.queue(&super::call(), "q").unwrap();
        let owned = self.node.slots().owned(Queue::slot(&arn));
        let records = owned.slot().read(incarnation, Position(0), ALL).await.unwrap();
        let tracked = KeyRange::prefix(Key::all_tracked(&incarnation));
        let tracked = owned.slot().page(Table::Lane, tracked, ALL).await.unwrap();
        (records.records.len(), tracked.rows.len())
    }

    async fn send_many(&self, count: usize) {
        for number in 0..count {
            let delay = (number % 7 == 0).then_some(900);
            self.send(&number.to_string(), delay).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_was_purged_is_gone_at_once_and_from_the_disk_soon() {
    let world = World::new(&[]).await;
    world.send_many(2500).await;
    let handle = world.receive(10, None).await.remove(0).receipt_handle.unwrap();
    world.purge().await.unwrap();
    assert_eq!(world.counts().await, [0, 0, 0]);
    assert_eq!(world.receive(10, None).await, []);
    world.send("later", None).await.unwrap();
    world.pass(1).await;
    assert_eq!(world.on_disk().await, (1, 0));
    world.delete(&handle).await.unwrap();
    assert!(world.change(&handle, 0).await.is_err());
    world.pass(1000).await;
    assert_eq!(world.receive(10, None).await[0].body.as_deref(), Some("later"));
}

#[tokio::test]
async fn a_purge_goes_on_after_a_restart_and_nothing_comes_back() {
    let mut world = World::new(&[]).await;
    world.send_many(2500).await;
    world.receive(10, Some(0)).await;
    world.purge().await.unwrap();
    let (records, tracked) = world.on_disk().await;
    assert!(records > 1000 && tracked > 100, "it is not done at once: {records}, {tracked}");
    world.restart().await;
    assert_eq!(world.counts().await, [0, 0, 0]);
    let id = world.send("later", None).await.unwrap();
    world.pass(1).await;
    assert_eq!(world.on_disk().await, (1, 0));
    assert_eq!(world.queue().await.purge.unwrap().trim_at, None);
    world.restart().await;
    assert_eq!(world.receive(10, None).await[0].message_id, Some(id));
    assert_eq!(world.counts().await, [0, 1, 0]);
}

#[tokio::test]
async fn no_position_is_used_twice_after_a_purge_and_a_restart() {
    let mut world = World::new(&[]).await;
    world.send("first", None).await.unwrap();
    let first = world.receive(1, None).await.remove(0).receipt_handle.unwrap();
    world.purge().await.unwrap();
    world.pass(1).await;
    assert_eq!(world.on_disk().await, (0, 0));
    world.restart().await;
    world.send("second", None).await.unwrap();
    world.receive(1, None).await;
    world.delete(&first).await.unwrap();
    assert_eq!(world.counts().await, [0, 1, 0], "the old handle means no other message");
}

#[tokio::test]
async fn a_second_purge_ends_what_the_first_has_begun() {
    let mut world = World::new(&[]).await;
    world.send_many(1500).await;
    world.purge().await.unwrap();
    world.send_many(50).await;
    world.purge().await.unwrap();
    world.restart().await;
    world.pass(1).await;
    assert_eq!(world.on_disk().await, (0, 0));
    world.pass(345_600).await;
    assert_eq!(world.counts().await, [0, 0, 0]);
}

#[tokio::test]
async fn a_loaded_queue_equals_the_one_that_was_purged() {
    let mut world = World::new(&[("MessageRetentionPeriod", "60")]).await;
    world.send_many(20).await;
    world.receive(3, None).await;
    world.purge().await.unwrap();
    world.pass(1).await;
    world.restart_unchanged().await;
}

#[tokio::test]
async fn a_queue_that_is_deleted_while_it_is_trimmed_leaves_nothing() {
    let world = World::new(&[]).await;
    world.send_many(1500).await;
    world.purge().await.unwrap();
    let input = api::types::DeleteQueueRequest { queue_url: "q".into() };
    let queue = world.queue().await;
    crate::ops::delete_queue::run(world.sqs.clone(), super::call(), input).await.unwrap();
    world.pass(1).await;
    let arn = world.sqs.queue(&super::call(), "q").unwrap();
    let owned = world.node.slots().owned(Queue::slot(&arn));
    for table in [Table::Lane, Table::Due, Table::Names] {
        let page = owned.slot().page(table, KeyRange::ALL, ALL).await.unwrap();
        assert_eq!(page.rows, [], "{table:?}");
    }
    let log = owned.slot().read(queue.incarnation, Position(0), ALL).await.unwrap();
    assert_eq!(log.records, []);
    let none = |lane: &QueueLane, _: runtime::Moment<'_>| {
        runtime::Decision::<_, _, runtime::Trouble>::answer(lane.queue.is_none())
    };
    assert!(world.sqs.queues.enter(&arn, none).await.unwrap());
}
