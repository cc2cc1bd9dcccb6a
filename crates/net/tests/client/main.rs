//! The client's promises, tried against servers that the tests make.

mod connecting;
mod limits;
mod servers;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use hyper::Request;
use net::{Addresses, Client, Config, Error, Limits, RequestBody};

/// A configuration that reaches the tests' servers.
fn config() -> Config {
    let addresses = Addresses { loopback: true, ..Addresses::default() };
    Config { addresses, native_roots: false, ..Config::default() }
}

fn get(url: &str) -> Request<RequestBody> {
    Request::get(url).body(RequestBody::full(Bytes::new())).expect("the test's set-up")
}

/// The status and the body of a GET.
async fn fetch(client: &Client, url: &str) -> Result<(u16, Bytes), Error> {
    let response = client.send(get(url)).await?;
    Ok((response.head.status.as_u16(), response.body.collect().await?))
}

fn client(config: &Config) -> Client {
    Client::new(config, ()).expect("the test's set-up")
}

fn short(limits: fn(&mut Limits)) -> Config {
    let mut config = config();
    limits(&mut config.limits);
    config
}

const SOON: Duration = Duration::from_millis(50);
