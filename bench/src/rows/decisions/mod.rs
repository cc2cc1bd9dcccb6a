//! Decisions of one queue alone: what a queue costs without HTTP, protocols and disk.
//!
//! Typed inputs go into `runtime::Registry`, as a protocol would hand them over, and one after the other
//! each is checked, decided in the queue's lane, committed to the engine in memory, and answered. One thread
//! does it all.

mod input;
mod output;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use base::{AccountId, Clock, Random, Region};
use identity::{Claimed, Enforcement, Identity, NotEnforced, Sessions};
use runtime::{
    Call, Caller, Calls, Host, Node, Parts, Quotas, Registry, Rejected, Settings, Unobserved,
};
use shape::{Encode, OperationModel};
use store::MemoryStore;

use crate::cpu;
use crate::load::Tally;
use crate::outcome::Measured;
use crate::sample::Sample;
use crate::setup::Setup;
use crate::traffic::{Absent, text};
use input::{Field, Input};
use output::text_of;

/// A queue in memory, and how to call it.
struct Queue {
    node: Arc<Node>,
    registry: Arc<Registry>,
    call: Call,
}

/// What the three operations of a turn need.
const NAME: &str = "bench";

/// Where the program would be reached.
const ENDPOINT: &str = "http://localhost";

/// All services, without signatures.
fn registry(node: &Arc<Node>, not_enforced: NotEnforced) -> anyhow::Result<Arc<Registry>> {
    let enforcement = Enforcement::NotRequired(not_enforced);
    let host = Host {
        node: Arc::clone(node),
        identity: Identity::new(Vec::new(), Sessions::new(&[7; 32]), enforcement),
        calls: Calls::new(node, ENDPOINT),
        settings: Settings::default(),
    };
    modules::open(&host, |_| Arc::new(Unobserved)).map_err(|error| anyhow!(error))
}

/// Measures the rounds.
pub(super) async fn measure(setup: &Setup) -> anyhow::Result<Measured> {
    if !setup.subject.is_millpond() {
        return Err(Absent("only Millpond's own code can be called without HTTP".into()).into());
    }
    let mut measured = Measured::default();
    for _ in 0..setup.scale.rounds {
        let (warm_up, window) = (setup.scale.warm_up, setup.scale.window);
        let sample = tokio::task::spawn_blocking(move || round(warm_up, window));
        let sample = sample.await.context("the decisions' round")??;
        measured.figure("decisions_per_second", sample.operations);
        measured.sample("decisions", sample);
    }
    Ok(measured)
}

/// One round, on a thread and a runtime of its own.
fn round(warm_up: Duration, window: Duration) -> anyhow::Result<Sample> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let queue = Queue::open().await?;
        let body = text(1, 1024);
        queue.turns(&body, warm_up, &mut Tally::new()?).await?;
        let mut tally = Tally::new()?;
        let (begin, before) = (Instant::now(), cpu::of_this_process()?);
        queue.turns(&body, window, &mut tally).await?;
        let (took, used) = (begin.elapsed(), cpu::of_this_process()?.saturating_sub(before));
        queue.node.stop().await?;
        let mut sample = Sample::of(&tally, took);
        sample.server_cpu = Some(used.as_secs_f64() * 1e6 / tally.latency.len() as f64);
        Ok(sample)
    })
}

impl Queue {
    async fn open() -> anyhow::Result<Queue> {
        let store = MemoryStore::open(Default::default());
        let (clock, random) = (Clock::system(), Random::system());
        let node = Node::start(Parts { store, clock, random, quotas: Quotas::None }).await?;
        #[expect(clippy::disallowed_methods, reason = "nobody signs here")]
        let not_enforced = NotEnforced::declare();
        let registry = registry(&node, not_enforced)?;
        registry.start_background(&node).map_err(|text| anyhow!(text))?;
        let (account, region) = (AccountId::DEFAULT, Region::default());
        let claimed = Claimed { account, region, access_key: None };
        let call = Call::new(Caller::trusted(not_enforced, claimed), ENDPOINT.into());
        let queue = Queue { node, registry, call };
        let create = &[("QueueName", Field::Text(NAME))];
        queue.run(&api_sqs::operations::CREATE_QUEUE, create).await?;
        Ok(queue)
    }

    /// Sends, receives and deletes one message in turn for a while.
    async fn turns(&self, body: &str, during: Duration, tally: &mut Tally) -> anyhow::Result<()> {
        use api_sqs::operations::{DELETE_MESSAGE, RECEIVE_MESSAGE, SEND_MESSAGE};
        let (end, queue) = (Instant::now() + during, ("QueueUrl", Field::Text(NAME)));
        let mut start = Instant::now();
        let mut count = |messages| {
            let now = Instant::now();
            tally.count(Some(now - start), messages);
            start = now;
            now
        };
        loop {
            self.run(&SEND_MESSAGE, &[queue, ("MessageBody", Field::Text(body))]).await?;
            count(0);
            let most = ("MaxNumberOfMessages", Field::Integer(1));
            let received = self.run(&RECEIVE_MESSAGE, &[queue, most]).await?;
            let handle = text_of(&*received, "ReceiptHandle").context("nothing was received")?;
            count(0);
            self.run(&DELETE_MESSAGE, &[queue, ("ReceiptHandle", Field::Text(&handle))]).await?;
            if count(1) >= end {
                return Ok(());
            }
        }
    }

    /// Runs one operation.
    async fn run(
        &self,
        operation: &OperationModel,
        fields: &[(&str, Field<'_>)],
    ) -> anyhow::Result<Box<dyn Encode + Send>> {
        let call = self.call.clone();
        let mut input = Input::new(fields);
        let started = self.registry.start(&api_sqs::MODEL, operation, call, &mut input);
        let started = started.map_err(|rejected| match rejected {
            Rejected::Malformed(malformed) => anyhow!("{}: {malformed}", operation.name),
            Rejected::Fault(fault) => anyhow!("{}: {}", operation.name, fault.message),
        })?;
        started.await.map_err(|fault| anyhow!("{}: {}", operation.name, fault.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_makes_three_decisions_a_message() {
        let sample = round(Duration::ZERO, Duration::from_millis(20)).unwrap();
        assert!(sample.messages > 0.0);
        assert!((sample.operations / sample.messages - 3.0).abs() < 0.001);
    }
}
