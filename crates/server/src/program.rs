//! From a node that is open to one that is closed.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::admin::{Admin, ManualClock, Readiness, Ready};
use crate::config::{Config, welcome};
use crate::http::tls::Tls;
use crate::http::{self, Gate, Handler, Request};
use crate::metrics::Metrics;
use crate::stop::Stop;

/// A node as the program sees it.
pub(crate) trait Node: Send + Sync + 'static {
    /// What answers AWS's requests.
    type Front: Handler;

    /// Its front.
    fn front(self: &Arc<Self>) -> Self::Front;

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
    let gate = Gate::new(admin, config.allow_origin.clone());
    let mut limits = config.http.clone();
    limits.connections = http::connections(limits.connections);
    let told = async {
        stop.wanted().await;
        node.stopping();
    };
    tokio::join!(http::serve(listener, tls, limits, gate, http_metrics, stop.clone()), told);
    close(&*node, config).await
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
