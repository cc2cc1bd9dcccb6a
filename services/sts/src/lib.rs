//! AWS Security Token Service: who a caller is.
//!
//! It keeps no state. Millpond knows a caller by its access key alone until signatures are required, so every
//! caller is the root of its account.

mod error;
mod ops;

use std::sync::Arc;

use api::sts::operations::GetCallerIdentity;
use runtime::Service;

/// The service's state: there is none.
pub struct Sts;

/// The service with all that it can do.
pub fn service() -> Service<Sts> {
    Service::new(&api::sts::MODEL, Arc::new(Sts), error::refuse)
        .operation::<GetCallerIdentity, _>(ops::get_caller_identity::run, |_, _| Ok(Vec::new()))
}
