//! The check of a request's head: anything that two readers could understand in two ways is refused.
//!
//! The HTTP library refuses what is not HTTP. What is left here is HTTP, and yet leaves open who calls
//! whom, with what, or where the request ends: then a proxy, whoever checks a signature and whoever
//! finds the operation may each see another request.

use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, EXPECT, HOST, HeaderMap,
    HeaderName, ORIGIN, TRANSFER_ENCODING,
};
use hyper::{Method, Uri, Version};

use crate::refusal::Refusal;

/// Headers that a request has once or not at all. None of them is a list whose lines could be joined
/// (RFC 9110, section 5.3), or it is one of which only one value is taken here.
const SINGLE: [HeaderName; 15] = [
    AUTHORIZATION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    DATE,
    EXPECT,
    HOST,
    ORIGIN,
    TRANSFER_ENCODING,
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("x-amz-content-sha256"),
    HeaderName::from_static("x-amz-date"),
    HeaderName::from_static("x-amz-security-token"),
    HeaderName::from_static("x-amz-target"),
    HeaderName::from_static("x-amzn-query-mode"),
];

/// About the bytes that a head had on the wire: each header is written with a colon, a space and a line end.
pub(crate) fn size(uri: &Uri, headers: &HeaderMap) -> usize {
    let target = uri.path().len() + uri.query().map_or(0, str::len);
    let lines: usize = headers.iter().map(|(k, v)| k.as_str().len() + v.len() + 4).sum();
    target + lines
}

/// Refuses what is ambiguous.
pub(crate) fn check(
    method: &Method,
    uri: &Uri,
    version: Version,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    if SINGLE.iter().any(|name| headers.get_all(name).iter().nth(1).is_some()) {
        return Err(Refusal::HeaderTwice);
    }
    coding(headers)?;
    if method == Method::CONNECT {
        return Err(Refusal::NoProxy);
    }
    target(uri)?;
    host(uri, version, headers)
}

/// The only transfer coding is `chunked`. The library looks at the last one only, and would hand over a
/// body that is still encoded.
fn coding(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(TRANSFER_ENCODING) {
        Some(coding) if !coding.as_bytes().eq_ignore_ascii_case(b"chunked") => {
            Err(Refusal::UnknownCoding)
        }
        _ => Ok(()),
    }
}

/// A path, `*`, or a whole URL of HTTP: RFC 9112, section 3.2.
fn target(uri: &Uri) -> Result<(), Refusal> {
    let is_http = matches!(uri.scheme_str(), None | Some("http" | "https"));
    // Only the target of CONNECT is an authority alone.
    let has_path = uri.authority().is_none() || uri.scheme().is_some();
    if is_http && has_path { Ok(()) } else { Err(Refusal::BadTarget) }
}

/// A request says once which host it is for. A whole URL is what a proxy would get, and HTTP/2's
/// `:authority` is the same thing: `Host` beside them must agree. RFC 9112, section 3.2; RFC 9113,
/// section 8.3.1.
fn host(uri: &Uri, version: Version, headers: &HeaderMap) -> Result<(), Refusal> {
    let named = uri.authority().map(|authority| authority.as_str().as_bytes());
    if named.is_some_and(|authority| authority.contains(&b'@')) {
        return Err(Refusal::BadTarget);
    }
    if headers.get(HOST).is_some_and(|host| !is_authority(host.as_bytes())) {
        return Err(Refusal::BadHost);
    }
    match (named, headers.get(HOST)) {
        (Some(authority), Some(host)) if !host.as_bytes().eq_ignore_ascii_case(authority) => {
            Err(Refusal::OtherHost)
        }
        (_, None) if version == Version::HTTP_11 => Err(Refusal::NoHost),
        _ => Ok(()),
    }
}

/// Returns true for what may stand in `Host`: a name or an address, and a port. It ends up in URLs of answers.
/// <https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.2>
fn is_authority(host: &[u8]) -> bool {
    host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%:[]".contains(byte))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn checked(
        method: Method,
        target: &str,
        version: Version,
        lines: &[(&'static str, &str)],
    ) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).expect("a value"));
        }
        check(&method, &target.parse().expect("a target"), version, &headers)
    }

    fn post(lines: &[(&'static str, &str)]) -> Result<(), Refusal> {
        let lines = [&[("host", "a")], lines].concat();
        checked(Method::POST, "/", Version::HTTP_11, &lines)
    }

    #[test]
    fn what_decides_who_calls_what_is_there_once() {
        for name in SINGLE {
            let name: &'static str = Box::leak(name.as_str().to_owned().into_boxed_str());
            for second in ["chunked", "other"] {
                let twice = [("host", "a"), (name, "chunked"), (name, second)];
                let checked = checked(Method::POST, "/", Version::HTTP_2, &twice);
                assert_eq!(checked, Err(Refusal::HeaderTwice), "{name}");
            }
        }
        assert_eq!(post(&[("accept", "a"), ("accept", "b"), ("x-other", "c")]), Ok(()));
    }

    #[test]
    fn chunked_is_the_only_transfer_coding() {
        assert_eq!(post(&[("transfer-encoding", "Chunked")]), Ok(()));
        for other in ["identity, chunked", "gzip, chunked", "chunked, chunked", "\x09chunked\x09"] {
            let checked = post(&[("transfer-encoding", other)]);
            assert_eq!(checked, Err(Refusal::UnknownCoding), "{other}");
        }
    }

    #[test]
    fn a_target_is_a_path_or_a_url_of_the_host() {
        let get = |target, host| checked(Method::GET, target, Version::HTTP_11, &[("host", host)]);
        for target in ["/", "/a?b", "*", "http://a/", "https://A", "http://a/b?c"] {
            assert_eq!(get(target, "a"), Ok(()), "{target}");
        }
        assert_eq!(get("http://evil/", "a"), Err(Refusal::OtherHost));
        assert_eq!(get("http://a:1/", "a"), Err(Refusal::OtherHost));
        assert_eq!(get("ftp://a/", "a"), Err(Refusal::BadTarget));
        assert_eq!(get("a:80", "a:80"), Err(Refusal::BadTarget));
        assert_eq!(get("http://b@a/", "a"), Err(Refusal::BadTarget));
        let connect = checked(Method::CONNECT, "a:80", Version::HTTP_11, &[("host", "a:80")]);
        assert_eq!(connect, Err(Refusal::NoProxy));
    }

    #[test]
    fn a_host_is_a_name_or_an_address_and_a_port() {
        let get = |host| checked(Method::GET, "/", Version::HTTP_11, &[("host", host)]);
        for good in ["a", "a_b.c-d:80", "127.0.0.1", "[::1]:4566", "%61", ""] {
            assert_eq!(get(good), Ok(()), "{good}");
        }
        for bad in ["a b", "a/b", "a?b", "a#b", "b@a", "a\"b", "<a>", "a\tb"] {
            assert_eq!(get(bad), Err(Refusal::BadHost), "{bad}");
        }
    }

    #[test]
    fn every_request_of_http_1_1_names_its_host() {
        let none = |version| checked(Method::GET, "/", version, &[]);
        assert_eq!(none(Version::HTTP_11), Err(Refusal::NoHost));
        assert_eq!((none(Version::HTTP_10), none(Version::HTTP_2)), (Ok(()), Ok(())));
        let http2 = |host| checked(Method::GET, "https://a/", Version::HTTP_2, &[("host", host)]);
        assert_eq!((http2("a"), http2("b")), (Ok(()), Err(Refusal::OtherHost)));
    }
}
