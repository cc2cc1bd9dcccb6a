//! A module: all that one service of the program brings.
//!
//! The program, its tests, fuzzing and the benchmark get the same modules from one list. What a module brings is
//! checked when the list is put together ([`crate::Registry::new`]): what is there twice, or has a wrong name, is
//! an error at start.

mod host;
mod metric;
mod settings;

use std::future::Future;
use std::sync::Arc;

use base::AccountId;
use futures::future::{BoxFuture, FutureExt};

use crate::delivery::Target;
use crate::due::DueHandler;
use crate::facts::Facts;
use crate::file::{FileAnswer, FindFile};
use crate::page::{MakePage, PageAnswer, PageRequest};
use crate::plan::Trouble;
use crate::service::{Operations, Service};

pub use host::Host;
pub use metric::Metric;
pub use settings::{Settings, Table};

/// Everything that a service brings to the program. What it does not have, it leaves out.
pub struct Module {
    pub(crate) name: &'static str,
    pub(crate) arns: Vec<&'static str>,
    pub(crate) services: Vec<Operations>,
    pub(crate) facts: Option<Arc<dyn Facts>>,
    pub(crate) timers: Option<Arc<dyn DueHandler>>,
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
    /// A module of this name, whose resources have ARNs of these services (`sqs` in `arn:aws:sqs:…`): facts, timers
    /// and deliveries of such ARNs are the module's. Most modules name themselves.
    pub fn new(name: &'static str, arns: &[&'static str]) -> Self {
        Module {
            name,
            arns: arns.to_vec(),
            services: Vec::new(),
            facts: None,
            timers: None,
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

    /// Does what is due to the module's resources.
    #[must_use]
    pub fn timers(mut self, timers: Arc<dyn DueHandler>) -> Self {
        self.timers = Some(timers);
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
