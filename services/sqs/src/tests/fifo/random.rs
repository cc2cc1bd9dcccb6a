//! Random operations on a FIFO queue and on the model of one must have the same effect, in the same order,
//! across restarts too.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::model::Model;
use super::{FifoWorld, Sent, handle};

#[derive(Clone, Debug)]
enum Step {
    Send { group: u8, id: u8 },
    SendBatch { messages: Vec<(u8, u8)> },
    Receive { most: u8, visibility: u8, attempt: Option<u8> },
    Delete { which: Index },
    Change { which: Index, visibility: u8 },
    Delay { seconds: u8 },
    Pass { seconds: u8 },
    Restart,
    Purge,
}

fn step() -> impl Strategy<Value = Step> {
    let id = || prop_oneof![4 => any::<u8>(), 1 => 0_u8..5];
    prop_oneof![
        6 => (0_u8..4, id()).prop_map(|(group, id)| Step::Send { group, id }),
        3 => vec((0_u8..4, id()), 1..=10).prop_map(|messages| Step::SendBatch { messages }),
        6 => (1_u8..=10, 0_u8..20, proptest::option::weighted(0.3, 0_u8..3))
            .prop_map(|(most, visibility, attempt)| Step::Receive { most, visibility, attempt }),
        6 => any::<Index>().prop_map(|which| Step::Delete { which }),
        4 => (any::<Index>(), 0_u8..20)
            .prop_map(|(which, visibility)| Step::Change { which, visibility }),
        1 => (0_u8..6).prop_map(|seconds| Step::Delay { seconds }),
        3 => prop_oneof![4 => 1_u8..15, 1 => 100_u8..200].prop_map(|seconds| Step::Pass { seconds }),
        3 => Just(Step::Restart),
        1 => Just(Step::Purge),
    ]
}

/// A receive that somebody remembers.
struct Receipt {
    body: String,
    receive: u32,
    handle: String,
}

/// The queue, its model, and what a client of the queue would remember.
struct Both {
    world: FifoWorld,
    model: Model,
    receipts: Vec<Receipt>,
    sent: BTreeMap<String, Sent>,
}

impl Both {
    async fn new() -> Self {
        let world = FifoWorld::new(&[("MessageRetentionPeriod", "200")]).await;
        let mut model = Model::default();
        model.retention = 200;
        Both { world, model, receipts: Vec::new(), sent: BTreeMap::new() }
    }

    fn note_sent(&mut self, body: &str, (group, id): (u8, u8), answer: Sent) {
        let original = self.model.send(body, group, id);
        if original == body {
            let newest = self.sent.values().map(|(_, sequence)| sequence).max();
            assert!(newest.is_none_or(|newest| *newest < answer.1), "sequence numbers rise");
            self.sent.insert(original, answer);
        } else {
            assert_eq!(self.sent[&original], answer, "{body} is a duplicate of {original}");
        }
    }

    async fn receive(&mut self, most: u8, visibility: u8, attempt: Option<u8>) {
        let expected = self.model.receive(most.into(), visibility.into(), attempt);
        let attempt = attempt.map(|id| format!("attempt-{id}"));
        let got = self.world.receive_as(most.into(), visibility.into(), attempt.as_deref()).await;
        let mut seen = Vec::new();
        for message in got {
            let body = message.body.clone().unwrap();
            let attributes = message.attributes.as_ref().unwrap();
            let sent = (message.message_id.clone().unwrap(), attributes["SequenceNumber"].clone());
            assert_eq!(self.sent[&body], sent);
            let receive = attributes["ApproximateReceiveCount"].parse().unwrap();
            let handle = handle(&message).to_owned();
            self.receipts.push(Receipt { body: body.clone(), receive, handle });
            seen.push((body, receive));
        }
        assert_eq!(seen, expected);
    }

    async fn take(&mut self, number: usize, step: Step) {
        match step {
            Step::Send { group, id } => {
                let body = format!("m{number}");
                let (group_id, given) = (group.to_string(), id.to_string());
                let sent = self.world.send(&body, &group_id, Some(&given)).await.unwrap();
                self.note_sent(&body, (group, id), sent);
            }
            Step::SendBatch { messages } => {
                let named = |(index, (group, id)): (usize, &(u8, u8))| {
                    (format!("m{number}-{index}"), group.to_string(), id.to_string())
                };
                let batch: Vec<_> = messages.iter().enumerate().map(named).collect();
                let sent = self.world.send_batch(&batch).await;
                for (((body, ..), ids), sent) in batch.iter().zip(messages).zip(sent) {
                    self.note_sent(body, ids, sent);
                }
            }
            Step::Receive { most, visibility, attempt } => {
                self.receive(most, visibility, attempt).await;
            }
            Step::Delete { which } if !self.receipts.is_empty() => {
                let receipt = which.get(&self.receipts);
                let deleted = self.world.delete(&receipt.handle).await.is_ok();
                assert_eq!(deleted, self.model.delete(&receipt.body, receipt.receive));
            }
            Step::Change { which, visibility } if !self.receipts.is_empty() => {
                let receipt = which.get(&self.receipts);
                let changed = self.world.change(&receipt.handle, visibility.into()).await.is_ok();
                let (body, receive) = (&receipt.body, receipt.receive);
                assert_eq!(changed, self.model.change(body, receive, visibility.into()));
            }
            Step::Delay { seconds } => {
                self.world.set(&[("DelaySeconds", &seconds.to_string())]).await.unwrap();
                self.model.set_delay(seconds.into());
            }
            Step::Pass { seconds } => {
                self.world.0.pass(seconds.into()).await;
                self.model.pass(seconds.into());
            }
            Step::Purge => {
                self.world.purge().await;
                self.model.messages.clear();
            }
            Step::Restart => self.world.restart().await,
            Step::Delete { .. } | Step::Change { .. } => {}
        }
        assert_eq!(self.world.counts().await, self.model.counts(), "step {number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_fifo_queue_does_what_its_model_does(steps in vec(step(), 1..120)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut both = Both::new().await;
            for (number, step) in steps.into_iter().enumerate() {
                both.take(number, step).await;
            }
        });
    }
}
