//! Publishing beside sending to a queue directly, in turn. A published message counts when it has arrived:
//! publishing and delivering go on at the same time, and the time ends with the last arrival.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::load::Arrivals;
use crate::load::Exchanges;
use crate::outcome::Measured;
use crate::peers::Peer;
use crate::sample::Sample;
use crate::setup::Setup;
use crate::traffic::{self, Caller, Published, Queue, Topic, Traffic, Wish};

/// Publishers of one topic.
pub(super) const CONNECTIONS: usize = 64;

/// Some queues that get everything.
pub(super) struct Fan {
    queues: usize,
    beside: &'static (dyn Traffic + Sync),
    /// What the share of that is called.
    share: &'static str,
}

/// One queue.
pub(super) const ONE: Fan = Fan { queues: 1, beside: &traffic::SEND, share: "share_of_send" };
/// Ten queues.
pub(super) const TEN: Fan =
    Fan { queues: 10, beside: &traffic::SEND_BATCH, share: "share_of_send_batch" };

/// Measures the rounds.
pub(super) async fn measure(setup: &Setup, fan: &Fan) -> anyhow::Result<Measured> {
    let mut measured = Measured::default();
    for round in 0..setup.scale.rounds {
        let (sent, arrived) = if round % 2 == 0 {
            let sent = setup.run(fan.beside, &setup.subject).await?;
            (sent, fan.round(setup).await?)
        } else {
            let arrived = fan.round(setup).await?;
            (setup.run(fan.beside, &setup.subject).await?, arrived)
        };
        measured.figure(fan.share, arrived.sample.messages / sent.messages);
        arrived.figures(&mut measured);
        measured.sample("sent", sent);
        measured.sample("published", arrived.sample);
    }
    Ok(measured)
}

impl Fan {
    async fn round(&self, setup: &Setup) -> anyhow::Result<Arrived> {
        let peer = setup.subject.start(&setup.data)?;
        let mut caller = Caller::open(peer.address())?;
        let name = format!("{}-of-{}", self.share, self.queues);
        let topic = Topic::create(&mut caller, &name)?;
        let mut queues = Vec::new();
        for number in 0..self.queues {
            let queue = Queue::create(&mut caller, &format!("{name}-{number}"))?;
            topic.subscribe(&mut caller, &queue, Wish::Raw)?;
            queues.push(queue);
        }
        let published = Published::default();
        let publishers = topic.publishers(setup.connections(CONNECTIONS), None, &published);
        publish(setup, &peer, publishers, &published, &queues).await
    }
}

/// What came of publishing.
pub(super) struct Arrived {
    /// Its messages are those that have arrived, a second.
    pub(super) sample: Sample,
    /// From the last answer to the last arrival.
    behind: Duration,
}

impl Arrived {
    /// What else is worth knowing.
    pub(super) fn figures(&self, measured: &mut Measured) {
        measured.figure("published_per_second", self.sample.operations);
        measured.figure("last_arrival_after_ms", self.behind.as_secs_f64() * 1e3);
        if let Some(batches) = self.sample.commits.and_then(|all| all.batches_per_commit()) {
            measured.figure("batches_per_commit", batches);
        }
    }
}

/// Publishes until the window is over and then waits until everything has arrived in each of the queues.
pub(super) async fn publish(
    setup: &Setup,
    peer: &Peer,
    publishers: Exchanges,
    published: &Published,
    queues: &[Queue],
) -> anyhow::Result<Arrived> {
    let urls = queues.iter().map(|queue| queue.url.as_str());
    let mut arrivals = Arrivals::begin(peer.address(), urls).await?;
    let warm = async {
        sleep(setup.scale.warm_up).await;
        let before = arrivals.count().await?;
        Ok((Instant::now(), before))
    };
    let (mut sample, (begin, before)) = tokio::try_join!(setup.load().run(peer, publishers), warm)?;
    let answered = Instant::now();
    let all = published.count() * queues.len() as u64;
    arrivals.reach(all).await?;
    sample.messages = (all - before) as f64 / begin.elapsed().as_secs_f64();
    Ok(Arrived { sample, behind: answered.elapsed() })
}
