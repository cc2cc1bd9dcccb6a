//! Bodies that are streamed, both ways.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream;
use hyper::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Semaphore, mpsc};

use super::support::{Setup, soon};
use crate::{Body, BodyError, Endpoint, Limits, Refusal, Response, StreamedRequest};

fn answer(body: Body) -> Response {
    Response::of(StatusCode::OK, Default::default(), body)
}

/// Counts the bytes of the body, and says how it ended.
async fn count(mut request: StreamedRequest) -> Response {
    let mut bytes = 0;
    let end = loop {
        match request.body.next().await {
            Ok(Some(piece)) => bytes += piece.len(),
            Ok(None) => break "whole",
            Err(Refusal::BodyTooLarge) => break "too large",
            Err(Refusal::BodyTooSlow) => break "too slow",
            Err(_) => break "broken",
        }
    };
    answer(format!("{bytes} {end}").into())
}

#[tokio::test]
async fn a_streamed_body_may_be_longer_than_what_is_held() {
    let limits = Limits { body: 1024, ..Limits::default() };
    let endpoints = vec![Endpoint::streamed("upload", "/upload", count).most_body(8 << 20)];
    let server = Setup { limits, endpoints, ..Setup::default() }.start().await;
    let mut client = server.client().await;
    client.post("/upload", "", &vec![b'a'; 4 << 20]).await;
    assert_eq!(client.answer().await.text(), "4194304 whole");
    client.send("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    for _ in 0..9 {
        client.try_send(format!("{:x}\r\n", 1 << 20)).await;
        client.try_send([vec![b'a'; 1 << 20], b"\r\n".to_vec()].concat()).await;
    }
    assert!(client.answer().await.text().ends_with("too large"));
}

#[tokio::test]
async fn an_announced_length_beyond_the_endpoints_limit_is_refused_before_its_handler() {
    let endpoints = vec![Endpoint::streamed("upload", "/upload", count).most_body(10)];
    let server = Setup { endpoints, ..Setup::default() }.start().await;
    let mut client = server.client().await;
    client.post("/upload", "", &[b'a'; 11]).await;
    assert_eq!(client.answer().await.status, 413);
}

#[tokio::test]
async fn a_streamed_body_that_stands_still_ends() {
    let limits = Limits { body_time: Duration::from_millis(40), ..Limits::default() };
    let endpoints = vec![Endpoint::streamed("upload", "/upload", count)];
    let server = Setup { limits, endpoints, ..Setup::default() }.start().await;
    let mut client = server.client().await;
    client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc").await;
    assert_eq!(client.answer().await.text(), "3 too slow");
}

/// An endless download: each piece needs a permit.
fn pieces(permits: Arc<Semaphore>) -> Body {
    Body::stream(stream::unfold(permits, |permits| async move {
        permits.acquire().await.ok()?.forget();
        Some((Ok::<_, BodyError>(Bytes::from(vec![b'x'; 64 * 1024])), permits))
    }))
}

#[tokio::test]
async fn an_answer_is_sent_while_it_is_made() {
    let permits = Arc::new(Semaphore::new(0));
    let shared = permits.clone();
    let download = Endpoint::streamed("download", "/download", move |_| {
        let body = pieces(shared.clone());
        async move { answer(body) }
    });
    let server = Setup { endpoints: vec![download], ..Setup::default() }.start().await;
    let mut client = server.client().await;
    client.send("GET /download HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let head = client.head().await.to_lowercase();
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    let mut stream = client.into_stream();
    for _ in 0..3 {
        permits.add_permits(1);
        // A piece, the line that says its length, and the line end behind it.
        soon(stream.read_exact(&mut vec![0; 64 * 1024 + 9])).await.expect("the next piece");
    }
}

#[tokio::test]
async fn a_client_that_takes_nothing_holds_a_bounded_part_of_an_endless_answer() {
    let (asked, mut made) = mpsc::unbounded_channel();
    let download = Endpoint::streamed("download", "/download", move |_| {
        let asked = asked.clone();
        let pieces = stream::repeat_with(move || {
            let _ = asked.send(());
            Ok::<_, BodyError>(Bytes::from(vec![b'x'; 64 * 1024]))
        });
        async move { answer(Body::Stream(pieces.boxed())) }
    });
    let limits = Limits { write_time: Duration::from_millis(60), ..Limits::default() };
    let server = Setup { limits, endpoints: vec![download], ..Setup::default() }.start().await;
    let mut client = server.client().await;
    client.send("GET /download HTTP/1.1\r\nHost: a\r\n\r\n").await;
    // The connection ends when nothing is read for its time: then nothing more is made.
    while !server.measures("millpond_connections_unread_total 1") {
        tokio::task::yield_now().await;
    }
    let count = std::iter::from_fn(|| made.try_recv().ok()).count();
    assert!(count < 1000, "{count} pieces of 64 KiB for a client that reads none");
}

#[tokio::test]
async fn an_answer_that_fails_halfway_is_not_taken_for_the_whole() {
    let broken = Endpoint::streamed("broken", "/broken", |_| async {
        let pieces = [Ok(Bytes::from_static(b"half")), Err("the disk is gone")];
        answer(Body::stream(stream::iter(pieces)))
    });
    let server = Setup { endpoints: vec![broken], ..Setup::default() }.start().await;
    let mut client = server.client().await;
    client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut stream = client.into_stream();
    let mut text = String::new();
    let _ = soon(stream.read_to_string(&mut text)).await;
    assert!(!text.ends_with("0\r\n\r\n"), "{text}");
    let _ = stream.shutdown().await;
}
