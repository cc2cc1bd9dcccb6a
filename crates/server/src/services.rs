//! The program's services, as one value: operations, identities, and what watches them.

use std::sync::Arc;

use identity::Identity;
use runtime::{Calls, Host, Observe, Registry, Settings};

use crate::front::{Audit, Inside, Routes};
use crate::metrics::Metrics;

/// The services of a node.
pub(crate) struct Services {
    /// All that the modules bring.
    pub(crate) registry: Arc<Registry>,
    /// Users, roles and credentials.
    pub(crate) identity: Arc<Identity>,
    /// The operations that may be named, with their metrics.
    pub(crate) routes: Arc<Routes>,
    /// The log of refusals.
    pub(crate) audit: Arc<Audit>,
}

/// What services are made with.
pub(crate) struct Outfit<'o> {
    /// Users, roles and credentials.
    pub(crate) identity: Arc<Identity>,
    /// The modules' own settings.
    pub(crate) settings: Settings,
    /// The address to which URLs lead in answers to calls from inside.
    pub(crate) endpoint: String,
    /// The metrics in which operations are counted.
    pub(crate) metrics: &'o Metrics,
}

impl Services {
    /// All services, on a node.
    pub(crate) fn new(node: &Arc<runtime::Node>, outfit: Outfit<'_>) -> Result<Self, String> {
        let Outfit { identity, settings, endpoint, metrics } = outfit;
        let host = Host {
            node: Arc::clone(node),
            identity: Arc::clone(&identity),
            calls: Calls::new(node, endpoint),
            settings,
        };
        let (mut routes, audit) = (None, Arc::default());
        let registry = modules::open(&host, |registry| {
            let made = Arc::new(Routes::new(registry, &metrics.operations));
            routes = Some(Arc::clone(&made));
            Arc::new(Inside::new(node, made, &audit)) as Arc<dyn Observe>
        })?;
        let routes = routes.ok_or("nobody has asked for the operations")?;
        Ok(Services { registry, identity, routes, audit })
    }
}
