//! Endpoints: who answers which requests, within which limits.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use hyper::Method;

use crate::host::Host;
use crate::request::{Head, Request, StreamedRequest};
use crate::response::Response;
use crate::websocket::WebSocket;

/// A handler of whole requests. Its future is dropped when the caller goes away: nothing that must be finished may
/// depend on its being polled to the end.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request.
    fn handle(&self, request: Request) -> impl Future<Output = Response> + Send;
}

impl<H: Handler> Handler for Arc<H> {
    fn handle(&self, request: Request) -> impl Future<Output = Response> + Send {
        H::handle(self, request)
    }
}

/// A handler of requests at an address: a host, a path and methods. Anything not said has a default: all hosts, the exact
/// path, all methods, the server's limits, and no web page but those that the operator allows.
#[derive(Clone)]
pub struct Endpoint {
    pub(crate) name: &'static str,
    pub(crate) host: Host,
    pub(crate) path: Path,
    pub(crate) methods: Option<Vec<Method>>,
    pub(crate) pages: Pages,
    pub(crate) has_priority: bool,
    pub(crate) has_long_answers: bool,
    pub(crate) most_body: Option<u64>,
    pub(crate) answer_time: Option<Duration>,
    pub(crate) answers: Answers,
}

/// The paths that an endpoint takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Path {
    Exact(Box<str>),
    Prefix(Box<str>),
}

/// The web pages whose requests an endpoint answers, besides those that the operator allows. Requests that no page has
/// sent are always answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pages {
    /// No others.
    #[default]
    Allowed,
    /// Also pages that come from this server itself.
    Own,
    /// All pages, and the endpoint itself answers what browsers ask first.
    All,
}

/// The form in which an endpoint gets requests.
#[derive(Clone)]
pub(crate) enum Answers {
    Whole(Arc<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>),
    Streamed(Arc<dyn Fn(StreamedRequest) -> BoxFuture<'static, Response> + Send + Sync>),
    WebSocket(Arc<dyn Fn(Head) -> BoxFuture<'static, Accepted> + Send + Sync>),
}

/// The conversation over a socket, or the response to a client that gets none.
pub(crate) type Accepted = Result<Conversation, Response>;
/// A conversation over a socket.
pub(crate) type Conversation = Box<dyn FnOnce(WebSocket) -> BoxFuture<'static, ()> + Send>;

impl Endpoint {
    fn new(name: &'static str, path: Path, answers: Answers) -> Self {
        Endpoint {
            name,
            host: Host::Any,
            path,
            methods: None,
            pages: Pages::default(),
            has_priority: false,
            has_long_answers: false,
            most_body: None,
            answer_time: None,
            answers,
        }
    }

    /// An endpoint at a path that gets whole requests. `/*` at the path's end stands for all paths below; `name` is for
    /// metrics and errors.
    pub fn whole(name: &'static str, path: &str, handler: impl Handler) -> Self {
        let handler = Arc::new(handler);
        let answers = move |request| {
            let handler = Arc::clone(&handler);
            async move { handler.handle(request).await }.boxed()
        };
        Endpoint::new(name, Path::parse(path), Answers::Whole(Arc::new(answers)))
    }

    /// An endpoint at a path that gets heads with bodies that are still arriving.
    pub fn streamed<F>(
        name: &'static str,
        path: &str,
        handler: impl Fn(StreamedRequest) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Response> + Send + 'static,
    {
        let answers = move |request| handler(request).boxed();
        Endpoint::new(name, Path::parse(path), Answers::Streamed(Arc::new(answers)))
    }

    /// An endpoint at a path that speaks WebSocket. `accept` looks at the head and answers the conversation, or the
    /// response that refuses it. A conversation ends with its socket, and at the latest when the server has stopped.
    pub fn websocket<F, C, D>(
        name: &'static str,
        path: &str,
        accept: impl Fn(Head) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<C, Response>> + Send + 'static,
        C: FnOnce(WebSocket) -> D + Send + 'static,
        D: Future<Output = ()> + Send + 'static,
    {
        let answers = move |head| {
            let accepted = accept(head);
            async move {
                let talk = accepted.await?;
                Ok(Box::new(move |socket| talk(socket).boxed()) as Conversation)
            }
            .boxed()
        };
        let endpoint =
            Endpoint::new(name, Path::parse(path), Answers::WebSocket(Arc::new(answers)));
        endpoint.methods(&[Method::GET])
    }

    /// The same for requests to one host only.
    #[must_use]
    pub fn at_host(mut self, host: Host) -> Self {
        self.host = host;
        self
    }

    /// The same for these methods only; others get 405.
    #[must_use]
    pub fn methods(mut self, methods: &[Method]) -> Self {
        self.methods = Some(methods.to_vec());
        self
    }

    /// The same, open to these web pages.
    #[must_use]
    pub fn pages(mut self, pages: Pages) -> Self {
        self.pages = pages;
        self
    }

    /// The same, admitted also when the server is full: for operators.
    #[must_use]
    pub fn with_priority(mut self) -> Self {
        self.has_priority = true;
        self
    }

    /// The same with priority, and with answers of more than a few KiB: those that nobody reads leave room for short ones.
    #[must_use]
    pub fn with_priority_for_long_answers(mut self) -> Self {
        self.has_long_answers = true;
        self.with_priority()
    }

    /// The same with a longest body of its own, in bytes. Only a streamed body may be longer than the server's limit.
    #[must_use]
    pub fn most_body(mut self, bytes: u64) -> Self {
        self.most_body = Some(bytes);
        self
    }

    /// The same with a deadline of its own for the beginning of the answer.
    #[must_use]
    pub fn answer_time(mut self, time: Duration) -> Self {
        self.answer_time = Some(time);
        self
    }

    /// Returns true if the endpoint takes this method.
    pub(crate) fn takes(&self, method: &Method) -> bool {
        self.methods.as_ref().is_none_or(|methods| methods.contains(method))
    }
}

impl Path {
    fn parse(path: &str) -> Path {
        match path.strip_suffix('*') {
            Some(prefix) => Path::Prefix(prefix.into()),
            None => Path::Exact(path.into()),
        }
    }

    /// Returns true if the endpoint takes this path.
    pub(crate) fn takes(&self, path: &str) -> bool {
        match self {
            Path::Exact(own) => **own == *path,
            Path::Prefix(prefix) => path.starts_with(&**prefix),
        }
    }

    /// The order in which endpoints are asked: the most particular first.
    pub(crate) fn rank(&self) -> (bool, usize) {
        match self {
            Path::Exact(path) => (true, path.len()),
            Path::Prefix(prefix) => (false, prefix.len()),
        }
    }
}
