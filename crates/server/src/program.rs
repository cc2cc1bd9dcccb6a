//! From a node that is open to one that is closed.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use runtime::Port;
use tokio::net::TcpListener;

use web::tls::Tls;
use web::{AllowedHosts, Endpoint, Handler, Pages, Request, Server, Stop};

use crate::admin::{Admin, ManualClock, Readiness, Ready};
use crate::config::{Config, welcome};
use crate::metrics::Metrics;
use crate::ports;
use crate::wording;

/// A node as the program sees it.
pub(crate) trait Node: Send + Sync + 'static {
    /// What answers AWS's requests.
    type Front: Handler;

    /// Its front.
    fn front(self: &Arc<Self>) -> Self::Front;

    /// The endpoints that modules bring.
    fn endpoints(&self) -> Vec<Endpoint>;

    /// The ports that modules bring.
    fn ports(&self) -> Vec<Port>;

    /// Whether operators' pages are for whoever sent this.
    fn admits(&self, request: &Request) -> bool;

    /// Whether it serves as it should.
    fn readiness(&self) -> Readiness;

    /// Its clock, if time is moved by hand.
    fn clock(self: &Arc<Self>) -> Option<Arc<dyn ManualClock>>;

    /// The program is to stop: whoever waits is to be answered with what there is.
    fn stopping(&self);

    /// Ends what runs in the background and syncs the store. Called once, after the last request.
    fn close(&self) -> impl Future<Output = Result<(), String>> + Send;
}

/// Serves a node until it is to stop, and closes it; an error says why that did not succeed.
pub(crate) async fn run<N: Node>(
    config: &Config,
    (listener, tls): (TcpListener, Option<Arc<Tls>>),
    node: Arc<N>,
    metrics: Arc<Metrics>,
    stop: Stop,
) -> Result<(), String> {
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    announce(config, bound);
    let http_metrics = metrics.http.clone();
    if let Some(clock) = node.clock() {
        let help = "What the manual clock shows, in seconds since 1970";
        metrics.sample("clock_seconds", help, move || clock.now().millis() as f64 / 1000.0);
    }
    let admitting = Arc::clone(&node);
    let admits = Box::new(move |request: &Request| admitting.admits(request));
    let admin = Admin::new(node.front(), metrics, ready(&node, &stop), (node.clock(), admits));
    let mut all = node.endpoints();
    all.extend(endpoints(Arc::new(admin), node.front()));
    let router = web::Router::new(all);
    let ports = ports::open(node.ports(), tls.as_ref()).await?;
    let mut limits = config.http.clone();
    limits.connections = web::connections(limits.connections);
    let server = Server {
        router: router.map_err(|conflict| conflict.to_string())?,
        wording: wording::wording,
        limits,
        origins: config.allow_origin.clone(),
        hosts: AllowedHosts::new(config.hosts()),
        metrics: http_metrics,
        tls,
    };
    let told = async {
        stop.wanted().await;
        node.stopping();
    };
    let ports = ports::serve(ports, &stop);
    tokio::join!(web::serve(listener, server, stop.clone()), ports, told);
    close(&*node, config).await
}

/// The operators' pages, and the front for everything else. Operators must see the program when it is busiest.
fn endpoints<F: Handler>(admin: Arc<Admin<F>>, front: F) -> Vec<Endpoint> {
    let page = |name, path| Endpoint::whole(name, path, Arc::clone(&admin)).pages(Pages::Own);
    vec![
        page("health", "/_millpond/health").with_priority(),
        page("liveness", "/_millpond/health/live").with_priority(),
        page("metrics", "/_millpond/metrics").with_priority_for_long_answers(),
        page("version", "/_millpond/version").with_priority(),
        page("admin", "/_millpond/*"),
        Endpoint::whole("aws", "/*", front),
    ]
}

fn ready<N: Node>(node: &Arc<N>, stop: &Stop) -> Ready {
    let (node, stop) = (node.clone(), stop.clone());
    Box::new(move || match stop.is_wanted() {
        true => Readiness::NotReady("stopping"),
        false => node.readiness(),
    })
}

async fn close<N: Node>(node: &N, config: &Config) -> Result<(), String> {
    match base::deadline::within(config.http.grace, node.close()).await {
        Some(Ok(())) => {
            tracing::info!("stopped");
            Ok(())
        }
        Some(Err(error)) => Err(format!("the store was not closed: {error}")),
        None => Err("the store was not closed in time".to_owned()),
    }
}

/// Nobody reading is no reason not to serve.
fn announce(config: &Config, bound: SocketAddr) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(welcome(config, bound).as_bytes()).and_then(|()| out.flush());
    let version = env!("CARGO_PKG_VERSION");
    tracing::info!(version, listen = %bound, data = ?config.data, "started");
}
