//! Everything that can go wrong, and how AWS says it.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html>

use api::errors;
use runtime::Trouble;
use shape::{Fault, OperationModel, Violation};
use store::Refused;
use thiserror::Error;

/// Why an operation is refused. The text is what the caller reads.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Error {
    #[error("Topic does not exist")]
    TopicNotFound,
    #[error("Subscription does not exist")]
    SubscriptionNotFound,
    #[error("PlatformApplication does not exist")]
    ApplicationNotFound,
    #[error("Endpoint does not exist")]
    EndpointNotFound,
    /// A tag operation names a topic that is not there, or an operation of the sandbox a phone number.
    #[error("Resource does not exist")]
    ResourceNotFound,
    #[error("The one-time password is wrong.")]
    WrongPassword,
    #[error("Rate exceeded")]
    Throttled,
    /// The rules of the SMS sandbox are against it.
    #[error("{0}")]
    AgainstSandbox(String),
    #[error("Invalid parameter: {0}")]
    InvalidParameter(String),
    /// A message's attributes are wrong, for this reason.
    #[error("{0}")]
    InvalidValue(String),
    #[error("{0}")]
    Validation(String),
    #[error("Could not complete request: tag quota of per resource exceeded")]
    TagLimitExceeded,
    #[error("Subscription limit exceeded for the topic")]
    SubscriptionLimitExceeded,
    #[error("Replay limit exceeded for the topic")]
    ReplayLimitExceeded,
    /// The state of the resource forbids the operation.
    #[error("Invalid state: {0}")]
    InvalidState(&'static str),
    #[error("Filter policy limit exceeded for the topic")]
    FilterPolicyLimitExceeded,
    /// A FIFO topic takes no more in this second.
    #[error("Rate exceeded")]
    Throttling,
    #[error("The batch request doesn't contain any entries.")]
    EmptyBatchRequest,
    #[error("The batch request contains more entries than permissible.")]
    TooManyEntriesInBatchRequest,
    #[error("Two or more batch entries in the request have the same Id.")]
    BatchEntryIdsNotDistinct,
    #[error("The Id of a batch entry in a batch request doesn't abide by the specification.")]
    InvalidBatchEntryId,
    #[error("The length of all the batch messages put together is more than the limit.")]
    BatchRequestTooLong,
    #[error("{0} is not implemented.")]
    NotImplemented(String),
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl Error {
    /// A parameter is wrong, in AWS's form `Invalid parameter: <what>`.
    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Error::InvalidParameter(what.into())
    }

    /// A parameter is wrong for a reason, in AWS's form `Invalid parameter: <name> Reason: <reason>`.
    pub(crate) fn because(name: &str, reason: impl std::fmt::Display) -> Self {
        Error::InvalidParameter(format!("{name} Reason: {reason}"))
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        let text = error.to_string();
        match error {
            Error::TopicNotFound
            | Error::SubscriptionNotFound
            | Error::ApplicationNotFound
            | Error::EndpointNotFound => Fault::new(&errors::NOT_FOUND_EXCEPTION, text),
            Error::WrongPassword => Fault::new(&errors::VERIFICATION_EXCEPTION, text),
            Error::Throttled => Fault::new(&errors::THROTTLED_EXCEPTION, text),
            Error::AgainstSandbox(_) => Fault::new(&errors::USER_ERROR_EXCEPTION, text),
            Error::ResourceNotFound => Fault::new(&errors::RESOURCE_NOT_FOUND_EXCEPTION, text),
            Error::InvalidParameter(_) => Fault::new(&errors::INVALID_PARAMETER_EXCEPTION, text),
            Error::InvalidValue(_) => Fault::new(&errors::INVALID_PARAMETER_VALUE_EXCEPTION, text),
            Error::Validation(_) => Fault::common("ValidationError", 400, text),
            Error::TagLimitExceeded => Fault::new(&errors::TAG_LIMIT_EXCEEDED_EXCEPTION, text),
            Error::SubscriptionLimitExceeded => {
                Fault::new(&errors::SUBSCRIPTION_LIMIT_EXCEEDED_EXCEPTION, text)
            }
            Error::ReplayLimitExceeded => {
                Fault::new(&errors::REPLAY_LIMIT_EXCEEDED_EXCEPTION, text)
            }
            Error::InvalidState(_) => Fault::new(&errors::INVALID_STATE_EXCEPTION, text),
            Error::FilterPolicyLimitExceeded => {
                Fault::new(&errors::FILTER_POLICY_LIMIT_EXCEEDED_EXCEPTION, text)
            }
            // The model's `Throttled` is for text messages; this is what publishers get.
            Error::Throttling => Fault::common("Throttling", 400, text),
            Error::EmptyBatchRequest => Fault::new(&errors::EMPTY_BATCH_REQUEST_EXCEPTION, text),
            Error::TooManyEntriesInBatchRequest => {
                Fault::new(&errors::TOO_MANY_ENTRIES_IN_BATCH_REQUEST_EXCEPTION, text)
            }
            Error::BatchEntryIdsNotDistinct => {
                Fault::new(&errors::BATCH_ENTRY_IDS_NOT_DISTINCT_EXCEPTION, text)
            }
            Error::InvalidBatchEntryId => {
                Fault::new(&errors::INVALID_BATCH_ENTRY_ID_EXCEPTION, text)
            }
            Error::BatchRequestTooLong => {
                Fault::new(&errors::BATCH_REQUEST_TOO_LONG_EXCEPTION, text)
            }
            Error::NotImplemented(what) => Fault::not_implemented(&what),
            Error::Trouble(trouble) => unavailable(&trouble),
        }
    }
}

/// The store's refusals. AWS has no such errors; clients retry on these.
fn unavailable(trouble: &Trouble) -> Fault {
    match trouble {
        Trouble::Refused(Refused::Full) => {
            Fault::unavailable("The disk is nearly full: nothing is taken that adds to it.")
        }
        Trouble::Refused(Refused::TooLarge) => Fault::new(
            &errors::INVALID_PARAMETER_EXCEPTION,
            "Invalid parameter: The request is too large to be stored.",
        ),
        Trouble::Unavailable(reason) => Fault::unavailable(format!("Not available: {reason}.")),
    }
}

/// The breach of a constraint of the model, in the words of AWS's own validation.
pub(crate) fn refuse(_: &'static OperationModel, violations: &[Violation]) -> Fault {
    Error::Validation(shape::validate::describe(violations)).into()
}

#[cfg(test)]
mod tests {
    use shape::Constraint;

    use super::*;

    #[test]
    fn what_the_model_demands_is_refused_as_awss_validation_words_it() {
        let path = "message".into();
        let violation = Violation { path, value: None, constraint: Constraint::Required };
        let fault = refuse(&api::operations::PUBLISH, &[violation]);
        assert_eq!(fault.code, "ValidationError");
        assert!(fault.message.starts_with("1 validation error detected"), "{}", fault.message);
        assert!(fault.message.contains("'message'"), "{}", fault.message);
    }

    #[test]
    fn what_is_not_there_is_a_404() {
        let fault = Fault::from(Error::TopicNotFound);
        assert_eq!((fault.code, fault.status), ("NotFound", 404));
        assert_eq!(Fault::from(Error::ResourceNotFound).code, "ResourceNotFound");
    }
}
