//! Requests in all the ways in which they may arrive.

use std::io::Read;

use bytes::Bytes;
use flate2::Compression;
use flate2::bufread::GzEncoder;
use http_body_util::{BodyExt, Full};
use hyper::StatusCode;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::support::{Server, soon};
use crate::Limits;

pub(super) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    GzEncoder::new(plain, Compression::best()).read_to_end(&mut packed).expect("in memory");
    packed
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    for text in ["one", "two"] {
        client.post("/", "", text.as_bytes()).await;
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.text()), (200, text));
        assert!(answer.has("x-method: post") && answer.head.to_lowercase().contains("\r\ndate: "));
    }
    assert!(server.measures("millpond_connections_accepted_total 1"));
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    let one = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none";
    let two = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let three = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nthree";
    client.send([one, two, three].concat()).await;
    for expected in ["one", "", "three"] {
        assert_eq!(client.answer().await.text(), expected);
    }
}

#[tokio::test]
async fn a_chunked_body_arrives_whole() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    client.send("3\r\nabc\r\n").await;
    client.send("2;x=y\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n").await;
    assert_eq!(client.answer().await.text(), "abcde");
}

#[tokio::test]
async fn a_large_body_arrives_whole() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    let body: Vec<u8> =
        (0..1_000_000_u32).map(|i| i.to_le_bytes()[0] ^ i.to_le_bytes()[1]).collect();
    client.post("/", "", &body).await;
    assert!(client.answer().await.body == body);
}

#[tokio::test]
async fn a_gzip_body_is_decompressed() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    let packed = gzip(b"hello hello hello hello");
    client.post("/", "Content-Encoding: gzip\r\n", &packed).await;
    assert_eq!(client.answer().await.text(), "hello hello hello hello");
}

#[tokio::test]
async fn a_caller_that_asks_first_is_told_to_go_on() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    let expect = "Expect: 100-continue\r\nContent-Length: 5\r\n";
    client.send(format!("POST / HTTP/1.1\r\nHost: a\r\n{expect}\r\n")).await;
    assert_eq!(client.answer().await.status, 100);
    client.send("hello").await;
    assert_eq!(client.answer().await.text(), "hello");
}

#[tokio::test]
async fn http2_is_spoken_to_who_begins_with_it() {
    let server = Server::start(Limits::default()).await;
    let io = TokioIo::new(server.client().await.into_stream());
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.expect("HTTP/2");
    let asking = async {
        let request = |text: &'static str| {
            hyper::Request::post("http://a/").body(Full::new(Bytes::from(text))).expect("it is one")
        };
        let (one, two) = tokio::join!(
            sender.send_request(request("one")),
            sender.clone().send_request(request("two"))
        );
        for (answer, text) in [(one, "one"), (two, "two")] {
            let answer = answer.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.collect().await.expect("a body").to_bytes(), text);
        }
    };
    tokio::select! {
        () = soon(asking) => {}
        ended = connection => panic!("the connection ended: {ended:?}"),
    }
    assert!(server.measures("millpond_connections_accepted_total 1"));
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let server = Server::start(Limits::default()).await;
    for bad in ["GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"] {
        let mut client = server.client().await;
        client.send(bad).await;
        assert_eq!(client.answer().await.status, 400, "{bad:?}");
        client.closed().await;
    }
}

#[tokio::test]
async fn bad_framing_never_reaches_the_handler() {
    let server = Server::start(Limits::default()).await;
    for bad in [
        "Content-Length: 1\r\nContent-Length: 2\r\n\r\nabc",
        "Content-Length: -1\r\n\r\n",
        "Transfer-Encoding: gzip\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n",
    ] {
        let mut client = server.client().await;
        client.send(format!("POST / HTTP/1.1\r\nHost: a\r\n{bad}")).await;
        assert_eq!(client.answer().await.status, 400, "{bad:?}");
        client.closed().await;
    }
}
