//! `GET /_millpond/facts?resource=ARN`: what requests about a thing are authorized from, its policy and its tags.

use base::Arn;
use hyper::{Method, StatusCode};
use runtime::{Fact, Registry};
use serde_json::{Value, json};

use crate::front::page::failure;
use web::{Request, Response};

pub(crate) const PATH: &str = "/_millpond/facts";

pub(super) async fn answer(registry: &Registry, request: &Request) -> Response {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return failure(StatusCode::METHOD_NOT_ALLOWED, "Facts are read with GET.");
    }
    let Some(thing) = resource(request.uri.query().unwrap_or_default()) else {
        return failure(StatusCode::BAD_REQUEST, "Say of what, and nothing else: ?resource=ARN");
    };
    match registry.fact(&thing).await {
        Ok(Some(fact)) => Response::json(StatusCode::OK, &document(&thing, &fact)),
        Ok(None) => failure(StatusCode::NOT_FOUND, &format!("There is no {thing}.")),
        Err(trouble) => failure(StatusCode::SERVICE_UNAVAILABLE, &trouble.to_string()),
    }
}

fn resource(query: &str) -> Option<Arn> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    match (parameters.next(), parameters.next()) {
        (Some((name, value)), None) if name == "resource" => value.parse().ok(),
        _ => None,
    }
}

/// The policy is a text, as it was written.
fn document(thing: &Arn, fact: &Fact) -> Value {
    let policy = fact.policy.as_ref().map(|policy| policy.text());
    json!({ "resource": thing.as_str(), "policy": policy, "tags": fact.tags })
}
