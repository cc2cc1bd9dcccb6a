//! What the caller of an operation must be allowed to do.

use base::Arn;

/// An action on a thing, as policies name them.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// As in `sqs:SendMessage`.
    pub action: &'static str,
    /// The thing; none for an action on no particular one, such as a list.
    pub thing: Option<Arn>,
    /// Whether callers of other accounts can be let in by the thing's policy.
    pub is_shared: bool,
}

impl Access {
    /// An action on a thing, to which its policy can let in callers of other accounts.
    pub fn to(action: &'static str, thing: Arn) -> Self {
        Access { action, thing: Some(thing), is_shared: true }
    }

    /// An action on a thing that is for callers of its own account alone, whatever its policy says.
    pub fn within_account(action: &'static str, thing: Arn) -> Self {
        Access { action, thing: Some(thing), is_shared: false }
    }

    /// An action on no particular thing, in the caller's account.
    pub fn in_general(action: &'static str) -> Self {
        Access { action, thing: None, is_shared: false }
    }
}
