//! How many batches to hand over at a time, so that commits come out at the size that was asked for.

use store::Stats;

/// After how many commits it looks at what they were.
const LOOK_AFTER: u64 = 32;

/// The engine decides by itself what it puts into one commit: on a busy machine two groups that were handed
/// over one after the other may become one, or one may be split. So the size of the groups follows what the
/// engine made of them.
pub(super) struct Sizer {
    wanted: f64,
    size: f64,
    owed: f64,
    since: Stats,
}

impl Sizer {
    /// For commits of so many batches in the mean.
    pub(super) fn new(wanted: f64, now: Stats) -> Sizer {
        let wanted = wanted.max(1.0);
        Sizer { wanted, size: wanted, owed: 0.0, since: now }
    }

    /// How many batches to hand over next, at least one.
    pub(super) fn next(&mut self, now: Stats) -> u64 {
        let commits = now.commits - self.since.commits;
        if commits >= LOOK_AFTER {
            let made = (now.batches - self.since.batches) as f64 / commits as f64;
            let size = self.size * self.wanted / made;
            self.size = size.clamp(self.wanted / 4.0, self.wanted * 4.0).max(1.0);
            self.since = now;
        }
        self.owed += self.size;
        let whole = self.owed.floor().max(1.0);
        self.owed -= whole;
        whole as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(commits: u64, batches: u64) -> Stats {
        Stats { commits, batches, bytes: 0 }
    }

    #[test]
    fn a_broken_mean_is_kept_over_several_groups() {
        let mut sizer = Sizer::new(2.5, stats(0, 0));
        let sizes: Vec<u64> = (0..4).map(|_| sizer.next(stats(0, 0))).collect();
        assert_eq!(sizes, [2, 3, 2, 3]);
    }

    #[test]
    fn groups_shrink_when_commits_come_out_too_large() {
        let mut sizer = Sizer::new(20.0, stats(0, 0));
        assert_eq!(sizer.next(stats(100, 4000)), 10);
        assert_eq!(sizer.next(stats(200, 6000)), 10, "now they are as they should be");
        assert_eq!(sizer.next(stats(300, 7000)), 20);
    }

    #[test]
    fn one_batch_is_the_least() {
        let mut sizer = Sizer::new(1.0, stats(0, 0));
        assert_eq!(sizer.next(stats(100, 400)), 1);
        assert_eq!(sizer.next(stats(100, 400)), 1);
    }
}
