//! From a request's head to its endpoint.

use std::cmp::Reverse;
use std::fmt;

use hyper::{Method, Uri};

use crate::endpoint::{Endpoint, Path};
use crate::host::without_port;
use crate::refusal::Refusal;

/// All endpoints of a server, the most particular first: by host (exact, then below a domain, then any), by path (exact,
/// then the longest prefix).
#[derive(Default)]
pub struct Router(Vec<Endpoint>);

/// Two endpoints claim the same requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict(String);

impl Router {
    /// A router over these endpoints.
    ///
    /// # Errors
    /// Two of them claim the same host, path and method.
    pub fn new(mut endpoints: Vec<Endpoint>) -> Result<Self, Conflict> {
        endpoints.sort_by_key(|endpoint| (endpoint.host.clone(), Reverse(endpoint.path.rank())));
        for (place, one) in endpoints.iter().enumerate() {
            if let Some(other) = endpoints[..place].iter().find(|other| conflict(one, other)) {
                return Err(Conflict(format!(
                    "the endpoints {} and {} both claim {}",
                    other.name, one.name, one.path
                )));
            }
        }
        Ok(Router(endpoints))
    }

    /// The endpoint of a request.
    ///
    /// # Errors
    /// There is none, or none for this method.
    pub(crate) fn find(
        &self,
        method: &Method,
        uri: &Uri,
        host: Option<&str>,
    ) -> Result<&Endpoint, Refusal> {
        let host = host.map(without_port).unwrap_or_default();
        let takes = |one: &&Endpoint| one.path.takes(uri.path()) && one.host.takes(host);
        let first = self.0.iter().find(takes).ok_or(Refusal::NotFound)?;
        // A more general endpoint does not answer in the place of one that is there for other methods.
        let is_alike = |one: &&Endpoint| one.path == first.path && one.host == first.host;
        let found = self.0.iter().filter(is_alike).find(|one| one.takes(method));
        match found {
            Some(endpoint) => Ok(endpoint),
            // What browsers ask before a request is asked of the endpoint that the request is for.
            None if *method == Method::OPTIONS => Ok(first),
            None => Err(Refusal::WrongMethod),
        }
    }
}

fn conflict(one: &Endpoint, other: &Endpoint) -> bool {
    let methods = match (&one.methods, &other.methods) {
        (Some(ours), Some(theirs)) => ours.iter().any(|method| theirs.contains(method)),
        _ => true,
    };
    methods && one.host == other.host && one.path == other.path
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Exact(path) => f.write_str(path),
            Path::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|endpoint| endpoint.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Host;
    use crate::response::Response;

    fn endpoint(name: &'static str, path: &str) -> Endpoint {
        let nobody = |_| async { Response::empty(hyper::StatusCode::OK) };
        Endpoint::streamed(name, path, nobody)
    }

    fn find<'r>(
        router: &'r Router,
        method: Method,
        host: &str,
        path: &str,
    ) -> Result<&'r str, Refusal> {
        let uri = path.parse().expect("a path");
        router.find(&method, &uri, Some(host)).map(|endpoint| endpoint.name)
    }

    #[test]
    fn the_most_particular_endpoint_answers() {
        let router = Router::new(vec![
            endpoint("rest", "/*"),
            endpoint("files", "/files/*"),
            endpoint("one file", "/files/one"),
            endpoint("console", "/*").at_host(Host::Exact("console.example.com".into())),
            endpoint("buckets", "/*").at_host(Host::Below("s3.example.com".into())),
        ]);
        let router = router.expect("no two alike");
        for (host, path, name) in [
            ("a", "/", "rest"),
            ("a", "/file", "rest"),
            ("a", "/files/two", "files"),
            ("a:80", "/files/one?x", "one file"),
            ("console.example.com:80", "/files/one", "console"),
            ("one.s3.example.com", "/", "buckets"),
            ("s3.example.com", "/", "rest"),
        ] {
            assert_eq!(find(&router, Method::GET, host, path), Ok(name), "{host} {path}");
        }
    }

    #[test]
    fn a_path_that_is_there_for_other_methods_is_not_left_to_a_more_general_endpoint() {
        let router = Router::new(vec![
            endpoint("rest", "/*"),
            endpoint("read", "/page").methods(&[Method::GET]),
            endpoint("write", "/page").methods(&[Method::PUT, Method::DELETE]),
        ]);
        let router = router.expect("no two alike");
        assert_eq!(find(&router, Method::GET, "a", "/page"), Ok("read"));
        assert_eq!(find(&router, Method::PUT, "a", "/page"), Ok("write"));
        assert_eq!(find(&router, Method::POST, "a", "/page"), Err(Refusal::WrongMethod));
        assert!(find(&router, Method::OPTIONS, "a", "/page").is_ok());
        assert_eq!(find(&Router::default(), Method::GET, "a", "/"), Err(Refusal::NotFound));
    }

    #[test]
    fn two_endpoints_for_the_same_requests_are_refused_by_name() {
        let same = Router::new(vec![endpoint("one", "/a/*"), endpoint("two", "/a/*")]);
        let text = same.map(|_| ()).expect_err("a conflict").to_string();
        assert!(text.contains("one and two both claim /a/*"), "{text}");
        let methods = |name, method| endpoint(name, "/a").methods(&[method]);
        assert!(
            Router::new(vec![methods("one", Method::GET), methods("two", Method::PUT)]).is_ok()
        );
        assert!(Router::new(vec![methods("one", Method::GET), endpoint("two", "/a")]).is_err());
    }
}
