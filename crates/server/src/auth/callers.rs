//! Who may call, as the configuration says it: once at the start, and again whenever it is read again.

use std::sync::Arc;

use base::AccountId;
use sts::{Directory, Sessions};

use super::{Auth, Keyring, Keyrings, Named, Roles};
use crate::config::{self, ConfiguredRole};

/// Who may call. Which of the two it is, is decided at the start.
pub(crate) enum Callers {
    /// Whoever signs with one of these keys.
    Signed(Arc<Keyrings>),
    /// Everybody, under whatever name.
    Named(Arc<Named>),
}

impl Callers {
    /// Those of the configuration; `account` is that of callers who do not name one.
    pub(crate) fn new(auth: &config::Auth, roles: &[ConfiguredRole], account: AccountId) -> Self {
        let roles = Roles::new(roles);
        match auth {
            config::Auth::SigV4(keys) => {
                Callers::Signed(Arc::new(Keyrings::new(Keyring::new(keys, roles))))
            }
            config::Auth::None => Callers::Named(Arc::new(Named::new(account, roles))),
        }
    }

    /// From the next request on these keys and roles hold. Whether signatures are required does not change:
    /// a mistake in a file must not open the doors.
    pub(crate) fn renew(
        &self,
        auth: &config::Auth,
        roles: &[ConfiguredRole],
    ) -> Result<(), &'static str> {
        let roles = Roles::new(roles);
        match (self, auth) {
            (Callers::Signed(keyrings), config::Auth::SigV4(keys)) => {
                keyrings.renew(Keyring::new(keys, roles));
            }
            (Callers::Named(named), config::Auth::None) => named.renew(roles),
            (Callers::Signed(_), config::Auth::None) => {
                return Err("signatures stay required until the program is started again");
            }
            (Callers::Named(_), config::Auth::SigV4(_)) => {
                return Err("signatures are not required until the program is started again");
            }
        }
        Ok(())
    }

    /// What finds out who calls.
    pub(crate) fn auth(&self, sessions: Arc<Sessions>) -> Auth {
        match self {
            Callers::Signed(keyrings) => Auth::required(sessions, Arc::clone(keyrings)),
            Callers::Named(_) => Auth::open(sessions),
        }
    }

    /// What STS knows of them.
    pub(crate) fn directory(&self) -> Arc<dyn Directory> {
        match self {
            Callers::Signed(keyrings) => Arc::clone(keyrings) as _,
            Callers::Named(named) => Arc::clone(named) as _,
        }
    }
}
