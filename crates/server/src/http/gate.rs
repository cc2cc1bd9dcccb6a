//! Web pages stay outside.
//!
//! Any page that somebody opens may send requests to their local port. Browsers say so: with
//! `Origin`, and with `Sec-Fetch-Site` where they leave that out. A request that comes from a page
//! is refused before anybody looks at it, unless its origin was allowed by name; for those the gate
//! gives the answers that browsers ask for.
//!
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>, <https://www.w3.org/TR/fetch-metadata/>

use std::str::FromStr;

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};
use hyper::{Method, StatusCode, Uri};

use super::exchange::{Handler, Request, Response};

/// Where a page comes from, as browsers write it: `https://console.example.com:8443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(HeaderValue);

/// Lets only those requests through that no foreign page has sent.
#[derive(Debug)]
pub(crate) struct Gate<H> {
    inner: H,
    allowed: Vec<Origin>,
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, HEAD");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("x-amzn-requestid, x-amz-request-id, x-amzn-errortype, date");
/// For how many seconds a browser may remember a permission.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

impl<H> Gate<H> {
    /// A gate before `inner`, open to pages of these origins.
    pub(crate) fn new(inner: H, allowed: Vec<Origin>) -> Self {
        Gate { inner, allowed }
    }

    fn judge(&self, headers: &HeaderMap) -> Verdict {
        match headers.get(ORIGIN) {
            Some(origin) if self.allowed.iter().any(|allowed| allowed.0 == origin) => {
                Verdict::Allowed(origin.clone())
            }
            Some(_) => Verdict::Foreign,
            None => match headers.get(&SEC_FETCH_SITE) {
                // `none` is an address that somebody typed.
                Some(site) if site != "none" => Verdict::Foreign,
                _ => Verdict::NoPage,
            },
        }
    }
}

enum Verdict {
    NoPage,
    Allowed(HeaderValue),
    Foreign,
}

impl<H: Handler> Handler for Gate<H> {
    fn is_vital(&self, uri: &Uri) -> bool {
        self.inner.is_vital(uri)
    }

    async fn handle(&self, request: Request) -> Response {
        match self.judge(&request.headers) {
            Verdict::NoPage => self.inner.handle(request).await,
            Verdict::Foreign => {
                tracing::debug!(peer = %request.peer, "a web page's request was refused");
                refused()
            }
            Verdict::Allowed(origin) => {
                let mut response = if is_preflight(&request) {
                    preflight(&request.headers)
                } else {
                    self.inner.handle(request).await
                };
                permit(&mut response.headers, origin);
                response
            }
        }
    }
}

fn refused() -> Response {
    Response::error(
        StatusCode::FORBIDDEN,
        "AccessDenied",
        "Requests from web pages are refused unless their origin is given with --allow-origin.",
    )
}

fn is_preflight(request: &Request) -> bool {
    request.method == Method::OPTIONS && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight(asked: &HeaderMap) -> Response {
    let mut response = Response::empty(StatusCode::NO_CONTENT);
    response.headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    response.headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        response.headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}

fn permit(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.append(VARY, HeaderValue::from_static("Origin"));
}

impl FromStr for Origin {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not an origin such as https://console.example.com");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let named = matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
        let bare = uri.path_and_query().is_none_or(|path| path == "/") && !text.ends_with('/');
        if !named || !bare || text.contains('@') {
            return Err(wrong());
        }
        // Browsers write scheme and host in lower case.
        HeaderValue::from_str(&text.to_ascii_lowercase()).map(Origin).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for good in ["http://localhost:3000", "https://console.example.com", "http://[::1]:80"] {
            assert_eq!(good.parse::<Origin>().map(|o| o.0), Ok(HeaderValue::from_static(good)));
        }
        for bad in ["", "*", "null", "localhost:3000", "http://a/", "http://a/b", "ftp://a"] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }
}
