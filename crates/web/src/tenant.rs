//! The share of memory that the answers of one tenant may hold while nobody reads them.
//!
//! A client may open many connections, each within its own share. What they hold together is counted for the account that
//! they act for; callers who proved nothing count as one.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

/// The account for which a request was answered: a number that its service chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tenant(pub u64);

/// The bytes of waiting answers by tenant. Tenants that hold nothing are not in it.
#[derive(Debug)]
pub(crate) struct Shares {
    held: Mutex<HashMap<Option<Tenant>, usize>>,
    most: usize,
}

/// Bytes of one tenant, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    shares: Arc<Shares>,
    tenant: Option<Tenant>,
    bytes: usize,
}

impl Shares {
    /// Lets each tenant hold about that many bytes: the last answer may pass it.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Shares { held: Mutex::default(), most })
    }

    /// Counts bytes of a tenant; `None` if it holds its share already.
    pub(crate) fn take(self: &Arc<Self>, tenant: Option<Tenant>, bytes: usize) -> Option<Share> {
        let mut held = self.held.lock();
        let of_tenant = held.entry(tenant).or_default();
        if *of_tenant >= self.most {
            return None;
        }
        *of_tenant += bytes;
        Some(Share { shares: Arc::clone(self), tenant, bytes })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.held.lock();
        let Some(of_tenant) = held.get_mut(&self.tenant) else { return };
        *of_tenant -= self.bytes;
        if *of_tenant == 0 {
            held.remove(&self.tenant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tenant_at_its_share_leaves_the_others_theirs() {
        let shares = Shares::new(10);
        let (one, other) = (Some(Tenant(1)), Some(Tenant(2)));
        let first = shares.take(one, 9).expect("there is room");
        let second = shares.take(one, 9).expect("the last one may pass the share");
        assert!(shares.take(one, 1).is_none());
        assert!(shares.take(other, 10).is_some() && shares.take(None, 10).is_some());
        drop(second);
        assert!(shares.take(one, 1).is_some());
        drop(first);
        assert!(shares.held.lock().is_empty(), "nothing is kept of those who hold nothing");
    }
}
