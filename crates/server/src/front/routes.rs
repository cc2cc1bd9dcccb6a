//! Every operation of every service that the program knows.

use std::collections::HashMap;
use std::sync::Arc;

use runtime::Registry;
use shape::{OperationModel, ServiceModel};
use wire::RouteTable;

use crate::metrics::{OperationMetrics, Operations};

/// An operation that requests may name.
pub(super) struct Route {
    pub(super) service: &'static ServiceModel,
    pub(super) operation: &'static OperationModel,
    pub(super) metrics: Arc<OperationMetrics>,
}

/// The operations of all services.
pub(crate) struct Routes {
    /// How they are found, those included that are known and not served.
    pub(super) table: RouteTable,
    /// By service and name.
    routes: HashMap<&'static str, HashMap<&'static str, Route>>,
}

impl Routes {
    /// The operations of these services, those included that are known and not implemented.
    pub(crate) fn new(registry: &Registry, metrics: &Operations) -> Self {
        let mut routes: HashMap<_, HashMap<_, _>> = HashMap::new();
        for service in registry.models() {
            for operation in service.operations.iter().copied() {
                let metrics = metrics.of(service.name, operation.name);
                let route = Route { service, operation, metrics };
                routes.entry(service.name).or_default().insert(operation.name, route);
            }
        }
        let table = RouteTable::new(registry.models(), catalog::SERVICES.iter().copied());
        Routes { table, routes }
    }

    /// An operation of a service that is served.
    pub(super) fn route(&self, service: &str, operation: &str) -> Option<&Route> {
        self.routes.get(service)?.get(operation)
    }
}
