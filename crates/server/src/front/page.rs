//! The services' own pages for operators: `/_millpond/<name>/…`.

use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use runtime::{NoPage, PageRequest, Registry};
use serde_json::json;

use web::{Request, Response};

/// What all pages begin with.
pub(super) const PREFIX: &str = "/_millpond/";

/// Answers a request for the page at `path`.
pub(super) async fn answer(registry: &Registry, request: &Request, path: &str) -> Response {
    let (name, rest) = path.split_once('/').unwrap_or((path, ""));
    let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    let query = request.uri.query().unwrap_or_default();
    let page = PageRequest {
        path: rest.split('/').filter(|part| !part.is_empty()).map(decoded).collect(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
    };
    let Some(page) = registry.page(name, page) else {
        return failure(StatusCode::NOT_FOUND, &format!("There is no page {name}."));
    };
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return failure(StatusCode::METHOD_NOT_ALLOWED, "Pages are read with GET.");
    }
    match page.await {
        Ok(document) => Response::new(StatusCode::OK, "application/json", document),
        Err(NoPage::NotFound(text)) => failure(StatusCode::NOT_FOUND, &text),
        Err(NoPage::Invalid(text)) => failure(StatusCode::BAD_REQUEST, &text),
        Err(NoPage::Unavailable(text)) => failure(StatusCode::SERVICE_UNAVAILABLE, &text),
    }
}

/// Pages show messages or delete them, and nobody signs for them: where callers must prove who they are, they are for
/// those who are on the machine.
pub(crate) fn not_for_others() -> Response {
    failure(StatusCode::FORBIDDEN, "With --auth sigv4, pages are for this machine only.")
}

pub(super) fn failure(status: StatusCode, text: &str) -> Response {
    Response::json(status, &json!({ "error": text }))
}
