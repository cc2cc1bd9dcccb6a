//! One client among several: it publishes to topics and receives from their subscribers' queues.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{Place, Topic, letter, now, settle, sight};
use crate::crash::Run;
use crate::crash::client::{Client, Failure};
use crate::crash::message::Token;
use crate::crash::worker::Gone;

/// No more is published while so many messages were not received by those who get everything.
const MOST_WAITING: u64 = 300;
/// Of so many steps one publishes; the others receive.
const PUBLISH_ONE_IN: u32 = 3;
/// Of so many messages published to the FIFO topic one is published again though that was acknowledged.
const REPEAT_ONE_IN: u32 = 16;

/// Works with one program after the other until there is no other.
pub(in crate::crash) fn work(run: &Run, seed: u64, worker: u32) {
    let rng = StdRng::seed_from_u64(seed.wrapping_sub(u64::from(worker) + 1));
    let mut hand = Hand { run, rng, unsettled: None };
    let mut visit = run.stage.next(0);
    while let Some((number, address)) = visit {
        let mut client = Client::new(address);
        while hand.step(&mut client).is_ok() {}
        visit = run.stage.next(number);
    }
}

struct Hand<'a> {
    run: &'a Run,
    rng: StdRng,
    /// What was published to the FIFO topic and not answered: it is published again, as it was.
    unsettled: Option<Vec<Token>>,
}

impl Hand<'_> {
    fn step(&mut self, client: &mut Client) -> Result<(), Gone> {
        if let Some(tokens) = self.unsettled.take() {
            return self.publish(client, Topic::Fifo, tokens);
        }
        let is_full = self.run.topics(|ledger| ledger.waiting()) >= MOST_WAITING;
        if is_full || !self.rng.random_ratio(1, PUBLISH_ONE_IN) {
            return self.receive(client);
        }
        let topic = Topic::ALL[self.rng.random_range(0..Topic::ALL.len())];
        let is_batch = self.rng.random_ratio(1, 2);
        let messages = if is_batch { self.rng.random_range(2..=10) } else { 1 };
        let tokens = self.run.topics(|ledger| ledger.publish_begins(topic, messages));
        self.publish(client, topic, tokens)
    }

    fn publish(
        &mut self,
        client: &mut Client,
        topic: Topic,
        tokens: Vec<Token>,
    ) -> Result<(), Gone> {
        let answer = publish(self.run, client, topic, &tokens);
        let is_unanswered = matches!(answer, Err(Failure::Unanswered));
        let is_repeated = is_unanswered || self.rng.random_ratio(1, REPEAT_ONE_IN);
        if topic == Topic::Fifo && is_repeated {
            self.unsettled = Some(tokens);
        }
        settle(self.run, answer)
    }

    fn receive(&mut self, client: &mut Client) -> Result<(), Gone> {
        let places = Place::all();
        let place = places[self.rng.random_range(0..places.len())];
        let handles = sight::receive(self.run, client, place);
        let handles = settle(self.run, handles)?;
        let deleted = sight::delete(self.run, client, place, &handles);
        settle(self.run, deleted)
    }
}

/// Publishes messages, in a batch unless there is only one, and writes down what was answered.
pub(super) fn publish(
    run: &Run,
    client: &mut Client,
    topic: Topic,
    tokens: &[Token],
) -> Result<(), Failure> {
    let messages: Vec<_> = tokens.iter().map(|token| letter::publishing(topic, *token)).collect();
    let entries = client.publish(&topic.arn(), &messages)?;
    let at = now();
    run.topics(|ledger| {
        for (token, entry) in tokens.iter().zip(entries) {
            match entry {
                Ok(accepted) => ledger.published(*token, &accepted, at),
                Err(why) => ledger.refused(why),
            }
        }
    });
    Ok(())
}
