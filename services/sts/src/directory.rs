//! What STS must know of the configuration.

use base::AccountId;

/// Who has which access key.
pub trait Directory: Send + Sync {
    /// The account of an access key that is not temporary.
    fn account_of(&self, access_key: &str) -> Option<AccountId>;
}
