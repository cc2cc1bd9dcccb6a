//! Deadlines on the machine's clock, for what peers do: the one place of the crate that sleeps.
//!
//! The node's clock may be moved by hand; a client that stalls is not to be waited for until somebody does.

use std::future::Future;
use std::time::Duration;

/// The outcome of a future; `None` if it took longer.
pub(crate) async fn within<F: Future>(time: Duration, future: F) -> Option<F::Output> {
    tokio::time::timeout(time, future).await.ok()
}
