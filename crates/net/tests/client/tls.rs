//! TLS with the tests' authority, and HTTP/2 where the server speaks it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use net::{Config, Error, RequestBody};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::{client, config, fetch};

fn certificates() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/certificates")
}

fn trusting() -> Config {
    Config { roots: vec![certificates().join("authority.pem")], ..config() }
}

fn acceptor(protocols: &[&str]) -> TlsAcceptor {
    let chain = CertificateDer::pem_file_iter(certificates().join("server.pem"))
        .expect("the test's set-up");
    let chain = chain.map(|certificate| certificate.expect("the test's set-up")).collect();
    let key =
        PrivateKeyDer::from_pem_file(certificates().join("server.key")).expect("the test's set-up");
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the test's set-up")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("the test's set-up");
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// A server that answers with the version and the body of the request.
#[expect(clippy::disallowed_methods, reason = "the test's own server")]
async fn server(protocols: &'static [&'static str]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the test's set-up");
    let address = listener.local_addr().expect("the test's set-up");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor(protocols);
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let builder = auto::Builder::new(TokioExecutor::new());
                _ = builder.serve_connection(TokioIo::new(stream), service_fn(echo)).await;
            });
        }
    });
    address
}

async fn echo(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let version = request.version();
    let body = request.into_body().collect().await.expect("the test's set-up").to_bytes();
    Ok(Response::new(format!(
        "{version:?} {}",
        String::from_utf8(body.to_vec()).expect("the test's set-up")
    )))
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_speaks_it_and_http_1_elsewhere() {
    for (protocols, version) in [(&["h2", "http/1.1"][..], "HTTP/2.0 "), (&[], "HTTP/1.1 ")] {
        let url = format!("https://{}/", server(protocols).await);
        assert_eq!(fetch(&client(&trusting()), &url).await.expect("the test's set-up").1, version);
    }
}

#[tokio::test]
async fn a_request_body_can_be_a_stream() {
    let url = format!("https://localhost:{}/", server(&["h2"]).await.port());
    let pieces = stream::iter(["ab", "cd"].map(|piece| Ok::<_, Infallible>(Bytes::from(piece))));
    let request = Request::post(url).body(RequestBody::stream(pieces)).expect("the test's set-up");
    let response = client(&trusting()).send(request).await.expect("the test's set-up");
    assert_eq!(response.body.collect().await.expect("the test's set-up"), "HTTP/2.0 abcd");
}

#[tokio::test]
async fn a_server_whose_authority_is_not_trusted_has_not_seen_the_request() {
    let url = format!("https://{}/", server(&[]).await);
    let error = fetch(&client(&config()), &url).await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
}
