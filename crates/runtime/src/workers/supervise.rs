//! Starting a worker again when it has failed.

use std::sync::Arc;

use base::Span;
use tracing::{info, warn};

use super::Worker;
use super::context::WorkerContext;
use super::status::WorkerState;
use crate::backoff::Backoff;
use crate::node::Node;

/// The pauses before a worker that failed is started again.
const BACKOFF: Backoff = Backoff { first: Span::from_seconds(1), most: Span::from_seconds(60) };
/// A worker that has run so long before it failed is started again as if it had not failed before.
const STEADY: Span = Span::from_seconds(300);

/// Runs a worker until it ends by itself or is to end.
pub(super) async fn supervise(node: &Node, worker: Arc<dyn Worker>, context: WorkerContext) {
    let mut failures = 0;
    while !context.is_stopping() {
        let began = node.timers().now();
        let Err(error) = worker.run(context.clone()).await else { break };
        if context.is_stopping() {
            warn!(worker = worker.name(), %error, "a worker has failed at its end");
            break;
        }
        let now = node.timers().now();
        failures = if now.since(began) >= STEADY { 1 } else { failures + 1 };
        warn!(worker = worker.name(), failures, %error, "a worker has failed; it is started again");
        let again = now + BACKOFF.pause(failures, node.random());
        context.shared.failed(error.to_string());
        if !context.rest_until(again).await {
            break;
        }
    }
    info!(worker = worker.name(), "a worker has ended");
    context.shared.set(WorkerState::Ended);
}
