//! What the server's store has committed, as the server's own metrics tell it.

use crate::load::Connection;

const ASK: &[u8] = b"GET /_millpond/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Counts since the start, or between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Commits {
    /// Group commits: one sync each.
    pub commits: u64,
    /// Batches in them: one a decision that writes.
    pub batches: u64,
    /// Bytes in them.
    pub bytes: u64,
}

impl Commits {
    /// Asks for them; none from a server that does not tell.
    pub(crate) async fn ask(connection: &mut Connection) -> Option<Commits> {
        let body = connection.ask(ASK).await.ok()?;
        Commits::parse(std::str::from_utf8(body).ok()?)
    }

    fn parse(metrics: &str) -> Option<Commits> {
        let value = |name: &str| -> Option<u64> {
            let found = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            Some(found?.trim().parse::<f64>().ok()? as u64)
        };
        Some(Commits {
            commits: value("millpond_commit_batches_count")?,
            batches: value("millpond_commit_batches_sum")?,
            bytes: value("millpond_commit_size_bytes_sum")?,
        })
    }

    /// What came after `before`.
    pub(crate) fn since(self, before: Commits) -> Commits {
        Commits {
            commits: self.commits.saturating_sub(before.commits),
            batches: self.batches.saturating_sub(before.batches),
            bytes: self.bytes.saturating_sub(before.bytes),
        }
    }

    /// Both together.
    pub(crate) fn plus(self, other: Commits) -> Commits {
        Commits {
            commits: self.commits + other.commits,
            batches: self.batches + other.batches,
            bytes: self.bytes + other.bytes,
        }
    }

    /// Batches a commit; none if nothing was committed.
    pub(crate) fn batches_per_commit(self) -> Option<f64> {
        (self.commits > 0).then(|| self.batches as f64 / self.commits as f64)
    }

    /// Bytes a commit.
    pub(crate) fn bytes_per_commit(self) -> Option<f64> {
        (self.commits > 0).then(|| self.bytes as f64 / self.commits as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_counts_are_found_among_all_metrics() {
        let metrics = "# TYPE millpond_commit_batches histogram\n\
            millpond_commit_batches_sum 40.0\nmillpond_commit_batches_count 4\n\
            millpond_commit_batches_bucket{le=\"1.0\"} 1\n\
            millpond_commit_size_bytes_sum 44000.0\nmillpond_commit_size_bytes_count 4\n";
        let commits = Commits::parse(metrics).unwrap();
        assert_eq!(commits, Commits { commits: 4, batches: 40, bytes: 44_000 });
        assert_eq!(commits.batches_per_commit(), Some(10.0));
        assert_eq!(commits.bytes_per_commit(), Some(11_000.0));
        assert_eq!(Commits::parse("nothing 1\n"), None);
    }

    #[test]
    fn without_commits_there_is_no_mean() {
        let commits = Commits { commits: 3, batches: 3, bytes: 3 };
        assert_eq!(commits.since(commits).batches_per_commit(), None);
        assert_eq!(commits.since(commits).bytes_per_commit(), None);
    }
}
