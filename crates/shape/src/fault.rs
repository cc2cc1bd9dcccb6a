//! An error as the caller will read it, in no protocol yet.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::model::ErrorModel;
use crate::writer::Encode;

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The caller's: sending the same again will not help.
    Sender,
    /// Ours: it may.
    Receiver,
}

/// The members of an error besides its text, whatever their type.
#[derive(Clone)]
pub struct Body(Arc<dyn Encode + Send + Sync>);

/// An error of an operation: AWS's code, status and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The shape's name, which JSON uses.
    pub name: &'static str,
    /// The code that Query and XML use.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Whose fault it is.
    pub sender: Sender,
    /// What the caller reads.
    pub message: Cow<'static, str>,
    /// The name of the text among the error's members.
    pub message_name: &'static str,
    /// The other members, if it has any.
    pub body: Option<Body>,
}

impl Fault {
    /// The fault that a model has, with a message.
    pub fn new(model: &'static ErrorModel, message: impl Into<Cow<'static, str>>) -> Self {
        let sender = if model.sender { Sender::Sender } else { Sender::Receiver };
        Fault {
            name: model.name,
            code: model.code,
            status: model.status,
            sender,
            message: message.into(),
            message_name: model.message,
            body: None,
        }
    }

    /// The same with members besides the text.
    #[must_use]
    pub fn with(mut self, members: impl Encode + Send + Sync + 'static) -> Self {
        self.body = Some(Body(Arc::new(members)));
        self
    }

    /// A fault of the caller that no model of the service has: the codes common to all of AWS.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>
    pub fn common(code: &'static str, status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        let sender = if status < 500 { Sender::Sender } else { Sender::Receiver };
        Fault {
            name: code,
            code,
            status,
            sender,
            message: message.into(),
            message_name: "message",
            body: None,
        }
    }

    /// The same with another name in JSON: for some of the common errors it is not the code.
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Not able to answer now; the same request may succeed later.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Fault::common("ServiceUnavailable", 503, message)
    }

    /// The model knows the operation, or a part of it, and this program does not have it.
    pub fn not_implemented(what: &str) -> Self {
        Fault::common("NotImplemented", 501, format!("{what} is not implemented."))
    }
}

impl Body {
    /// The members.
    pub fn members(&self) -> &dyn Encode {
        &*self.0
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Body").field(&self.0.schema().name).finish()
    }
}

/// Two bodies are the same if one is a clone of the other.
impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Body {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}
