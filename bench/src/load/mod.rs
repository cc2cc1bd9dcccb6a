//! The load generator: connections that ask, wait for the answer, and ask again.

mod alarm;
mod arrivals;
mod connection;
mod fill;
mod meter;
mod pace;
mod stop;
mod worker;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

pub(crate) use arrivals::Arrivals;
pub(crate) use connection::Connection;
pub(crate) use fill::fill;
pub(crate) use worker::Tally;

use crate::cores::Apart;
use crate::peers::Peer;
use crate::sample::Sample;
use meter::{Meter, Reading};
use pace::Pace;
use stop::Stop;
use worker::Worker;

/// How long the last answers may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one connection asks, over and over.
pub(crate) trait Exchange: Send {
    /// The next request, whole, as it goes over the wire.
    fn request(&mut self) -> &[u8];

    /// Takes the body of the answer to it, checks it, and says how many messages that completed.
    fn answered(&mut self, body: &[u8]) -> anyhow::Result<Answered>;

    /// Whether the next request is one of those that the row is about.
    fn is_timed(&self) -> bool {
        true
    }

    /// Whether nothing is left half done, such as messages that were received and not deleted.
    fn is_at_rest(&self) -> bool {
        true
    }
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// So many messages are done.
    Messages(u64),
    /// There was nothing left: the measurement ends here.
    Exhausted,
}

/// One conversation a connection.
pub(crate) type Exchanges = Vec<Box<dyn Exchange>>;

/// The time in which answers are counted.
#[derive(Clone, Copy, Debug)]
struct Window {
    begin: Instant,
    end: Instant,
}

/// How to put load on a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// How long the load runs before anything is counted.
    pub warm_up: Duration,
    /// How long answers are counted.
    pub window: Duration,
    /// Requests a second, all connections together; none: as fast as the answers come.
    pub rate: Option<f64>,
}

impl Load {
    /// Runs it against a server and measures.
    pub(crate) async fn run(&self, peer: &Peer, exchanges: Exchanges) -> anyhow::Result<Sample> {
        let _apart = if exchanges.len() == 1 { Apart::keep(peer.pid())? } else { None };
        let mut meter = Meter::of(peer).await;
        let begin = Instant::now() + self.warm_up;
        let window = Window { begin, end: begin + self.window };
        let stop = Arc::new(Stop::default());
        let mut workers = self.start(peer, exchanges, window, &stop).await?;
        let collected = timeout(self.warm_up + self.window + PATIENCE, collect(&mut workers));
        // A connection that fails ends everything, long before the window is over.
        let (measured, tally) = tokio::try_join!(measured(&mut meter, window, &stop), async {
            collected.await.context("an answer did not come")?
        })?;
        let (before, after, took) = measured;
        sample(&tally, &before.until(&after), took)
    }

    async fn start(
        &self,
        peer: &Peer,
        exchanges: Exchanges,
        window: Window,
        stop: &Arc<Stop>,
    ) -> anyhow::Result<JoinSet<anyhow::Result<Tally>>> {
        let connections = exchanges.len();
        let mut workers = JoinSet::new();
        for (index, exchange) in exchanges.into_iter().enumerate() {
            let pace = Pace::new(self.rate, index, connections, window.begin - self.warm_up)?;
            let stop = Arc::clone(stop);
            let worker = Worker::open(peer.address(), exchange, pace, window, stop).await?;
            workers.spawn(worker.run());
        }
        Ok(workers)
    }
}

/// Reads the meter at both ends of the window, and says how long it was.
async fn measured(
    meter: &mut Meter,
    window: Window,
    stop: &Stop,
) -> anyhow::Result<(Reading, Reading, Duration)> {
    sleep_until(window.begin.into()).await;
    let before = meter.read().await?;
    ensure!(!stop.is_over(), "what had been prepared was used up before the window began");
    tokio::select! {
        () = sleep_until(window.end.into()) => {}
        () = stop.wait() => {}
    }
    let took = window.begin.elapsed().min(window.end - window.begin);
    stop.now();
    Ok((before, meter.read().await?, took))
}

/// What all connections counted.
async fn collect(workers: &mut JoinSet<anyhow::Result<Tally>>) -> anyhow::Result<Tally> {
    let mut tally = Tally::new()?;
    while let Some(ended) = workers.join_next().await {
        tally.add(&ended??)?;
    }
    Ok(tally)
}

fn sample(tally: &Tally, used: &Reading, took: Duration) -> anyhow::Result<Sample> {
    let requests = tally.latency.len();
    ensure!(requests > 0, "no answer came in time");
    let a_request = |time: Duration| time.as_secs_f64() * 1e6 / requests as f64;
    let mut sample = Sample::of(tally, took);
    sample.server_cpu = used.server.map(a_request);
    sample.client_cpu = Some(a_request(used.client));
    sample.others = used.others().map(|time| time.div_duration_f64(took));
    sample.commits = used.commits;
    Ok(sample)
}
