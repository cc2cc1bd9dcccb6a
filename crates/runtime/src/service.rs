//! The operations of one public API.

use std::future::Future;
use std::sync::Arc;

use futures::future::FutureExt;
use shape::validate::Notes;
use shape::{
    Decode, Encode, ErrorModel, Fault, Operation, OperationModel, Reader, ServiceModel, Validated,
    Violation,
};

use crate::access::Access;
use crate::authorize::authorize;
use crate::call::{Call, Rejected, Started};
use crate::facts::Facts;

/// The operations of one public API. `S` is the state that every operation gets.
pub struct Service<S> {
    state: Arc<S>,
    refuse: Refuse,
    pub(crate) operations: Operations,
}

/// Words the breach of constraints as the service does.
type Refuse = fn(&'static OperationModel, &[Violation]) -> Fault;

/// Reads an input and starts the operation.
pub(crate) type Run = Box<dyn Fn(&Guard, Call, &mut dyn Reader) -> Started + Send + Sync>;

/// A service's operations, without the type of its state.
pub(crate) struct Operations {
    pub(crate) model: &'static ServiceModel,
    pub(crate) denied: Option<&'static ErrorModel>,
    /// In the order in which they were added.
    pub(crate) list: Vec<(&'static str, Run)>,
}

/// What operations are authorized with. It is known when the module is whole, whatever the order of its parts.
pub(crate) struct Guard {
    pub(crate) facts: Option<Arc<dyn Facts>>,
    pub(crate) denied: Option<&'static ErrorModel>,
}

impl<S: Send + Sync + 'static> Service<S> {
    /// A service without operations. `refuse` words the breach of constraints as the service does.
    pub fn new(model: &'static ServiceModel, state: Arc<S>, refuse: Refuse) -> Self {
        let operations = Operations { model, denied: None, list: Vec::new() };
        Service { state, refuse, operations }
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
        let start: Run = Box::new(move |guard, call, reader| {
            let input = read::<O>(reader, refuse)?;
            // Nobody asks where there is nothing to find out.
            let needed = match (call.caller.authority(), &call.faulty) {
                (None, None) => Vec::new(),
                _ => access(&call, &input).map_err(Rejected::Fault)?,
            };
            let (state, facts, denied) = (Arc::clone(&state), guard.facts.clone(), guard.denied);
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
        self.operations.list.push((O::MODEL.name, start));
        self
    }

    /// The error for callers that are not allowed something, where it is not the common `AccessDenied`.
    #[must_use]
    pub fn denied(mut self, denied: &'static ErrorModel) -> Self {
        self.operations.denied = Some(denied);
        self
    }
}

/// Reads an input and checks the model's constraints.
fn read<O: Operation>(reader: &mut dyn Reader, refuse: Refuse) -> Result<O::Input, Rejected> {
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
