//! The services that receive deliveries.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use futures::future::BoxFuture;
use parking_lot::RwLock;

use super::{Batch, Delivered, Refusal};
use crate::plan::Trouble;

/// A service whose resources receive deliveries.
///
/// It asks each delivery for the form that it accepts ([`Delivery::message`](super::Delivery::message) and its
/// siblings), which refuses the other forms by name.
pub trait Target: Send + Sync + 'static {
    /// Accepts deliveries in order, up to the first one that it refuses. Those that it has accepted before count
    /// as accepted. It answers when what it accepts is durable.
    fn deliver<'b>(&'b self, batch: Batch<'b>) -> BoxFuture<'b, Result<Delivered, Trouble>>;
}

/// The targets by service. Filled at start. It does not own the services: they own the node.
#[derive(Default)]
pub struct Targets {
    by_service: RwLock<BTreeMap<&'static str, Weak<dyn Target>>>,
    check: AtomicBool,
}

impl Targets {
    /// Registers the target for resources of a service.
    pub fn add<T: Target>(&self, service: &'static str, target: &Arc<T>) {
        let target: Arc<dyn Target> = Arc::clone(target) as _;
        self.connect(service, &target);
    }

    /// The same, for a target whose type is not known.
    pub(crate) fn connect(&self, service: &'static str, target: &Arc<dyn Target>) {
        self.by_service.write().insert(service, Arc::downgrade(target));
    }

    /// Makes receivers' policies decide about deliveries: called where callers are authorized.
    pub fn check_policies(&self) {
        self.check.store(true, Ordering::Relaxed);
    }

    /// True if receivers' policies decide: the `checked` of every [`Sender`](super::Sender).
    pub fn policies_are_checked(&self) -> bool {
        self.check.load(Ordering::Relaxed)
    }

    /// True if resources of this service receive deliveries.
    pub fn takes(&self, service: &str) -> bool {
        self.by_service.read().contains_key(service)
    }

    /// Delivers a batch, in order, up to the first delivery that is refused. After an error the outcome is
    /// unknown: the same batch must be sent again, before any later one of the stream.
    pub async fn deliver(&self, batch: Batch<'_>) -> Result<Delivered, Trouble> {
        let rise = batch.deliveries.is_sorted_by(|one, next| one.number < next.number);
        debug_assert!(rise, "the numbers of a stream rise");
        let service = batch.to.service();
        let target = self.by_service.read().get(service).cloned();
        let Some(target) = target else {
            let reason = format!("Nothing can be delivered to resources of the service {service}.");
            return Ok(Delivered::none(Refusal::Denied(reason)));
        };
        let target = target.upgrade().ok_or_else(stopped)?;
        let delivered = target.deliver(batch).await?;
        let whole = delivered.accepted == batch.deliveries.len();
        debug_assert!(whole || delivered.refused.is_some(), "what is not accepted is refused");
        Ok(delivered)
    }
}

fn stopped() -> Trouble {
    Trouble::Unavailable("the receiver's service has stopped".into())
}
