//! More than the server takes: refused at once, while those who are in are served.

use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::support::{Client, Server, Setup, soon};
use super::unread::large;
use crate::Limits;

const SHORT: Duration = Duration::from_millis(40);

#[tokio::test]
async fn a_request_too_many_is_throttled_and_those_who_are_in_are_served() {
    let server = Server::start(Limits { requests: 1, ..Limits::default() }).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    first.post("/wait", "", b"in").await;
    server.echo.entered.happened().await;
    second.post("/", "", b"out").await;
    let answer = second.answer().await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("too_many"));
    assert!(server.measures("millpond_requests_refused_total{reason=\"too_many\"} 1"));
    server.echo.release.happen();
    assert_eq!(first.answer().await.text(), "in");
    // The connection was not closed: its client tries again on it.
    second.post("/", "", b"out").await;
    assert_eq!(second.answer().await.text(), "out");
}

#[tokio::test]
async fn a_request_that_is_not_answered_in_time_is_told_so() {
    let server = Server::start(Limits { answer_time: SHORT, ..Limits::default() }).await;
    let mut client = server.client().await;
    client.post("/wait", "", b"x").await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("not known"), "{}", answer.text());
    assert!(server.measures("millpond_requests_refused_total{reason=\"no_answer\"} 1"));
    client.post("/", "", b"next").await;
    assert_eq!(client.answer().await.text(), "next");
}

#[tokio::test]
async fn an_answer_that_nobody_reads_keeps_others_out_until_its_caller_has_gone() {
    let limits = Limits { body: 64 << 20, bodies: 16 << 20, ..Limits::default() };
    let endpoints = vec![large(48 << 20)];
    let server = Setup { limits, endpoints, ..Setup::default() }.start().await;
    let mut deaf = super::support::connect(server.address).await.expect("it listens");
    soon(deaf.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")).await.expect("it reads");
    soon(deaf.read_exact(&mut [0; 16])).await.expect("the answer begins");
    let mut other = server.client().await;
    other.post("/", "", b"x").await;
    assert_eq!(other.answer().await.status, 503);
    assert!(server.measures("millpond_requests_refused_total{reason=\"no_room\"} 1"));
    drop(deaf);
    // When the server notices is its own affair.
    let mut status = 503;
    while status == 503 {
        other.post("/", "", b"x").await;
        status = other.answer().await.status;
    }
    assert_eq!(status, 200);
}

/// Clients that announce 16 KiB and withhold the last ten bytes.
async fn withholding(server: &Server, clients: usize) -> Vec<Client> {
    let mut all = Vec::new();
    for _ in 0..clients {
        let mut client = server.client().await;
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16384\r\n\r\n").await;
        client.send([b'a'; 16_374]).await;
        all.push(client);
    }
    all
}

#[tokio::test]
async fn clients_that_proved_nothing_and_withhold_bytes_keep_nobody_out_who_has() {
    let limits = Limits { bodies: 64 << 10, body: 16 << 10, ..Limits::default() };
    let server = Server::start(limits).await;
    let mut proven = server.client().await;
    proven.post("/", "X-Proven: 1\r\n", b"who").await;
    assert_eq!(proven.answer().await.status, 200);
    // Two take the half that is for all of their kind; the others are refused.
    let mut withholding = withholding(&server, 4).await;
    proven.post("/", "", &[b'x'; 16_384]).await;
    assert_eq!(proven.answer().await.status, 200);
    // They would have a minute. While more than half of their room is taken, one that stands still loses it.
    let answers = withholding.iter_mut().map(|client| async { client.answer().await.status });
    let mut statuses: Vec<_> = FuturesUnordered::from_iter(answers).take(3).collect().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [408, 503, 503]);
    let mut next = server.client().await;
    next.post("/", "", &[b'x'; 16_384]).await;
    assert_eq!(next.answer().await.status, 200);
}

#[tokio::test]
async fn a_length_beyond_the_limit_is_refused_before_a_byte_has_come() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10737418240\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 413);
}

#[tokio::test]
async fn a_request_that_was_refused_holds_nothing() {
    let server = Server::start(Limits { requests: 1, body: 10, ..Limits::default() }).await;
    let mut client = server.client().await;
    for _ in 0..3 {
        client.post("/", "", &[b'a'; 11]).await;
        assert_eq!(client.answer().await.status, 413);
        client.post("/", "Content-Encoding: gzip\r\n", b"x").await;
        assert_eq!(client.answer().await.status, 400);
    }
    client.post("/", "", b"x").await;
    assert_eq!(client.answer().await.status, 200);
}
