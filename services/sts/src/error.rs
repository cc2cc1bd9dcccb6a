//! How STS says that an input breaks a constraint.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>

use shape::{Fault, OperationModel, Violation};

/// The breach of a constraint of the model.
pub(crate) fn refuse(_: &'static OperationModel, violations: &[Violation]) -> Fault {
    Fault::common("ValidationError", 400, shape::validate::describe(violations))
}
