//! What STS must know of the configuration.

use std::sync::Arc;

use base::{AccountId, Span};
use policy::Document;

/// Which access keys and roles there are. It may change while the program runs.
pub trait Directory: Send + Sync {
    /// The account of an access key that is not temporary.
    fn account_of(&self, access_key: &str) -> Option<AccountId>;

    /// The role with this ARN.
    fn role(&self, arn: &str) -> Option<Role>;
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
