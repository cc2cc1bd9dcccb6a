//! A node with all services, from its configuration.

use std::net::SocketAddr;
use std::sync::Arc;

use base::{AccountId, Clock, Random, Span, Timestamp};
use futures::future::{BoxFuture, FutureExt};
use identity::{Enforcement, Sessions};
use runtime::jobs::JobCounts;
use runtime::{Parts, Port, Registry, Settings, secret, upkeep};
use shape::ServiceModel;
use store::fjall::{FjallStore, Options};
use store::memory::{self, MemoryStore};
use store::{Observer, Pressure, Store};

use crate::admin::{ManualClock, Readiness};
use crate::archive;
use crate::auth::Callers;
use crate::config::{ClockSource, Config, Data, Quotas};
use crate::front::{Front, World};
use crate::metrics::{Metrics, StoreMetrics};
use crate::program;
use crate::services::{Outfit, Services};
use web::{Endpoint, Request};

/// A node that serves.
pub(crate) struct Node {
    runtime: Arc<runtime::Node>,
    front: Arc<Front>,
    registry: Arc<Registry>,
}

/// What the program can do, by service; each operation with whether it is implemented.
pub(crate) async fn operations() -> Result<Abilities, String> {
    let parts = Parts {
        store: MemoryStore::open(memory::Options::default()),
        clock: Clock::system(),
        random: Random::system(),
        quotas: runtime::Quotas::None,
    };
    let node = runtime::Node::start(parts).await.map_err(|error| error.to_string())?;
    let callers = Callers::new(&crate::config::Auth::None, &[], AccountId::DEFAULT);
    let outfit = Outfit {
        identity: callers.identity(sessions(&node).await?),
        settings: Settings::default(),
        endpoint: String::new(),
        metrics: &Metrics::new(),
    };
    let registry = Services::new(&node, outfit)?.registry;
    let of = |service: &'static ServiceModel| {
        let names = service.operations.iter().map(|operation| operation.name);
        (service.name, names.map(|name| (name, registry.implements(service.name, name))).collect())
    };
    Ok(Abilities {
        operations: registry.models().map(of).collect(),
        limitations: registry.limitations().to_vec(),
    })
}

/// What the program can do.
pub(crate) struct Abilities {
    pub(crate) operations: Vec<ServiceOperations>,
    /// By module, what is accepted and not yet effective.
    pub(crate) limitations: Vec<(&'static str, &'static str)>,
}

/// A service's name, and its operations with whether they are implemented.
pub(crate) type ServiceOperations = (&'static str, Vec<(&'static str, bool)>);

/// Opens the store and starts the services on it.
pub(crate) async fn open(
    config: &Config,
    callers: &Callers,
    metrics: &Arc<Metrics>,
    bound: SocketAddr,
) -> Result<Arc<Node>, String> {
    let store = open_store(config, metrics).await?;
    sample(metrics, &store);
    let parts = Parts {
        store,
        clock: match config.clock {
            ClockSource::System => Clock::system(),
            ClockSource::Manual(None) => Clock::manual_from_system(),
            ClockSource::Manual(Some(start)) => Clock::manual(start),
        },
        random: Random::system(),
        quotas: match config.quotas {
            Quotas::None => runtime::Quotas::None,
            Quotas::Aws => runtime::Quotas::Aws,
        },
    };
    let runtime = runtime::Node::start(parts).await.map_err(|error| error.to_string())?;
    let outfit = Outfit {
        identity: callers.identity(sessions(&runtime).await?),
        settings: config.modules.clone(),
        endpoint: config.endpoint(bound),
        metrics,
    };
    let services = Services::new(&runtime, outfit)?;
    if services.identity.enforcement() == Enforcement::Required {
        runtime.targets().check_policies();
    }
    metrics.modules(&services.registry);
    sample_jobs(metrics, &runtime);
    runtime.on_broken(Box::new(stop_at_once));
    services.registry.start_background(&runtime)?;
    runtime.tasks().spawn(upkeep::run(Arc::clone(&runtime)));
    if let Data::Directory(directory) = &config.data
        && let Some(door) = archive::listen(directory)
    {
        let store = Arc::clone(runtime.slots().store());
        runtime.tasks().spawn(archive::serve(door, store));
    }
    let world = World {
        account: config.account,
        region: config.region.clone(),
        public_url: config.public_url.clone(),
        faults: config.faults.clone(),
    };
    if let Some(plan) = &config.faults {
        plan.apply(runtime.faults())?;
    }
    let registry = Arc::clone(&services.registry);
    let front = Arc::new(Front::new(Arc::clone(&runtime), services, world));
    Ok(Arc::new(Node { runtime, front, registry }))
}

/// Temporary credentials, with the secret that is kept in the store.
async fn sessions(node: &runtime::Node) -> Result<Sessions, String> {
    let secret = secret::secret(node, secret::SESSIONS).await;
    secret.map(|secret| Sessions::new(&secret)).map_err(|error| error.to_string())
}

async fn open_store(config: &Config, metrics: &Arc<Metrics>) -> Result<Arc<dyn Store>, String> {
    let observer = Arc::new(Watch { metrics: Arc::clone(&metrics.store) });
    match &config.data {
        Data::Memory => Ok(MemoryStore::open(memory::Options { observer, ..Default::default() })),
        Data::Directory(directory) => {
            let options = Options { observer, ..Options::default() };
            let store = FjallStore::open(directory, options).map_err(|error| error.to_string())?;
            Ok(store)
        }
    }
}

/// How full the store is: 0 is free, up to 1 it is slow, 2 is full.
fn sample(metrics: &Metrics, store: &Arc<dyn Store>) {
    let store = Arc::clone(store);
    let help =
        "How much the store falls behind: 0 not at all, up to 1 intake is slowed, 2 it is full";
    metrics.sample("store_pressure", help, move || match store.pressure() {
        Pressure::Free => 0.0,
        Pressure::Slow(share) => f64::from(share),
        Pressure::Full => 2.0,
    });
}

/// The background jobs that wait, run and fail, and the timers in quarantine.
#[expect(clippy::cast_precision_loss, reason = "a metric is a float, and exact up to 2^53")]
fn sample_jobs(metrics: &Metrics, node: &Arc<runtime::Node>) {
    let count = |value: fn(JobCounts) -> u64| {
        let node = Arc::clone(node);
        move || value(node.jobs().counts()) as f64
    };
    let waiting = "Background jobs that wait for their turn";
    metrics.sample("jobs_waiting", waiting, count(|jobs| jobs.waiting as u64));
    let running = "Background jobs that run";
    metrics.sample("jobs_running", running, count(|jobs| jobs.running as u64));
    let failing = "Background jobs that have failed and are tried again";
    metrics.sample("jobs_failing", failing, count(|jobs| jobs.failing as u64));
    let quarantined = "Timers whose jobs are not tried again before a restart or a request";
    metrics.sample("jobs_quarantined", quarantined, count(|jobs| jobs.quarantined));
    let node = Arc::clone(node);
    let help = "How often workers were started again after a failure";
    metrics.sample("worker_restarts", help, move || {
        node.workers().status().iter().map(|worker| worker.restarts).sum::<u64>() as f64
    });
}

/// Measures the store's commits, and stops the program when it cannot go on.
struct Watch {
    metrics: Arc<StoreMetrics>,
}

impl Observer for Watch {
    fn committed(&self, batches: usize, bytes: usize, seconds: f64) {
        self.metrics.committed(batches, bytes, seconds);
    }

    /// After a failed sync nobody knows what the disk has: only a start that reads it does. Nothing that
    /// waits for a commit is answered.
    fn broken(&self, reason: &str) {
        tracing::error!(reason, "the store is broken: stopping at once");
        std::process::exit(i32::from(STORE_BROKEN));
    }
}

/// After an invariant was found broken the memory is not to be trusted; a start reads what is on disk.
fn stop_at_once(what: &str) {
    tracing::error!(what, "an invariant is broken: stopping at once");
    std::process::exit(i32::from(INVARIANT_BROKEN));
}

/// The exit status after a broken invariant: an internal software error, in the numbers of sysexits.
const INVARIANT_BROKEN: u8 = 70;

/// The exit status after a failed sync: an input/output error, in the numbers of sysexits.
const STORE_BROKEN: u8 = 74;

impl program::Node for Node {
    type Front = Arc<Front>;

    fn front(self: &Arc<Self>) -> Arc<Front> {
        Arc::clone(&self.front)
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        self.registry.endpoints().to_vec()
    }

    fn ports(&self) -> Vec<Port> {
        self.registry.ports().to_vec()
    }

    fn admits(&self, request: &Request) -> bool {
        self.front.admits(request)
    }

    fn readiness(&self) -> Readiness {
        match self.runtime.slots().store().pressure() {
            Pressure::Full => Readiness::NotReady("the disk is nearly full"),
            Pressure::Free | Pressure::Slow(_) => Readiness::Ready,
        }
    }

    fn clock(self: &Arc<Self>) -> Option<Arc<dyn ManualClock>> {
        let is_manual = self.runtime.timers().clock().is_manual();
        is_manual.then(|| Arc::clone(self) as Arc<dyn ManualClock>)
    }

    fn stopping(&self) {
        self.runtime.tasks().stop();
    }

    async fn close(&self) -> Result<(), String> {
        self.runtime.stop().await.map_err(|error| error.to_string())
    }
}

impl ManualClock for Node {
    fn now(&self) -> Timestamp {
        self.runtime.timers().now()
    }

    fn advance(&self, by: Span) -> BoxFuture<'_, Timestamp> {
        async move {
            let moved = self.runtime.advance(by).await;
            moved.unwrap_or_else(|| self.runtime.timers().now())
        }
        .boxed()
    }
}
