//! The key that signs, and how it is kept.

use std::sync::Arc;

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rsa::signature::{RandomizedSigner, SignatureEncoding};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::SignatureVersion;
use super::certificate;

/// Bits of the key.
const BITS: usize = 2048;

/// The random numbers of a key, or of the blinding of a signature.
pub(super) type Seed = [u8; 32];

/// A key in its row.
#[derive(Clone, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub(super) struct KeyRow {
    /// PKCS#8 in DER.
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) private_key: Bytes,
    /// X.509 in DER.
    #[prost(bytes = "bytes", tag = "2")]
    pub(super) certificate: Bytes,
}

/// The key is nobody's to read.
impl std::fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyRow")
    }
}

/// A key that signs.
pub(super) struct Key {
    v1: SigningKey<Sha1>,
    v2: SigningKey<Sha256>,
    certificate: Bytes,
    file: Arc<str>,
}

/// Why there is no key or no signature.
#[derive(Debug, Error)]
pub(super) enum KeyError {
    #[error("the key: {0}")]
    Rsa(#[from] rsa::Error),
    #[error("the key's row: {0}")]
    Row(#[from] rsa::pkcs8::Error),
    #[error("the certificate: {0}")]
    Certificate(#[from] x509_cert::builder::Error),
    #[error("the certificate: {0}")]
    Der(#[from] x509_cert::der::Error),
    #[error("a signature: {0}")]
    Signature(#[from] rsa::signature::Error),
}

/// Makes a key and its certificate. Takes a tenth of a second, or a few.
pub(super) fn make(seed: Seed, now: Timestamp) -> Result<KeyRow, KeyError> {
    let mut rng = StdRng::from_seed(seed);
    let key = RsaPrivateKey::new(&mut rng, BITS)?;
    let private_key = Bytes::copy_from_slice(key.to_pkcs8_der()?.as_bytes());
    let certificate = certificate::make(&SigningKey::new(key), &mut rng, now)?.into();
    Ok(KeyRow { private_key, certificate })
}

impl Key {
    pub(super) fn read(row: &KeyRow) -> Result<Self, KeyError> {
        let key = RsaPrivateKey::from_pkcs8_der(&row.private_key)?;
        let digest = Sha256::digest(&row.certificate);
        let id: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Key {
            v1: SigningKey::new(key.clone()),
            v2: SigningKey::new(key),
            certificate: row.certificate.clone(),
            file: format!("SimpleNotificationService-{id}.pem").into(),
        })
    }

    /// A text's signature in base 64. Takes a millisecond or two.
    pub(super) fn sign(
        &self,
        version: SignatureVersion,
        text: &str,
        seed: Seed,
    ) -> Result<String, KeyError> {
        let (mut rng, text) = (StdRng::from_seed(seed), text.as_bytes());
        let signature = match version {
            SignatureVersion::V1 => self.v1.try_sign_with_rng(&mut rng, text)?,
            SignatureVersion::V2 => self.v2.try_sign_with_rng(&mut rng, text)?,
        };
        Ok(STANDARD.encode(signature.to_bytes()))
    }

    /// The certificate in PEM.
    pub(super) fn certificate(&self) -> Result<String, KeyError> {
        Ok(certificate::pem(&self.certificate)?)
    }

    /// The certificate's file name, as AWS's look.
    pub(super) fn certificate_file(&self) -> &Arc<str> {
        &self.file
    }
}
