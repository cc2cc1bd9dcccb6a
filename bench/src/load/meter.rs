//! What both sides had used at a moment: CPU time, and the server's commits.

use std::time::Duration;

use super::connection::Connection;
use crate::commits::Commits;
use crate::cpu;
use crate::peers::Peer;

/// Where to read.
pub(super) struct Meter {
    pid: Option<u32>,
    /// Where the server tells its commits, if it does.
    metrics: Option<Connection>,
}

/// What was read.
pub(super) struct Reading {
    pub server: Option<Duration>,
    pub client: Duration,
    everybody: Duration,
    pub commits: Option<Commits>,
}

impl Meter {
    pub(super) async fn of(peer: &Peer) -> Meter {
        let metrics = match peer.tells_commits() {
            true => Connection::open(peer.address()).await.ok(),
            false => None,
        };
        Meter { pid: peer.pid(), metrics }
    }

    pub(super) async fn read(&mut self) -> anyhow::Result<Reading> {
        let server = self.pid.map(cpu::of_process).transpose()?;
        let (client, everybody) = (cpu::of_this_process()?, cpu::of_everybody()?);
        let commits = match &mut self.metrics {
            Some(connection) => Commits::ask(connection).await,
            None => None,
        };
        Ok(Reading { server, client, everybody, commits })
    }
}

impl Reading {
    pub(super) fn until(&self, later: &Reading) -> Reading {
        let server = self.server.zip(later.server);
        let commits = self.commits.zip(later.commits);
        Reading {
            server: server.map(|(before, after)| after.saturating_sub(before)),
            client: later.client.saturating_sub(self.client),
            everybody: later.everybody.saturating_sub(self.everybody),
            commits: commits.map(|(before, after)| after.since(before)),
        }
    }

    /// What neither side used; none if the server's process is not known.
    pub(super) fn others(&self) -> Option<Duration> {
        Some(self.everybody.saturating_sub(self.server? + self.client))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_what_was_used_in_between() {
        let seconds = Duration::from_secs;
        let commits = |commits| Some(Commits { commits, batches: 2 * commits, bytes: 9 * commits });
        let at = |server, client, everybody, number| Reading {
            server: Some(seconds(server)),
            client: seconds(client),
            everybody: seconds(everybody),
            commits: commits(number),
        };
        let used = at(1, 2, 10, 3).until(&at(4, 4, 20, 8));
        assert_eq!((used.server, used.client), (Some(seconds(3)), seconds(2)));
        assert_eq!((used.others(), used.commits), (Some(seconds(5)), commits(5)));
    }
}
