//! Ports of protocols that are not HTTP.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::support::soon;
use crate::{Connection, Listener, Stopper, stop};

/// Sends back what it gets, until its client or the program ends it.
async fn echo(mut connection: Connection) {
    let mut buffer = [0; 64];
    loop {
        let read = tokio::select! {
            read = connection.stream.read(&mut buffer) => read.unwrap_or(0),
            () = connection.stop.wanted() => 0,
        };
        if read == 0 || connection.stream.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

async fn start(connections: usize) -> (std::net::SocketAddr, Stopper, JoinSet<()>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("it is bound");
    let mut listener = Listener::new("echo", echo);
    listener.connections = connections;
    let (stopper, stop) = stop();
    let mut serving = JoinSet::new();
    serving.spawn(listener.serve(socket, None::<Arc<_>>, stop));
    (address, stopper, serving)
}

async fn said(stream: &mut TcpStream) -> Option<[u8; 2]> {
    let mut answer = [0; 2];
    stream.write_all(b"hi").await.ok()?;
    soon(stream.read_exact(&mut answer)).await.ok()?;
    Some(answer)
}

#[tokio::test]
async fn connections_are_served_and_end_with_the_program() {
    let (address, stopper, mut serving) = start(10).await;
    let mut stream = super::support::connect(address).await.expect("it listens");
    assert_eq!(said(&mut stream).await, Some(*b"hi"));
    stopper.stop();
    soon(serving.join_next()).await.expect("one task").expect("no panic");
    assert_eq!(said(&mut stream).await, None);
}

#[tokio::test]
async fn a_connection_too_many_is_closed() {
    let (address, _stopper, _serving) = start(1).await;
    let mut first = super::support::connect(address).await.expect("it listens");
    assert_eq!(said(&mut first).await, Some(*b"hi"));
    let mut second = super::support::connect(address).await.expect("it listens");
    assert_eq!(said(&mut second).await, None);
    assert_eq!(said(&mut first).await, Some(*b"hi"));
}
