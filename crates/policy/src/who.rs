//! The `Principal` and `NotPrincipal` elements: whom a statement is about.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use base::AccountId;

use crate::json::Node;
use crate::malformed::Malformed;
use crate::principal::{Principal, is_path, is_service, last};

/// The way in which a resource's policy names a principal: it decides which of the caller's own policies
/// must allow the same, when both are of one account.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html#policy-eval-denyallow>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grant {
    /// The account is named: the account's own policies say who of it.
    Account,
    /// The session's role is named: what limits the session limits this.
    Role,
    /// The user, the session or the service is named, or everybody.
    Direct,
}

/// The principals of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// The policy's owner: policies of identities and sessions do not say.
    Owner,
    /// Any of these.
    Any(Vec<Named>),
    /// All principals but these.
    Except(Vec<Named>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Everybody,
    Account(AccountId),
    User {
        account: AccountId,
        name: Box<str>,
    },
    Role {
        account: AccountId,
        role: Box<str>,
    },
    Session {
        account: AccountId,
        role: Box<str>,
        session: Box<str>,
    },
    Service(Box<str>),
    /// A federated identity; never the caller of an operation.
    Federated,
}

impl Who {
    /// The number of principals.
    pub(crate) fn count(&self) -> usize {
        match self {
            Who::Owner => 0,
            Who::Any(named) | Who::Except(named) => named.len(),
        }
    }

    /// The grant to a principal, if there is one.
    pub(crate) fn grant(&self, principal: &Principal) -> Option<Grant> {
        match self {
            Who::Owner => Some(Grant::Direct),
            Who::Any(named) => named.iter().filter_map(|named| named.grant(principal)).max(),
            Who::Except(named) => (!excepted(named, principal)).then_some(Grant::Direct),
        }
    }
}

/// Returns true if an exception holds for somebody. It must name the session or user, the session's role, and the
/// account: AWS asks for all of them, and denies when one is missing.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
fn excepted(named: &[Named], principal: &Principal) -> bool {
    let has = |grant| named.iter().any(|named| named.grant(principal) == Some(grant));
    let all = named.contains(&Named::Everybody);
    all || match principal {
        Principal::Anonymous => false,
        Principal::Service { .. } => has(Grant::Direct),
        Principal::Root { .. } => has(Grant::Account),
        Principal::User { .. } => has(Grant::Direct) && has(Grant::Account),
        Principal::AssumedRole { .. } => {
            has(Grant::Direct) && has(Grant::Role) && has(Grant::Account)
        }
    }
}

impl Named {
    fn grant(&self, principal: &Principal) -> Option<Grant> {
        let of = |account: &AccountId| principal.account() == Some(*account);
        let (is_it, grant) = match (self, principal) {
            (Named::Everybody, _) => (true, Grant::Direct),
            (Named::Account(account), _) => (of(account), Grant::Account),
            (Named::User { account, name }, Principal::User { name: own, .. }) => {
                (of(account) && **name == **own, Grant::Direct)
            }
            (Named::Role { account, role }, Principal::AssumedRole { role: own, .. }) => {
                (of(account) && **role == **own, Grant::Role)
            }
            (
                Named::Session { account, role, session },
                Principal::AssumedRole { role: own, session: own_session, .. },
            ) => {
                let same = **role == *last(own) && **session == **own_session;
                (of(account) && same, Grant::Direct)
            }
            (Named::Service(service), Principal::Service { name }) => {
                (**service == **name, Grant::Direct)
            }
            _ => (false, Grant::Direct),
        };
        is_it.then_some(grant)
    }

    /// All that an element names.
    pub(crate) fn parse_all(node: &Node, place: &str) -> Result<Vec<Named>, Malformed> {
        let kinds = match node {
            Node::Text(text) if text == "*" => return Ok(vec![Named::Everybody]),
            Node::Object(kinds) if kinds.is_empty() => {
                return Err(Malformed::at(place, "is empty"));
            }
            Node::Object(kinds) => kinds,
            _ => return Err(Malformed::at(place, "is neither * nor an object")),
        };
        let mut named = Vec::new();
        for (kind, names) in kinds {
            let parse = match kind.as_str() {
                "AWS" => aws,
                "Service" => service,
                "Federated" => federated,
                "CanonicalUser" => unsupported,
                _ => {
                    let reason = "is neither AWS, Service nor Federated";
                    return Err(Malformed::at(kind, reason).within(place));
                }
            };
            let within = |error: Malformed| error.within(place);
            for name in names.many(kind).map_err(within)? {
                let name = name.text(kind).map_err(within)?;
                let refused = |reason| Malformed::at(kind, reason).within(place);
                named.push(parse(name).map_err(refused)?);
            }
        }
        Ok(named)
    }
}

fn aws(text: &str) -> Result<Named, String> {
    if text == "*" {
        return Ok(Named::Everybody);
    }
    if let Ok(account) = text.parse() {
        return Ok(Named::Account(account));
    }
    if let Some(role) = role(text) {
        return Ok(role);
    }
    match text.parse() {
        Ok(Principal::Root { account }) => Ok(Named::Account(account)),
        Ok(Principal::User { account, name }) => Ok(Named::User { account, name: (*name).into() }),
        Ok(Principal::AssumedRole { account, role, session }) => {
            Ok(Named::Session { account, role: (*role).into(), session: (*session).into() })
        }
        _ if text.contains(['*', '?']) => {
            Err(format!("{text:?}: a wildcard cannot stand for a part of a principal"))
        }
        _ => Err(format!(
            "{text:?} is neither *, an account, nor the ARN of an account's root, a user, a role or \
             a role's session"
        )),
    }
}

fn role(text: &str) -> Option<Named> {
    let (account, role) = text.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let account = account.parse().ok().filter(|_| is_path(role))?;
    Some(Named::Role { account, role: role.into() })
}

fn service(text: &str) -> Result<Named, String> {
    if is_service(text) {
        return Ok(Named::Service(text.into()));
    }
    Err(format!("{text:?} is no service, such as sns.amazonaws.com"))
}

fn federated(text: &str) -> Result<Named, String> {
    if text.is_empty() || text.contains('*') {
        return Err(format!("{text:?} is no identity provider"));
    }
    Ok(Named::Federated)
}

fn unsupported(_: &str) -> Result<Named, String> {
    Err("canonical users are not supported".into())
}
