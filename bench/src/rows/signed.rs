//! Publishing to a queue that gets signed documents: as many as arrive while they are signed. Publishers are much
//! faster than that, so they publish a certain number, and the time ends with the last arrival.

use std::time::Instant;

use super::fan::CONNECTIONS;
use crate::load::{Arrivals, fill};
use crate::outcome::Measured;
use crate::setup::Setup;
use crate::traffic::{Caller, Published, Queue, Topic, Wish};

const NAME: &str = "signed";

/// Measures the rounds.
pub(super) async fn measure(setup: &Setup) -> anyhow::Result<Measured> {
    let mut measured = Measured::default();
    for _ in 0..setup.scale.rounds {
        let peer = setup.subject.start(&setup.data)?;
        let mut caller = Caller::open(peer.address())?;
        let topic = Topic::create(&mut caller, NAME)?;
        let queue = Queue::create(&mut caller, NAME)?;
        topic.subscribe(&mut caller, &queue, Wish::Signed)?;
        let mut arrivals =
            Arrivals::begin(peer.address(), [queue.url.as_str()].into_iter()).await?;
        // The first signature waits for a key to be made.
        let published = Published::default();
        fill(peer.address(), topic.publishers(1, None, &published), 1).await?;
        arrivals.reach(published.count()).await?;
        let begin = Instant::now();
        let publishers = topic.publishers(setup.connections(CONNECTIONS), None, &published);
        fill(peer.address(), publishers, setup.scale.shallow).await?;
        arrivals.reach(published.count()).await?;
        let messages = (published.count() - 1) as f64;
        measured.figure("messages_per_second", messages / begin.elapsed().as_secs_f64());
    }
    Ok(measured)
}
