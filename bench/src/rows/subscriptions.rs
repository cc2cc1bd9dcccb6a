//! What subscriptions take in memory: the program's resident memory before and after it keeps those of a topic,
//! which it does when somebody subscribes. It has been started anew, so that nothing else stays behind from
//! subscribing them all; and it has listed them, which reads the same rows and keeps none of them, so that what
//! the store takes to read is there already.

use anyhow::{Context, ensure};

use super::fan::CONNECTIONS;
use crate::cpu;
use crate::load::fill;
use crate::outcome::Measured;
use crate::peers::Server;
use crate::setup::{Setup, settle};
use crate::traffic::{Absent, Caller, Queue, Topic, Wish};

const NAME: &str = "crowded";

/// Measures once: how much memory things take does not differ from round to round.
pub(super) async fn measure(setup: &Setup) -> anyhow::Result<Measured> {
    if matches!(setup.subject, Server::Millpond { memory: true, .. }) {
        return Err(Absent("without a disk, subscriptions end with the program".into()).into());
    }
    let mut measured = Measured::default();
    let bytes = each(setup, setup.scale.deep, |_| Wish::Raw).await?;
    measured.figure("bytes_per_subscription", bytes);
    let bytes = each(setup, setup.scale.wide, Wish::Customer).await?;
    measured.figure("bytes_per_subscription_with_own_filter", bytes);
    Ok(measured)
}

async fn each(setup: &Setup, subscriptions: u64, wish: fn(u64) -> Wish) -> anyhow::Result<f64> {
    let directory = setup.directory()?;
    let (topic, queue) = {
        let peer = setup.subject.start_in(directory.path())?;
        let mut caller = Caller::open(peer.address())?;
        let topic = Topic::create(&mut caller, NAME)?;
        let queue = Queue::create(&mut caller, NAME)?;
        topic.subscribe(&mut caller, &queue, Wish::Raw)?;
        let crowd = topic.crowd(&queue, CONNECTIONS, wish);
        fill(peer.address(), crowd, subscriptions).await.context("subscribing")?;
        settle(&peer).await?;
        (topic, queue)
    };
    let peer = setup.subject.start_in(directory.path())?;
    let mut caller = Caller::open(peer.address())?;
    let listed = topic.list(&mut caller)?;
    ensure!(listed > subscriptions, "{listed} subscriptions are listed");
    settle(&peer).await?;
    let pid = peer.pid().context("the program has no process")?;
    let before = cpu::resident(pid)?;
    // It is there already, which is known when all are.
    topic.subscribe(&mut caller, &queue, Wish::Raw)?;
    settle(&peer).await?;
    Ok((cpu::resident(pid)? as f64 - before as f64) / subscriptions as f64)
}
