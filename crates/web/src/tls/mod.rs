//! TLS on the port: handshakes, bounded in number and time, with an identity that may be renewed while
//! connections are open.

mod identity;

use std::io;

use parking_lot::RwLock;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub use self::identity::{Chain, Identity, Key};

/// Handshakes at one time. More wait for their turn, within the time that each of them has.
const HANDSHAKES: usize = 512;

/// The type of the first record of a TLS connection: a handshake. RFC 8446, section 5.1.
const HANDSHAKE: u8 = 22;

/// How much is read of what is not TLS before the connection is closed: what is left unread would
/// make the system reset it, and the answer might be lost.
const PLAIN_READ: usize = 16 * 1024;

/// What somebody reads who speaks HTTP to a port of HTTPS.
const NOT_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: application/json\r\nContent-Length: 94\r\nConnection: close\r\n\r\n\
    {\"__type\":\"MalformedHttpRequestException\",\"message\":\"This port speaks TLS: use an https URL.\"}";

/// The TLS side of the port.
#[derive(Debug)]
pub struct Tls {
    identity: RwLock<Identity>,
    handshakes: Semaphore,
}

/// Why a connection has no TLS.
#[derive(Debug)]
pub(crate) enum NoTls {
    /// Its first byte is not one of TLS; it has been told.
    Plain,
    /// The handshake failed, or the client went away.
    Failed(io::Error),
}

impl Tls {
    /// The side of a port that shows this identity.
    pub fn new(identity: Identity) -> Tls {
        Tls { identity: RwLock::new(identity), handshakes: Semaphore::new(HANDSHAKES) }
    }

    /// Shows another identity from the next handshake on; open connections stay as they are.
    pub fn renew(&self, identity: Identity) {
        *self.identity.write() = identity;
    }

    /// Shakes hands with a client. A client that says nothing takes no turn from another one.
    pub(crate) async fn accept(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>, NoTls> {
        let mut first = [0];
        let read = stream.peek(&mut first).await.map_err(NoTls::Failed)?;
        if read == 0 {
            return Err(NoTls::Failed(io::ErrorKind::UnexpectedEof.into()));
        }
        if first != [HANDSHAKE] {
            turn_away(&stream);
            return Err(NoTls::Plain);
        }
        self.handshake(stream).await
    }

    /// Shakes hands with a client that is known to speak TLS, or is left alone if it does not.
    pub(crate) async fn handshake(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>, NoTls> {
        let turn = self.handshakes.acquire().await;
        let _turn = turn.map_err(|closed| NoTls::Failed(io::Error::other(closed)))?;
        let acceptor = TlsAcceptor::from(self.identity.read().config());
        acceptor.accept(stream).await.map_err(NoTls::Failed)
    }
}

/// Whether it can be told or not: it is closed, without waiting for it.
fn turn_away(stream: &TcpStream) {
    let _ = stream.try_read(&mut vec![0; PLAIN_READ]);
    let _ = stream.try_write(NOT_TLS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_plain_http_says_its_true_length() {
        let text = std::str::from_utf8(NOT_TLS).expect("it is text");
        let (head, body) = text.split_once("\r\n\r\n").expect("it has a body");
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{}", body.len());
    }
}
