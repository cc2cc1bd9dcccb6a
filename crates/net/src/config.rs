//! The configuration: the table `[net]` of the settings file.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::address::Addresses;

/// The configuration of the client for outgoing connections.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Requests in flight in all.
    pub requests: usize,
    /// Requests in flight to one host and port.
    pub requests_per_host: usize,
    /// Callers that wait for one of the two; more are turned away with [`Error::Busy`](crate::Error).
    pub waiting: usize,
    /// Idle connections that are kept for each host and port.
    pub idle_per_host: usize,
    /// Time after which an idle connection is closed.
    #[serde(deserialize_with = "duration")]
    pub idle_time: Duration,
    /// Time for resolving, connecting and TLS together.
    #[serde(deserialize_with = "duration")]
    pub connect_time: Duration,
    /// Limits of a request that brings none of its own.
    #[serde(flatten)]
    pub limits: Limits,
    /// The addresses that may be connected to.
    pub addresses: Addresses,
    /// Whether certificates signed by the machine's authorities are trusted.
    pub native_roots: bool,
    /// PEM files of further authorities that are trusted.
    pub roots: Vec<PathBuf>,
    /// The proxy, if connections go through one.
    pub proxy: Option<Proxy>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            requests: 512,
            requests_per_host: 64,
            waiting: 4096,
            idle_per_host: 8,
            idle_time: Duration::from_secs(30),
            connect_time: Duration::from_secs(5),
            limits: Limits::default(),
            addresses: Addresses::default(),
            native_roots: true,
            roots: Vec::new(),
            proxy: None,
        }
    }
}

/// The limits of one request.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, rename_all = "kebab-case")]
pub struct Limits {
    /// Time until the head of the response is there, connecting included.
    #[serde(deserialize_with = "duration")]
    pub first_byte_time: Duration,
    /// Time until the last byte of the response is there, waiting for a free place included.
    #[serde(deserialize_with = "duration")]
    pub whole_time: Duration,
    /// Bytes of a response's body.
    pub response_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            first_byte_time: Duration::from_secs(15),
            whole_time: Duration::from_secs(60),
            response_bytes: 8 << 20,
        }
    }
}

/// A proxy that connections are made through, with HTTP's CONNECT.
///
/// The proxy resolves the names; the address filter sees addresses that a request names itself, and not
/// the proxy's own, which the operator chose.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Proxy {
    /// The proxy's URL, `http://[user:password@]host:port`.
    pub url: String,
    /// Hosts that are connected to directly, as in `NO_PROXY`: names with their subdomains, addresses,
    /// networks; `*` for all.
    #[serde(default)]
    pub except: Vec<String>,
}

fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    humantime::parse_duration(&text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_is_the_default() {
        assert_eq!(toml::from_str::<Config>("").unwrap(), Config::default());
    }

    #[test]
    fn a_table_sets_what_it_names() {
        let config: Config = toml::from_str(
            "requests = 3\nwhole-time = '2m'\nroots = ['a.pem']\n\
             [addresses]\nallow = ['127.0.0.0/8']\n[proxy]\nurl = 'http://p:1'\n",
        )
        .unwrap();
        assert_eq!(config.requests, 3);
        assert_eq!(config.limits.whole_time, Duration::from_secs(120));
        assert_eq!(config.addresses.allow, ["127.0.0.0/8".parse().unwrap()]);
        assert_eq!(config.proxy.unwrap().url, "http://p:1");
    }

    #[test]
    fn a_wrong_value_is_an_error() {
        for text in
            ["whole-time = 'soon'", "[addresses]\ndeny = ['10.0.0.0/33']", "wholetime = '1s'"]
        {
            assert!(toml::from_str::<Config>(text).is_err(), "{text}");
        }
    }
}
