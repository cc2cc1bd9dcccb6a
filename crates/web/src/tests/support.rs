//! A server, a handler and a client to test with.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::{HeaderMap, StatusCode};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use parking_lot::Mutex;
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

use crate::deadline::within;
use crate::tls::Tls;
use crate::{
    AllowedHosts, Endpoint, Handler, HttpMetrics, Limits, Origin, Refusal, Request, Response,
    Router, Stopper, Tenant, serve, stop,
};

/// Longer than anything takes here: a test that hangs fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends the body back; requests for `/wait` wait until they are released.
pub(super) struct Echo {
    pub(super) entered: Event,
    pub(super) release: Event,
    pub(super) dropped: Event,
}

/// Something that happens a number of times, and may be waited for.
pub(super) struct Event(Semaphore);

impl Event {
    fn new() -> Self {
        Event(Semaphore::new(0))
    }

    pub(super) fn happen(&self) {
        self.0.add_permits(1);
    }

    /// Whether it has happened more often than it was waited for.
    pub(super) fn has_happened(&self) -> bool {
        self.0.available_permits() > 0
    }

    pub(super) async fn happened(&self) {
        soon(self.0.acquire()).await.expect("never closed").forget();
    }
}

/// Tells when the handler's future is dropped before its end.
struct Guard<'a>(Option<&'a Event>);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(event) = self.0 {
            event.happen();
        }
    }
}

impl Handler for Echo {
    async fn handle(&self, request: Request) -> Response {
        if request.uri.path() == "/wait" {
            let mut guard = Guard(Some(&self.dropped));
            self.entered.happen();
            self.release.0.acquire().await.expect("never closed").forget();
            guard.0 = None;
        }
        let mut headers = HeaderMap::new();
        let method = request.method.as_str().parse().expect("a method is a header value");
        headers.insert("x-method", method);
        let scheme = hyper::header::HeaderValue::from_static(request.transport.scheme());
        headers.insert("x-scheme", scheme);
        let is_proven = request.headers.contains_key("x-proven");
        let tenant = is_proven.then_some(Tenant(1));
        Response { tenant, ..Response::of(StatusCode::OK, headers, request.body) }
    }
}

/// A refusal in the words of these tests.
fn refused(refusal: Refusal) -> Response {
    let (status, message) = (refusal.status(), refusal.message());
    Response::json(status, &serde_json::json!({ "reason": refusal.reason(), "message": message }))
}

/// A running server; it ends with this.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) echo: Arc<Echo>,
    pub(super) stopper: Stopper,
    registry: Mutex<Registry>,
    serving: JoinSet<()>,
}

/// A server before it starts: an echo for all paths, and what a test adds.
#[derive(Default)]
pub(super) struct Setup {
    pub(super) limits: Limits,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) origins: Vec<Origin>,
    pub(super) hosts: Option<AllowedHosts>,
    pub(super) endpoints: Vec<Endpoint>,
}

impl Setup {
    pub(super) async fn start(self) -> Server {
        let echo =
            Arc::new(Echo { entered: Event::new(), release: Event::new(), dropped: Event::new() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let mut registry = Registry::with_prefix("millpond");
        let metrics = Arc::new(HttpMetrics::new(&mut registry));
        let (stopper, stop) = stop();
        let mut endpoints = self.endpoints;
        endpoints.push(Endpoint::whole("echo", "/*", echo.clone()));
        let server = crate::Server {
            router: Router::new(endpoints).expect("no two alike"),
            wording: |_, _| refused,
            limits: self.limits,
            origins: self.origins,
            hosts: self.hosts.unwrap_or_else(AllowedHosts::all),
            metrics,
            tls: self.tls,
        };
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, server, stop));
        Server { address, echo, stopper, registry: Mutex::new(registry), serving }
    }
}

impl Server {
    pub(super) async fn start(limits: Limits) -> Server {
        Setup { limits, ..Setup::default() }.start().await
    }

    /// Starts with TLS.
    pub(super) async fn start_tls(limits: Limits, tls: Arc<Tls>) -> Server {
        Setup { limits, tls: Some(tls), ..Setup::default() }.start().await
    }

    pub(super) async fn client(&self) -> Client {
        let stream = connect(self.address).await.expect("it listens");
        Client(BufReader::new(stream))
    }

    /// Waits until the server has ended.
    pub(super) async fn ended(&mut self) {
        soon(self.serving.join_next()).await.expect("one task").expect("no panic");
    }

    /// Whether the metrics have this line.
    pub(super) fn measures(&self, line: &str) -> bool {
        let mut text = String::new();
        text::encode(&mut text, &self.registry.lock()).expect("a string takes everything");
        text.lines().any(|l| l == line)
    }
}

/// A client that sends bytes as they are.
pub(super) struct Client<S = TcpStream>(BufReader<S>);

/// What it reads.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("it is text")
    }

    pub(super) fn has(&self, header: &str) -> bool {
        self.head.to_lowercase().lines().any(|line| line == header)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// A client over a stream that is open already.
    pub(super) fn over(stream: S) -> Self {
        Client(BufReader::new(stream))
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        soon(self.0.get_mut().write_all(bytes.as_ref())).await.expect("the server reads");
    }

    /// Sends as much as the server reads.
    pub(super) async fn try_send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = soon(self.0.get_mut().write_all(bytes.as_ref())).await;
    }

    /// Posts a body.
    pub(super) async fn post(&mut self, path: &str, headers: &str, body: &[u8]) {
        let length = body.len();
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: {length}\r\n\r\n");
        self.send([head.as_bytes(), body].concat()).await;
    }

    /// The head of an answer.
    pub(super) async fn head(&mut self) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = soon(self.0.read_line(&mut head)).await.expect("an answer");
            assert!(read > 0, "closed after {head:?}");
        }
        head
    }

    pub(super) async fn answer(&mut self) -> Answer {
        let head = self.head().await;
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
        let lower = head.to_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |text| text.parse().expect("a length"))];
        soon(self.0.read_exact(&mut body)).await.expect("the whole body");
        Answer { status, head, body }
    }

    /// Waits until the server closes the connection; whatever it still says is lost.
    pub(super) async fn closed(&mut self) {
        let mut rest = Vec::new();
        // A reset is an end too.
        let _ = soon(self.0.read_to_end(&mut rest)).await;
    }

    /// Sends no more, and waits until the server closes too.
    pub(super) async fn into_write_end(mut self) {
        let _ = self.0.get_mut().shutdown().await;
        self.closed().await;
    }

    pub(super) fn into_stream(self) -> S {
        self.0.into_inner()
    }
}

pub(super) async fn soon<F: Future>(future: F) -> F::Output {
    within(PATIENCE, future).await.expect("it happens soon")
}

/// A connection to a server of the tests.
#[expect(clippy::disallowed_methods, reason = "a client in a test")]
pub(super) async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    TcpStream::connect(address).await
}
