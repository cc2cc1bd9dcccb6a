//! From names to addresses that may be connected to.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

use crate::address::AddressFilter;
use crate::error::Error;

/// Resolves the names of hosts.
pub trait Resolve: Send + Sync + 'static {
    /// The addresses of a host.
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The machine's resolver.
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((host, 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        })
    }
}

/// A resolver whose answers have passed the filter. It is asked for each connection, and the connection
/// goes to the addresses that it returns: between the check and the use there is no second look-up.
#[derive(Clone)]
pub(crate) struct Filtered {
    pub(crate) resolver: Arc<dyn Resolve>,
    /// `None` for the way to the proxy, which the operator chose.
    pub(crate) filter: Option<Arc<AddressFilter>>,
}

impl Filtered {
    fn allowed(&self, host: &str, addresses: Vec<IpAddr>) -> Result<Vec<SocketAddr>, Error> {
        if addresses.is_empty() {
            return Err(Error::Connect(format!("{host} has no address")));
        }
        let passes = |address: &IpAddr| self.filter.as_ref().is_none_or(|f| f.allows(*address));
        let allowed: Vec<SocketAddr> =
            addresses.into_iter().filter(passes).map(|address| (address, 0).into()).collect();
        if allowed.is_empty() { Err(Error::Denied(host.to_owned())) } else { Ok(allowed) }
    }
}

impl Service<Name> for Filtered {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let host = name.as_str();
            let addresses = this.resolver.resolve(host.to_owned()).await;
            let addresses = addresses.map_err(|e| Error::Connect(format!("{host}: {e}")))?;
            this.allowed(host, addresses).map(Vec::into_iter)
        })
    }
}
