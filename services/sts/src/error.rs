//! Everything that can go wrong, and how AWS says it.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>

use api::errors;
use identity::NotAssumed;
use shape::{Fault, OperationModel, Violation};
use thiserror::Error;

/// Why an operation is refused. The text is what the caller reads.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Error {
    #[error("Cannot call GetSessionToken with session credentials")]
    SessionCredentials,
    #[error("The access key {0} is not known.")]
    UnknownAccessKey(String),
    #[error("{0}")]
    NotAssumed(NotAssumed),
    #[error("The session policy has more than 2048 characters.")]
    PolicyTooLarge,
    #[error("{0}")]
    MalformedPolicy(String),
    #[error("{0}")]
    NotImplemented(&'static str),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        let text = error.to_string();
        match error {
            Error::SessionCredentials
            | Error::NotAssumed(
                NotAssumed::ByRoot | NotAssumed::Unknown { .. } | NotAssumed::Denied(_),
            ) => Fault::common("AccessDenied", 403, text),
            Error::PolicyTooLarge => Fault::new(&errors::PACKED_POLICY_TOO_LARGE_EXCEPTION, text),
            Error::MalformedPolicy(_) => {
                Fault::new(&errors::MALFORMED_POLICY_DOCUMENT_EXCEPTION, text)
            }
            Error::UnknownAccessKey(_)
            | Error::NotAssumed(NotAssumed::TooLongForRole | NotAssumed::TooLongForChain) => {
                Fault::common("ValidationError", 400, text)
            }
            Error::NotImplemented(what) => Fault::not_implemented(what),
        }
    }
}

/// The breach of a constraint of the model.
pub(crate) fn refuse(_: &'static OperationModel, violations: &[Violation]) -> Fault {
    Fault::common("ValidationError", 400, shape::validate::describe(violations))
}
