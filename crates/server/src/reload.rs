//! What is read again while the program runs: the certificate and its key, at SIGHUP.

use std::{future, io};

use tokio::signal::unix::{SignalKind, signal};

use crate::config::TlsFiles;
use crate::http::tls::Tls;

/// Reads the files again at each SIGHUP. Files that cannot be used are logged, and what was there
/// before stays. Without TLS nothing is read, and SIGHUP ends the program as it ends any other. Never returns but with an error, if the system refuses to hand signals over.
pub(crate) async fn on_hangup(tls: Option<(&TlsFiles, &Tls)>) -> io::Error {
    let Some((files, tls)) = tls else { return future::pending().await };
    let mut hangup = match signal(SignalKind::hangup()) {
        Ok(hangup) => hangup,
        Err(error) => return error,
    };
    loop {
        hangup.recv().await;
        match files.read() {
            Ok(identity) => {
                tls.renew(identity);
                tracing::info!("the certificate and its key were read again");
            }
            Err(error) => tracing::error!(error, "the old certificate stays"),
        }
    }
}
