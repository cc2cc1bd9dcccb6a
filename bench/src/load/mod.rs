//! The load generator: connections that ask, wait for the answer, and ask again.

mod connection;
mod pace;
mod worker;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use crate::cores::Apart;
use crate::cpu;
use crate::sample::{Sample, latencies};
use pace::Pace;
use worker::{Tally, Worker};

/// How long the load runs before anything is counted.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long the last answers may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one connection asks, over and over.
pub(crate) trait Exchange: Send {
    /// The next request, whole, as it goes over the wire. Asked again after a refusal.
    fn request(&mut self) -> &[u8];

    /// Takes the body of the answer to it, and says how many messages that completed.
    fn answered(&mut self, body: &[u8]) -> anyhow::Result<u64>;
}

/// One conversation a connection.
pub(crate) type Exchanges = Vec<Box<dyn Exchange>>;

/// The time in which answers are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub begin: Instant,
    pub end: Instant,
}

/// How to put load on a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// How long answers are counted.
    pub window: Duration,
    /// Requests a second, all connections together; none: as fast as the answers come.
    pub rate: Option<f64>,
}

impl Load {
    /// Runs it against a server and measures.
    pub(crate) async fn run(
        &self,
        address: SocketAddr,
        exchanges: Exchanges,
        server: Option<u32>,
    ) -> anyhow::Result<Sample> {
        let _apart = if exchanges.len() == 1 { Apart::keep(server)? } else { None };
        let begin = Instant::now() + WARM_UP;
        let window = Window { begin, end: begin + self.window };
        let mut workers = self.start(address, exchanges, window).await?;
        sleep_until(window.begin.into()).await;
        let before = Meter::read(server)?;
        sleep_until(window.end.into()).await;
        let after = Meter::read(server)?;
        let mut tally = Tally::new()?;
        let ends = async {
            while let Some(ended) = workers.join_next().await {
                tally.add(&ended??)?;
            }
            anyhow::Ok(())
        };
        timeout(PATIENCE, ends).await.context("an answer did not come")??;
        self.sample(&tally, before.until(&after))
    }

    async fn start(
        &self,
        address: SocketAddr,
        exchanges: Exchanges,
        window: Window,
    ) -> anyhow::Result<JoinSet<anyhow::Result<Tally>>> {
        let connections = exchanges.len();
        let mut workers = JoinSet::new();
        for (index, exchange) in exchanges.into_iter().enumerate() {
            let pace = Pace::new(self.rate, index, connections, window.begin - WARM_UP);
            let worker = Worker::open(address, exchange, pace, window).await?;
            workers.spawn(worker.run());
        }
        Ok(workers)
    }

    fn sample(&self, tally: &Tally, used: Meter) -> anyhow::Result<Sample> {
        let requests = tally.latency.len();
        if let Some(refusal) = &tally.refusal {
            ensure!(requests > 0, "every request was refused: {refusal}");
        }
        ensure!(requests > 0, "no answer came in time");
        let a_second = |count: u64| count as f64 / self.window.as_secs_f64();
        let a_request = |time: Duration| time.as_secs_f64() * 1e6 / requests as f64;
        Ok(Sample {
            requests: a_second(requests),
            messages: a_second(tally.messages),
            latency: latencies(&tally.latency),
            slowest: tally.latency.max() as f64 / 1e3,
            server_cpu: used.server.map(a_request),
            client_cpu: a_request(used.client),
            others: used.others().map(|time| time.div_duration_f64(self.window)),
            refused: a_second(tally.refused),
        })
    }
}

/// CPU times of both sides, and of all.
struct Meter {
    server: Option<Duration>,
    client: Duration,
    everybody: Duration,
}

impl Meter {
    fn read(server: Option<u32>) -> anyhow::Result<Meter> {
        let server = server.map(cpu::of_process).transpose()?;
        let (client, everybody) = (cpu::of_this_process()?, cpu::of_everybody()?);
        Ok(Meter { server, client, everybody })
    }

    fn until(&self, later: &Meter) -> Meter {
        let server = self.server.zip(later.server);
        Meter {
            server: server.map(|(before, after)| after.saturating_sub(before)),
            client: later.client.saturating_sub(self.client),
            everybody: later.everybody.saturating_sub(self.everybody),
        }
    }

    fn others(&self) -> Option<Duration> {
        Some(self.everybody.saturating_sub(self.server? + self.client))
    }
}
