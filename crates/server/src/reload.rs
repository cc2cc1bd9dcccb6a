//! What is read again while the program runs, at SIGHUP: the certificate and its key, and who may call.

use std::{future, io};

use tokio::signal::unix::{SignalKind, signal};

use crate::auth::Callers;
use crate::config::{Config, Source, TlsFiles};
use web::tls::Tls;

/// Reads the files again at each SIGHUP. What cannot be used is logged, and what was there before stays. With
/// neither TLS nor a configuration file nothing is read, and SIGHUP ends the program as it ends any other.
/// Never returns but with an error, if the system refuses to hand signals over.
pub(crate) async fn on_hangup(config: &Config, tls: Option<&Tls>, callers: &Callers) -> io::Error {
    let tls = config.tls.as_ref().zip(tls);
    let source = config.source.as_ref();
    if tls.is_none() && source.is_none() {
        return future::pending().await;
    }
    let mut hangup = match signal(SignalKind::hangup()) {
        Ok(hangup) => hangup,
        Err(error) => return error,
    };
    loop {
        hangup.recv().await;
        if let Some((files, tls)) = tls {
            renew_certificate(files, tls);
        }
        if let Some(source) = source {
            renew_callers(source, callers);
        }
    }
}

fn renew_certificate(files: &TlsFiles, tls: &Tls) {
    match files.read() {
        Ok(identity) => {
            tls.renew(identity);
            tracing::info!("the certificate and its key were read again");
        }
        Err(error) => tracing::error!(error, "the old certificate stays"),
    }
}

fn renew_callers(source: &Source, callers: &Callers) {
    let read = source.callers();
    match read.and_then(|read| callers.renew(&read.auth, &read.roles).map_err(str::to_owned)) {
        Ok(()) => tracing::info!("keys and roles were read again"),
        Err(error) => tracing::error!(error, "the old keys and roles stay"),
    }
}
