//! Amazon SNS.
//!
//! **What AWS promises.** A message whose id was answered is saved, and goes to every subscription whose filter
//! takes it; a FIFO topic gives each subscription its messages in order, each once.
//! <https://docs.aws.amazon.com/sns/latest/dg/welcome.html>
//!
//! **How it is kept.** A topic is a lane named by its ARN. Published messages are a log: a message is one
//! record, whatever the number of subscriptions, and its position is its sequence number. A subscription is
//! a row that says from which position on messages are for it, so that publishing does not look at
//! subscriptions and subscribing does not look at messages. Loading a topic reads neither: subscriptions come
//! page by page when a decision first needs them all ([`model::subscribers`]).
//!
//! **Other accounts.** A subscription of a queue by somebody else than its owner waits to be confirmed. The
//! request to confirm it is a record of the log too; what waits longer than two days is deleted.
//!
//! **Deliveries.** A timer in the commit of a message brings a delivery batch ([`relay`]): it takes the messages
//! behind the `delivered` offset to all subscriptions whose filter accepts them, and moves the offset. A
//! subscription that cannot be delivered to *lags*: it has a cursor of its own, and is tried again on AWS's
//! schedule without delaying the others. Records that no subscription needs any more are released by the commit
//! that says so.
//!
//! **A message on its way** has six shapes: `PublishInput`, as it came; a log entry ([`model::message`]), checked
//! and encoded; [`model::outgoing`], with its position and with what all subscriptions share;
//! `runtime::delivery::Message`, as one receiver gets it; and there the queue's own message and its record.
//!
//! **Archives.** A FIFO topic with an archive policy keeps its log as long as the policy says, and gives it to
//! subscriptions again ([`model::replay`]): what is newly published waits meanwhile. Beyond what AWS documents:
//! a range that begins before the archive is replayed from there, one that ends later than now lets new
//! messages through until then, and what a running replay needs is kept though it grows old. Messages that
//! cannot be delivered go the way of all others, to the dead-letter queue.
//!
//! **Phones.** Platform applications with their endpoints ([`mobile`]) and what an account has set about text
//! messages ([`sms`]) are lanes of their own kinds. They are records: nothing follows from them.
//!
//! **Indexes.** The slot of a topic lists its subscriptions under their owner's account and region, and
//! says of each at which queue it points. Both are written in the topic's own commits; those of a deleted
//! topic go piece by piece, before the rest of its rows.
//!
//! **Invariants.** Positions are dense and never used twice; while there is something to deliver or to release
//! a due row stands that brings it; there is one subscription of an endpoint at
//! most; a lane loaded from its rows equals the one that wrote them.
//!
//! **Layers**, from the bottom up. [`ids`] and [`limits`]; [`keys`], the rows on disk; [`model`], topics and their
//! changes, with [`filter`], [`envelope`] and [`signing`] beside it; [`mobile`] and [`sms`], lanes of their own;
//! [`relay`], the deliveries; [`ops`], an operation a file; `operations`, `access` and `reset`, which name them.

mod access;
mod envelope;
mod error;
mod filter;
mod ids;
mod jobs;
mod keys;
mod limits;
mod mobile;
mod model;
mod operations;
mod ops;
mod relay;
mod reset;
mod signing;
mod sms;
#[cfg(test)]
mod tests;
mod throttle;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base::{AccountId, Arn};
use futures::future::{BoxFuture, FutureExt};
use runtime::{Fact, Facts, Host, Lanes, Metric, Module, Node, Service, Trouble};

use mobile::ApplicationLane;
use model::TopicLane;
use relay::{Bounds, Budgets};
use signing::Signing;
use sms::SettingsLane;

/// The service's state: its topics, platform applications and settings.
pub struct Sns {
    topics: Arc<Lanes<TopicLane>>,
    applications: Arc<Lanes<ApplicationLane>>,
    settings: Arc<Lanes<SettingsLane>>,
    signing: Signing,
    bounds: Bounds,
    budgets: Budgets,
    throttle: throttle::Throttle,
    dropped: Arc<Dropped>,
}

/// The number of messages that no queue and no dead-letter queue has accepted since the program began.
#[derive(Debug, Default)]
pub(crate) struct Dropped(AtomicU64);

/// The module. Operations that the model knows and its list lacks are refused by name.
///
/// # Errors
/// Its settings are wrong.
pub fn module(host: &Host) -> Result<Module, String> {
    host.settings.none_of("sns")?;
    let sns = Sns::new(&host.node, Bounds::default());
    let service = Service::new(&api::MODEL, Arc::clone(&sns), error::refuse)
        .denied(&api::errors::AUTHORIZATION_ERROR_EXCEPTION);
    let service = operations::about_messages(operations::about_topics(service));
    let service = operations::about_texts(operations::about_applications(service));
    let module = Module::new("sns", &["sns"])
        .service(service)
        .facts(sns.clone())
        .jobs(sns.clone())
        .files(signing::FILES, &sns, |sns, path| async move { sns.signing.file(&path).await })
        .page("sns", &sns, sms::page::page)
        .reset(&sns, reset::run)
        .metric(dropped(&sns));
    Ok(LIMITATIONS.iter().fold(module, |module, text| module.limitation(text)))
}

/// What is accepted and not yet effective.
const LIMITATIONS: [&str; 5] = [
    "KmsMasterKeyId: stored and shown; data is not encrypted at rest yet",
    "DeliveryPolicy: stored and shown; there are no HTTP/S subscriptions yet",
    "TracingConfig: stored and shown; no trace is sent",
    "platform applications and endpoints: stored and shown; nothing is pushed, and credentials are not tried",
    "SMS attributes, opt-outs and sandbox: stored and shown; nobody is sent a text message",
];

#[expect(clippy::cast_precision_loss, reason = "a metric is a float, and exact up to 2^53")]
fn dropped(sns: &Sns) -> Metric {
    let dropped = Arc::clone(&sns.dropped);
    let help = "Messages of topics that neither their queue nor a dead-letter queue has taken";
    Metric::new("sns_messages_dropped", help, move || dropped.count() as f64)
}

impl Sns {
    fn new(node: &Arc<Node>, bounds: Bounds) -> Arc<Self> {
        Arc::new(Sns {
            topics: Lanes::new(node),
            applications: Lanes::new(node),
            settings: Lanes::new(node),
            signing: Signing::new(node),
            bounds,
            budgets: Budgets::default(),
            throttle: Default::default(),
            dropped: Arc::default(),
        })
    }
}

impl Dropped {
    /// The number.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, messages: usize) {
        self.0.fetch_add(messages as u64, Ordering::Relaxed);
    }
}

impl Facts for Sns {
    /// Platform applications have neither policies nor tags.
    fn fact<'f>(&'f self, thing: &'f Arn) -> BoxFuture<'f, Result<Option<Arc<Fact>>, Trouble>> {
        async move {
            match mobile::arn::is_mobile(thing) {
                true => Ok(None),
                false => self.topics.fact(thing).await,
            }
        }
        .boxed()
    }

    /// Subscriptions belong to whoever subscribed or confirmed. Their rows are read rather than the lane's
    /// memory: a topic may have a great many.
    fn owner<'f>(
        &'f self,
        topic: &'f Arn,
        part: &'f str,
    ) -> BoxFuture<'f, Result<Option<AccountId>, Trouble>> {
        async move {
            let Ok(id) = part.parse() else { return Ok(None) };
            let found = model::read::subscription_of(topic, id, &self.topics.rows(topic)).await;
            let found = found.map_err(|error| Trouble::Unavailable(error.to_string()))?;
            Ok(found.map(|subscription| subscription.owner))
        }
        .boxed()
    }
}
