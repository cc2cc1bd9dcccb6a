//! Ports of a module's own.

use std::net::SocketAddr;

use web::Listener;

/// A port on which a module speaks a protocol of its own.
#[derive(Clone)]
pub struct Port {
    /// The address to listen on.
    pub address: SocketAddr,
    /// True if the port speaks TLS, with the program's certificate. Without one the program does not start.
    pub is_tls: bool,
    /// The handler of connections.
    pub listener: Listener,
}
