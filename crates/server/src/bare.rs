//! A node without a service: every request is refused.

use std::sync::Arc;

use hyper::StatusCode;

use crate::admin::{ManualClock, Readiness};
use crate::http::{Handler, Request, Response};
use crate::program::Node;

/// The node.
pub(crate) struct Bare;

/// Its front.
pub(crate) struct NoService;

impl Handler for NoService {
    async fn handle(&self, _: Request) -> Response {
        Response::error(StatusCode::NOT_IMPLEMENTED, "NotImplemented", "There is no service here.")
    }
}

impl Node for Bare {
    type Front = NoService;

    fn front(self: &Arc<Self>) -> NoService {
        NoService
    }

    fn readiness(&self) -> Readiness {
        Readiness::Ready
    }

    fn clock(self: &Arc<Self>) -> Option<Arc<dyn ManualClock>> {
        None
    }

    fn stopping(&self) {}

    async fn close(&self) -> Result<(), String> {
        Ok(())
    }
}
