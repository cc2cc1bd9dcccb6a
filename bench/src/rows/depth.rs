//! Receives from a queue with many messages waiting beside receives from one with few, on one server, in turn.
//! The depth stays the same: what is received is deleted, and as much is sent again.

use anyhow::Context;

use crate::load::fill;
use crate::outcome::Measured;
use crate::setup::{Setup, settle};
use crate::traffic::{Caller, Depth};

const CONNECTIONS: usize = 64;

/// Fills both queues once and measures the rounds.
pub(super) async fn measure(setup: &Setup) -> anyhow::Result<Measured> {
    let peer = setup.subject.start(&setup.data)?;
    let mut caller = Caller::open(peer.address())?;
    let connections = setup.connections(CONNECTIONS);
    let depths = [setup.scale.shallow, setup.scale.deep];
    let queues = [
        Depth::create(&mut caller, "shallow", connections)?,
        Depth::create(&mut caller, "deep", connections)?,
    ];
    for (queue, depth) in queues.iter().zip(depths) {
        let backlog = queue.backlog(&caller);
        fill(peer.address(), backlog, depth).await.context("filling a queue")?;
    }
    settle(&peer).await?;
    let mut measured = Measured::default();
    for round in 0..setup.scale.rounds {
        let mut times = [0.0; 2];
        let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        let mut samples = Vec::new();
        for index in order {
            let sample = setup.load().run(&peer, queues[index].exchanges(&caller)).await?;
            times[index] = sample.mean;
            samples.push((index, sample));
        }
        samples.sort_by_key(|(index, _)| *index);
        for (index, sample) in samples {
            measured.sample(&format!("{} waiting", depths[index]), sample);
        }
        // A connection receives as often as its receives are short.
        measured.figure("share_of_shallow", times[0] / times[1]);
    }
    Ok(measured)
}
