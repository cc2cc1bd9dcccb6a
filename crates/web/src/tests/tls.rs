//! TLS on the port.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

use super::certificates::{
    RENEWED, RENEWED_KEY, SERVER, SERVER_KEY, Version, certificate, connector, identity,
};
use super::support::{Client, Server, soon};
use crate::Limits;
use crate::tls::Tls;

const SHORT: Duration = Duration::from_millis(40);

fn tls() -> Arc<Tls> {
    Arc::new(Tls::new(identity(SERVER, SERVER_KEY)))
}

async fn secure(server: &Server, version: Version, protocols: &[&[u8]]) -> TlsStream<TcpStream> {
    let tcp = super::support::connect(server.address).await.expect("it listens");
    let name = ServerName::from(server.address.ip());
    soon(connector(version, protocols).connect(name, tcp)).await.expect("a handshake")
}

/// Whether the server showed the certificate in this file.
fn shown(stream: &TlsStream<TcpStream>, pem: &[u8]) -> bool {
    let chain = stream.get_ref().1.peer_certificates().expect("it showed some");
    chain.first() == Some(&certificate(pem))
}

#[tokio::test]
async fn both_versions_of_tls_serve_requests_on_one_connection() {
    let server = Server::start_tls(Limits::default(), tls()).await;
    for version in [Version::Tls12, Version::Tls13] {
        let stream = secure(&server, version, &[b"http/1.1"]).await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
        let mut client = Client::over(stream);
        for text in ["one", "two"] {
            client.post("/", "", text.as_bytes()).await;
            let answer = client.answer().await;
            assert!(answer.text() == text && answer.has("x-scheme: https"), "{}", answer.head);
        }
    }
    assert!(server.measures("millpond_connections_accepted_total 2"));
}

#[tokio::test]
async fn http2_is_chosen_when_the_client_offers_it() {
    let server = Server::start_tls(Limits::default(), tls()).await;
    let stream = secure(&server, Version::Tls13, &[b"http/1.1", b"h2"]).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let io = TokioIo::new(stream);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.expect("HTTP/2");
    let asking = async {
        let request = hyper::Request::post("https://a/").body(Full::new(Bytes::from("hello")));
        let answer = sender.send_request(request.expect("it is one")).await.expect("an answer");
        assert_eq!(answer.headers()["x-scheme"], "https");
        assert_eq!(answer.collect().await.expect("a body").to_bytes(), "hello");
    };
    tokio::select! {
        () = soon(asking) => {}
        ended = connection => panic!("the connection ended: {ended:?}"),
    }
}

#[tokio::test]
async fn a_client_that_offers_no_protocol_is_served() {
    let server = Server::start_tls(Limits::default(), tls()).await;
    let stream = secure(&server, Version::Tls13, &[]).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), None);
    let mut client = Client::over(stream);
    client.post("/", "", b"hello").await;
    assert_eq!(client.answer().await.text(), "hello");
}

#[tokio::test]
async fn plain_http_is_told_that_the_port_speaks_tls() {
    let server = Server::start_tls(Limits::default(), tls()).await;
    let mut client = server.client().await;
    client.post("/", "", b"hello").await;
    let answer = client.answer().await;
    assert!(answer.status == 400 && answer.text().contains("https"), "{}", answer.head);
    client.closed().await;
    assert!(server.measures("millpond_tls_handshakes_failed_total{reason=\"not_tls\"} 1"));
}

#[tokio::test]
async fn what_only_begins_like_tls_is_closed() {
    let server = Server::start_tls(Limits::default(), tls()).await;
    for bad in [
        &b"\x16\x03\x01\x00\x05nooo!"[..],
        b"\x16\xff\xff\xff\xff\xff\xff",
        b"\x16\x03\x01\x00\x00",
    ] {
        let mut client = server.client().await;
        client.send(bad).await;
        client.into_write_end().await;
    }
    assert!(server.measures("millpond_tls_handshakes_failed_total{reason=\"failed\"} 3"));
}

#[tokio::test]
async fn a_slow_handshake_is_cut_off() {
    let server = Server::start_tls(Limits { head_time: SHORT, ..Limits::default() }, tls()).await;
    for beginning in [&b""[..], b"\x16", b"\x16\x03\x01\x02\x00\x01"] {
        let mut client = server.client().await;
        client.send(beginning).await;
        client.closed().await;
    }
    assert!(server.measures("millpond_tls_handshakes_failed_total{reason=\"too_slow\"} 3"));
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_new_connections_and_the_old_ones_stay() {
    let tls = tls();
    let server = Server::start_tls(Limits::default(), Arc::clone(&tls)).await;
    let old = secure(&server, Version::Tls13, &[]).await;
    assert!(shown(&old, SERVER));
    tls.renew(identity(RENEWED, RENEWED_KEY));
    let new = secure(&server, Version::Tls13, &[]).await;
    assert!(shown(&new, RENEWED));
    for stream in [old, new] {
        let mut client = Client::over(stream);
        client.post("/", "", b"hello").await;
        assert_eq!(client.answer().await.text(), "hello");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_with_a_word() {
    let limits = Limits { idle_time: SHORT, ..Limits::default() };
    let server = Server::start_tls(limits, tls()).await;
    let mut client = Client::over(secure(&server, Version::Tls13, &[]).await);
    client.post("/", "", b"hello").await;
    assert_eq!(client.answer().await.text(), "hello");
    let mut stream = client.into_stream();
    // Without the alert that closes a connection this would be an error, as of one cut off.
    let read = soon(stream.read(&mut [0; 16])).await;
    assert_eq!(read.expect("no truncation"), 0);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_handshakes() {
    let limits = Limits { head_time: Duration::from_secs(3600), ..Limits::default() };
    let mut server = Server::start_tls(limits, tls()).await;
    let mut silent = server.client().await;
    silent.send(b"\x16\x03\x01").await;
    let mut open = Client::over(secure(&server, Version::Tls13, &[]).await);
    open.post("/", "", b"x").await;
    assert_eq!(open.answer().await.status, 200);
    server.stopper.stop();
    silent.closed().await;
    open.closed().await;
    server.ended().await;
}
