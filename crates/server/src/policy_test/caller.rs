//! Who asks, and the policy that the configuration gives to it.

use policy::Principal;

use super::Arguments;
use crate::auth::{Keyring, Wanted};
use crate::config::{Auth, Callers, Policy};

/// Who asks.
#[derive(Debug, PartialEq)]
pub(super) struct Asking {
    pub(super) principal: Principal,
    /// The policy of the configuration, if it has one for this caller.
    pub(super) policy: Option<Policy>,
}

/// Who asks. Somebody whom the configuration does not know is a mistake, unless policies are given in files, or it
/// is nobody who could have any: a root, a service, or who did not sign.
pub(super) fn asking(asked: &Arguments, callers: Option<&Callers>) -> Result<Asking, String> {
    let wanted = match (&asked.access_key, &asked.caller) {
        (Some(id), _) => Wanted::Key(id.clone()),
        (None, Some(principal)) => Wanted::Principal(principal.clone()),
        (None, None) => return Err("who asks? say --caller or --access-key".to_owned()),
    };
    let Some(callers) = callers else { return without_configuration(wanted) };
    let keyring = keyring(callers);
    match (keyring.find(&wanted), wanted) {
        (Some(principal), _) => {
            let policy = keyring.policy(&principal).cloned();
            Ok(Asking { principal, policy })
        }
        (None, Wanted::Key(id)) => Err(format!("the configuration has no key {id}")),
        (None, Wanted::Principal(principal)) => {
            let has_policies =
                matches!(principal, Principal::User { .. } | Principal::AssumedRole { .. });
            if has_policies && asked.identity_file.is_empty() {
                return Err(format!("the configuration does not know {}", principal.arn()));
            }
            Ok(Asking { principal, policy: None })
        }
    }
}

fn without_configuration(wanted: Wanted) -> Result<Asking, String> {
    match wanted {
        Wanted::Principal(principal) => Ok(Asking { principal, policy: None }),
        Wanted::Key(_) => Err("--access-key needs the file with the keys (--config)".to_owned()),
    }
}

fn keyring(callers: &Callers) -> Keyring {
    let keys = match &callers.auth {
        Auth::SigV4(keys) => keys.as_slice(),
        Auth::None => &[],
    };
    Keyring::new(keys, &callers.roles)
}
