//! The client.

use std::sync::Arc;
use std::time::Duration;

use base::clock::Stopwatch;
use hyper::{Request, Uri};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::Sleep;

pub use hyper::http::response::Parts;

use crate::admission::{Admission, Permit};
use crate::body::{Bounds, RequestBody, ResponseBody};
use crate::config::{Config, Limits};
use crate::connect::Connector;
use crate::error::{Error, Phase};
use crate::observe::{Observation, Observer};
use crate::resolve::{Resolve, SystemResolver};

/// Bytes of a response's head, and of each side's buffer.
const HEAD: usize = 64 << 10;

/// An HTTP client; its clones share connections and bounds.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: legacy::Client<Connector, RequestBody>,
    admission: Admission,
    limits: Limits,
    observer: Box<dyn Observer>,
}

/// A response: its head is there, its body may still come.
pub struct Response {
    /// Status, headers and version.
    pub head: Parts,
    /// The body.
    pub body: ResponseBody,
}

impl Client {
    /// A client; an error says what is wrong with the configuration.
    pub fn new(config: &Config, observer: impl Observer) -> Result<Self, String> {
        Client::with_resolver(config, observer, Arc::new(SystemResolver))
    }

    /// A client that resolves names in its own way.
    pub fn with_resolver(
        config: &Config,
        observer: impl Observer,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, String> {
        #[expect(clippy::disallowed_methods, reason = "this is the room of outgoing connections")]
        let http = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(config.idle_time)
            .pool_max_idle_per_host(config.idle_per_host)
            .http1_max_buf_size(HEAD)
            .http2_max_header_list_size(HEAD as u32)
            .build(Connector::new(config, resolver)?);
        Ok(Client(Arc::new(Inner {
            http,
            admission: Admission::new(config),
            limits: config.limits,
            observer: Box::new(observer),
        })))
    }

    /// The limits of a request that brings none of its own.
    pub fn limits(&self) -> Limits {
        self.0.limits
    }

    /// Requests in flight; one is until its response's body has been read or dropped.
    pub fn in_flight(&self) -> usize {
        self.0.admission.in_flight()
    }

    /// Callers that wait for one of the requests in flight to end.
    pub fn waiting(&self) -> usize {
        self.0.admission.waiting()
    }

    /// Sends a request with the configured limits.
    pub async fn send(&self, request: Request<RequestBody>) -> Result<Response, Error> {
        self.send_within(self.0.limits, request).await
    }

    /// Sends a request with limits of its own.
    pub async fn send_within(
        &self,
        limits: Limits,
        request: Request<RequestBody>,
    ) -> Result<Response, Error> {
        let started = Stopwatch::start();
        let authority = authority(request.uri());
        let result = match &authority {
            Ok(authority) => self.exchange(limits, authority, request).await,
            Err(error) => Err(error.clone()),
        };
        self.0.observer.observe(&Observation {
            authority: authority.as_deref().unwrap_or_default(),
            outcome: result.as_ref().map(|response| response.head.status),
            seconds: started.seconds(),
        });
        result
    }

    async fn exchange(
        &self,
        limits: Limits,
        authority: &str,
        request: Request<RequestBody>,
    ) -> Result<Response, Error> {
        let mut deadline = Box::pin(sleep(limits.whole_time));
        let answered = async {
            let permit = self.0.admission.enter(authority).await?;
            let requested = self.0.http.request(request);
            let answer = base::deadline::within(limits.first_byte_time, requested).await;
            let late = || Error::Timeout(Phase::FirstByte, limits.first_byte_time);
            let answer = answer.ok_or_else(late)?.map_err(|error| Error::of_client(&error))?;
            Ok::<(_, Permit), Error>((answer, permit))
        };
        let (answer, permit) = tokio::select! {
            answered = answered => answered?,
            () = &mut deadline => return Err(Error::Timeout(Phase::Whole, limits.whole_time)),
        };
        let (head, incoming) = answer.into_parts();
        let (bytes, time) = (limits.response_bytes, limits.whole_time);
        let body = ResponseBody::new(incoming, Bounds { bytes, deadline, time, permit });
        Ok(Response { head, body })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a peer on the network knows the machine's time only"
)]
fn sleep(time: Duration) -> Sleep {
    tokio::time::sleep(time)
}

/// The host and port that the request goes to.
fn authority(uri: &Uri) -> Result<String, Error> {
    let invalid = |what: &str| Error::Invalid(format!("{uri}: {what}"));
    let port = match uri.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        _ => return Err(invalid("neither http nor https")),
    };
    let authority = uri.authority().ok_or_else(|| invalid("no host"))?;
    if authority.as_str().contains('@') {
        return Err(Error::Invalid("credentials do not belong into a URL".into()));
    }
    let port = authority.port_u16().unwrap_or(port);
    Ok(format!("{}:{port}", authority.host().to_ascii_lowercase()))
}
