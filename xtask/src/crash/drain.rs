//! After the last kill: receives and deletes all that is there, and sees that it stays deleted.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::client::Client;
use super::program::{Data, Program};
use super::{QUEUES, Run};

/// Long enough for every message that was hidden to show itself, and to be received.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whoever drains has all the time there is.
const HIDDEN: u32 = 600;
const WAIT: u32 = 1;

/// Empties the queues, kills the program once more, and finds them empty again.
pub(super) fn drain(run: &Run, data: &Data) -> Result<()> {
    let program = Program::start(data)?;
    let mut client = Client::new(program.listening()?);
    let until = Instant::now() + PATIENCE;
    while backlog(&mut client)? > 0 {
        ensure!(Instant::now() < until, "messages are counted that cannot be received");
        for queue in 0..QUEUES {
            while empty_some(run, &mut client, queue)? > 0 {}
        }
    }
    run.ledger(|ledger| ledger.close());
    program.kill()?;
    let program = Program::start(data)?;
    let left = backlog(&mut Client::new(program.listening()?))?;
    ensure!(left == 0, "{left} messages were there again after the last kill");
    Ok(())
}

/// Receives once and deletes what came; answers how many that were.
fn empty_some(run: &Run, client: &mut Client, queue: u32) -> Result<usize> {
    let began = run.ledger(|ledger| ledger.begins());
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
