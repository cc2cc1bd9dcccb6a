//! Clients that ask and do not read.

use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use hyper::StatusCode;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::JoinSet;

use super::support::{Server, Setup, soon};
use crate::{Endpoint, Limits, Response};

/// An endpoint whose answers are this long.
pub(super) fn large(bytes: usize) -> Endpoint {
    Endpoint::streamed("large", "/large", move |_| async move {
        Response::new(StatusCode::OK, "text/plain", Bytes::from(vec![b'x'; bytes]))
    })
}

/// A connection over HTTP/2 whose client lets the server send nothing, with this many requests on it.
async fn deaf(server: &Server, requests: usize) -> JoinSet<()> {
    let stream = super::support::connect(server.address).await.expect("it listens");
    let mut builder = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(0);
    let (sender, connection) = builder
        .handshake::<_, http_body_util::Empty<Bytes>>(TokioIo::new(stream))
        .await
        .expect("a handshake");
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { _ = connection.await });
    let asked = (0..requests).map(|_| {
        let mut sender = sender.clone();
        async move {
            let request = hyper::Request::get("http://a/large").body(http_body_util::Empty::new());
            sender.send_request(request.expect("a request")).await
        }
    });
    let answers = soon(join_all(asked)).await;
    tasks.spawn(async move {
        std::future::pending::<()>().await;
        drop((answers, sender));
    });
    tasks
}

#[tokio::test]
async fn a_connection_that_reads_nothing_is_closed_and_its_memory_comes_back() {
    let limits = Limits {
        bodies: 1 << 20,
        body: 1024,
        write_time: Duration::from_millis(200),
        ..Limits::default()
    };
    let server =
        Setup { limits, endpoints: vec![large(100_000)], ..Setup::default() }.start().await;
    let _deaf = deaf(&server, 1).await;
    while !server.measures("millpond_connections_unread_total 1") {
        tokio::task::yield_now().await;
    }
    while !server.measures("millpond_connections 0") {
        tokio::task::yield_now().await;
    }
    let mut client = server.client().await;
    client.post("/", "", b"x").await;
    assert_eq!(client.answer().await.status, 200);
}

#[tokio::test]
async fn one_deaf_connection_leaves_room_for_all_others() {
    let limits = Limits { bodies: 1 << 20, body: 1024, ..Limits::default() };
    let server = Setup { limits, endpoints: vec![large(20_000)], ..Setup::default() }.start().await;
    // Far more than the share of one connection, an eighth: it ends, and holds nothing any more.
    let _deaf = deaf(&server, 50).await;
    let mut client = server.client().await;
    client.post("/", "", b"x").await;
    assert_eq!(client.answer().await.status, 200);
}

#[tokio::test]
async fn a_slow_reader_gets_all_of_its_answer() {
    let limits = Limits { write_time: Duration::from_millis(400), ..Limits::default() };
    let server =
        Setup { limits, endpoints: vec![large(4 << 20)], ..Setup::default() }.start().await;
    let mut client = server.client().await;
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.answer().await.body.len(), 4 << 20);
}
