//! Deadlines for what peers do, on the machine's clock: the node's clock may be moved by hand, and a client that stalls is
//! not to be waited for until somebody does.

use std::future::Future;
use std::time::Duration;

pub(crate) use base::deadline::within;

/// The outcome of a future; `None` if it took longer, or if `give_up` said so at the end of one of the ticks in between.
pub(crate) async fn within_unless<F: Future>(
    (time, tick): (Duration, Duration),
    mut give_up: impl FnMut() -> bool,
    future: F,
) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    let mut left = time;
    loop {
        if let Some(output) = within(left.min(tick), future.as_mut()).await {
            return Some(output);
        }
        left = left.saturating_sub(tick);
        if left.is_zero() || give_up() {
            return None;
        }
    }
}
