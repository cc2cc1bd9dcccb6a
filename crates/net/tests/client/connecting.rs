//! The filter, the proxy, and peers that are not what was hoped for.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use net::{Addresses, Client, Config, Error, Proxy, Resolve};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::servers::{answering, head, serving};
use crate::{client, config, fetch};

const HELLO: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";

/// Resolves each name to the next of a list of addresses, which is what DNS rebinding does.
struct Rebinding(Vec<&'static str>, AtomicUsize);

impl Resolve for Rebinding {
    fn resolve(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let turn = self.1.fetch_add(1, Ordering::Relaxed).min(self.0.len() - 1);
        let addresses =
            self.0[turn].split(' ').map(|text| text.parse().expect("the test's set-up")).collect();
        Box::pin(async move { Ok(addresses) })
    }
}

fn rebinding(config: &Config, addresses: &[&'static str]) -> Client {
    let resolver = Rebinding(addresses.to_vec(), AtomicUsize::new(0));
    Client::with_resolver(config, (), Arc::new(resolver)).expect("the test's set-up")
}

#[tokio::test]
async fn a_name_that_resolves_differently_the_second_time_does_not_pass_the_filter() {
    let server = answering(HELLO).await;
    let mut config = config();
    config.addresses.deny = vec!["127.0.0.2/32".parse().expect("the test's set-up")];
    let client = rebinding(&config, &["127.0.0.1", "127.0.0.2"]);
    let url = format!("http://rebind.test:{}/", server.port());
    assert_eq!(fetch(&client, &url).await.expect("the test's set-up").1, "hello");
    let error = fetch(&client, &url).await.unwrap_err();
    assert_eq!(error, Error::Denied("rebind.test".into()));
    assert!(!error.was_sent());
}

#[tokio::test]
async fn of_a_names_addresses_those_that_are_denied_are_left_out() {
    let server = answering(HELLO).await;
    let client = rebinding(&config(), &["169.254.169.254 127.0.0.1"]);
    let url = format!("http://both.test:{}/", server.port());
    assert_eq!(fetch(&client, &url).await.expect("the test's set-up").1, "hello");
}

#[tokio::test]
async fn addresses_in_urls_pass_the_filter_in_every_spelling() {
    let server = answering(HELLO).await;
    let client = client(&Config { addresses: Addresses::default(), ..config() });
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "2130706433", "0x7f.1"] {
        let error = fetch(&client, &format!("http://{host}:{}/", server.port())).await.unwrap_err();
        assert!(matches!(error, Error::Denied(_)), "{host}: {error:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let server =
        answering("HTTP/1.1 302 Found\r\nlocation: /there\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(
        fetch(&client(&config()), &format!("http://{server}/")).await.expect("the test's set-up").0,
        302
    );
}

#[tokio::test]
async fn a_host_that_refuses_has_not_seen_the_request() {
    let address =
        TcpListener::bind("127.0.0.1:0").await.expect("the test's set-up").local_addr().unwrap();
    let error = fetch(&client(&config()), &format!("http://{address}/")).await.unwrap_err();
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    assert!(!error.was_sent());
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    for url in ["ftp://localhost/", "http://user:password@localhost/", "/only/a/path"] {
        let error = fetch(&client(&config()), url).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn a_proxy_is_asked_to_connect_and_those_excepted_are_connected_to_directly() {
    let proxy = serving(|mut stream, asked| async move {
        _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        head(&mut stream).await;
        let (length, first) =
            (asked.lines().next().expect("the test's set-up").len(), asked.lines().next().unwrap());
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{first}");
        _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let server = answering(HELLO).await;
    let proxy = Proxy { url: format!("http://{proxy}"), except: vec!["localhost".into()] };
    let client = client(&Config { proxy: Some(proxy), ..config() });
    let (_, through) = fetch(&client, "http://far.test:81/").await.expect("the test's set-up");
    assert_eq!(through, "CONNECT far.test:81 HTTP/1.1");
    let url = format!("http://localhost:{}/", server.port());
    assert_eq!(fetch(&client, &url).await.expect("the test's set-up").1, "hello");
    let denied = fetch(&client, "http://169.254.169.254/").await.unwrap_err();
    assert!(matches!(denied, Error::Denied(_)));
}

#[test]
fn a_wrong_configuration_is_an_error() {
    let proxy = |url: &str| Some(Proxy { url: url.into(), except: Vec::new() });
    for url in ["", "socks5://localhost:1", "localhost:1"] {
        assert!(Client::new(&Config { proxy: proxy(url), ..config() }, ()).is_err(), "{url}");
    }
    assert!(Client::new(&Config { roots: vec!["nowhere.pem".into()], ..config() }, ()).is_err());
}
