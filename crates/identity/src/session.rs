//! Temporary credentials as their caller used them.

use std::sync::Arc;

use base::Timestamp;

/// Temporary credentials: what holds for all that is signed with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// When they were issued.
    pub issued: Timestamp,
    /// When they end.
    pub expires: Timestamp,
    /// The policy that was given with them, as JSON: nothing can be done with them that it does not allow.
    pub policy: Option<Arc<str>>,
}
