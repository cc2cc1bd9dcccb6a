//! Roles that callers may assume.

use std::sync::Arc;

use base::{AccountId, Span};
use policy::Document;

/// A role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its account.
    pub account: AccountId,
    /// Its path and name, without the first slash.
    pub name: Arc<str>,
    /// The policy that says who may assume it.
    pub trust: Arc<Document>,
    /// The longest duration of its sessions.
    pub longest: Span,
}

impl Role {
    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.name)
    }
}
