//! Every operation of every service that the program knows.

use std::collections::HashMap;
use std::sync::Arc;

use runtime::Registry;
use shape::{OperationModel, ServiceModel};

use crate::metrics::{OperationMetrics, Operations};

/// An operation that requests may name.
pub(super) struct Route {
    pub(super) service: &'static ServiceModel,
    pub(super) operation: &'static OperationModel,
    pub(super) metrics: Arc<OperationMetrics>,
}

/// The operations of all services.
#[derive(Default)]
pub(crate) struct Routes {
    pub(super) services: Vec<Served>,
}

/// The operations of one service, by name.
pub(super) struct Served {
    pub(super) model: &'static ServiceModel,
    pub(super) operations: HashMap<&'static str, Route>,
}

impl Routes {
    /// The operation of this name.
    pub(super) fn route(&self, service: &str, operation: &str) -> Option<&Route> {
        let served = self.services.iter().find(|served| served.model.name == service)?;
        served.operations.get(operation)
    }

    /// The operations of these services, those included that are known and not implemented.
    pub(crate) fn new(registry: &Registry, metrics: &Operations) -> Self {
        let served = |service: &'static ServiceModel| {
            let route = |operation: &'static OperationModel| {
                let metrics = metrics.of(service.name, operation.name);
                (operation.name, Route { service, operation, metrics })
            };
            let operations = service.operations.iter().map(|operation| route(operation));
            Served { model: service, operations: operations.collect() }
        };
        Routes { services: registry.models().map(served).collect() }
    }
}
