//! Callers that leave, and a server that stops.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::support::Server;
use crate::Limits;

#[tokio::test]
async fn a_caller_that_leaves_ends_its_request() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    client.post("/wait", "", b"x").await;
    server.echo.entered.happened().await;
    drop(client);
    server.echo.dropped.happened().await;
}

#[tokio::test]
async fn a_caller_that_leaves_over_http2_ends_its_requests() {
    let server = Server::start(Limits::default()).await;
    let io = TokioIo::new(server.client().await.into_stream());
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.expect("HTTP/2");
    let request = hyper::Request::post("http://a/wait").body(Full::new(Bytes::new()));
    let answer = sender.send_request(request.expect("it is one"));
    tokio::select! {
        () = server.echo.entered.happened() => {}
        ended = async { tokio::join!(answer, connection) } => panic!("it ended: {ended:?}"),
    }
    drop(sender);
    server.echo.dropped.happened().await;
}

#[tokio::test]
async fn a_stop_closes_idle_connections_and_finishes_what_runs() {
    let mut server = Server::start(Limits::default()).await;
    let (mut running, mut idle) = (server.client().await, server.client().await);
    idle.post("/", "", b"x").await;
    assert_eq!(idle.answer().await.status, 200);
    running.post("/wait", "", b"still answered").await;
    server.echo.entered.happened().await;
    server.stopper.stop();
    idle.closed().await;
    server.echo.release.happen();
    let answer = running.answer().await;
    assert_eq!(answer.text(), "still answered");
    assert!(answer.has("connection: close"));
    running.closed().await;
    server.ended().await;
    assert!(super::support::connect(server.address).await.is_err());
}

#[tokio::test]
async fn what_runs_after_the_grace_is_dropped() {
    let grace = Duration::from_millis(20);
    let mut server = Server::start(Limits { grace, ..Limits::default() }).await;
    let mut client = server.client().await;
    client.post("/wait", "", b"x").await;
    server.echo.entered.happened().await;
    server.stopper.stop();
    server.ended().await;
    server.echo.dropped.happened().await;
    client.closed().await;
}
