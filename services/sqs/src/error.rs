//! Everything that can go wrong, and how AWS says it.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>

use api::errors;
use runtime::Trouble;
use shape::{Constraint, Fault, OperationModel, Violation};
use store::Refused;
use thiserror::Error;

use crate::limits;

/// Why an operation is refused. The text is what the caller reads.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Error {
    #[error("The specified queue does not exist.")]
    QueueDoesNotExist,
    #[error("A queue already exists with the same name and a different value for attribute {0}")]
    QueueNameExists(String),
    #[error(
        "You must wait 60 seconds after deleting a queue before you can create another with the same name."
    )]
    QueueDeletedRecently,
    #[error("Unknown Attribute {0}.")]
    UnknownAttribute(String),
    #[error("Invalid value for the parameter {0}.")]
    InvalidAttributeValue(&'static str),
    #[error("Invalid value for the parameter {name}. Reason: {reason}")]
    InvalidAttribute { name: &'static str, reason: &'static str },
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(String),
    #[error("{0}")]
    InvalidParameter(String),
    #[error("Value {value} for parameter {parameter} is invalid. Reason: {reason}")]
    InvalidValue { parameter: &'static str, value: String, reason: String },
    #[error(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    )]
    InvalidMessageContents,
    #[error("The input receipt handle \"{0}\" is not a valid receipt handle.")]
    ReceiptHandleIsInvalid(String),
    #[error("The specified message isn't in flight.")]
    MessageNotInflight,
    #[error("{0}")]
    OverLimit(String),
    #[error(
        "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."
    )]
    TwoEncryptions,
    #[error("Only one PurgeQueue operation on {0} is allowed every 60 seconds.")]
    PurgeQueueInProgress(String),
    #[error("There should be at least one {0} in the request.")]
    EmptyBatchRequest(String),
    #[error("Maximum number of entries per request are {most}. You have sent {0}.", most = limits::BATCH)]
    TooManyEntriesInBatchRequest(usize),
    #[error("Id {0} repeated.")]
    BatchEntryIdsNotDistinct(String),
    #[error(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most {most} letters long.", most = limits::BATCH_ENTRY_ID
    )]
    InvalidBatchEntryId,
    #[error("Batch requests cannot be longer than {most} bytes. You have sent {0} bytes.", most = limits::BATCH_SIZE)]
    BatchRequestTooLong(usize),
    #[error("The resource that you specified for the {0} parameter doesn't exist.")]
    ResourceNotFound(&'static str),
    #[error("The message movement task doesn't exist.")]
    TaskNotFound,
    #[error("{0}")]
    UnsupportedOperation(String),
    #[error("Request is throttled.")]
    RequestThrottled,
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        let text = error.to_string();
        match error {
            Error::QueueDoesNotExist => Fault::new(&errors::QUEUE_DOES_NOT_EXIST, text),
            Error::QueueNameExists(_) => Fault::new(&errors::QUEUE_NAME_EXISTS, text),
            Error::QueueDeletedRecently => Fault::new(&errors::QUEUE_DELETED_RECENTLY, text),
            Error::UnknownAttribute(_) => Fault::new(&errors::INVALID_ATTRIBUTE_NAME, text),
            Error::InvalidAttributeValue(_)
            | Error::InvalidAttribute { .. }
            | Error::TwoEncryptions => Fault::new(&errors::INVALID_ATTRIBUTE_VALUE, text),
            Error::MissingParameter(_) => Fault::common("MissingParameter", 400, text)
                .named("MissingRequiredParameterException"),
            Error::InvalidParameter(_) | Error::InvalidValue { .. } => {
                Fault::common("InvalidParameterValue", 400, text)
                    .named("InvalidParameterValueException")
            }
            Error::InvalidMessageContents => Fault::new(&errors::INVALID_MESSAGE_CONTENTS, text),
            Error::ReceiptHandleIsInvalid(_) => {
                Fault::new(&errors::RECEIPT_HANDLE_IS_INVALID, text)
            }
            Error::MessageNotInflight => Fault::new(&errors::MESSAGE_NOT_INFLIGHT, text),
            Error::OverLimit(_) => Fault::new(&errors::OVER_LIMIT, text),
            Error::PurgeQueueInProgress(_) => Fault::new(&errors::PURGE_QUEUE_IN_PROGRESS, text),
            Error::EmptyBatchRequest(_) => Fault::new(&errors::EMPTY_BATCH_REQUEST, text),
            Error::TooManyEntriesInBatchRequest(_) => {
                Fault::new(&errors::TOO_MANY_ENTRIES_IN_BATCH_REQUEST, text)
            }
            Error::BatchEntryIdsNotDistinct(_) => {
                Fault::new(&errors::BATCH_ENTRY_IDS_NOT_DISTINCT, text)
            }
            Error::InvalidBatchEntryId => Fault::new(&errors::INVALID_BATCH_ENTRY_ID, text),
            Error::BatchRequestTooLong(_) => Fault::new(&errors::BATCH_REQUEST_TOO_LONG, text),
            Error::ResourceNotFound(_) | Error::TaskNotFound => {
                Fault::new(&errors::RESOURCE_NOT_FOUND_EXCEPTION, text)
            }
            Error::UnsupportedOperation(_) => Fault::new(&errors::UNSUPPORTED_OPERATION, text),
            Error::RequestThrottled => Fault::new(&errors::REQUEST_THROTTLED, text),
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
        Trouble::Refused(Refused::TooLarge) => {
            Fault::common("InvalidParameterValue", 400, "The request is too large to be stored.")
        }
        Trouble::Unavailable(reason) => Fault::unavailable(format!("Not available: {reason}.")),
    }
}

/// The breach of a constraint of the model, which has hardly any but "required". A batch without a list of entries is an empty batch: the Query protocol cannot tell the one
/// from the other.
pub(crate) fn refuse(operation: &'static OperationModel, violations: &[Violation]) -> Fault {
    let missing = violations.iter().find(|v| v.constraint == Constraint::Required);
    match missing {
        Some(violation) if violation.path == "entries" => {
            Error::EmptyBatchRequest(format!("{}RequestEntry", operation.name)).into()
        }
        Some(violation) => {
            let name = violation.path.rsplit('.').next().unwrap_or_default();
            Error::MissingParameter(upper_camel(name)).into()
        }
        None => Error::InvalidParameter(shape::validate::describe(violations)).into(),
    }
}

fn upper_camel(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &str, value: Option<&str>, constraint: Constraint) -> (&'static str, String) {
        let value = value.map(str::to_owned);
        let violation = Violation { path: path.into(), value, constraint };
        let fault = refuse(&api::operations::SEND_MESSAGE_BATCH, &[violation]);
        (fault.code, fault.message.into_owned())
    }

    #[test]
    fn a_batch_without_entries_is_an_empty_one() {
        let (code, message) = refused("entries", None, Constraint::Required);
        assert_eq!(code, "AWS.SimpleQueueService.EmptyBatchRequest");
        let expected = "There should be at least one SendMessageBatchRequestEntry in the request.";
        assert_eq!(message, expected);
    }

    #[test]
    fn what_is_missing_is_named_as_the_api_names_it() {
        let (code, message) = refused("entries.1.member.messageBody", None, Constraint::Required);
        assert_eq!(code, "MissingParameter");
        assert_eq!(message, "The request must contain the parameter MessageBody.");
    }
}
