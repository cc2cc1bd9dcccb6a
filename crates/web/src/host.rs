//! The hosts that requests may name.
//!
//! A web page whose name is pointed at 127.0.0.1 sends requests that have no `Origin` and look like the machine's own.
//! They differ in one thing: `Host` is the page's name. So a request that comes from this machine must name this
//! machine, a name of AWS, or one that was configured.
//! <https://owasp.org/www-community/attacks/DNS_Rebinding>

use std::net::{IpAddr, SocketAddr};

/// The host that an endpoint is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// This host.
    Exact(Box<str>),
    /// The hosts below this one: `example.com` takes `a.example.com`.
    Below(Box<str>),
    /// All hosts.
    Any,
}

/// The hosts that requests from this machine may name, besides the machine's own and AWS's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts(Vec<Host>);

/// The domains of AWS: no page of somebody else has a name below them.
/// <https://docs.aws.amazon.com/general/latest/gr/rande.html>
const AWS: [&str; 4] = ["amazonaws.com", "amazonaws.com.cn", "api.aws", "amazonwebservices.com.cn"];

impl Host {
    /// Returns true if the endpoint is for this host, which has no port.
    pub(crate) fn takes(&self, host: &str) -> bool {
        match self {
            Host::Exact(own) => own.eq_ignore_ascii_case(host),
            Host::Below(domain) => is_below(host, domain),
            Host::Any => true,
        }
    }
}

impl AllowedHosts {
    /// These hosts: `example.com`, or `*.example.com` for those below it. `*` allows all.
    pub fn new<'h>(hosts: impl IntoIterator<Item = &'h str>) -> Self {
        AllowedHosts(hosts.into_iter().map(allowed).collect())
    }

    /// All hosts, for a server that is not on somebody's desk.
    pub fn all() -> Self {
        AllowedHosts(vec![Host::Any])
    }

    /// Returns true if a request of this peer may name this host.
    pub(crate) fn admit(&self, peer: SocketAddr, host: Option<&str>) -> bool {
        if !peer.ip().to_canonical().is_loopback() {
            return true;
        }
        let Some(host) = host.map(without_port) else { return true };
        is_own(host)
            || AWS.iter().any(|domain| is_below(host, domain))
            || self.0.iter().any(|allowed| allowed.takes(host))
    }
}

fn allowed(text: &str) -> Host {
    match text.strip_prefix("*.") {
        _ if text == "*" => Host::Any,
        Some(domain) => Host::Below(domain.into()),
        None => Host::Exact(without_port(text).into()),
    }
}

/// Returns true for addresses, which no name server has a say in, and for names of the machine itself.
/// <https://datatracker.ietf.org/doc/html/rfc6761#section-6.3>
fn is_own(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.trim_end_matches('.');
    address.parse::<IpAddr>().is_ok()
        || host.eq_ignore_ascii_case("localhost")
        || is_below(host, "localhost")
        || is_below(host, "localhost.localdomain")
        || host.eq_ignore_ascii_case("localhost.localdomain")
}

fn is_below(host: &str, domain: &str) -> bool {
    let host = host.trim_end_matches('.');
    let Some(dot) = host.len().checked_sub(domain.len() + 1) else { return false };
    host.is_char_boundary(dot)
        && host.as_bytes()[dot] == b'.'
        && host[dot + 1..].eq_ignore_ascii_case(domain)
}

/// A host without its port.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(hosts: &AllowedHosts, peer: &str, host: &str) -> bool {
        hosts.admit(SocketAddr::new(peer.parse().expect("an address"), 1), Some(host))
    }

    #[test]
    fn requests_from_this_machine_name_this_machine_or_aws() {
        let none = AllowedHosts::default();
        for own in [
            "localhost:4566",
            "LOCALHOST",
            "queue.localhost:4566",
            "127.0.0.1:4566",
            "127.9.9.9",
            "[::1]:4566",
            "192.168.1.7:4566",
            "localhost.:4566",
            "sqs.us-east-1.amazonaws.com",
            "bucket.s3.amazonaws.com:443",
        ] {
            assert!(admit(&none, "127.0.0.1", own), "{own}");
        }
        for foreign in [
            "evil.example:4566",
            "localhost.evil.example",
            "amazonaws.com.evil.example",
            "evilamazonaws.com",
            "127.0.0.1.evil.example",
            "",
        ] {
            assert!(!admit(&none, "127.0.0.1", foreign), "{foreign}");
            assert!(!admit(&none, "::ffff:127.0.0.1", foreign), "{foreign}");
            assert!(admit(&none, "10.1.2.3", foreign), "{foreign}");
        }
    }

    #[test]
    fn configured_hosts_are_admitted() {
        let hosts = AllowedHosts::new(["millpond:4566", "*.queues.example.com"]);
        for good in ["millpond", "Millpond:80", "a.queues.example.com", "a.b.queues.example.com:1"]
        {
            assert!(admit(&hosts, "127.0.0.1", good), "{good}");
        }
        for bad in ["queues.example.com", "millpond2", "a.millpond", "aqueues.example.com"] {
            assert!(!admit(&hosts, "127.0.0.1", bad), "{bad}");
        }
        assert!(admit(&AllowedHosts::new(["*"]), "127.0.0.1", "evil.example"));
    }
}
