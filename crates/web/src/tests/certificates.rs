//! The certificates that tests use, and clients that trust them.

use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::tls::{Chain, Identity, Key};

const AUTHORITY: &[u8] = include_bytes!("../../../../tests/certificates/authority.pem");
pub(crate) const SERVER: &[u8] = include_bytes!("../../../../tests/certificates/server.pem");
pub(crate) const SERVER_KEY: &[u8] = include_bytes!("../../../../tests/certificates/server.key");
pub(crate) const RENEWED: &[u8] = include_bytes!("../../../../tests/certificates/renewed.pem");
pub(crate) const RENEWED_KEY: &[u8] = include_bytes!("../../../../tests/certificates/renewed.key");

pub(super) fn identity(chain: &[u8], key: &[u8]) -> Identity {
    let (chain, key) = (Chain::from_pem(chain), Key::from_pem(key));
    Identity::new(chain.expect("a chain"), key.expect("a key")).expect("a pair")
}

/// The first certificate in a file's text.
pub(super) fn certificate(pem: &[u8]) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem).expect("a certificate")
}

/// Which version of TLS a client speaks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Version {
    Tls12,
    Tls13,
}

/// A client that trusts the tests' authority.
pub(super) fn connector(version: Version, protocols: &[&[u8]]) -> TlsConnector {
    let mut trusted = RootCertStore::empty();
    trusted.add(certificate(AUTHORITY)).expect("an authority");
    let version = match version {
        Version::Tls12 => &TLS12,
        Version::Tls13 => &TLS13,
    };
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .expect("both are known")
        .with_root_certificates(trusted)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}
