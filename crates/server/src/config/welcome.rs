//! What the program says when it is there: where it listens, where the data is, and how to try it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::absolute;

use super::{Auth, Config, Data};

/// The text for standard output. `bound` is the address that it really listens on.
pub(crate) fn welcome(config: &Config, bound: SocketAddr) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let data = match &config.data {
        Data::Memory => "Data is in memory only: it ends with the program.".to_owned(),
        Data::Directory(path) => {
            let path = absolute(path).unwrap_or_else(|_| path.clone());
            format!("Data is in {}, synced before each answer.", path.display())
        }
    };
    let (scheme, url) = (config.scheme(), config.endpoint(bound));
    // Version 1 of the AWS CLI reads AWS_DEFAULT_REGION, not AWS_REGION as the SDKs do, and does not
    // use AWS_ENDPOINT_URL for SQS: it would send these to AWS.
    let region = &config.region;
    let (key, secret, account) = match &config.auth {
        Auth::SigV4(keys) if !keys.is_empty() => {
            (keys[0].id.clone(), "its-secret", keys[0].account)
        }
        _ => (config.account.to_string(), "any", config.account),
    };
    let queue = format!("$AWS_ENDPOINT_URL/{account}/hello");
    let sqs = |command| format!("aws sqs {command} --endpoint-url $AWS_ENDPOINT_URL");
    let (create, send, receive) =
        (sqs("create-queue"), sqs("send-message"), sqs("receive-message"));
    format!(
        "Millpond {version} listens on {scheme}://{bound}\n{data}\n\nTry it:\n\
         export AWS_ENDPOINT_URL={url} AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY={secret} \
         AWS_REGION={region} AWS_DEFAULT_REGION={region}\n\
         {create} --queue-name hello && {send} --queue-url {queue} --message-body Hello\n\
         {receive} --queue-url {queue}\n"
    )
}

impl Config {
    /// The address at which clients on this machine reach the program, which is bound to `bound`.
    pub(crate) fn endpoint(&self, bound: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.as_str().to_owned(),
            None => format!("{}://{}", self.scheme(), reachable(bound)),
        }
    }

    fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// An address that a client on this machine can use: "any" is none.
fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}
