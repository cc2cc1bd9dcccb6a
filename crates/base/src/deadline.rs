//! Time limits for what happens outside: connections, other programs, the end of tasks.
//!
//! They run on the machine's clock, also when the node's clock is moved by hand: a peer that does not answer takes
//! real time. What a node decides by time uses the node's clock (`runtime::Timers`) instead.

use std::future::Future;
use std::time::Duration;

/// Waits for `future`, at most so long; none if it takes longer. It is dropped then.
#[expect(clippy::disallowed_methods, reason = "this is the room of the machine's time limits")]
pub async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    tokio::time::timeout(limit, future).await.ok()
}
