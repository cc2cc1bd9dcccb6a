//! `/_millpond/faults`: faults made on purpose, read with GET and replaced with PUT, where the program was started
//! with `--faults`.

use hyper::header::{ALLOW, HeaderValue};
use hyper::{Method, StatusCode};
use parking_lot::Mutex;
use runtime::faults::Faults;
use serde_json::json;

use crate::faults::Plan;
use crate::front::page::failure;
use web::{Request, Response};

pub(super) const PATH: &str = "/_millpond/faults";

/// The faults that are made, if any may be.
pub(super) type Plans = Option<Mutex<Plan>>;

pub(super) fn answer(plans: &Plans, faults: &Faults, request: &Request) -> Response {
    let Some(plan) = plans else {
        return failure(StatusCode::NOT_FOUND, "Faults are made only after a start with --faults.");
    };
    let mut plan = plan.lock();
    match request.method {
        Method::GET | Method::HEAD => {}
        Method::PUT => match replace(&mut plan, faults, &request.body) {
            Ok(()) => {}
            Err(reason) => return failure(StatusCode::BAD_REQUEST, &reason),
        },
        _ => {
            let mut response = failure(
                StatusCode::METHOD_NOT_ALLOWED,
                "Faults are read with GET and set with PUT.",
            );
            response.headers.insert(ALLOW, HeaderValue::from_static("GET, PUT"));
            return response;
        }
    }
    Response::json(StatusCode::OK, &json!(plan.clone().counted(faults)))
}

fn replace(plan: &mut Plan, faults: &Faults, body: &[u8]) -> Result<(), String> {
    let new = Plan::parse(body)?;
    new.apply(faults)?;
    *plan = new;
    Ok(())
}
