//! A running server, asked for what it knows of a thing.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use hyper::{Request, StatusCode, Uri};
use net::{Addresses, Client, Config, Limits, RequestBody};
use serde::Deserialize;

use crate::front::FACTS;

/// Where a server is reached: `http://127.0.0.1:4566`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// Host and port.
    authority: String,
}

/// What a server knows of a thing.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Known {
    /// The policy that it carries, as it was written.
    pub(super) policy: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
}

/// Why a server refuses.
#[derive(Deserialize)]
struct Failure {
    error: String,
}

/// Far more than the largest policy and all tags.
const LARGEST: usize = 1 << 20;
/// A server on the same machine is there or it is not.
const PATIENCE: Duration = Duration::from_secs(10);

impl FromStr for Endpoint {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not an endpoint such as http://127.0.0.1:4566");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let authority = uri.authority().filter(|_| uri.path_and_query().is_none_or(|p| p == "/"));
        let authority = authority.ok_or_else(wrong)?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err("an endpoint with TLS is not implemented here".to_owned()),
            _ => return Err(wrong()),
        }
        let port = authority.port_u16().unwrap_or(80);
        Ok(Endpoint { authority: format!("{}:{port}", authority.host()) })
    }
}

impl Endpoint {
    /// What the server knows of a thing, which must exist there.
    pub(super) async fn fact(&self, resource: &str) -> Result<Known, String> {
        let at = |error: String| format!("{}: {error}", self.authority);
        let (status, body) = self.ask(resource).await.map_err(at)?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body).map_err(|error| at(error.to_string()));
        }
        let failure = serde_json::from_slice::<Failure>(&body);
        Err(at(failure.map_or_else(|_| status.to_string(), |failure| failure.error)))
    }

    async fn ask(&self, resource: &str) -> Result<(StatusCode, Bytes), String> {
        let resource: String = form_urlencoded::byte_serialize(resource.as_bytes()).collect();
        let request = Request::get(format!("http://{}{FACTS}?resource={resource}", self.authority))
            .body(RequestBody::full(Bytes::new()))
            .map_err(|error| error.to_string())?;
        let told = |error: net::Error| error.to_string();
        let response = client()?.send(request).await.map_err(told)?;
        Ok((response.head.status, response.body.collect().await.map_err(told)?))
    }
}

/// A client for a server on this machine or a neighbour.
fn client() -> Result<Client, String> {
    let limits = Limits { whole_time: PATIENCE, response_bytes: LARGEST, ..Limits::default() };
    let addresses = Addresses { loopback: true, ..Addresses::default() };
    Client::new(&Config { limits, addresses, native_roots: false, ..Config::default() }, ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_url_of_http_without_a_path() {
        for (text, expected) in [
            ("http://127.0.0.1:4566", "127.0.0.1:4566"),
            ("http://localhost/", "localhost:80"),
            ("http://[::1]:1", "[::1]:1"),
        ] {
            assert_eq!(text.parse(), Ok(Endpoint { authority: expected.to_owned() }));
        }
        for text in ["", "127.0.0.1:4566", "http://a/b", "ftp://a", "https://a"] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }
}
