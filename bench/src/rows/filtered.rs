//! Publishing to a topic with very many filtered subscribers, of which one takes the message, beside a topic
//! with few of them, on one server, in turn.

use anyhow::Context;

use super::fan::{CONNECTIONS, publish};
use crate::load::fill;
use crate::outcome::Measured;
use crate::setup::{Setup, settle};
use crate::traffic::{Caller, Published, Queue, Topic, Wish};

const FEW: u64 = 10;
/// For whom all messages are: another number than those of the queues that do not exist.
const CUSTOMER: u64 = 9_999_999;

/// Subscribes everybody once and measures the rounds.
pub(super) async fn measure(setup: &Setup) -> anyhow::Result<Measured> {
    let peer = setup.subject.start(&setup.data)?;
    let mut caller = Caller::open(peer.address())?;
    let sizes = [FEW, setup.scale.wide];
    let mut topics = Vec::new();
    for size in sizes {
        let name = format!("filtered-{size}");
        let topic = Topic::create(&mut caller, &name)?;
        let queue = Queue::create(&mut caller, &name)?;
        topic.subscribe(&mut caller, &queue, Wish::Customer(CUSTOMER))?;
        let crowd = topic.crowd(&queue, CONNECTIONS.min(size as usize - 1), Wish::Customer);
        fill(peer.address(), crowd, size - 1).await.context("subscribing")?;
        topics.push((topic, [queue]));
    }
    settle(&peer).await?;
    let mut measured = Measured::default();
    for round in 0..setup.scale.rounds {
        let mut rates = [0.0; 2];
        let mut samples = Vec::new();
        for index in if round % 2 == 0 { [0, 1] } else { [1, 0] } {
            let (topic, queue) = &topics[index];
            let (published, connections) = (Published::default(), setup.connections(CONNECTIONS));
            let publishers = topic.publishers(connections, Some(CUSTOMER), &published);
            let arrived = publish(setup, &peer, publishers, &published, queue).await?;
            rates[index] = arrived.sample.messages;
            samples.push((index, arrived.sample));
        }
        samples.sort_by_key(|(index, _)| *index);
        for (index, sample) in samples {
            measured.sample(&format!("{} filters", sizes[index]), sample);
        }
        measured.figure("share_of_few", rates[1] / rates[0]);
    }
    Ok(measured)
}
