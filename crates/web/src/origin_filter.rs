//! The filter of requests that web pages send.
//!
//! Any page that somebody opens may send requests to their local port. Browsers say so: with `Origin`, and with
//! `Sec-Fetch-Site` where they leave that out. Such a request is answered only if its endpoint is open to the page, or
//! the operator allows the page's origin; browsers are then told so.
//!
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>, <https://www.w3.org/TR/fetch-metadata/>

use std::str::FromStr;

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};
use hyper::{Method, StatusCode, Uri};

use crate::endpoint::Pages;
use crate::response::Response;

/// The origin of a page, as browsers write it: `https://console.example.com:8443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(HeaderValue);

/// The origins that the operator allows.
#[derive(Debug, Default)]
pub(crate) struct OriginFilter(Vec<Origin>);

/// The verdict on a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No page has sent it, or one that the endpoint deals with itself.
    Pass,
    /// A page of this origin, which the browser must be told.
    Allowed(HeaderValue),
    /// A page that may not call the endpoint.
    Foreign,
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, HEAD");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("x-amzn-requestid, x-amz-request-id, x-amzn-errortype, date");
/// The seconds for which a browser may remember a permission.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

impl OriginFilter {
    /// A filter that lets these origins pass to every endpoint.
    pub(crate) fn new(allowed: Vec<Origin>) -> Self {
        OriginFilter(allowed)
    }

    /// Judges a request for an endpoint that is open to these pages. `own` is the origin of this server's own pages.
    pub(crate) fn judge(&self, headers: &HeaderMap, pages: Pages, own: &Own<'_>) -> Verdict {
        let origin = headers.get(ORIGIN);
        if let Some(origin) = origin.filter(|origin| self.0.iter().any(|one| one.0 == **origin)) {
            return Verdict::Allowed(origin.clone());
        }
        let site = headers.get(&SEC_FETCH_SITE).map(HeaderValue::as_bytes);
        // `none` is an address that somebody typed.
        let is_page = origin.is_some() || site.is_some_and(|site| site != b"none");
        let is_own = || match origin {
            Some(origin) => own.is(origin),
            None => site == Some(b"same-origin"),
        };
        match pages {
            Pages::All => Verdict::Pass,
            Pages::Own if is_page && is_own() => Verdict::Pass,
            _ if is_page => Verdict::Foreign,
            _ => Verdict::Pass,
        }
    }
}

/// The origin of this server's own pages, as the client sees it.
pub(crate) struct Own<'r> {
    pub(crate) scheme: &'static str,
    pub(crate) host: Option<&'r str>,
}

impl Own<'_> {
    fn is(&self, origin: &HeaderValue) -> bool {
        let Some(host) = self.host else { return false };
        let rest = origin.to_str().ok().and_then(|origin| origin.strip_prefix(self.scheme));
        rest.and_then(|rest| rest.strip_prefix("://"))
            .is_some_and(|it| it.eq_ignore_ascii_case(host))
    }
}

/// Returns true for the question of a browser whether it may send a request.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to that question: it may.
pub(crate) fn preflight(asked: &HeaderMap) -> Response {
    let mut response = Response::empty(StatusCode::NO_CONTENT);
    response.headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    response.headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        response.headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}

/// Lets a page of this origin read a response.
pub(crate) fn permit(headers: &mut HeaderMap, origin: HeaderValue) {
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

    fn judge(pages: Pages, headers: &[(&'static str, &'static str)]) -> Verdict {
        let filter = OriginFilter::new(vec!["http://localhost:3000".parse().expect("an origin")]);
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let own = Own { scheme: "http", host: Some("localhost:4566") };
        filter.judge(&pairs.collect(), pages, &own)
    }

    #[test]
    fn an_endpoint_says_which_pages_may_call_it() {
        let foreign = [("origin", "http://evil.example")];
        let own = [("origin", "http://localhost:4566"), ("sec-fetch-site", "same-origin")];
        let without_origin = [("sec-fetch-site", "same-origin")];
        let cross = [("sec-fetch-site", "cross-site")];
        let other_port = [("origin", "http://localhost:4567"), ("sec-fetch-site", "same-site")];
        for (pages, passing) in [
            (Pages::Allowed, &[][..]),
            (Pages::Own, &[&own[..], &without_origin]),
            (Pages::All, &[&own[..], &without_origin, &foreign, &cross, &other_port]),
        ] {
            for headers in [&foreign[..], &own, &without_origin, &cross, &other_port] {
                let passes = judge(pages, headers) == Verdict::Pass;
                assert_eq!(passes, passing.contains(&headers), "{pages:?} {headers:?}");
            }
            assert_eq!(judge(pages, &[]), Verdict::Pass);
            assert_eq!(judge(pages, &[("sec-fetch-site", "none")]), Verdict::Pass);
            let allowed = judge(pages, &[("origin", "http://localhost:3000")]);
            assert_eq!(
                allowed,
                Verdict::Allowed(HeaderValue::from_static("http://localhost:3000"))
            );
        }
    }
}
