//! Connections: filtered, through the proxy where there is one, with TLS, within the time limit.

use std::error::Error as StdError;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::address::AddressFilter;
use crate::config::{Config, Proxy};
use crate::error::{Error, Phase};
use crate::resolve::{Filtered, Resolve};
use crate::tls;

type BoxError = Box<dyn StdError + Send + Sync>;
type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// Makes connections to the authorities of URIs.
#[derive(Clone)]
pub(crate) struct Connector {
    https: HttpsConnector<Dialer>,
    time: Duration,
}

impl Connector {
    pub(crate) fn new(config: &Config, resolver: Arc<dyn Resolve>) -> Result<Self, String> {
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls::client(config)?)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(Dialer::new(config, resolver)?);
        Ok(Connector { https, time: config.connect_time })
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.https.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connecting, time) = (self.https.call(uri), self.time);
        Box::pin(async move {
            let connected = base::deadline::within(time, connecting).await;
            connected.unwrap_or_else(|| Err(Error::Timeout(Phase::Connect, time).into()))
        })
    }
}

/// Makes connections without TLS, directly or through the proxy.
#[derive(Clone)]
struct Dialer {
    filter: Arc<AddressFilter>,
    direct: HttpConnector<Filtered>,
    to_proxy: HttpConnector<Filtered>,
    proxies: Arc<Matcher>,
}

impl Dialer {
    fn new(config: &Config, resolver: Arc<dyn Resolve>) -> Result<Self, String> {
        let filter = Arc::new(AddressFilter::new(config.addresses.clone()));
        let connector = |filter| tcp(Filtered { resolver: Arc::clone(&resolver), filter });
        Ok(Dialer {
            direct: connector(Some(Arc::clone(&filter))),
            to_proxy: connector(None),
            filter,
            proxies: Arc::new(proxies(config.proxy.as_ref())?),
        })
    }

    /// Judges a host that is an address: no resolver is asked for it, and so no filter there.
    fn check(&self, uri: &Uri) -> Result<(), Error> {
        let host = uri.host().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) if !self.filter.allows(address) => Err(Error::Denied(host.to_owned())),
            _ => Ok(()),
        }
    }

    fn tunnel(&self, proxy: &Intercept) -> Tunnel<HttpConnector<Filtered>> {
        let tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy.clone());
        match proxy.basic_auth() {
            Some(credentials) => tunnel.with_auth(credentials.clone()),
            None => tunnel,
        }
    }
}

impl Service<Uri> for Dialer {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        if let Err(denied) = self.check(&uri) {
            return Box::pin(async move { Err(denied.into()) });
        }
        if let Some(proxy) = self.proxies.intercept(&uri) {
            let connecting = self.tunnel(&proxy).call(uri);
            return Box::pin(async move { Ok(connecting.await?) });
        }
        let connecting = self.direct.call(uri);
        Box::pin(async move { Ok(connecting.await?) })
    }
}

fn tcp(resolver: Filtered) -> HttpConnector<Filtered> {
    let mut connector = HttpConnector::new_with_resolver(resolver);
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector
}

fn proxies(proxy: Option<&Proxy>) -> Result<Matcher, String> {
    let Some(proxy) = proxy else { return Ok(Matcher::builder().build()) };
    let is_http = proxy.url.parse::<Uri>().is_ok_and(|uri| uri.scheme_str() == Some("http"));
    if !is_http {
        return Err(format!("the proxy {:?} is no URL like http://host:port", proxy.url));
    }
    Ok(Matcher::builder().all(&*proxy.url).no(proxy.except.join(",")).build())
}
