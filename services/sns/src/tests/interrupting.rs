//! Stopping in the midst of something, after any of its commits.

use std::future::Future;

use super::*;

impl World {
    /// Lets so many of the commits through that are held while something is done, and a little more happen.
    /// Where nothing is committed, so many seconds may pass. Answers whether that was in the midst of it.
    pub(crate) async fn interrupt(
        &self,
        doing: impl Future<Output = ()>,
        (commits, seconds): (usize, u32),
    ) -> bool {
        let releasing = self.release(commits, seconds);
        tokio::pin!(doing, releasing);
        tokio::select! {
            in_the_midst = &mut releasing => in_the_midst,
            () = &mut doing => releasing.await,
        }
    }

    /// Answers whether there were so many.
    async fn release(&self, commits: usize, mut seconds: u32) -> bool {
        for _ in 0..commits {
            let mut looks = 0;
            while !self.controls.release_one() {
                looks += 1;
                if looks > 200 && seconds > 0 {
                    self.node.timers().advance(Span::from_seconds(1));
                    (looks, seconds) = (0, seconds - 1);
                }
                if looks > 200 {
                    return false;
                }
                tokio::task::yield_now().await;
            }
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        true
    }
}
