//! The callers of the configuration: read at the start, and again whenever the file is read again.

use std::sync::Arc;

use base::AccountId;
use identity::{Enforcement, Identity, NotEnforced, Sessions};

use super::{Keyring, Keyrings};
use crate::config::{self, ConfiguredRole};

/// The keys and roles of the configuration, and whether callers must sign.
pub(crate) struct Callers {
    keyrings: Arc<Keyrings>,
    enforcement: Enforcement,
    /// The account of callers who do not name one, where they do not sign.
    account: AccountId,
}

impl Callers {
    /// Those of the configuration; `account` is that of callers who do not name one. Here it is decided whether
    /// anything is enforced.
    pub(crate) fn new(auth: &config::Auth, roles: &[ConfiguredRole], account: AccountId) -> Self {
        let enforcement = match auth {
            config::Auth::SigV4(_) => Enforcement::Required,
            config::Auth::None => Enforcement::NotRequired(not_enforced()),
        };
        let keyring = Keyring::of(auth, roles, account);
        Callers { keyrings: Arc::new(Keyrings::new(keyring)), enforcement, account }
    }

    /// From the next request on these keys and roles hold. Whether signatures are required does not change:
    /// a mistake in a file must not open the doors.
    pub(crate) fn renew(
        &self,
        auth: &config::Auth,
        roles: &[ConfiguredRole],
    ) -> Result<(), &'static str> {
        match (self.enforcement, auth) {
            (Enforcement::Required, config::Auth::SigV4(_))
            | (Enforcement::NotRequired(_), config::Auth::None) => {
                self.keyrings.renew(Keyring::of(auth, roles, self.account));
                Ok(())
            }
            (Enforcement::Required, config::Auth::None) => {
                Err("signatures stay required until the program is started again")
            }
            (Enforcement::NotRequired(_), config::Auth::SigV4(_)) => {
                Err("signatures are not required until the program is started again")
            }
        }
    }

    /// The program's identities: so far, the configuration's.
    pub(crate) fn identity(&self, sessions: Sessions) -> Arc<Identity> {
        let keyrings = Arc::clone(&self.keyrings);
        Identity::new(vec![keyrings], sessions, self.enforcement)
    }
}

#[expect(clippy::disallowed_methods, reason = "the configuration says that nobody signs")]
fn not_enforced() -> NotEnforced {
    NotEnforced::declare()
}
