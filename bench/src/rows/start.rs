//! From the start of the program to its first answer, and the memory that it has then.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::cpu;
use crate::load::fill;
use crate::outcome::Measured;
use crate::setup::{Setup, settle};
use crate::traffic::{Caller, Depth, handles};

const CONNECTIONS: usize = 64;
const MIB: f64 = 1048576.0;
const QUEUE: &str = "bench";

/// On an empty directory: until the first call is answered.
pub(super) fn on_nothing(setup: &Setup) -> anyhow::Result<Measured> {
    let mut measured = Measured::default();
    for _ in 0..setup.scale.rounds {
        let directory = setup.directory()?;
        start(setup, directory.path(), &mut measured, |caller| {
            caller.call("ListQueues", "{}").map(drop)
        })?;
    }
    Ok(measured)
}

/// On a queue full of messages, after the program was killed: until the first receive is answered.
pub(super) async fn on_a_backlog(setup: &Setup) -> anyhow::Result<Measured> {
    let directory = setup.directory()?;
    {
        let peer = setup.subject.start_in(directory.path())?;
        let mut caller = Caller::open(peer.address())?;
        let queue = Depth::create(&mut caller, QUEUE, CONNECTIONS)?;
        let backlog = queue.backlog(&caller);
        fill(peer.address(), backlog, setup.scale.deep).await.context("filling the queue")?;
        settle(&peer).await?;
    }
    let mut measured = Measured::default();
    for _ in 0..setup.scale.rounds {
        start(setup, directory.path(), &mut measured, |caller| {
            let url = caller.call("GetQueueUrl", &format!("{{\"QueueName\":\"{QUEUE}\"}}"))?;
            let url = &url["QueueUrl"];
            caller.call(
                "ReceiveMessage",
                &format!("{{\"QueueUrl\":{url},\"MaxNumberOfMessages\":10}}"),
            )?;
            let received = caller.last("ReceiveMessage").unwrap_or_default();
            ensure!(handles(received.as_bytes())?.len() == 10, "not ten were received");
            Ok(())
        })?;
    }
    Ok(measured)
}

/// Starts the program and makes the first call; it is killed afterwards.
fn start(
    setup: &Setup,
    directory: &Path,
    measured: &mut Measured,
    first: impl FnOnce(&mut Caller) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let begin = Instant::now();
    let peer = setup.subject.start_in(directory)?;
    first(&mut Caller::open(peer.address())?)?;
    measured.figure("ready_ms", begin.elapsed().as_secs_f64() * 1e3);
    let pid = peer.pid().context("the program has no process")?;
    measured.figure("resident_mib", cpu::resident(pid)? as f64 / MIB);
    measured.figure("cpu_ms", cpu::of_process(pid)?.as_secs_f64() * 1e3);
    Ok(())
}
