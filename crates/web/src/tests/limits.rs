//! What is too much, too slow or too many.

use std::time::Duration;

use super::arriving::gzip;
use super::support::Server;
use crate::Limits;

const SHORT: Duration = Duration::from_millis(40);

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = Server::start(Limits::default()).await;
    let long =
        |bytes| format!("GET / HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "a".repeat(bytes));
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-Many: 1\r\n".repeat(200));
    for bad in [long(17 * 1024), long(100 * 1024), many] {
        let mut client = server.client().await;
        client.try_send(bad).await;
        assert_eq!(client.answer().await.status, 431);
    }
    let mut client = server.client().await;
    client.send(long(15 * 1024)).await;
    assert_eq!(client.answer().await.status, 200);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_so_that_the_caller_can_read_why() {
    let server = Server::start(Limits { body: 100_000, ..Limits::default() }).await;
    let mut client = server.client().await;
    client.post("/", "", &[b'a'; 100_001]).await;
    let answer = client.answer().await;
    assert_eq!(answer.status, 413);
    assert!(answer.text().contains("body_too_large"));
    assert!(server.measures("millpond_requests_refused_total{reason=\"body_too_large\"} 1"));

    let mut client = server.client().await;
    let body = "a".repeat(100_001);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    client.send(format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())).await;
    assert_eq!(client.answer().await.status, 413);
}

#[tokio::test]
async fn a_caller_that_asks_first_is_told_not_to_send_too_much() {
    let server = Server::start(Limits { body: 10, ..Limits::default() }).await;
    let mut client = server.client().await;
    let expect = "Expect: 100-continue\r\nContent-Length: 11\r\n";
    client.send(format!("POST / HTTP/1.1\r\nHost: a\r\n{expect}\r\n")).await;
    assert_eq!(client.answer().await.status, 413);
}

#[tokio::test]
async fn a_body_that_unpacks_to_too_much_is_refused() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    let bomb = gzip(&vec![0; 16 << 20]);
    client.post("/", "Content-Encoding: gzip\r\n", &bomb).await;
    assert_eq!(client.answer().await.status, 413);
    client.post("/", "Content-Encoding: gzip\r\n", b"not gzip").await;
    assert_eq!(client.answer().await.status, 400);
    client.post("/", "Content-Encoding: deflate\r\n", b"x").await;
    assert_eq!(client.answer().await.status, 415);
}

#[tokio::test]
async fn bodies_together_have_a_limit_and_leave_their_room_to_others() {
    let server = Server::start(Limits { body: 10, bodies: 10, ..Limits::default() }).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    first.post("/wait", "", &[b'a'; 8]).await;
    server.echo.entered.happened().await;
    second.post("/", "", &[b'b'; 3]).await;
    assert_eq!(second.answer().await.status, 503);
    server.echo.release.happen();
    assert_eq!(first.answer().await.status, 200);
    second.post("/", "", &[b'b'; 3]).await;
    assert_eq!(second.answer().await.status, 200);
}

#[tokio::test]
async fn a_slow_head_is_cut_off() {
    let server = Server::start(Limits { head_time: SHORT, ..Limits::default() }).await;
    for beginning in ["P", "POST / HTTP/1.1\r\nHost:"] {
        let mut client = server.client().await;
        client.send(beginning).await;
        client.closed().await;
    }
    let mut client = server.client().await;
    client.post("/", "", b"first").await;
    assert_eq!(client.answer().await.text(), "first");
    client.send("POST / HT").await;
    client.closed().await;
}

#[tokio::test]
async fn a_slow_body_is_answered_and_cut_off() {
    let server = Server::start(Limits { body_time: SHORT, ..Limits::default() }).await;
    let mut client = server.client().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe").await;
    assert_eq!(client.answer().await.status, 408);
    client.closed().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_but_not_one_that_waits_for_its_answer() {
    let limits = Limits { head_time: SHORT, idle_time: SHORT, ..Limits::default() };
    let server = Server::start(limits).await;
    let mut waiting = server.client().await;
    waiting.post("/wait", "", b"long poll").await;
    server.echo.entered.happened().await;
    let mut silent = server.client().await;
    silent.closed().await;
    let mut idle = server.client().await;
    idle.post("/", "", b"x").await;
    assert_eq!(idle.answer().await.status, 200);
    idle.closed().await;
    server.echo.release.happen();
    assert_eq!(waiting.answer().await.text(), "long poll");
}

#[tokio::test]
async fn a_connection_too_many_is_turned_away_until_another_one_ends() {
    let server = Server::start(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = server.client().await;
    first.post("/", "", b"x").await;
    assert_eq!(first.answer().await.status, 200);
    let mut second = server.client().await;
    assert_eq!(second.answer().await.status, 503);
    second.closed().await;
    assert!(server.measures("millpond_connections_turned_away_total 1"));
    drop(first);
    // When the server notices is its own affair.
    loop {
        let mut next = server.client().await;
        next.try_send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        if next.answer().await.status == 200 {
            return;
        }
    }
}
