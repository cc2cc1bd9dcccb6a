//! Calls between services, counted and audited like requests from outside.

use std::sync::Arc;

use hyper::StatusCode;
use runtime::{Node, Observe, Observed, Told};

use super::audit::{Audit, Refused};
use super::routes::Routes;

/// Watches the calls that services make of each other.
pub(crate) struct Inside {
    node: Arc<Node>,
    routes: Arc<Routes>,
    audit: Arc<Audit>,
}

impl Inside {
    /// Counts calls in the routes' metrics, and writes refusals into the log.
    pub(crate) fn new(node: &Arc<Node>, routes: Arc<Routes>, audit: &Arc<Audit>) -> Self {
        Inside { node: Arc::clone(node), routes, audit: Arc::clone(audit) }
    }
}

impl Observe for Inside {
    fn begin(&self, call: Observed<'_>) -> Told {
        let (service, operation) = (call.service.name, call.operation.name);
        let Some(route) = self.routes.route(service, operation) else { return Box::new(|_| {}) };
        let running = Arc::clone(&route.metrics).begin_apart();
        let caller = call.caller.principal.arn();
        let (node, routes) = (Arc::clone(&self.node), Arc::clone(&self.routes));
        let audit = Arc::clone(&self.audit);
        Box::new(move |fault| {
            let status = fault.map_or(200, |fault| fault.status);
            running.answered(StatusCode::from_u16(status).unwrap_or_default());
            let refused = fault.zip(routes.route(service, operation));
            if let Some((fault, route)) = refused {
                let caller = Some(caller.as_str());
                let refused = Refused { peer: None, route, access_key: None, caller };
                audit.note(node.timers().now(), refused, fault);
            }
        })
    }
}
