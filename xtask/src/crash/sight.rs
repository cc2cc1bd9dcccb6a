//! Receiving, and writing down what was seen.

use super::Run;
use super::client::{Client, Failure, Received};
use super::ledger::{Held, Sighting};
use super::message::{self, Token};
use super::queue::Queue;
use super::worker::seconds;

/// So much of a body that nobody sent is shown.
const START: usize = 40;

/// Receives from a queue; answers the messages that are in hand now.
pub(super) fn receive(
    run: &Run,
    client: &mut Client,
    queue: Queue,
    hidden: u32,
    wait: u32,
) -> Result<Vec<Held>, Failure> {
    let began = run.ledger(|ledger| ledger.receive_begins(queue));
    let received = match client.receive(&queue.url(), hidden, wait) {
        Ok(received) => received,
        Err(failure) => {
            run.ledger(|ledger| ledger.receive_lost(began, queue));
            return Err(failure);
        }
    };
    // Reading takes its time, and the ledger is everybody's.
    let tokens: Vec<_> = received.iter().map(|one| message::read(queue, one)).collect();
    let sightings: Vec<_> =
        received.iter().zip(&tokens).map(|(one, token)| sighting(one, *token)).collect();
    run.ledger(|ledger| ledger.received(began, queue, seconds(hidden), &sightings));
    let held = received.into_iter().zip(tokens).filter_map(|(one, token)| {
        let token = token?;
        Some(Held { token, queue, id: one.id, count: one.count, handle: one.handle })
    });
    Ok(held.collect())
}

fn sighting(received: &Received, token: Option<Token>) -> Sighting {
    Sighting {
        token,
        start: received.body.chars().take(START).collect(),
        id: received.id.clone(),
        count: received.count,
        sent: received.sent,
        sequence: received.sequence,
    }
}
