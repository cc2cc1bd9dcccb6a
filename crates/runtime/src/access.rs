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
    /// Who can be let in at all.
    pub reach: Reach,
    /// What conditions can ask of the input: its tags, and keys of the service's own.
    pub keys: Keys,
}

/// Who can be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Callers of the thing's account alone.
    Account,
    /// Those of the account that a part of the thing belongs to, too, such as a subscription of a topic. This is
    /// what the service's facts call it.
    Part(Box<str>),
    /// Also callers of other accounts, and those who do not sign, by the thing's policy.
    Policy,
    /// Whoever shows a token, which the operation looks at itself: no policy is asked, and nobody must sign.
    Token,
}

impl Access {
    /// An action on a thing, to which its policy can let in callers of other accounts.
    pub fn to(action: &'static str, thing: Arn) -> Self {
        Access { reach: Reach::Policy, ..Access::within_account(action, thing) }
    }

    /// An action on a thing that is for callers of its own account alone, whatever its policy says.
    pub fn within_account(action: &'static str, thing: Arn) -> Self {
        Access { thing: Some(thing), ..Access::in_general(action) }
    }

    /// An action on a part of a thing, for callers of the thing's account and of the part's.
    pub fn to_part(action: &'static str, thing: Arn, part: impl Into<Box<str>>) -> Self {
        Access { reach: Reach::Part(part.into()), ..Access::within_account(action, thing) }
    }

    /// An action on a thing, for whoever shows a token that the operation itself looks at.
    pub fn by_token(action: &'static str, thing: Arn) -> Self {
        Access { reach: Reach::Token, ..Access::within_account(action, thing) }
    }

    /// An action on no particular thing, in the caller's account.
    pub fn in_general(action: &'static str) -> Self {
        Access { action, thing: None, reach: Reach::Account, keys: Keys::default() }
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
