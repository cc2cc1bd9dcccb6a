//! AWS Security Token Service: who a caller is, and credentials that end.
//!
//! It keeps no state: users, roles and credentials are the program's identities ([`identity`]). `GetFederationToken`, SAML, web identities and MFA are not there.

mod error;
mod ops;

use std::sync::Arc;

use api::operations::{AssumeRole, GetAccessKeyInfo, GetCallerIdentity, GetSessionToken};
use identity::Identity;
use runtime::{Access, Host, Module, Node, Service};

/// The service's state.
struct Sts {
    node: Arc<Node>,
    identity: Arc<Identity>,
}

/// The module.
///
/// # Errors
/// Its settings are wrong.
pub fn module(host: &Host) -> Result<Module, String> {
    host.settings.none_of("sts")?;
    let (node, identity) = (Arc::clone(&host.node), Arc::clone(&host.identity));
    let sts = Arc::new(Sts { node, identity });
    let service = Service::new(&api::MODEL, sts, error::refuse)
        .operation::<AssumeRole, _>(ops::assume_role::run, |_, _| Ok(Vec::new()))
        .operation::<GetAccessKeyInfo, _>(ops::get_access_key_info::run, |_, _| {
            Ok(vec![Access::in_general("sts:GetAccessKeyInfo")])
        })
        .operation::<GetCallerIdentity, _>(ops::get_caller_identity::run, |_, _| Ok(Vec::new()))
        .operation::<GetSessionToken, _>(ops::get_session_token::run, |_, _| Ok(Vec::new()));
    Ok(Module::new("sts", &["sts"]).service(service))
}
