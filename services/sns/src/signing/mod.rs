//! The signatures of notifications and confirmations.
//!
//! One RSA key of 2048 bits signs for all topics, with a certificate that it has signed itself. It is made
//! when something is signed for the first time and kept for good, so that a message can be verified as long
//! as it exists. Its row is written by the lane of one name ([`lane`]), so all nodes have the same key: of
//! two that are made at the same time the first one that comes there stays.
//!
//! A signature covers nothing that is of one subscriber alone: a message is signed once a signature version,
//! however many get it, and not at all if all of them want raw delivery or the topic is FIFO.
//!
//! Keys are made and signatures computed beside the requests (`Tasks::compute`). `rsa` is used, rather than
//! `ring`, which the program has for TLS: that neither makes RSA keys nor signs with SHA-1, and version 1 is
//! what topics use by default. What is known against `rsa` concerns decryption that attackers can time
//! (RUSTSEC-2023-0071); here nothing is decrypted, and signatures are blinded. A signature takes 1.6 ms, of
//! which blinding is 0.4, with the key's values for the Chinese remainder theorem (5 without). `ring` would take
//! 0.6 and `aws-lc-rs` 0.4, but for version 2 only: the latter verifies SHA-1 and does not sign with it either.

mod certificate;
mod key;
mod lane;
#[cfg(test)]
mod tests;

use std::str::FromStr;
use std::sync::Arc;

use futures::future;
use runtime::{Decision, File, FileAnswer, Lanes, Moment, Node, Trouble};
use tokio::sync::OnceCell;

use crate::model::attributes;
use key::{Key, KeyRow};
use lane::KeyLane;

/// The version of a signature (the topic's attribute `SignatureVersion`).
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-configure-message-signature.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SignatureVersion {
    /// SHA-1 with RSA.
    #[default]
    V1,
    /// SHA-256 with RSA.
    V2,
}

/// A text names no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnknownVersion;

impl SignatureVersion {
    /// As attributes and documents say it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            SignatureVersion::V1 => "1",
            SignatureVersion::V2 => "2",
        }
    }
}

impl FromStr for SignatureVersion {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        match text {
            "1" => Ok(SignatureVersion::V1),
            "2" => Ok(SignatureVersion::V2),
            _ => Err(UnknownVersion),
        }
    }
}

impl From<attributes::SignatureVersion> for SignatureVersion {
    fn from(version: attributes::SignatureVersion) -> Self {
        match version {
            attributes::SignatureVersion::One => SignatureVersion::V1,
            attributes::SignatureVersion::Two => SignatureVersion::V2,
        }
    }
}

/// The signer: one per node.
pub(crate) struct Signing {
    lanes: Arc<Lanes<KeyLane>>,
    key: OnceCell<Arc<Key>>,
}

/// The prefix of the paths of certificates.
pub(crate) const FILES: &str = "/SimpleNotificationService-";

/// Signatures in base 64, and the file name of their certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) signatures: Vec<String>,
    pub(crate) certificate: Arc<str>,
}

impl Signing {
    pub(crate) fn new(node: &Arc<Node>) -> Self {
        Signing { lanes: Lanes::new(node), key: OnceCell::new() }
    }

    /// Signs texts.
    pub(crate) async fn sign(
        &self,
        version: SignatureVersion,
        texts: Vec<String>,
    ) -> Result<Signed, Trouble> {
        let key = self.key().await?;
        let node = self.lanes.node();
        let sign = |text: String| {
            let (key, seed) = (Arc::clone(&key), node.random().bytes());
            node.tasks().compute(move || key.sign(version, &text, seed))
        };
        let signatures = future::try_join_all(texts.into_iter().map(sign)).await?;
        let signatures = signatures.into_iter().collect::<Result<_, _>>().map_err(unable)?;
        Ok(Signed { signatures, certificate: Arc::clone(key.certificate_file()) })
    }

    /// The certificate at that path, in PEM.
    pub(crate) async fn file(&self, path: &str) -> FileAnswer {
        let certificate = self.certificate(path.trim_start_matches('/')).await?;
        let content_type = "application/x-pem-file";
        Ok(certificate.map(|pem| File { content_type, body: pem.into() }))
    }

    /// The certificate of that file name, in PEM.
    async fn certificate(&self, file: &str) -> Result<Option<String>, Trouble> {
        let key = match self.key.get() {
            Some(key) => Some(Arc::clone(key)),
            None => self.settle(None).await?.map(Arc::new),
        };
        let key = key.filter(|key| **key.certificate_file() == *file);
        key.map(|key| key.certificate()).transpose().map_err(unable)
    }

    /// The key, made if there is none.
    async fn key(&self) -> Result<Arc<Key>, Trouble> {
        let key = self.key.get_or_try_init(|| async {
            if let Some(key) = self.settle(None).await? {
                return Ok(Arc::new(key));
            }
            let node = self.lanes.node();
            let (seed, now) = (node.random().bytes(), node.timers().now());
            let made = node.tasks().compute(move || key::make(seed, now)).await?;
            let settled = self.settle(Some(Arc::new(made.map_err(unable)?))).await?;
            let key = settled.ok_or_else(|| unable("no key was kept"))?;
            tracing::info!(certificate = %key.certificate_file(), "a key signs from now on");
            Ok(Arc::new(key))
        });
        key.await.cloned()
    }

    /// The key that there is, or else this one from now on.
    async fn settle(&self, candidate: Option<Arc<KeyRow>>) -> Result<Option<Key>, Trouble> {
        let decide = |lane: &KeyLane, _: Moment<'_>| decide(lane, candidate.as_ref());
        let Some(row) = self.lanes.enter(&lane::arn(), decide).await? else { return Ok(None) };
        Key::read(&row).map(Some).map_err(unable)
    }
}

fn decide(
    lane: &KeyLane,
    candidate: Option<&Arc<KeyRow>>,
) -> Decision<KeyLane, Option<Arc<KeyRow>>, Trouble> {
    match (lane.key(), candidate) {
        (None, Some(made)) => Decision::grow(vec![Arc::clone(made)], Some(Arc::clone(made))),
        (present, _) => Decision::answer(present.cloned()),
    }
}

fn unable(error: impl std::fmt::Display) -> Trouble {
    tracing::error!(%error, "cannot sign");
    Trouble::Unavailable("nothing can be signed".into())
}
