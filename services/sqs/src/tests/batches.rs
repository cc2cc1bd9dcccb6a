//! Batches: one commit each, every entry for itself.

use api::types::*;

use super::{World, call};
use crate::ops;

impl World {
    pub(super) async fn send_batch(&self, bodies: &[&str]) -> SendMessageBatchResult {
        let entry = |(id, body): (usize, &&str)| SendMessageBatchRequestEntry {
            id: id.to_string(),
            message_body: (*body).to_owned(),
            ..Default::default()
        };
        let entries = bodies.iter().enumerate().map(entry).collect();
        let input = SendMessageBatchRequest { queue_url: "q".into(), entries };
        ops::send_message_batch::run(self.sqs.clone(), call(), input).await.unwrap()
    }

    pub(super) async fn delete_batch(&self, handles: &[String]) -> DeleteMessageBatchResult {
        let entry = |(id, handle): (usize, &String)| DeleteMessageBatchRequestEntry {
            id: id.to_string(),
            receipt_handle: handle.clone(),
        };
        let entries = handles.iter().enumerate().map(entry).collect();
        let input = DeleteMessageBatchRequest { queue_url: "q".into(), entries };
        ops::delete_message_batch::run(self.sqs.clone(), call(), input).await.unwrap()
    }

    pub(super) async fn change_batch(
        &self,
        wanted: &[(&String, i32)],
    ) -> ChangeMessageVisibilityBatchResult {
        let entry = |(id, (handle, timeout)): (usize, &(&String, i32))| {
            ChangeMessageVisibilityBatchRequestEntry {
                id: id.to_string(),
                receipt_handle: (*handle).clone(),
                visibility_timeout: Some(*timeout),
            }
        };
        let entries = wanted.iter().enumerate().map(entry).collect();
        let input = ChangeMessageVisibilityBatchRequest { queue_url: "q".into(), entries };
        ops::change_message_visibility_batch::run(self.sqs.clone(), call(), input).await.unwrap()
    }

    async fn handles(&self) -> Vec<String> {
        let received = self.receive(10, None).await;
        received.into_iter().map(|message| message.receipt_handle.unwrap()).collect()
    }
}

#[tokio::test]
async fn a_batch_that_was_answered_is_there_after_a_restart() {
    let mut world = World::new(&[]).await;
    let sent = world.send_batch(&["one", "\u{7}", "three"]).await;
    let failed: Vec<_> =
        sent.failed.iter().map(|failed| (&failed.id[..], &failed.code[..])).collect();
    assert_eq!(failed, [("1", "InvalidMessageContents")]);
    let before = world.queue().await;
    world.restart().await;
    assert_eq!(world.counts().await, [2, 0, 0]);
    assert_eq!(world.queue().await.sweep_at, before.sweep_at);
    let received = world.receive(10, None).await;
    let ids: Vec<_> = received.iter().map(|message| message.message_id.clone().unwrap()).collect();
    let sent: Vec<_> = sent.successful.into_iter().map(|sent| sent.message_id).collect();
    assert_eq!(ids, sent);
}

#[tokio::test]
async fn a_message_that_a_batch_names_twice_is_deleted_once() {
    let mut world = World::new(&[]).await;
    world.send_batch(&["one", "two", "three"]).await;
    let handles = world.handles().await;
    let twice = [handles[0].clone(), handles[1].clone(), handles[0].clone(), "bad".to_owned()];
    let deleted = world.delete_batch(&twice).await;
    let ids: Vec<_> = deleted.successful.iter().map(|entry| &entry.id[..]).collect();
    assert_eq!(ids, ["0", "1", "2"]);
    assert_eq!(deleted.failed[0].code, "ReceiptHandleIsInvalid");
    for _ in 0..2 {
        assert_eq!(world.counts().await, [0, 1, 0]);
        world.restart().await;
    }
}

#[tokio::test]
async fn of_two_timeouts_for_one_message_the_last_holds_after_a_restart_too() {
    let mut world = World::new(&[]).await;
    world.send_batch(&["one", "two"]).await;
    let handles = world.handles().await;
    let wanted = [(&handles[0], 0), (&handles[1], 0), (&handles[0], 100)];
    let changed = world.change_batch(&wanted).await;
    assert_eq!((changed.successful.len(), changed.failed.len()), (3, 0));
    for _ in 0..2 {
        assert_eq!(world.counts().await, [1, 1, 0]);
        world.restart().await;
    }
    world.pass(100).await;
    assert_eq!(world.counts().await, [2, 0, 0]);
}

#[tokio::test]
async fn a_batch_that_the_store_refuses_fails_as_a_whole() {
    let world = World::new(&[]).await;
    world.controls.set_room(store::memory::Room::OnlyToFree);
    let entry = SendMessageBatchRequestEntry {
        id: "a".into(),
        message_body: "x".into(),
        ..Default::default()
    };
    let input = SendMessageBatchRequest { queue_url: "q".into(), entries: vec![entry] };
    let refused = ops::send_message_batch::run(world.sqs.clone(), call(), input).await;
    assert_eq!(refused.unwrap_err().status, 503);
    assert_eq!(world.counts().await, [0, 0, 0]);
}
