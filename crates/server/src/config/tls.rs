//! Which files hold the certificate and its key, and what is in them now.

use std::path::{Path, PathBuf};

use web::tls::{Chain, Identity, Key};

/// The files that TLS needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    certificate: PathBuf,
    key: PathBuf,
}

/// The files, if both are given; one without the other is an error.
pub(super) fn files(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
) -> Result<Option<TlsFiles>, String> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        (None, None) => Ok(None),
        (Some(_), None) => Err("--tls-cert needs --tls-key, the certificate's key".to_owned()),
        (None, Some(_)) => Err("--tls-key needs --tls-cert, the key's certificate".to_owned()),
    }
}

impl TlsFiles {
    /// What the files hold now; the error names the file and what is wrong with it.
    pub(crate) fn read(&self) -> Result<Identity, String> {
        let chain = parse(&self.certificate, Chain::from_pem)?;
        let key = parse(&self.key, Key::from_pem)?;
        Identity::new(chain, key).map_err(|error| {
            let (certificate, key) = (self.certificate.display(), self.key.display());
            format!("the certificate in {certificate} and the key in {key} {error}")
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the configuration's own files")]
fn parse<T>(path: &Path, from: fn(&[u8]) -> Result<T, String>) -> Result<T, String> {
    let text =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    from(&text).map_err(|error| format!("cannot use {}: {error}", path.display()))
}
