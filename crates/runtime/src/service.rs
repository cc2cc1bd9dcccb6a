//! A service as the rest of the program sees it: a list of operations.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use crate::access::Access;
use crate::authorize::authorize;
use crate::caller::Caller;
use crate::facts::{Fact, Facts};
use crate::file::{FileAnswer, FindFile};
use crate::node::Node;
use crate::page::{MakePage, PageAnswer, PageRequest};
use crate::plan::Trouble;
use base::{AccountId, Arn};
use futures::future::{BoxFuture, FutureExt};
use shape::validate::Notes;
use shape::{
    Decode, Encode, ErrorModel, Fault, Malformed, Operation, OperationModel, Reader, ServiceModel,
    Validated, Violation,
};

/// A call of an operation, without its input.
#[derive(Clone)]
pub struct Call {
    /// Who calls.
    pub caller: Caller,
    /// Where the caller reaches this program, as in `http://localhost:4566`: URLs in answers begin so.
    pub endpoint: Arc<str>,
    /// The node, if it makes faults on purpose.
    pub faulty: Option<Arc<Node>>,
}

/// What an operation answers.
pub type Answer = Result<Box<dyn Encode + Send>, Fault>;

/// An operation that has been started.
pub type Started = Result<BoxFuture<'static, Answer>, Rejected>;

/// Why an operation was not even started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Its input is not what its shape says; each protocol has words of its own for that.
    Malformed(Malformed),
    /// The service refuses it.
    Fault(Fault),
}

/// Reads an input and starts the operation.
type Run = Box<dyn Fn(Call, &mut dyn Reader) -> Started + Send + Sync>;

/// Deletes everything of an account.
type Reset = Box<dyn Fn(AccountId) -> BoxFuture<'static, Result<u64, Trouble>> + Send + Sync>;

/// A service and what it can do. `S` is its state, which every operation gets.
pub struct Service<S> {
    model: &'static ServiceModel,
    state: Arc<S>,
    refuse: fn(&'static OperationModel, &[Violation]) -> Fault,
    operations: BTreeMap<&'static str, Run>,
    pages: BTreeMap<&'static str, MakePage>,
    files: Vec<(&'static str, FindFile)>,
    remarks: Vec<&'static str>,
    reset: Option<Reset>,
    facts: Option<Arc<dyn Facts>>,
    denied: Option<&'static ErrorModel>,
}

/// All services, without their types.
#[derive(Default)]
pub struct Registry {
    services: BTreeMap<&'static str, Registered>,
    pages: BTreeMap<&'static str, MakePage>,
    files: Vec<(&'static str, FindFile)>,
    remarks: Vec<(&'static str, &'static str)>,
}

struct Registered {
    model: &'static ServiceModel,
    operations: BTreeMap<&'static str, Run>,
    reset: Option<Reset>,
    facts: Option<Arc<dyn Facts>>,
}

impl<S: Send + Sync + 'static> Service<S> {
    /// A service without operations. `refuse` words the breach of a constraint as the service does.
    pub fn new(
        model: &'static ServiceModel,
        state: Arc<S>,
        refuse: fn(&'static OperationModel, &[Violation]) -> Fault,
    ) -> Self {
        Service {
            model,
            state,
            refuse,
            operations: BTreeMap::new(),
            pages: BTreeMap::new(),
            files: Vec::new(),
            remarks: Vec::new(),
            reset: None,
            facts: None,
            denied: None,
        }
    }

    /// Adds an operation. `access` says what its callers must be allowed: nothing at all for an operation that
    /// is free to everyone.
    #[must_use]
    pub fn operation<O, F>(
        mut self,
        run: fn(Arc<S>, Call, O::Input) -> F,
        access: fn(&Call, &O::Input) -> Result<Vec<Access>, Fault>,
    ) -> Self
    where
        O: Operation,
        F: Future<Output = Result<O::Output, Fault>> + Send + 'static,
    {
        let (state, refuse) = (Arc::clone(&self.state), self.refuse);
        let (facts, denied) = (self.facts.clone(), self.denied);
        let start: Run = Box::new(move |call, reader| {
            let input = read::<O>(reader, refuse)?;
            // Nobody asks where there is nothing to find out.
            let needed = match (&call.caller.authority, &call.faulty) {
                (None, None) => Vec::new(),
                _ => access(&call, &input).map_err(Rejected::Fault)?,
            };
            let (state, facts) = (Arc::clone(&state), facts.clone());
            let answer = async move {
                let authorized = authorize(&call, &needed, facts.as_deref()).await;
                authorized.map_err(|unauthorized| unauthorized.fault(denied))?;
                if let Some(node) = &call.faulty {
                    let thing = needed.first().and_then(|access| access.thing.as_ref());
                    node.faults().befall(node.timers(), O::MODEL.name, thing).await?;
                }
                let output = run(state, call, input).await?;
                Ok(Box::new(output) as Box<dyn Encode + Send>)
            };
            Ok(answer.boxed())
        });
        self.operations.insert(O::MODEL.name, start);
        self
    }

    /// How everything of an account is deleted; answers how many things that were.
    #[must_use]
    pub fn reset<F>(mut self, reset: fn(Arc<S>, AccountId) -> F) -> Self
    where
        F: Future<Output = Result<u64, Trouble>> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        self.reset = Some(Box::new(move |account| reset(Arc::clone(&state), account).boxed()));
        self
    }

    /// Who knows the facts of its things. Comes before the operations, which are authorized from them.
    #[must_use]
    pub fn facts(mut self, facts: Arc<dyn Facts>) -> Self {
        self.facts = Some(facts);
        self
    }

    /// The error that callers get who are not allowed something, where it is not the common `AccessDenied`. Comes
    /// before the operations.
    #[must_use]
    pub fn denied(mut self, denied: &'static ErrorModel) -> Self {
        self.denied = Some(denied);
        self
    }

    /// Says of something that is accepted what does not follow from it yet.
    #[must_use]
    pub fn remark(mut self, text: &'static str) -> Self {
        self.remarks.push(text);
        self
    }

    /// Adds pages for operators, below `/_millpond/<name>/`.
    #[must_use]
    pub fn page<F>(mut self, name: &'static str, make: fn(Arc<S>, PageRequest) -> F) -> Self
    where
        F: Future<Output = PageAnswer> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        let page: MakePage = Box::new(move |request| make(Arc::clone(&state), request).boxed());
        self.pages.insert(name, page);
        self
    }

    /// Adds files, which anybody can get with GET: those whose path begins so. `find` gets the whole path.
    #[must_use]
    pub fn files<F>(mut self, prefix: &'static str, find: fn(Arc<S>, String) -> F) -> Self
    where
        F: Future<Output = FileAnswer> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        let find: FindFile =
            Box::new(move |path| find(Arc::clone(&state), path.to_owned()).boxed());
        self.files.push((prefix, find));
        self
    }
}

/// Reads an input and checks the model's constraints.
fn read<O: Operation>(
    reader: &mut dyn Reader,
    refuse: fn(&'static OperationModel, &[Violation]) -> Fault,
) -> Result<O::Input, Rejected> {
    let mut notes = Notes::default();
    let input = O::Input::decode(&mut Validated::new(reader, &mut notes));
    let input = input.map_err(Rejected::Malformed)?;
    let violations = notes.into_violations();
    if violations.is_empty() {
        Ok(input)
    } else {
        Err(Rejected::Fault(refuse(O::MODEL, &violations)))
    }
}

impl Registry {
    /// Adds a service.
    pub fn add<S>(&mut self, service: Service<S>) {
        let Service { model, operations, pages, files, remarks, reset, facts, .. } = service;
        let registered = Registered { model, operations, reset, facts };
        self.pages.extend(pages);
        self.files.extend(files);
        self.remarks.extend(remarks.into_iter().map(|remark| (model.name, remark)));
        self.services.insert(model.name, registered);
    }

    /// The services' models.
    pub fn models(&self) -> impl Iterator<Item = &'static ServiceModel> {
        self.services.values().map(|service| service.model)
    }

    /// Deletes everything of an account in every service; answers how many things that were.
    pub async fn reset(&self, account: AccountId) -> Result<u64, Trouble> {
        let mut deleted = 0;
        for reset in self.services.values().filter_map(|service| service.reset.as_ref()) {
            deleted += reset(account).await?;
        }
        Ok(deleted)
    }

    /// What is known of a thing, by whichever service has it; none if it does not exist.
    ///
    /// # Errors
    /// It cannot be read now.
    pub async fn fact(&self, thing: &Arn) -> Result<Option<Arc<Fact>>, Trouble> {
        let service = self.services.get(thing.service());
        match service.and_then(|service| service.facts.as_ref()) {
            Some(facts) => facts.fact(thing).await,
            None => Ok(None),
        }
    }

    /// Whether an operation is implemented.
    pub fn implements(&self, service: &str, operation: &str) -> bool {
        self.services.get(service).is_some_and(|s| s.operations.contains_key(operation))
    }

    /// What is accepted and not yet effective, by service.
    pub fn remarks(&self) -> &[(&'static str, &'static str)] {
        &self.remarks
    }

    /// Makes a page of a service; `None` if no service has one of that name.
    pub fn page(&self, name: &str, request: PageRequest) -> Option<BoxFuture<'static, PageAnswer>> {
        self.pages.get(name).map(|make| make(request))
    }

    /// Finds a file; `None` if no service has any whose path begins so.
    pub fn file(&self, path: &str) -> Option<BoxFuture<'static, FileAnswer>> {
        let found = self.files.iter().find(|(prefix, _)| path.starts_with(prefix));
        found.map(|(_, find)| find(path))
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
        match found.and_then(|found| found.operations.get(operation.name)) {
            Some(run) => run(call, input),
            None => Err(Rejected::Fault(Fault::not_implemented(operation.name))),
        }
    }
}
