//! What STS must know of the configuration.

use std::sync::Arc;

use base::{AccountId, Span};
use policy::{Document, Principal};

/// Who has which access key, what users may do, and which roles there are.
pub trait Directory: Send + Sync {
    /// Whether callers have to sign. Where they do not, policies do not limit them.
    fn requires_signatures(&self) -> bool;

    /// The account of an access key that is not temporary.
    fn account_of(&self, access_key: &str) -> Option<AccountId>;

    /// The role with this ARN.
    fn role(&self, arn: &str) -> Option<&Role>;

    /// What a user or a role's session may do.
    fn policies(&self, principal: &Principal) -> &[Arc<Document>];
}

/// A role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its account.
    pub account: AccountId,
    /// Its path and name, without the first slash.
    pub name: Arc<str>,
    /// Who may assume it.
    pub trust: Arc<Document>,
    /// For how long at most.
    pub longest: Span,
}

impl Role {
    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.name)
    }
}
