//! Amazon SQS.
//!
//! **What AWS promises.** A message that was accepted is delivered at least once, until it is deleted or
//! its retention is over; while it is in flight nobody else receives it.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html>
//!
//! **How it is kept.** A queue is a lane named by its ARN. Messages are a log: a position never changes and
//! is never used twice. A message that was never received and is not delayed has no state but its
//! place at or after the *cursor*; each other one is *tracked* by a row of its own. So a send writes one
//! record, a receive one small row a message, and neither looks at the rest of the backlog, of which
//! memory holds a bounded *window*. What time changes (a visibility timeout, a delay) writes nothing:
//! it follows from the rows and the clock. A purge raises head and cursor to the tail, in one small commit;
//! the records and rows below are dead from then on and go later, piece by piece.
//!
//! **Crossing.** A dead letter, or a message that a move task takes, is *leaving*: it stays tracked, under a
//! number, until the other queue's door (`port`) has taken it durably; the relay (`relay`) brings it there.
//! A FIFO queue has the same log and the same rows; an index of its first messages by group is in memory
//! ([`model::fifo`]). What was sent to it in the last five minutes has a row of its own.
//!
//! **Invariants.** `cursor <= tail`; a tracked message is either hidden (in flight or delayed, until a known
//! time), visible or leaving; a lane loaded from its rows equals the one that wrote them.
//!
//! **Known deviations** stand in the README, each with its reason.

mod access;
mod error;
mod jobs;
mod keys;
mod limits;
mod model;
mod moves;
mod operations;
mod ops;
mod pages;
mod port;
mod relay;
mod reset;
mod target;
#[cfg(test)]
mod tests;
mod throttle;

use std::sync::Arc;

use base::Arn;
use futures::future::{BoxFuture, FutureExt};
use runtime::{Call, Fact, Facts, Host, Lanes, Module, Node, Service, Trouble};

use error::Error;
use model::QueueLane;

/// The service's state: its queues.
pub struct Sqs {
    queues: Arc<Lanes<QueueLane>>,
    throttle: throttle::Throttle,
}

/// The module. Operations that the model knows and its list lacks are refused by name.
///
/// # Errors
/// Its settings are wrong.
pub fn module(host: &Host) -> Result<Module, String> {
    host.settings.none_of("sqs")?;
    let sqs = Sqs::new(&host.node);
    let service = Service::new(&api::MODEL, Arc::clone(&sqs), error::refuse);
    let service = operations::about_messages(operations::about_queues(service));
    let module = Module::new("sqs", &["sqs"])
        .service(service)
        .facts(sqs.clone())
        .jobs(sqs.clone())
        .target(sqs.clone())
        .page("queues", &sqs, pages::queues)
        .reset(&sqs, reset::run)
        .limitation(
            "KmsMasterKeyId, KmsDataKeyReusePeriodSeconds, SqsManagedSseEnabled: stored and shown; \
             data is not encrypted at rest yet",
        );
    Ok(module)
}

impl Sqs {
    fn new(node: &Arc<Node>) -> Arc<Self> {
        Arc::new(Sqs { queues: Lanes::new(node), throttle: Default::default() })
    }

    /// The ARN of the queue that a `QueueUrl` names.
    fn queue(&self, call: &Call, queue_url: &str) -> Result<Arn, Error> {
        model::name::arn_of_url(&call.caller, queue_url)
    }
}

impl Facts for Sqs {
    fn fact<'f>(&'f self, queue: &'f Arn) -> BoxFuture<'f, Result<Option<Arc<Fact>>, Trouble>> {
        async move {
            match queue.service() {
                "sqs" => self.queues.fact(queue).await,
                _ => Ok(None),
            }
        }
        .boxed()
    }
}
