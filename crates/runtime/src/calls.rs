//! Calls of one service's operations by another.
//!
//! Any service can run any operation of any other, as a given caller, on the way that requests from outside go:
//! authorized, validated, counted and audited. Input and output are documents with AWS's names
//! ([`shape::document`]). Services are built before all operations are known, so they are bound late.

use std::sync::{Arc, OnceLock, Weak};

use identity::Caller;
use shape::document::{Document, DocumentReader, to_document};
use shape::{Fault, OperationModel, ServiceModel};

use crate::call::{Call, Chain, DEEPEST, Rejected};
use crate::node::Node;
use crate::registry::Registry;

/// The operations of all services, for services that call them.
pub struct Calls {
    node: Arc<Node>,
    endpoint: Arc<str>,
    /// It does not own the services: they own it.
    bound: OnceLock<Bound>,
}

struct Bound {
    registry: Weak<Registry>,
    observe: Arc<dyn Observe>,
}

/// An operation to be called.
#[derive(Clone, Debug)]
pub struct Invocation<'i> {
    /// The service, as its model names it: `sqs`.
    pub service: &'i str,
    /// The operation: `SendMessage`.
    pub operation: &'i str,
    /// Its input.
    pub input: &'i Document,
    /// The calls that led to this one: an operation's own ([`Call::chain`]), or a new one for work in the
    /// background.
    pub chain: Chain,
    /// The id under which this call is repeated until it is answered, if it is.
    pub idempotency_id: Option<Arc<str>>,
}

/// Is told what became of a call: its error, if it had one.
pub type Told = Box<dyn FnOnce(Option<&Fault>) + Send>;

/// Watches calls: metrics and audit.
pub trait Observe: Send + Sync {
    /// An operation is called. What is answered is told what became of it; dropped without being told, the caller
    /// has gone.
    fn begin(&self, operation: Observed<'_>) -> Told;
}

/// Watches nothing.
pub struct Unobserved;

impl Observe for Unobserved {
    fn begin(&self, _: Observed<'_>) -> Told {
        Box::new(|_| {})
    }
}

/// A call that is watched.
#[derive(Clone, Copy)]
pub struct Observed<'o> {
    /// The service.
    pub service: &'static ServiceModel,
    /// The operation.
    pub operation: &'static OperationModel,
    /// The caller.
    pub caller: &'o Caller,
}

impl Calls {
    /// Calls on a node, which find nothing before they are bound. `endpoint` is where URLs in answers lead.
    pub fn new(node: &Arc<Node>, endpoint: impl Into<Arc<str>>) -> Arc<Self> {
        let (node, endpoint) = (Arc::clone(node), endpoint.into());
        Arc::new(Calls { node, endpoint, bound: OnceLock::new() })
    }

    /// Binds the calls to the operations that there are, once.
    pub fn bind(&self, registry: &Arc<Registry>, observe: Arc<dyn Observe>) {
        let bound = Bound { registry: Arc::downgrade(registry), observe };
        let is_first = self.bound.set(bound).is_ok();
        debug_assert!(is_first, "calls are bound once");
    }

    /// Calls an operation as a caller, and answers its output; null if it has none.
    ///
    /// # Errors
    /// The operation's own; `AccessDenied` if the caller is not allowed it; `SerializationException` if the input is
    /// not what its shape says; `UnknownOperationException` if no model has it, `NotImplemented` if no service
    /// does; `ServiceUnavailable` before all services are there and when they are going.
    pub async fn call(
        &self,
        caller: &Caller,
        invocation: Invocation<'_>,
    ) -> Result<Document, Fault> {
        let bound = self.bound.get().ok_or_else(not_now)?;
        let registry = bound.registry.upgrade().ok_or_else(not_now)?;
        let (service, operation) = find(&registry, &invocation)?;
        let told = bound.observe.begin(Observed { service, operation, caller });
        let answer = self.run(&registry, (service, operation), caller, invocation).await;
        told(answer.as_ref().err());
        answer
    }

    async fn run(
        &self,
        registry: &Registry,
        (service, operation): (&'static ServiceModel, &'static OperationModel),
        caller: &Caller,
        invocation: Invocation<'_>,
    ) -> Result<Document, Fault> {
        let faulty = self.node.faults().are_on().then(|| Arc::clone(&self.node));
        let call = Call {
            faulty,
            chain: invocation.chain.next().ok_or_else(too_deep)?,
            idempotency_id: invocation.idempotency_id,
            ..Call::new(caller.clone(), Arc::clone(&self.endpoint))
        };
        let mut input = DocumentReader::new(invocation.input);
        let started = registry.start(service, operation, call, &mut input);
        let output = started.map_err(|rejected| match rejected {
            Rejected::Fault(fault) => fault,
            Rejected::Malformed(malformed) => {
                Fault::common("SerializationException", 400, malformed.0)
            }
        })?;
        let output = output.await?;
        Ok(operation.output.map_or(Document::Null, |_| to_document(&*output)))
    }
}

fn find(
    registry: &Registry,
    invocation: &Invocation<'_>,
) -> Result<(&'static ServiceModel, &'static OperationModel), Fault> {
    let Invocation { service, operation, .. } = invocation;
    let model = registry.model(service);
    let found = model.and_then(|model| Some((model, model.operation(operation)?)));
    found.ok_or_else(|| {
        let text = format!("The operation {service}:{operation} is not known.");
        Fault::common("UnknownOperationException", 400, text)
    })
}

fn not_now() -> Fault {
    Fault::unavailable("The program is starting or stopping.")
}

fn too_deep() -> Fault {
    let text = format!("More than {DEEPEST} operations have called each other.");
    Fault::common("InvalidRequest", 400, text)
}
