//! A module: all that one service of the program brings.
//!
//! The program, its tests, fuzzing and the benchmark get the same modules from one list. What a module brings is
//! checked when the list is put together ([`crate::Registry::new`]): what is there twice, or has a wrong name, is
//! an error at start.

mod host;
mod metric;
mod port;
mod settings;

use std::future::Future;
use std::sync::Arc;

use base::AccountId;
use futures::future::{BoxFuture, FutureExt};
use web::Endpoint;

use crate::delivery::Target;
use crate::facts::Facts;
use crate::file::{FileAnswer, FindFile};
use crate::jobs::JobHandler;
use crate::page::{MakePage, PageAnswer, PageRequest};
use crate::plan::Trouble;
use crate::service::{Operations, Service};
use crate::workers::Worker;

pub use host::Host;
pub use metric::Metric;
pub use port::Port;
pub use settings::{Settings, Table};

/// Everything that a service brings to the program. What it does not have, it leaves out.
pub struct Module {
    pub(crate) name: &'static str,
    pub(crate) arns: Vec<&'static str>,
    pub(crate) services: Vec<Operations>,
    pub(crate) facts: Option<Arc<dyn Facts>>,
    pub(crate) jobs: Option<Arc<dyn JobHandler>>,
    pub(crate) workers: Vec<Arc<dyn Worker>>,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) ports: Vec<Port>,
    pub(crate) target: Option<Arc<dyn Target>>,
    pub(crate) reset: Option<Reset>,
    pub(crate) pages: Vec<(&'static str, MakePage)>,
    pub(crate) files: Vec<(&'static str, FindFile)>,
    pub(crate) limitations: Vec<&'static str>,
    pub(crate) metrics: Vec<Metric>,
}

/// Deletes everything of an account.
pub(crate) type Reset =
    Box<dyn Fn(AccountId) -> BoxFuture<'static, Result<u64, Trouble>> + Send + Sync>;

impl Module {
    /// A module of this name, whose resources have ARNs of these services (`sqs` in `arn:aws:sqs:…`): facts, jobs
    /// and deliveries of such ARNs are the module's. Most modules name themselves.
    pub fn new(name: &'static str, arns: &[&'static str]) -> Self {
        Module {
            name,
            arns: arns.to_vec(),
            services: Vec::new(),
            facts: None,
            jobs: None,
            workers: Vec::new(),
            endpoints: Vec::new(),
            ports: Vec::new(),
            target: None,
            reset: None,
            pages: Vec::new(),
            files: Vec::new(),
            limitations: Vec::new(),
            metrics: Vec::new(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Adds the operations of a public API; a module may have several.
    #[must_use]
    pub fn service<S>(mut self, service: Service<S>) -> Self {
        self.services.push(service.operations);
        self
    }

    /// The facts of the module's resources, from which its operations are authorized.
    #[must_use]
    pub fn facts(mut self, facts: Arc<dyn Facts>) -> Self {
        self.facts = Some(facts);
        self
    }

    /// Runs the jobs of the module's resources: what their timers ask for.
    #[must_use]
    pub fn jobs(mut self, jobs: Arc<dyn JobHandler>) -> Self {
        self.jobs = Some(jobs);
        self
    }

    /// Adds a worker: it runs under supervision for as long as the node does.
    #[must_use]
    pub fn worker(mut self, worker: Arc<dyn Worker>) -> Self {
        self.workers.push(worker);
        self
    }

    /// Adds an endpoint on the program's port. AWS's dispatcher gets the requests that no endpoint takes.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    /// Adds a port of a protocol of its own.
    #[must_use]
    pub fn port(mut self, port: Port) -> Self {
        self.ports.push(port);
        self
    }

    /// Takes deliveries to the module's resources.
    #[must_use]
    pub fn target(mut self, target: Arc<dyn Target>) -> Self {
        self.target = Some(target);
        self
    }

    /// Deletes everything of an account; answers how many resources that were.
    #[must_use]
    pub fn reset<S, F>(mut self, state: &Arc<S>, reset: fn(Arc<S>, AccountId) -> F) -> Self
    where
        S: Send + Sync + 'static,
        F: Future<Output = Result<u64, Trouble>> + Send + 'static,
    {
        let state = Arc::clone(state);
        self.reset = Some(Box::new(move |account| reset(Arc::clone(&state), account).boxed()));
        self
    }

    /// Adds pages for operators, below `/_millpond/<name>/`.
    #[must_use]
    pub fn page<S, F>(
        mut self,
        name: &'static str,
        state: &Arc<S>,
        make: fn(Arc<S>, PageRequest) -> F,
    ) -> Self
    where
        S: Send + Sync + 'static,
        F: Future<Output = PageAnswer> + Send + 'static,
    {
        let state = Arc::clone(state);
        let page: MakePage = Box::new(move |request| make(Arc::clone(&state), request).boxed());
        self.pages.push((name, page));
        self
    }

    /// Adds files, which anybody can get with GET: those whose path begins with the prefix. `find` gets the whole
    /// path.
    #[must_use]
    pub fn files<S, F>(
        mut self,
        prefix: &'static str,
        state: &Arc<S>,
        find: fn(Arc<S>, String) -> F,
    ) -> Self
    where
        S: Send + Sync + 'static,
        F: Future<Output = FileAnswer> + Send + 'static,
    {
        let state = Arc::clone(state);
        let find: FindFile =
            Box::new(move |path| find(Arc::clone(&state), path.to_owned()).boxed());
        self.files.push((prefix, find));
        self
    }

    /// Names something that is accepted, and what does not follow from it yet.
    #[must_use]
    pub fn limitation(mut self, text: &'static str) -> Self {
        self.limitations.push(text);
        self
    }

    /// Adds a metric. Its name begins with the module's.
    #[must_use]
    pub fn metric(mut self, metric: Metric) -> Self {
        self.metrics.push(metric);
        self
    }
}
