//! One file an operation, named after it.

pub(crate) mod get_caller_identity;
