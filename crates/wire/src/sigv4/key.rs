//! Secrets and the keys that are derived from them.
//!
//! A signing key is made of a secret, a day, a region and a service, by four HMACs. It is the same all day long,
//! so those that have verified something are kept.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#calculate-signature>

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::TERMINATOR;

/// A key that signs for one service in one region on one day.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

/// Signing keys that have been used. Bounded; none outlives a change of its secret.
#[derive(Default)]
pub struct SigningKeys(Mutex<HashMap<Scope, Kept>>);

/// Who signs, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    pub(super) access_key: String,
    pub(super) day: String,
    pub(super) region: String,
    pub(super) service: String,
}

struct Kept {
    secret: Secret,
    key: SigningKey,
}

/// Most keys that are kept: when there are more, all are made anew.
const MOST_KEPT: usize = 4096;

impl SigningKey {
    /// Derives it.
    pub(super) fn derive(secret: &Secret, scope: &Scope) -> Self {
        let first = ["AWS4", secret.reveal()].concat();
        let mut key = hmac(first.as_bytes());
        for part in [&scope.day, &scope.region, &scope.service, TERMINATOR] {
            key.update(part.as_bytes());
            key = hmac(&key.finalize().into_bytes());
        }
        SigningKey(key)
    }

    pub(super) fn over(&self, text: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(text.as_bytes());
        mac
    }
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("a key of any length will do")
}

impl SigningKeys {
    /// The key of a scope, if it was kept and its secret is still this one.
    pub(super) fn find(&self, scope: &Scope, secret: &Secret) -> Option<SigningKey> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(scope).filter(|found| found.secret == *secret).map(|found| found.key.clone())
    }

    /// Keeps a key that has verified something: whoever does not know the secret cannot fill this.
    pub(super) fn keep(&self, scope: &Scope, secret: &Secret, key: SigningKey) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(scope.clone(), Kept { secret: secret.clone(), key });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(region: &str) -> Scope {
        let [access_key, day, service] = ["AKID", "20150830", "iam"].map(str::to_owned);
        Scope { access_key, day, region: region.to_owned(), service }
    }

    fn signs_alike(one: &SigningKey, other: &SigningKey) -> bool {
        one.over("x").finalize().into_bytes() == other.over("x").finalize().into_bytes()
    }

    #[test]
    fn a_key_is_kept_for_its_own_secret_only() {
        let (keys, here) = (SigningKeys::default(), scope("us-east-1"));
        let [old, new] = ["old", "new"].map(Secret::new);
        let key = SigningKey::derive(&old, &here);
        keys.keep(&here, &old, key.clone());
        assert!(signs_alike(&keys.find(&here, &old).unwrap(), &key));
        assert!(keys.find(&here, &new).is_none());
        assert!(keys.find(&scope("eu-west-1"), &old).is_none());
        assert!(!signs_alike(&key, &SigningKey::derive(&new, &here)));
    }

    #[test]
    fn only_so_many_are_kept() {
        let (keys, secret) = (SigningKeys::default(), Secret::new("s"));
        let key = SigningKey::derive(&secret, &scope("r"));
        for number in 0..2 * MOST_KEPT {
            keys.keep(&scope(&number.to_string()), &secret, key.clone());
        }
        assert!(keys.0.lock().unwrap().len() <= MOST_KEPT);
    }
}
