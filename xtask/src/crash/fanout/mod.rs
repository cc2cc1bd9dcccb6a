//! Topics under the same kills: what is published reaches every subscription whose filter takes it.
//!
//! Two topics, ten subscriptions ([`subscription`]). Some clients publish and receive; a steward ends and renews
//! a subscription, deletes queues and makes them again, and shuts a topic out of a queue and lets it in
//! again. What must hold, whatever the moment of a kill:
//!
//! - what was acknowledged to its publisher, or has reached anybody, reaches every subscription that it is
//!   owed to ([`ledger`]), once, and those of a group of the FIFO topic in order;
//! - what could not be delivered is in the dead-letter queue;
//! - nobody gets what its filter does not take, what was published while it had no subscription, or what
//!   nobody has published.

mod drain;
mod ledger;
mod letter;
mod place;
mod sight;
mod steward;
mod subscription;
mod worker;

use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, anyhow, ensure};

use self::ledger::Sighting;
use self::place::Place;
use self::subscription::{Subscription, Topic};
use super::Run;
use super::client::{Client, Failure};
use super::message::Token;
use super::worker::Gone;

pub(super) use self::drain::Drain;
pub(super) use self::ledger::{Ledger, Totals};
pub(super) use self::steward::steward;
pub(super) use self::worker::work;

/// How many clients publish and receive.
pub(super) const WORKERS: u32 = 4;

/// Long enough for making the key that signs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Makes the topics, the queues and the subscriptions, and sees that all of them work: the key that signs is
/// made with the first document.
pub(super) fn create(run: &Run, client: &mut Client) -> Result<()> {
    for place in Place::all() {
        client.create_queue(&place.name(), &place.attributes()).context("creating the queues")?;
    }
    for topic in Topic::ALL {
        client.create_topic(topic.name(), &topic.attributes()).context("creating the topics")?;
    }
    for subscription in Subscription::ALL {
        let arn = subscribe(client, subscription).context("subscribing")?;
        if subscription == Subscription::Guest {
            run.topics(|ledger| ledger.guest = Some(arn));
        }
    }
    reach_everybody(run, client, Instant::now() + PATIENCE)
}

fn subscribe(client: &mut Client, subscription: Subscription) -> Result<String, Failure> {
    let (topic, queue) = (subscription.topic().arn(), Place::Queue(subscription).arn());
    client.subscribe(&topic, &queue, &subscription.attributes())
}

/// Publishes to each topic what every filter takes, and receives until it has come everywhere: all that was
/// published before has come too, then.
fn reach_everybody(run: &Run, client: &mut Client, until: Instant) -> Result<()> {
    let mut tokens = Vec::new();
    for topic in Topic::ALL {
        let token = run.topics(|ledger| ledger.publish_for_all_begins(topic));
        worker::publish(run, client, topic, &[token])?;
        tokens.push((topic, token));
    }
    loop {
        let mut waiting = None;
        for place in Place::all() {
            let is_awaited = |(topic, token): &(Topic, Token)| {
                run.topics(|ledger| awaits(ledger, place, *topic, *token))
            };
            if tokens.iter().any(is_awaited) {
                waiting = Some(place);
                receive_and_delete(run, client, place)?;
            }
        }
        let Some(place) = waiting else { return Ok(()) };
        ensure!(Instant::now() < until, "{} does not get what was published", place.name());
    }
}

/// Whether a message is still to come to a queue, as its subscription stands.
fn awaits(ledger: &Ledger, place: Place, topic: Topic, token: Token) -> bool {
    let subscription = place.subscription();
    let is_its = match ledger.state(subscription).0 {
        ledger::State::Open => place == Place::Queue(subscription),
        ledger::State::Away => place == Place::DeadLetters(subscription),
        ledger::State::Ended => false,
    };
    is_its && subscription.topic() == topic && !ledger.has_seen(token, place)
}

fn receive_and_delete(run: &Run, client: &mut Client, place: Place) -> Result<usize> {
    let received = sight::receive(run, client, place);
    let handles = answered(settle(run, received))?;
    let deleted = sight::delete(run, client, place, &handles);
    answered(settle(run, deleted))?;
    Ok(handles.len())
}

/// Where nobody is killed, everything is answered.
fn answered<T>(answer: Result<T, Gone>) -> Result<T> {
    answer.map_err(|Gone| anyhow!("the program does not answer"))
}

/// Milliseconds, as the program counts them.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// What comes of a request: refused without reason, without an answer, or what it should.
fn settle<T: Default>(run: &Run, answer: Result<T, Failure>) -> Result<T, Gone> {
    match answer {
        Ok(value) => Ok(value),
        Err(Failure::Refused(why)) => {
            run.topics(|ledger| ledger.refused(why));
            Ok(T::default())
        }
        Err(Failure::Unanswered) => {
            run.topics(Ledger::unanswered);
            Err(Gone)
        }
    }
}
