//! Principals: the identities that make requests.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base::AccountId;

/// The identity that makes a request, as policies know it.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A caller who did not sign.
    Anonymous,
    /// The owner of an account.
    Root {
        /// Its account.
        account: AccountId,
    },
    /// A user of an account.
    User {
        /// Its account.
        account: AccountId,
        /// Path and name without the first slash: `alice`, or `division/team/alice`.
        name: Arc<str>,
    },
    /// A session of a role.
    AssumedRole {
        /// The role's account.
        account: AccountId,
        /// The role's path and name without the first slash: `worker`, or `service-role/worker`.
        role: Arc<str>,
        /// The session's name.
        session: Arc<str>,
    },
    /// A service that acts by itself, such as `sns.amazonaws.com`.
    Service {
        /// The service's name, as in `sns.amazonaws.com`.
        name: Arc<str>,
    },
}

/// A text names no principal that could make a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPrincipal;

impl Principal {
    /// Its ARN; a service has its name instead, and who did not sign is `anonymous`: so AWS's errors
    /// call them. A session's ARN names its role without the role's path.
    pub fn arn(&self) -> String {
        match self {
            Principal::Anonymous => "anonymous".to_owned(),
            Principal::Root { account } => format!("arn:aws:iam::{account}:root"),
            Principal::User { account, name } => format!("arn:aws:iam::{account}:user/{name}"),
            Principal::AssumedRole { account, role, session } => {
                format!("arn:aws:sts::{account}:assumed-role/{}/{session}", last(role))
            }
            Principal::Service { name } => name.to_string(),
        }
    }

    /// The account that it belongs to; services and those who did not sign belong to none.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Principal::Root { account }
            | Principal::User { account, .. }
            | Principal::AssumedRole { account, .. } => Some(*account),
            Principal::Anonymous | Principal::Service { .. } => None,
        }
    }

    /// The value of `aws:PrincipalArn`: a session's role rather than the session.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
    pub fn principal_arn(&self) -> Option<String> {
        match self {
            Principal::AssumedRole { account, role, .. } => {
                Some(format!("arn:aws:iam::{account}:role/{role}"))
            }
            Principal::Root { .. } | Principal::User { .. } => Some(self.arn()),
            Principal::Anonymous | Principal::Service { .. } => None,
        }
    }
}

/// The name behind a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl FromStr for Principal {
    type Err = UnknownPrincipal;

    /// Reads what [`Principal::arn`] writes. A role read from a session's ARN has no path.
    fn from_str(text: &str) -> Result<Self, UnknownPrincipal> {
        if text == "anonymous" {
            return Ok(Principal::Anonymous);
        }
        if is_service(text) {
            return Ok(Principal::Service { name: text.into() });
        }
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next().unwrap_or_default();
        let (head, service, region) = ((part(), part()), part(), part());
        let account = part().parse().map_err(|_| UnknownPrincipal)?;
        if head != ("arn", "aws") || !region.is_empty() {
            return Err(UnknownPrincipal);
        }
        let (kind, name) = part().split_once('/').map_or(("root", None), |(k, n)| (k, Some(n)));
        match (service, kind, name) {
            ("iam", "root", None) if text.ends_with(":root") => Ok(Principal::Root { account }),
            ("iam", "user", Some(name)) if is_path(name) => {
                Ok(Principal::User { account, name: name.into() })
            }
            ("sts", "assumed-role", Some(names)) => match names.split_once('/') {
                Some((role, session)) if is_name(role) && is_name(session) => {
                    let (role, session) = (role.into(), session.into());
                    Ok(Principal::AssumedRole { account, role, session })
                }
                _ => Err(UnknownPrincipal),
            },
            _ => Err(UnknownPrincipal),
        }
    }
}

/// Returns true if a text looks like a service's name.
pub(crate) fn is_service(text: &str) -> bool {
    let name = text.strip_suffix(".amazonaws.com").unwrap_or_default();
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain)
}

/// Returns true if a text may name a user, a role or a session.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(crate) fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
    !text.is_empty() && text.bytes().all(plain)
}

/// Returns true if a text may be a path and a name, without the first slash. A path may contain nearly anything.
pub(crate) fn is_path(text: &str) -> bool {
    is_name(last(text)) && text.bytes().all(|b| b.is_ascii_graphic())
}

impl fmt::Display for UnknownPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a caller is the ARN of an account's root, a user or a role's session, \
             a service such as sns.amazonaws.com, or anonymous",
        )
    }
}

impl std::error::Error for UnknownPrincipal {}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountId {
        "111122223333".parse().unwrap()
    }

    #[test]
    fn a_principal_is_read_back_from_its_arn() {
        let principals = [
            (Principal::Anonymous, "anonymous"),
            (Principal::Root { account: account() }, "arn:aws:iam::111122223333:root"),
            (
                Principal::User { account: account(), name: "team/alice".into() },
                "arn:aws:iam::111122223333:user/team/alice",
            ),
            (
                Principal::AssumedRole {
                    account: account(),
                    role: "worker".into(),
                    session: "i-1".into(),
                },
                "arn:aws:sts::111122223333:assumed-role/worker/i-1",
            ),
            (Principal::Service { name: "sns.amazonaws.com".into() }, "sns.amazonaws.com"),
        ];
        for (principal, arn) in principals {
            assert_eq!(principal.arn(), arn);
            assert_eq!(arn.parse(), Ok(principal));
        }
    }

    #[test]
    fn a_sessions_arn_hides_the_roles_path_and_its_principal_arn_shows_it() {
        let role = "service-role/worker".into();
        let session = Principal::AssumedRole { account: account(), role, session: "s".into() };
        assert_eq!(session.arn(), "arn:aws:sts::111122223333:assumed-role/worker/s");
        let role = session.principal_arn();
        assert_eq!(role.as_deref(), Some("arn:aws:iam::111122223333:role/service-role/worker"));
    }

    #[test]
    fn what_cannot_make_a_request_is_no_principal() {
        for text in [
            "",
            "*",
            "alice",
            ".amazonaws.com",
            "SNS.amazonaws.com",
            "arn:aws:iam::111122223333:role/worker",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:user",
            "arn:aws:iam::1111:root",
            "arn:aws:iam:us-east-1:111122223333:root",
            "arn:aws:sts::111122223333:assumed-role/worker",
            "arn:aws:sts::111122223333:assumed-role/a/b/c",
            "arn:aws:sqs:us-east-1:111122223333:queue",
        ] {
            assert_eq!(text.parse::<Principal>(), Err(UnknownPrincipal), "{text}");
        }
    }
}
