//! A server, a handler and a client to test with.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::{HeaderMap, StatusCode};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::http::tls::Tls;
use crate::http::{Handler, Limits, Request, Response, serve};
use crate::metrics::Metrics;
use crate::stop::{self, Stopper};

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
        Response { status: StatusCode::OK, headers, body: request.body }
    }
}

/// A running server; it ends with this.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) echo: Arc<Echo>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) stopper: Stopper,
    serving: JoinSet<()>,
}

impl Server {
    pub(super) async fn start(limits: Limits) -> Server {
        Server::start_with(limits, |echo| echo).await
    }

    /// Starts with TLS.
    pub(super) async fn start_tls(limits: Limits, tls: Arc<Tls>) -> Server {
        Server::start_as(limits, Some(tls), |echo| echo).await
    }

    /// Starts with something around the echo.
    pub(super) async fn start_with<H: Handler>(
        limits: Limits,
        wrap: impl FnOnce(Arc<Echo>) -> H,
    ) -> Server {
        Server::start_as(limits, None, wrap).await
    }

    async fn start_as<H: Handler>(
        limits: Limits,
        tls: Option<Arc<Tls>>,
        wrap: impl FnOnce(Arc<Echo>) -> H,
    ) -> Server {
        let echo =
            Arc::new(Echo { entered: Event::new(), release: Event::new(), dropped: Event::new() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let metrics = Arc::new(Metrics::new());
        let (stopper, stop) = stop::channel();
        let mut serving = JoinSet::new();
        let (handler, http) = (wrap(echo.clone()), metrics.http.clone());
        serving.spawn(serve(listener, tls, limits, handler, http, stop));
        Server { address, echo, metrics, stopper, serving }
    }

    #[expect(clippy::disallowed_methods, reason = "a client in a test")]
    pub(super) async fn client(&self) -> Client {
        let stream = TcpStream::connect(self.address).await.expect("it listens");
        Client(BufReader::new(stream))
    }

    /// Waits until the server has ended.
    pub(super) async fn ended(&mut self) {
        soon(self.serving.join_next()).await.expect("one task").expect("no panic");
    }

    /// Whether the metrics have this line.
    pub(super) fn measures(&self, line: &str) -> bool {
        self.metrics.render().expect("a string takes everything").lines().any(|l| l == line)
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

    pub(super) async fn answer(&mut self) -> Answer {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = soon(self.0.read_line(&mut head)).await.expect("an answer");
            assert!(read > 0, "closed after {head:?}");
        }
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
    tokio::time::timeout(PATIENCE, future).await.expect("it happens soon")
}
