//! Clients that ask and do not read.

use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use hyper::StatusCode;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::task::JoinSet;

use super::support::{Server, Setup, soon};
use crate::{Endpoint, Limits, Response, Tenant};

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
async fn one_tenant_with_many_deaf_connections_leaves_room_for_the_others() {
    let answer = || {
        let body = Bytes::from(vec![b'x'; 900_000]);
        Response { tenant: Some(Tenant(7)), ..Response::new(StatusCode::OK, "text/plain", body) }
    };
    let of_tenant = Endpoint::streamed("large", "/large", move |_| async move { answer() });
    // A share of 2 MiB for each tenant, and of 1 MiB for each connection.
    let limits = Limits { bodies: 8 << 20, body: 1 << 20, ..Limits::default() };
    let server = Setup { limits, endpoints: vec![of_tenant], ..Setup::default() }.start().await;
    let deaf_ones = [deaf(&server, 1).await, deaf(&server, 1).await, deaf(&server, 1).await];
    let (mut same, mut other) = (server.client().await, server.client().await);
    let ask = "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
    same.send(ask).await;
    assert_eq!(same.answer().await.status, 503);
    other.post("/", "X-Proven: 1\r\n", &[b'x'; 200_000]).await;
    assert_eq!(other.answer().await.body.len(), 200_000);
    drop(deaf_ones);
    // When the server notices is its own affair.
    let mut status = 503;
    while status == 503 {
        same.send(ask).await;
        status = same.answer().await.status;
    }
    assert_eq!(status, 200);
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
