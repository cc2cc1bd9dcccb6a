//! The hook for metrics.

use hyper::StatusCode;

use crate::error::Error;

/// Learns of each request when the head of its response is there, or when it has failed.
pub trait Observer: Send + Sync + 'static {
    /// Counts the request. Called on the request's task: it must be quick and must not wait.
    fn observe(&self, observation: &Observation<'_>);
}

/// The end of a request.
#[derive(Debug)]
pub struct Observation<'a> {
    /// The host and port as the request names them: too many for a metric's label.
    pub authority: &'a str,
    /// The status of the response, or the error.
    pub outcome: Result<StatusCode, &'a Error>,
    /// Seconds from the call to here.
    pub seconds: f64,
}

/// Observes nothing.
impl Observer for () {
    fn observe(&self, _: &Observation<'_>) {}
}
