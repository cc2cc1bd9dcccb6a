//! WebSockets, with a client of another implementation's frames.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::support::{Server, Setup, soon};
use crate::{Endpoint, Limits, Message, Response, WebSocket};

/// Sends everything back; refuses those who have no name.
fn echo() -> Endpoint {
    Endpoint::websocket("echo socket", "/socket", |head| async move {
        if head.uri.query().is_none() {
            return Err(Response::empty(hyper::StatusCode::UNAUTHORIZED));
        }
        Ok(|mut socket: WebSocket| async move {
            while let Some(message) = socket.receive().await {
                match message == Message::Text("close".into()) {
                    true => return socket.close(4000, "as you wish").await,
                    false => socket.send(message).await.expect("its client reads"),
                }
            }
        })
    })
}

async fn server(limits: Limits) -> Server {
    Setup { limits, endpoints: vec![echo()], ..Setup::default() }.start().await
}

async fn connect(server: &Server) -> WebSocketStream<TcpStream> {
    let stream = super::support::connect(server.address).await.expect("it listens");
    let request = format!("ws://{}/socket?name", server.address).into_client_request();
    let connected = client_async(request.expect("a request"), stream);
    soon(connected).await.expect("a handshake").0
}

async fn next(socket: &mut WebSocketStream<TcpStream>) -> Option<Frame> {
    soon(socket.next()).await.and_then(Result::ok)
}

#[tokio::test]
async fn messages_go_both_ways() {
    let server = server(Limits::default()).await;
    let mut socket = connect(&server).await;
    for message in [Frame::text("hello ü"), Frame::binary(vec![0; 100_000])] {
        socket.send(message.clone()).await.expect("it reads");
        assert_eq!(next(&mut socket).await, Some(message));
    }
    assert!(server.measures("millpond_connections 1"));
}

#[tokio::test]
async fn a_socket_is_refused_as_its_endpoint_says() {
    let server = server(Limits::default()).await;
    let upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (path, headers, status) in [
        ("/socket", upgrade, 401),
        ("/socket?name", "", 426),
        ("/socket?name", "Connection: Upgrade\r\nUpgrade: h2c\r\n", 426),
    ] {
        let mut client = server.client().await;
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n{headers}\r\n")).await;
        assert_eq!(client.answer().await.status, status, "{path} {headers}");
    }
    let mut client = server.client().await;
    client.send(format!("GET /socket?name HTTP/1.1\r\nHost: a\r\n{upgrade}\r\n")).await;
    let head = client.head().await;
    // The example of RFC 6455, section 1.3.
    assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
}

#[tokio::test]
async fn a_message_beyond_the_limit_ends_the_socket() {
    let server = server(Limits { body: 1024, ..Limits::default() }).await;
    let mut socket = connect(&server).await;
    socket.send(Frame::binary(vec![0; 2048])).await.expect("it is sent");
    assert!(!matches!(next(&mut socket).await, Some(Frame::Binary(_))));
}

#[tokio::test]
async fn both_sides_can_close_a_socket() {
    let server = server(Limits::default()).await;
    let mut socket = connect(&server).await;
    socket.send(Frame::text("close")).await.expect("it reads");
    let Some(Frame::Close(Some(frame))) = next(&mut socket).await else { panic!("not closed") };
    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (4000, "as you wish"));
    let mut socket = connect(&server).await;
    soon(socket.close(None)).await.expect("it agrees");
    while next(&mut socket).await.is_some() {}
}

#[tokio::test]
async fn a_silent_client_is_asked_and_then_dropped() {
    let server = server(Limits { idle_time: Duration::from_millis(80), ..Limits::default() }).await;
    let mut socket = connect(&server).await;
    let mut pings = 0;
    while let Some(frame) = next(&mut socket).await {
        // Whoever reads answers the ping by itself, so the socket stays open.
        pings += usize::from(matches!(frame, Frame::Ping(_)));
        if pings == 3 {
            break;
        }
    }
    assert_eq!(pings, 3);
}

#[tokio::test]
async fn sockets_are_told_that_the_server_stops() {
    let mut server = server(Limits::default()).await;
    let mut socket = connect(&server).await;
    socket.send(Frame::text("hello")).await.expect("it reads");
    assert_eq!(next(&mut socket).await, Some(Frame::text("hello")));
    server.stopper.stop();
    assert!(matches!(next(&mut socket).await, Some(Frame::Close(Some(_)))));
    drop(socket);
    server.ended().await;
}
