//! Errors of requests for operations that no service has.

use shape::Fault;

/// An operation that no service here knows.
pub(super) fn unknown_operation(name: &str) -> Fault {
    Fault::common("UnknownOperationException", 400, format!("The operation {name} is not known."))
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>
pub(super) fn invalid_action(action: &str) -> Fault {
    Fault::common(
        "InvalidAction",
        400,
        format!("The action {action} is not valid for this endpoint."),
    )
}
