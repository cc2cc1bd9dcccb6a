//! `/_millpond/jobs`: background jobs and workers. GET shows them; POST has all timers in quarantine tried again.

use hyper::header::{ALLOW, HeaderValue};
use hyper::{Method, StatusCode};
use runtime::Node;
use runtime::jobs::{Quarantined, QueueStatus};
use runtime::workers::WorkerStatus;
use serde_json::{Value, json};

use crate::front::page::failure;
use web::{Request, Response};

pub(super) const PATH: &str = "/_millpond/jobs";

pub(super) fn answer(node: &Node, request: &Request) -> Response {
    match request.method {
        Method::GET | Method::HEAD => Response::json(StatusCode::OK, &show(node)),
        Method::POST => {
            let retried = node.jobs().retry_quarantined();
            Response::json(StatusCode::OK, &json!({ "retried": retried }))
        }
        _ => {
            let text = "Jobs are read with GET; POST tries again what is in quarantine.";
            let mut response = failure(StatusCode::METHOD_NOT_ALLOWED, text);
            response.headers.insert(ALLOW, HeaderValue::from_static("GET, POST"));
            response
        }
    }
}

fn show(node: &Node) -> Value {
    let status = node.jobs().status();
    json!({
        "queues": status.queues.iter().map(show_queue).collect::<Vec<_>>(),
        "quarantined": status.quarantined,
        "quarantine": status.quarantine.iter().map(show_quarantined).collect::<Vec<_>>(),
        "workers": node.workers().status().iter().map(show_worker).collect::<Vec<_>>(),
    })
}

fn show_queue(queue: &QueueStatus) -> Value {
    json!({
        "service": queue.service,
        "queue": queue.name,
        "limit": queue.limit,
        "waiting": queue.waiting,
        "running": queue.running,
        "failing": queue.failing,
        "succeeded": queue.succeeded,
        "failed": queue.failed,
    })
}

fn show_quarantined(timer: &Quarantined) -> Value {
    json!({
        "resource": timer.arn.as_ref().map(|arn| arn.as_str()),
        "kind": timer.kind,
        "due": timer.at.map(|at| at.millis()),
        "since": timer.since.millis(),
        "failures": timer.failures,
        "reason": timer.reason,
    })
}

fn show_worker(worker: &WorkerStatus) -> Value {
    json!({
        "name": worker.name,
        "state": worker.state.as_str(),
        "restarts": worker.restarts,
        "lastError": worker.last_error,
    })
}
