//! All modules, put together and checked.

mod conflict;

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{AccountId, Arn};
use futures::future::BoxFuture;
use shape::{Fault, OperationModel, Reader, ServiceModel};
use web::Endpoint;

use crate::call::{Call, Rejected, Started};
use crate::delivery::{Target, Targets};
use crate::facts::{Fact, Facts};
use crate::file::{FileAnswer, FindFile};
use crate::jobs::{self, JobHandler, JobHandlers};
use crate::module::{Metric, Module, Port, Reset};
use crate::node::Node;
use crate::page::{MakePage, PageAnswer, PageRequest};
use crate::plan::Trouble;
use crate::service::{Guard, Operations, Run};
use crate::workers::Worker;

pub use conflict::Conflict;

/// All that the program's modules bring.
#[derive(Default)]
pub struct Registry {
    services: BTreeMap<&'static str, Registered>,
    facts: BTreeMap<&'static str, Arc<dyn Facts>>,
    jobs: BTreeMap<&'static str, Arc<dyn JobHandler>>,
    workers: Vec<Arc<dyn Worker>>,
    endpoints: Vec<Endpoint>,
    ports: Vec<Port>,
    targets: Vec<(&'static str, Arc<dyn Target>)>,
    resets: Vec<Reset>,
    pages: BTreeMap<&'static str, MakePage>,
    files: Vec<(&'static str, FindFile)>,
    limitations: Vec<(&'static str, &'static str)>,
    metrics: Vec<Metric>,
}

/// A service that requests may name.
struct Registered {
    model: &'static ServiceModel,
    operations: BTreeMap<&'static str, Run>,
    guard: Guard,
}

impl Registry {
    /// Puts modules together.
    ///
    /// # Errors
    /// Something is there twice, or has a name that it must not have.
    pub fn new(modules: Vec<Module>) -> Result<Arc<Self>, Conflict> {
        conflict::check(&modules)?;
        let mut registry = Registry::default();
        modules.into_iter().for_each(|module| registry.add(module));
        Ok(Arc::new(registry))
    }

    fn add(&mut self, module: Module) {
        let Module { name, arns, services, facts, jobs, target, .. } = module;
        for Operations { model, denied, list } in services {
            let guard = Guard { facts: facts.clone(), denied };
            let registered = Registered { model, operations: list.into_iter().collect(), guard };
            self.services.insert(model.name, registered);
        }
        for arn in arns {
            self.facts.extend(facts.clone().map(|facts| (arn, facts)));
            self.jobs.extend(jobs.clone().map(|jobs| (arn, jobs)));
            self.targets.extend(target.clone().map(|target| (arn, target)));
        }
        self.resets.extend(module.reset);
        self.pages.extend(module.pages);
        self.files.extend(module.files);
        self.limitations.extend(module.limitations.into_iter().map(|text| (name, text)));
        self.metrics.extend(module.metrics);
        self.workers.extend(module.workers);
        self.endpoints.extend(module.endpoints);
        self.ports.extend(module.ports);
    }

    /// The services' models.
    pub fn models(&self) -> impl Iterator<Item = &'static ServiceModel> {
        self.services.values().map(|service| service.model)
    }

    /// The model of the service of this name.
    pub fn model(&self, service: &str) -> Option<&'static ServiceModel> {
        self.services.get(service).map(|service| service.model)
    }

    /// Whether an operation is implemented.
    pub fn implements(&self, service: &str, operation: &str) -> bool {
        self.services.get(service).is_some_and(|s| s.operations.contains_key(operation))
    }

    /// Starts an operation; one that the model knows and this program does not have is refused by name.
    pub fn start(
        &self,
        service: &ServiceModel,
        operation: &OperationModel,
        call: Call,
        input: &mut dyn Reader,
    ) -> Started {
        let found = self.services.get(service.name);
        let run = found.and_then(|found| Some((found, found.operations.get(operation.name)?)));
        match run {
            Some((found, run)) => run(&found.guard, call, input),
            None => Err(Rejected::Fault(Fault::not_implemented(operation.name))),
        }
    }

    /// The fact of a resource, from whichever module has it; none if it does not exist.
    ///
    /// # Errors
    /// It cannot be read now.
    pub async fn fact(&self, thing: &Arn) -> Result<Option<Arc<Fact>>, Trouble> {
        match self.facts.get(thing.service()) {
            Some(facts) => facts.fact(thing).await,
            None => Ok(None),
        }
    }

    /// The handler of the jobs of a resource.
    pub fn jobs(&self, resource: &Arn) -> Option<&Arc<dyn JobHandler>> {
        self.jobs.get(resource.service())
    }

    /// Starts the modules' background work: jobs and workers, for as long as the node runs.
    ///
    /// # Errors
    /// Two workers have one name.
    pub fn start_background(&self, node: &Arc<Node>) -> Result<(), String> {
        let mut handlers = JobHandlers::default();
        for (service, handler) in &self.jobs {
            handlers.add(service, Arc::clone(handler))?;
        }
        jobs::start(node, handlers);
        for worker in &self.workers {
            node.workers().start(node, Arc::clone(worker))?;
        }
        Ok(())
    }

    /// The modules' endpoints on the program's port.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The modules' ports of their own.
    pub fn ports(&self) -> &[Port] {
        &self.ports
    }

    /// Makes the modules that take deliveries known to those that deliver.
    pub fn connect(&self, targets: &Targets) {
        for (arn, target) in &self.targets {
            targets.connect(arn, target);
        }
    }

    /// Deletes everything of an account in every module; answers how many resources that were.
    pub async fn reset(&self, account: AccountId) -> Result<u64, Trouble> {
        let mut deleted = 0;
        for reset in &self.resets {
            deleted += reset(account).await?;
        }
        Ok(deleted)
    }

    /// What is accepted and not yet effective, by module.
    pub fn limitations(&self) -> &[(&'static str, &'static str)] {
        &self.limitations
    }

    /// The modules' metrics.
    pub fn metrics(&self) -> &[Metric] {
        &self.metrics
    }

    /// Makes a page of a module; `None` if no module has one of that name.
    pub fn page(&self, name: &str, request: PageRequest) -> Option<BoxFuture<'static, PageAnswer>> {
        self.pages.get(name).map(|make| make(request))
    }

    /// Finds a file; `None` if no module has any whose path begins so.
    pub fn file(&self, path: &str) -> Option<BoxFuture<'static, FileAnswer>> {
        let found = self.files.iter().find(|(prefix, _)| path.starts_with(prefix));
        found.map(|(_, find)| find(path))
    }
}
