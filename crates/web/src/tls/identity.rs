//! What the server proves itself with: a chain of certificates and the private key of the first.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{Error, ServerConfig};

/// The protocols over TLS, the best first: their names are in the registry of RFC 7301.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// A certificate with its chain and its private key, ready for handshakes.
#[derive(Clone, Debug)]
pub struct Identity(Arc<ServerConfig>);

/// The private key of a certificate.
#[derive(Debug)]
pub struct Key(PrivateKeyDer<'static>);

/// Certificates, the server's own first.
#[derive(Debug)]
pub struct Chain(Vec<CertificateDer<'static>>);

impl Chain {
    /// The certificates in a file's text; the error says what is wrong with it.
    pub fn from_pem(text: &[u8]) -> Result<Chain, String> {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
        match read {
            Ok(chain) if chain.is_empty() => Err("there is no certificate in it".to_owned()),
            Ok(chain) => Ok(Chain(chain)),
            Err(error) => Err(format!("it is not PEM: {error}")),
        }
    }
}

impl Key {
    /// The first private key in a file's text, in PKCS #8, PKCS #1 or SEC 1; the error says what is
    /// wrong with it.
    pub fn from_pem(text: &[u8]) -> Result<Key, String> {
        PrivateKeyDer::from_pem_slice(text).map(Key).map_err(|error| match error {
            PemError::NoItemsFound => {
                "there is no private key in it, or an encrypted one".to_owned()
            }
            error => format!("it is not PEM: {error}"),
        })
    }
}

impl Identity {
    /// A chain and the key of its first certificate; the error says why they cannot serve.
    ///
    /// TLS 1.2 and 1.3 with the library's own choice of suites. Clients show no certificate; nothing
    /// they send with a resumed handshake is taken before it is complete, as it could be replayed.
    pub fn new(chain: Chain, key: Key) -> Result<Identity, String> {
        let unusable = |error| format!("cannot be used: {error}");
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(unusable)?
            .with_no_client_auth();
        let mut config = builder.with_single_cert(chain.0, key.0).map_err(|error| match error {
            Error::InconsistentKeys(_) => "do not belong together".to_owned(),
            error => unusable(error),
        })?;
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
        Ok(Identity(Arc::new(config)))
    }

    /// What a handshake needs.
    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::certificates::{RENEWED, RENEWED_KEY, SERVER, SERVER_KEY};

    fn identity(chain: &[u8], key: &[u8]) -> Result<Identity, String> {
        Identity::new(Chain::from_pem(chain)?, Key::from_pem(key)?)
    }

    #[test]
    fn a_certificate_and_its_own_key_make_an_identity() {
        for (chain, key) in [(SERVER, SERVER_KEY), (RENEWED, RENEWED_KEY)] {
            assert!(identity(chain, key).is_ok());
        }
    }

    #[test]
    fn another_certificates_key_is_refused() {
        let error = identity(SERVER, RENEWED_KEY).expect_err("must be refused");
        assert!(error.contains("do not belong together"), "{error}");
    }

    #[test]
    fn a_file_that_lacks_what_it_should_have_is_refused() {
        let refused = |chain, key, part: &str| {
            let error = identity(chain, key).expect_err("must be refused");
            assert!(error.contains(part), "{error}");
        };
        refused(SERVER_KEY, SERVER_KEY, "no certificate");
        refused(b"", SERVER_KEY, "no certificate");
        refused(SERVER, SERVER, "no private key");
        refused(SERVER, b"", "no private key");
        refused(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", SERVER_KEY, "PEM");
        refused(b"-----BEGIN CERTIFICATE-----\nAAAA\n", SERVER_KEY, "PEM");
        refused(
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            SERVER_KEY,
            "used",
        );
    }
}
