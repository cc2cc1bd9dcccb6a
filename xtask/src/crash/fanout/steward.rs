//! Who changes what is subscribed, and the queues: one thing after the other, while all others work.

use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::ledger::State;
use super::{Place, Subscription, Topic, settle, subscribe, worker};
use crate::crash::Run;
use crate::crash::client::{Client, Failure};
use crate::crash::worker::Gone;

/// Those that change.
const CHANGING: [Subscription; 4] =
    [Subscription::Guest, Subscription::Deleted, Subscription::Recreated, Subscription::Denied];
/// Of so many choices of the queue that is deleted for good one deletes it.
const DELETE_ONE_IN: u32 = 4;
/// So many messages are published just before there is a guest again.
const BEFORE_A_GUEST: usize = 10;
/// How long everything stays as it is, in milliseconds.
const PAUSE: std::ops::Range<u64> = 20..250;

/// Works with one program after the other until there is no other.
pub(in crate::crash) fn steward(run: &Run, seed: u64) {
    let mut rng = StdRng::seed_from_u64(!seed);
    let mut visit = run.stage.next(0);
    while let Some((number, address)) = visit {
        let mut client = Client::new(address);
        while step(run, &mut rng, &mut client).is_ok() {}
        visit = run.stage.next(number);
    }
}

fn step(run: &Run, rng: &mut StdRng, client: &mut Client) -> Result<(), Gone> {
    finish(run, client)?;
    thread::sleep(Duration::from_millis(rng.random_range(PAUSE)));
    let subscription = CHANGING[rng.random_range(0..CHANGING.len())];
    let (state, _) = run.topics(|ledger| ledger.state(subscription));
    let next = match (subscription, state) {
        (Subscription::Deleted, State::Away) => return Ok(()),
        (Subscription::Deleted, _) if !rng.random_ratio(1, DELETE_ONE_IN) => return Ok(()),
        (Subscription::Guest, State::Open) => State::Ended,
        (_, State::Open) => State::Away,
        _ => State::Open,
    };
    change(run, client, subscription, next)
}

/// What was asked for and not answered is asked for again.
pub(super) fn finish(run: &Run, client: &mut Client) -> Result<(), Gone> {
    for subscription in CHANGING {
        let (state, is_settled) = run.topics(|ledger| ledger.state(subscription));
        if !is_settled {
            ask(run, client, subscription, state)?;
        }
    }
    Ok(())
}

/// Brings a subscription into another state.
pub(super) fn change(
    run: &Run,
    client: &mut Client,
    subscription: Subscription,
    to: State,
) -> Result<(), Gone> {
    if (subscription, to) == (Subscription::Guest, State::Open) {
        publish(run, client)?;
    }
    run.topics(|ledger| ledger.change_begins(subscription, to));
    ask(run, client, subscription, to)
}

/// What the guest must not get: it may still be on its way to the others when there is a guest again.
fn publish(run: &Run, client: &mut Client) -> Result<(), Gone> {
    let tokens = run.topics(|ledger| ledger.publish_begins(Topic::Standard, BEFORE_A_GUEST));
    settle(run, worker::publish(run, client, Topic::Standard, &tokens))
}

fn ask(run: &Run, client: &mut Client, subscription: Subscription, to: State) -> Result<(), Gone> {
    let place = Place::Queue(subscription);
    let answer = match (subscription, to) {
        (Subscription::Guest, State::Open) => {
            subscribe(client, subscription).map(|arn| run.topics(|ledger| ledger.guest = Some(arn)))
        }
        (Subscription::Guest, _) => {
            let arn = run.topics(|ledger| ledger.guest.clone()).unwrap_or_default();
            client.unsubscribe(&arn)
        }
        (Subscription::Denied, to) => {
            client.set_queue(&place.url(), &place.policy(to == State::Open))
        }
        (_, State::Open) => client.create_queue(&place.name(), &place.attributes()),
        (_, _) => delete(client, place),
    };
    settle(run, answer)?;
    run.topics(|ledger| ledger.changed(subscription));
    Ok(())
}

/// What is gone already was deleted by a request that nobody answered.
fn delete(client: &mut Client, place: Place) -> Result<(), Failure> {
    match client.delete_queue(&place.url()) {
        Err(Failure::Refused(why)) if why.contains("QueueDoesNotExist") => Ok(()),
        answer => answer,
    }
}
