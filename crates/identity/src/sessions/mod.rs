//! Temporary credentials.
//!
//! They are stateless: an access key of its own, a secret that follows from it and the node's secret, and a session
//! token in which stands, sealed, for whom and until when they are good. So they survive a restart without a row
//! each, and any node that has the secret knows them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html>

mod access_key;
mod token;

use base::{AccountId, Random, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use policy::Principal;
use sha2::Sha256;

use crate::identity::Term;
use crate::session::Session;
use token::Seal;

/// Issues temporary credentials and knows them again.
pub struct Sessions {
    secrets: Hmac<Sha256>,
    seal: Seal,
}

/// Temporary credentials as their holder gets them.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    /// The access key's id: `ASIA` and sixteen digits.
    pub access_key: String,
    /// The secret.
    pub secret: String,
    /// The session token.
    pub token: String,
    /// When they end, in whole seconds.
    pub expires: Timestamp,
}

/// For whom credentials are issued.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder<'a> {
    /// For whom.
    pub(crate) principal: &'a Principal,
    /// What limits them, as JSON.
    pub(crate) policy: Option<&'a str>,
    /// Whether a signature proved who asked for them.
    pub(crate) is_proven: bool,
}

/// Temporary credentials as they were issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    /// For whom.
    pub(crate) principal: Principal,
    /// For how long, and with which policy.
    pub(crate) session: Session,
    /// Whether a signature proved who asked for them: where signatures were not required anybody got what
    /// anybody asked for, and where they are that is worth nothing.
    pub(crate) is_proven: bool,
}

impl Sessions {
    /// Sessions under a node's secret.
    pub fn new(key: &[u8; 32]) -> Self {
        let part = |purpose: &[u8]| hmac(key).chain_update(purpose).finalize().into_bytes();
        Sessions { secrets: hmac(&part(b"secrets")), seal: Seal::new(&part(b"tokens").into()) }
    }

    /// Issues credentials.
    pub(crate) fn issue(
        &self,
        random: &Random,
        Holder { principal, policy, is_proven }: Holder<'_>,
        Term { now, duration }: Term,
    ) -> Issued {
        let account = principal.account().unwrap_or(AccountId::DEFAULT);
        let access_key = access_key::draw(random, account);
        let issued = Timestamp::from_millis(now.seconds() * 1000);
        let session =
            Session { issued, expires: issued + duration, policy: policy.map(Into::into) };
        let expires = session.expires;
        let opened = Opened { principal: principal.clone(), session, is_proven };
        let token = self.seal.seal(random, &access_key, &opened);
        Issued { secret: self.secret(&access_key), access_key, token, expires }
    }

    /// What a session token says; `None` unless it was issued here, with this access key.
    pub(crate) fn open(&self, access_key: &str, token: &str) -> Option<Opened> {
        self.seal.open(access_key, token)
    }

    /// The secret of a temporary access key: forty characters, as AWS's have.
    pub(crate) fn secret(&self, access_key: &str) -> String {
        let mac = self.secrets.clone().chain_update(access_key).finalize().into_bytes();
        STANDARD.encode(&mac[..30])
    }
}

/// The account that a temporary access key's id names.
pub fn account_of(access_key: &str) -> Option<AccountId> {
    access_key::account(access_key)
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("a key of any length will do")
}

#[cfg(test)]
mod tests;
