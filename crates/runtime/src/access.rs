//! What the caller of an operation must be allowed to do.

use base::Arn;
use policy::Keys;

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
    /// What conditions can ask of the input: its tags, and keys of the service's own.
    pub keys: Keys,
}

impl Access {
    /// An action on a thing, to which its policy can let in callers of other accounts.
    pub fn to(action: &'static str, thing: Arn) -> Self {
        Access { action, thing: Some(thing), is_shared: true, keys: Keys::default() }
    }

    /// An action on a thing that is for callers of its own account alone, whatever its policy says.
    pub fn within_account(action: &'static str, thing: Arn) -> Self {
        Access { is_shared: false, ..Access::to(action, thing) }
    }

    /// An action on no particular thing, in the caller's account.
    pub fn in_general(action: &'static str) -> Self {
        Access { action, thing: None, is_shared: false, keys: Keys::default() }
    }

    /// The same with tags that the request would set.
    #[must_use]
    pub fn setting_tags<'t>(mut self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        for (key, value) in tags {
            self.keys.add(&format!("aws:RequestTag/{key}"), value);
            self.keys.add("aws:TagKeys", key);
        }
        self
    }

    /// The same with keys of tags that the request would take away.
    #[must_use]
    pub fn with_tag_keys<'t>(mut self, keys: impl IntoIterator<Item = &'t str>) -> Self {
        for key in keys {
            self.keys.add("aws:TagKeys", key);
        }
        self
    }
}
