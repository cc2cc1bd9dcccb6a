//! The request context: keys and their values, as conditions and variables ask for them.

use std::borrow::Cow;

use base::AccountId;

use crate::principal::{Principal, last};

/// The request context. A key is asked for only when a policy needs it, so that a value may be made
/// when it is asked for.
///
/// What follows from the principal and the resource is not asked here: `aws:PrincipalArn`,
/// `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:PrincipalIsAWSService`, `aws:PrincipalServiceName`,
/// `aws:username` and `aws:ResourceAccount`, and `aws:userid` of an account's root and of those who did not
/// sign.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub trait Context {
    /// The values of a key, whose name is given in lower case: `aws:sourceip`, `aws:requesttag/team`.
    fn get(&self, key: &str) -> Values<'_>;
}

/// The values of a key. None at all is the same as a key that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values<'a> {
    /// The request has no such key.
    Missing,
    /// The one value of a key that has one.
    One(Cow<'a, str>),
    /// The values of a key that may have several, such as `aws:TagKeys`.
    Many(Vec<Cow<'a, str>>),
}

impl<'a> Values<'a> {
    /// A value that is there already.
    pub fn borrowed(value: &'a str) -> Self {
        Values::One(Cow::Borrowed(value))
    }

    /// A value that was made for the occasion, or none.
    pub fn made(value: Option<String>) -> Self {
        value.map_or(Values::Missing, |value| Values::One(Cow::Owned(value)))
    }

    pub(crate) fn as_slice(&self) -> &[Cow<'a, str>] {
        match self {
            Values::Missing => &[],
            Values::One(value) => std::slice::from_ref(value),
            Values::Many(values) => values,
        }
    }
}

/// A request of which nothing is known.
impl Context for () {
    fn get(&self, _: &str) -> Values<'_> {
        Values::Missing
    }
}

/// A context that is known beforehand: a list of keys with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(Vec<(String, Vec<String>)>);

impl Keys {
    /// Gives a key one value more. Upper and lower case of the key do not differ.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        let key = key.to_ascii_lowercase();
        match self.0.iter_mut().find(|(present, _)| *present == key) {
            Some((_, values)) => values.push(value.into()),
            None => self.0.push((key, vec![value.into()])),
        }
    }
}

impl Context for Keys {
    fn get(&self, key: &str) -> Values<'_> {
        let found = self.0.iter().find(|(present, _)| present == key);
        match found.map_or(&[][..], |(_, values)| values) {
            [] => Values::Missing,
            [value] => Values::borrowed(value),
            values => Values::Many(values.iter().map(|value| Cow::Borrowed(&**value)).collect()),
        }
    }
}

/// The sources of the values of keys: the request and its context.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) principal: &'a Principal,
    pub(crate) resource_account: AccountId,
    pub(crate) context: &'a dyn Context,
}

/// A key that a policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// As the policy writes it.
    pub(crate) text: Box<str>,
    name: Box<str>,
    source: Source,
}

/// The source of a key's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    PrincipalArn,
    PrincipalAccount,
    PrincipalType,
    IsService,
    ServiceName,
    UserName,
    UserId,
    ResourceAccount,
    Context,
}

impl Key {
    /// A key's name has a prefix, as in `aws:SourceIp`.
    pub(crate) fn parse(text: &str) -> Option<Key> {
        let (prefix, rest) = text.split_once(':')?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._/".contains(&b);
        if prefix.is_empty() || rest.is_empty() || !prefix.bytes().all(plain) {
            return None;
        }
        let name = text.to_ascii_lowercase();
        let source = match name.as_str() {
            "aws:principalarn" => Source::PrincipalArn,
            "aws:principalaccount" => Source::PrincipalAccount,
            "aws:principaltype" => Source::PrincipalType,
            "aws:principalisawsservice" => Source::IsService,
            "aws:principalservicename" => Source::ServiceName,
            "aws:username" => Source::UserName,
            "aws:userid" => Source::UserId,
            "aws:resourceaccount" => Source::ResourceAccount,
            _ => Source::Context,
        };
        Some(Key { text: text.into(), name: name.into(), source })
    }

    /// Its values in a request.
    pub(crate) fn values<'a>(&self, known: &Known<'a>) -> Values<'a> {
        let principal = known.principal;
        match (self.source, principal) {
            (Source::PrincipalArn, _) => Values::made(principal.principal_arn()),
            (Source::PrincipalAccount, _) => {
                Values::made(principal.account().map(|account| account.to_string()))
            }
            (Source::PrincipalType, _) => principal_type(principal),
            (Source::IsService, Principal::Service { .. }) => Values::borrowed("true"),
            (Source::IsService, _) => Values::borrowed("false"),
            (Source::ServiceName, Principal::Service { name }) => Values::borrowed(name),
            (Source::ServiceName, _) => Values::Missing,
            (Source::UserName, Principal::User { name, .. }) => Values::borrowed(last(name)),
            (Source::UserName, _) => Values::Missing,
            (Source::UserId, Principal::Anonymous) => Values::borrowed("anonymous"),
            (Source::UserId, Principal::Root { account }) => {
                Values::made(Some(account.to_string()))
            }
            (Source::ResourceAccount, _) => Values::made(Some(known.resource_account.to_string())),
            (Source::UserId | Source::Context, _) => known.context.get(&self.name),
        }
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn principal_type(principal: &Principal) -> Values<'static> {
    match principal {
        Principal::Anonymous => Values::borrowed("Anonymous"),
        Principal::Root { .. } => Values::borrowed("Account"),
        Principal::User { .. } => Values::borrowed("User"),
        Principal::AssumedRole { .. } => Values::borrowed("AssumedRole"),
        Principal::Service { .. } => Values::Missing,
    }
}
