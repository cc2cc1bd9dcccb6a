//! How long a receive that waits takes to be answered once there is a message: from the moment at which
//! the send, or the publish, is answered to the moment at which the receive is.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::json;
use tokio::time::sleep;

use crate::cores::Apart;
use crate::cpu;
use crate::http;
use crate::load::{Connection, Tally};
use crate::outcome::Measured;
use crate::peers::Peer;
use crate::sample::Sample;
use crate::setup::Setup;
use crate::traffic::{Caller, Queue, Topic, Wish, handles, text};

/// Longer than a round lasts.
const WAIT_SECONDS: u32 = 20;
/// How long before the send the receive is on its way, so that it waits when the message comes.
const AHEAD: Duration = Duration::from_millis(4);
/// What a receive of one message commits, about: a short row. One page of the disk either way.
const COMMIT: f64 = 200.0;

/// Where messages come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Producer {
    /// SendMessage.
    Send,
    /// Publish to a topic to which the queue is subscribed.
    Publish,
}

/// Measures the rounds.
pub(super) async fn measure(setup: &Setup, producer: Producer) -> anyhow::Result<Measured> {
    let mut measured = Measured::default();
    for _ in 0..setup.scale.rounds {
        let sample = round(setup, producer).await?;
        let sync_ms = setup.log(COMMIT).await?.sync.as_secs_f64() * 1e3;
        let took_ms = sample.latency[0] / 1e3;
        measured.figure("fdatasync_ms", sync_ms);
        match producer {
            Producer::Send => measured.figure("over_fdatasync_ms", took_ms - sync_ms),
            // One for the message in the queue and one for its receive.
            Producer::Publish => {
                measured.figure("over_two_fdatasync_ms", took_ms - 2.0 * sync_ms);
            }
        }
        measured.sample(setup.subject.name(), sample);
    }
    Ok(measured)
}

async fn round(setup: &Setup, producer: Producer) -> anyhow::Result<Sample> {
    let peer = setup.subject.start(&setup.data)?;
    let _apart = Apart::keep(peer.pid())?;
    let mut both = Both::open(&peer, producer).await?;
    let warm = Instant::now() + setup.scale.warm_up;
    while Instant::now() < warm {
        both.turn().await?;
    }
    let mut tally = Tally::new()?;
    let used =
        || anyhow::Ok((peer.pid().map(cpu::of_process).transpose()?, cpu::of_this_process()?));
    let (begin, before) = (Instant::now(), used()?);
    while begin.elapsed() < setup.scale.window {
        let took = both.turn().await?;
        tally.count(Some(took), 1);
    }
    let after = used()?;
    let a_turn = |time: Duration| time.as_secs_f64() * 1e6 / tally.latency.len() as f64;
    let server = before.0.zip(after.0).map(|(before, after)| a_turn(after.saturating_sub(before)));
    let client = Some(a_turn(after.1.saturating_sub(before.1)));
    let sample = Sample::of(&tally, begin.elapsed());
    Ok(Sample { server_cpu: server, client_cpu: client, ..sample })
}

/// A producer and a consumer.
struct Both {
    producer: Connection,
    consumer: Connection,
    send: Vec<u8>,
    receive: Vec<u8>,
    queue: String,
    host: std::net::SocketAddr,
}

impl Both {
    async fn open(peer: &Peer, producer: Producer) -> anyhow::Result<Both> {
        let host = peer.address();
        let mut caller = Caller::open(host)?;
        let queue = Queue::create(&mut caller, "bench")?;
        let send = match producer {
            Producer::Send => {
                let send = json!({ "QueueUrl": queue.url, "MessageBody": text(1, 1024) });
                http::request(host, "SendMessage", &send.to_string())
            }
            Producer::Publish => {
                let topic = Topic::create(&mut caller, "bench")?;
                topic.subscribe(&mut caller, &queue, Wish::Raw)?;
                topic.publishing(1, None)
            }
        };
        let receive = json!({ "QueueUrl": queue.url, "WaitTimeSeconds": WAIT_SECONDS });
        Ok(Both {
            producer: Connection::open(host).await?,
            consumer: Connection::open(host).await?,
            send,
            receive: http::request(host, "ReceiveMessage", &receive.to_string()),
            queue: queue.url,
            host,
        })
    }

    /// Waits for a message, sends one, and deletes it; zero if the receive was answered first.
    async fn turn(&mut self) -> anyhow::Result<Duration> {
        let receive = async {
            let body = self.consumer.ask(&self.receive).await?;
            let received = Instant::now();
            let handles = handles(body)?;
            ensure!(handles.len() == 1, "{} messages were received", handles.len());
            anyhow::Ok((received, handles[0].to_owned()))
        };
        let send = async {
            sleep(AHEAD).await;
            self.producer.ask(&self.send).await?;
            anyhow::Ok(Instant::now())
        };
        let ((received, handle), sent) = tokio::try_join!(receive, send)?;
        let queue = json!(self.queue);
        let delete = format!("{{\"QueueUrl\":{queue},\"ReceiptHandle\":\"{handle}\"}}");
        self.producer.ask(&http::request(self.host, "DeleteMessage", &delete)).await?;
        Ok(received.saturating_duration_since(sent))
    }
}
