//! Session tokens: what stands in one is sealed, so that nobody can read it or change it.

use base::{Random, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use policy::Principal;
use prost::Message;

use super::Opened;
use crate::session::Session;

/// The first byte of every token.
const VERSION: u8 = 1;
const NONCE: usize = 24;
/// Longer ones are not looked at: a policy has at most 2048 characters.
const LONGEST: usize = 16 * 1024;

/// Seals and opens tokens.
pub(super) struct Seal(XChaCha20Poly1305);

/// What is sealed. Fields may be added and are never renumbered: tokens outlive the program that made
/// them by up to a day and a half.
#[derive(Clone, PartialEq, Message)]
struct Content {
    /// The principal's ARN, but with the role's path if it has one.
    #[prost(string, tag = "1")]
    principal: String,
    /// Milliseconds since 1970.
    #[prost(uint64, tag = "2")]
    issued: u64,
    /// Milliseconds since 1970.
    #[prost(uint64, tag = "3")]
    expires: u64,
    /// JSON.
    #[prost(string, optional, tag = "4")]
    policy: Option<String>,
    /// Path and name of an assumed role, whose path its sessions' ARNs do not have.
    #[prost(string, optional, tag = "5")]
    role: Option<String>,
    /// Whether a signature proved who asked for it.
    #[prost(bool, tag = "6")]
    is_proven: bool,
}

impl Seal {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Seal(XChaCha20Poly1305::new(key.into()))
    }

    pub(super) fn seal(&self, random: &Random, access_key: &str, opened: &Opened) -> String {
        let content = content(opened).encode_to_vec();
        let nonce: [u8; NONCE] = random.bytes();
        let payload = Payload { msg: &content, aad: access_key.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.expect("what is sealed is far from the cipher's limit");
        STANDARD.encode([&[VERSION], &nonce[..], &sealed].concat())
    }

    pub(super) fn open(&self, access_key: &str, token: &str) -> Option<Opened> {
        if token.len() > LONGEST {
            return None;
        }
        let bytes = STANDARD.decode(token).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
        if *version != VERSION {
            return None;
        }
        let payload = Payload { msg: sealed, aad: access_key.as_bytes() };
        let content = self.0.decrypt(&XNonce::from(*nonce), payload).ok()?;
        opened(Content::decode(&content[..]).ok()?)
    }
}

fn content(opened: &Opened) -> Content {
    let Opened { principal, session, is_proven } = opened;
    let role = match principal {
        Principal::AssumedRole { role, .. } => Some(role.to_string()),
        _ => None,
    };
    Content {
        principal: principal.arn(),
        issued: session.issued.millis(),
        expires: session.expires.millis(),
        policy: session.policy.as_deref().map(str::to_owned),
        role,
        is_proven: *is_proven,
    }
}

fn opened(content: Content) -> Option<Opened> {
    let mut principal = content.principal.parse().ok()?;
    if let (Principal::AssumedRole { role, .. }, Some(whole)) = (&mut principal, content.role) {
        *role = whole.into();
    }
    Some(Opened {
        principal,
        is_proven: content.is_proven,
        session: Session {
            issued: Timestamp::from_millis(content.issued),
            expires: Timestamp::from_millis(content.expires),
            policy: content.policy.map(Into::into),
        },
    })
}
