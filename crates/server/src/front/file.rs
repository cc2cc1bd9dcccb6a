//! The services' own files: `/SimpleNotificationService-….pem`.

use hyper::{Method, StatusCode};
use runtime::{Registry, Trouble};

use super::page::failure;
use web::{Request, Response};

/// Answers a request for a file; `None` if the request is for something else.
pub(super) async fn answer(registry: &Registry, request: &Request) -> Option<Response> {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return None;
    }
    let found = registry.file(request.uri.path())?.await;
    Some(match found {
        Ok(Some(file)) => Response::new(StatusCode::OK, file.content_type, file.body),
        Ok(None) => failure(StatusCode::NOT_FOUND, "There is no such file."),
        Err(Trouble::Unavailable(_) | Trouble::Refused(_)) => {
            failure(StatusCode::SERVICE_UNAVAILABLE, "The file cannot be read now.")
        }
    })
}
