//! Random work on a FIFO queue and its dead-letter queue must have the effect that it has on the model of both,
//! in the same order, across restarts; and when the process ends in the middle of a receive or of a step of a
//! move task, that has happened as a whole or not at all.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::crossing::Work;
use super::crossing::{DEAD, Pair, SOURCE, attribute};
use super::handle;
use super::redrive_model::{Model, Receipt};
use crate::ops;

#[derive(Clone, Debug)]
enum Step {
    Send { groups: Vec<u8> },
    Receive { queue: usize, most: u8, visibility: u8 },
    Delete { which: Index },
    Move,
    Pass { seconds: u8 },
    Restart,
    Crash { commits: u8, moving: bool },
}

fn step() -> impl Strategy<Value = Step> {
    // The source is received from more often, so that something dies.
    let queue = || prop_oneof![3 => Just(0_usize), 1 => Just(1)];
    prop_oneof![
        4 => vec(0_u8..4, 1..5).prop_map(|groups| Step::Send { groups }),
        8 => (queue(), 1_u8..=10, prop_oneof![2 => Just(0_u8), 1 => 1_u8..9])
            .prop_map(|(queue, most, visibility)| Step::Receive { queue, most, visibility }),
        3 => any::<Index>().prop_map(|which| Step::Delete { which }),
        2 => Just(Step::Move),
        1 => (1_u8..8).prop_map(|seconds| Step::Pass { seconds }),
        2 => Just(Step::Restart),
        2 => (0_u8..7, any::<bool>()).prop_map(|(commits, moving)| Step::Crash { commits, moving }),
    ]
}

const NAMES: [&str; 2] = [SOURCE, DEAD];

/// The queues, what they may be like, and what a client would remember.
struct Both {
    pair: Pair,
    /// More than one after a crash, until what is seen tells which one holds.
    models: Vec<Model>,
    /// The queue, the handle, and the receive in each model.
    receipts: Vec<(usize, String, Receipt)>,
}

impl Both {
    async fn new() -> Self {
        let pair = Pair::new(2).await;
        Both { pair, models: vec![Model::new(2)], receipts: Vec::new() }
    }

    /// Keeps the models in which something has the effect that was seen.
    fn see(&mut self, step: usize, mut agrees: impl FnMut(&mut Model) -> bool) {
        let before = self.models.clone();
        self.models.retain_mut(&mut agrees);
        assert!(!self.models.is_empty(), "step {step}: no model agrees of {before:#?}");
    }

    async fn receive(&mut self, step: usize, queue: usize, most: u8, visibility: u8) {
        let input = api::types::ReceiveMessageRequest {
            queue_url: NAMES[queue].into(),
            max_number_of_messages: Some(most.into()),
            visibility_timeout: Some(visibility.into()),
            attribute_names: Some(vec!["All".into()]),
            ..Default::default()
        };
        let got = ops::receive_message::run(self.pair.0.sqs.clone(), super::call(), input).await;
        let got = got.unwrap().messages.unwrap_or_default();
        let seen: Vec<(String, u32)> = got
            .iter()
            .map(|message| {
                let receives = attribute(message, "ApproximateReceiveCount").unwrap();
                (message.body.clone().unwrap(), receives.parse().unwrap())
            })
            .collect();
        self.see(step, |model| {
            let expected = model.receive(queue, most.into(), visibility.into());
            expected.into_iter().map(|(body, _, receive)| (body, receive)).eq(seen.iter().cloned())
        });
        for (message, (body, receive)) in got.iter().zip(seen) {
            let life = self.models[0].life(queue, &body).unwrap();
            self.receipts.push((queue, handle(message).to_owned(), (body, life, receive)));
        }
    }

    async fn take(&mut self, number: usize, step: Step) {
        match step {
            Step::Send { groups } => {
                for (index, group) in groups.into_iter().enumerate() {
                    let body = format!("{group}-{number}-{index}");
                    self.pair.send(&[&body]).await;
                    self.models.iter_mut().for_each(|model| model.send(&body, group));
                }
            }
            Step::Receive { queue, most, visibility } => {
                self.receive(number, queue, most, visibility).await;
            }
            Step::Delete { which } if !self.receipts.is_empty() => {
                let (queue, handle, receipt) = which.get(&self.receipts).clone();
                let deleted = self.pair.0.delete_from(NAMES[queue], &handle).await.is_ok();
                self.see(number, |model| model.delete(queue, &receipt) == deleted);
            }
            Step::Delete { .. } => {}
            Step::Move => {
                self.pair.0.start_moving_from(DEAD, None, None).await.unwrap();
                self.pair.0.pass(0).await;
                self.models.iter_mut().for_each(Model::move_back);
            }
            Step::Pass { seconds } => {
                self.pair.0.pass(seconds.into()).await;
                self.models.iter_mut().for_each(|model| model.pass(seconds.into()));
            }
            Step::Restart => self.pair.restart().await,
            Step::Crash { commits, moving } => self.crash(commits, moving).await,
        }
        // What leaves arrives.
        self.pair.0.pass(1).await;
        self.models.iter_mut().for_each(|model| model.pass(1));
        for (queue, name) in NAMES.iter().enumerate() {
            let [visible, in_flight, _] = self.pair.counts(name).await;
            self.see(number, |model| model.counts(queue) == [visible, in_flight]);
            self.pair.0.reload_unchanged(name).await;
        }
    }

    async fn crash(&mut self, commits: u8, moving: bool) {
        let work = if moving { Work::Move(DEAD) } else { Work::Receive(SOURCE) };
        self.pair.0.crash_after(commits.into(), work).await;
        let before = self.models.clone();
        self.models.extend(before.iter().cloned().map(|mut model| {
            if moving {
                model.move_back();
            } else {
                model.receive(0, 10, 0);
            }
            model
        }));
        // A task that was under way takes its next step when the other process has begun: a second later.
        self.pair.0.pass(1).await;
        self.models.iter_mut().for_each(|model| model.pass(1));
        if moving {
            let later = self.models.clone().into_iter().map(|mut model| {
                model.move_back();
                model
            });
            self.models.extend(later.collect::<Vec<_>>());
        }
        // The lives of messages may differ in the models: what was received before is not shown again.
        self.receipts.clear();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_fifo_queue_and_its_dead_letters_do_what_their_model_does(steps in vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut both = Both::new().await;
            for (number, step) in steps.into_iter().enumerate() {
                both.take(number, step).await;
            }
        });
    }
}
