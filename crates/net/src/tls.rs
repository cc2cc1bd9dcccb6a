//! The authorities that sign certificates of servers.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::config::Config;

/// TLS for clients that trust the configured authorities.
pub(crate) fn client(config: &Config) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    if config.native_roots {
        // A machine's store often holds a certificate that cannot be used; the others can.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    for path in &config.roots {
        add(&mut roots, path).map_err(|error| format!("cannot use {}: {error}", path.display()))?;
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), String> {
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())?;
    let mut found = false;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
        found = true;
    }
    if found { Ok(()) } else { Err("there is no certificate in it".into()) }
}
