//! The modules' ports of their own: all open before the first request is served.

use std::sync::Arc;

use futures::future::join_all;
use runtime::Port;
use tokio::net::TcpListener;
use web::tls::Tls;
use web::{Listener, Stop};

/// A port that is open.
pub(crate) struct Open {
    socket: TcpListener,
    tls: Option<Arc<Tls>>,
    listener: Listener,
}

/// Opens the ports.
///
/// # Errors
/// One cannot be opened, or is to speak TLS and there is no certificate.
pub(crate) async fn open(ports: Vec<Port>, tls: Option<&Arc<Tls>>) -> Result<Vec<Open>, String> {
    let mut open = Vec::with_capacity(ports.len());
    for Port { address, is_tls, listener } in ports {
        let name = listener.name;
        let tls = match (is_tls, tls) {
            (true, None) => return Err(format!("{name} speaks TLS and needs --tls-cert")),
            (true, Some(tls)) => Some(Arc::clone(tls)),
            (false, _) => None,
        };
        let socket = TcpListener::bind(address).await;
        let socket =
            socket.map_err(|error| format!("cannot listen on {address} for {name}: {error}"))?;
        open.push(Open { socket, tls, listener });
    }
    Ok(open)
}

/// Serves the ports until the program is to stop.
pub(crate) async fn serve(ports: Vec<Open>, stop: &Stop) {
    join_all(
        ports.into_iter().map(|port| port.listener.serve(port.socket, port.tls, stop.clone())),
    )
    .await;
}
