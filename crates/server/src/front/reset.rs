//! `POST /_millpond/reset?account=…`: deletes everything of one account. A test process that takes an
//! account of its own on a shared server cleans up with it, and disturbs nobody.

use base::AccountId;
use hyper::{Method, StatusCode};
use runtime::Registry;
use serde_json::json;

use crate::front::page::failure;
use web::{Request, Response};

pub(super) const PATH: &str = "/_millpond/reset";

pub(super) async fn answer(registry: &Registry, request: &Request) -> Response {
    if request.method != Method::POST {
        return failure(StatusCode::METHOD_NOT_ALLOWED, "An account is emptied with POST.");
    }
    let account = match account(request.uri.query().unwrap_or_default()) {
        Ok(account) => account,
        Err(reason) => return failure(StatusCode::BAD_REQUEST, &reason),
    };
    tracing::warn!(%account, "everything of an account is deleted, as asked for");
    match registry.reset(account).await {
        Ok(deleted) => Response::json(
            StatusCode::OK,
            &json!({ "account": account.as_str(), "deleted": deleted }),
        ),
        Err(trouble) => failure(StatusCode::SERVICE_UNAVAILABLE, &trouble.to_string()),
    }
}

/// The one parameter. There is no default: what is deleted must be named.
fn account(query: &str) -> Result<AccountId, String> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    match (parameters.next(), parameters.next()) {
        (Some((name, value)), None) if name == "account" => {
            value.parse().map_err(|error| format!("account: {error}"))
        }
        _ => Err("say which account to empty, and nothing else: ?account=123456789012".into()),
    }
}
