//! After the last kill: receives and deletes all that is there, and sees that it stays deleted.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::client::Client;
use super::ledger::Ledger;
use super::program::{Data, Program};
use super::{QUEUES, Run};

/// Long enough for every message that was hidden to show itself, and to be received.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whoever drains has all the time there is.
const HIDDEN: u32 = 600;
const WAIT: u32 = 1;

/// Empties the queues, kills the program once more, and empties them again: then there must be
/// nothing, and whatever there is gets written down as a delete undone.
pub(super) fn drain(run: &Run, data: &Data) -> Result<()> {
    for _ in 0..2 {
        let program = Program::start(data)?;
        empty(run, &mut Client::new(program.listening()?))?;
        program.kill()?;
    }
    run.ledger(Ledger::close);
    Ok(())
}

fn empty(run: &Run, client: &mut Client) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    while backlog(client)? > 0 {
        ensure!(Instant::now() < until, "messages are counted that cannot be received");
        for queue in 0..QUEUES {
            while empty_some(run, client, queue)? > 0 {}
        }
    }
    Ok(())
}

/// Receives once and deletes what came; answers how many that were.
fn empty_some(run: &Run, client: &mut Client, queue: u32) -> Result<usize> {
    let began = run.ledger(Ledger::begins);
    let received = client.receive(queue, HIDDEN, WAIT)?;
    for each in &received {
        let hidden = Duration::from_secs(HIDDEN.into());
        let token = run.ledger(|ledger| {
            let token = ledger.received(began, &each.body, each.count, hidden);
            token.inspect(|token| ledger.delete_begins(*token))
        });
        client.delete(queue, &each.handle)?;
        if let Some(token) = token {
            run.ledger(|ledger| ledger.deleted(token, each.count));
        }
    }
    Ok(received.len())
}

fn backlog(client: &mut Client) -> Result<u64> {
    let mut backlog = 0;
    for queue in 0..QUEUES {
        backlog += client.backlog(queue)?;
    }
    Ok(backlog)
}
