//! What is done when little happens: giving back the space of what was deleted.

use std::sync::Arc;

use base::Span;
use store::{Pressure, Stats};
use tracing::{info, warn};

use crate::node::Node;

/// How often it looks.
const EVERY: Span = Span::from_seconds(60);
/// Batches between two looks up to which the node counts as idle: ten a second.
const IDLE: u64 = 600;

/// Looks after the store, for as long as the node runs.
pub async fn run(node: Arc<Node>) {
    let mut before = node.slots().store().stats();
    loop {
        node.timers().sleep_until(node.timers().now() + EVERY).await;
        let now = node.slots().store().stats();
        if is_time(before, now, node.slots().store().pressure()) {
            tidy(&node).await;
        }
        before = now;
    }
}

/// When little happens, or when there is no room for anything to happen.
fn is_time(before: Stats, now: Stats, pressure: Pressure) -> bool {
    pressure == Pressure::Full || now.batches - before.batches <= IDLE
}

async fn tidy(node: &Node) {
    match node.slots().store().tidy().await {
        Ok(true) => info!("the space of what was deleted has been given back"),
        Ok(false) => {}
        Err(error) => warn!(%error, "the space of what was deleted cannot be given back"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_time_when_little_happens_or_nothing_can() {
        let stats = |batches| Stats { batches, ..Stats::default() };
        assert!(is_time(stats(5), stats(605), Pressure::Free));
        assert!(!is_time(stats(5), stats(606), Pressure::Free));
        assert!(is_time(stats(5), stats(1_000_000), Pressure::Full));
    }
}
