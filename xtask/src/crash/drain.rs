//! After the last kill: receives and deletes all that is there, and sees that it stays deleted.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Run;
use super::client::Client;
use super::fanout::{self, Drain};
use super::fate::Fate;
use super::ledger::Ledger;
use super::program::{Data, Program};
use super::queue::Queue;
use super::sight;

/// Long enough for every message that was hidden to show itself and to be received, and for every move
/// task to end.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(20);

/// Whoever drains has all the time there is.
const HIDDEN: u32 = 600;
const WAIT: u32 = 1;

/// Empties the queues, kills the program once more, and empties them again: then there must be
/// nothing, and whatever there is gets written down as a delete undone.
pub(super) fn drain(run: &Run, data: &Data) -> Result<()> {
    for _ in 0..2 {
        let program = Program::start(data)?;
        let mut client = Client::new(program.listening()?);
        let until = Instant::now() + PATIENCE;
        end_moves(run, &mut client, until)?;
        empty(run, &mut client, until)?;
        Drain { run, client: &mut client }.empty()?;
        program.kill()?;
    }
    run.ledger(Ledger::close);
    run.topics(fanout::Ledger::close);
    Ok(())
}

/// Waits until no move task is active; none may have failed.
fn end_moves(run: &Run, client: &mut Client, until: Instant) -> Result<()> {
    for queue in Queue::dead_letter_queues() {
        let tasks = loop {
            let tasks = client.moves(queue)?;
            if tasks.iter().all(|task| !["RUNNING", "CANCELLING"].contains(&&*task.status)) {
                break tasks;
            }
            ensure!(Instant::now() < until, "a move task of {} does not end", queue.name());
            thread::sleep(PAUSE);
        };
        for task in tasks.into_iter().filter(|task| task.status == "FAILED") {
            let why = format!("a move task of {} failed: {:?}", queue.name(), task.failure);
            run.ledger(|ledger| ledger.refused(why));
        }
    }
    Ok(())
}

fn empty(run: &Run, client: &mut Client, until: Instant) -> Result<()> {
    while backlog(client)? > 0 {
        ensure!(Instant::now() < until, "messages are counted that cannot be received");
        for queue in Queue::all() {
            while empty_some(run, client, *queue)? > 0 {}
        }
    }
    Ok(())
}

/// Receives once and deletes what came; answers how many that were.
fn empty_some(run: &Run, client: &mut Client, queue: Queue) -> Result<usize> {
    let held = sight::receive(run, client, queue, HIDDEN, WAIT)?;
    Fate::Delete.befall(run, client, &held).context("emptying the queues")?;
    Ok(held.len())
}

fn backlog(client: &mut Client) -> Result<u64> {
    let mut backlog = 0;
    for queue in Queue::all() {
        backlog += client.backlog(&queue.url())?;
    }
    Ok(backlog)
}
