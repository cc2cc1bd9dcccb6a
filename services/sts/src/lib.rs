//! AWS Security Token Service: who a caller is, and credentials that end.
//!
//! It keeps no state but one secret: see [`Sessions`]. Users, keys and roles are those of the configuration, which it
//! asks through a [`Directory`]. `GetFederationToken`, SAML, web identities and MFA are not there.

mod directory;
mod error;
mod ops;
mod sessions;

use std::sync::Arc;

use api::operations::{AssumeRole, GetAccessKeyInfo, GetCallerIdentity, GetSessionToken};
use runtime::{Access, Node, Service};

pub use directory::{Directory, Role};
pub use sessions::{Holder, Issued, Opened, Sessions, account_of};

/// The service's state.
pub struct Sts {
    node: Arc<Node>,
    sessions: Arc<Sessions>,
    directory: Arc<dyn Directory>,
}

/// The service with all that it can do.
pub fn service(
    node: &Arc<Node>,
    sessions: Arc<Sessions>,
    directory: Arc<dyn Directory>,
) -> Service<Sts> {
    let sts = Sts { node: Arc::clone(node), sessions, directory };
    Service::new(&api::MODEL, Arc::new(sts), error::refuse)
        .operation::<AssumeRole, _>(ops::assume_role::run, |_, _| Ok(Vec::new()))
        .operation::<GetAccessKeyInfo, _>(ops::get_access_key_info::run, |_, _| {
            Ok(vec![Access::in_general("sts:GetAccessKeyInfo")])
        })
        .operation::<GetCallerIdentity, _>(ops::get_caller_identity::run, |_, _| Ok(Vec::new()))
        .operation::<GetSessionToken, _>(ops::get_session_token::run, |_, _| Ok(Vec::new()))
}
