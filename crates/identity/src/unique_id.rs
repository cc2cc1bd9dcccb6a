//! Unique ids of principals.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>

use policy::Principal;
use sha2::{Digest, Sha256};

/// The value of `aws:userid`: of a root its account, of a role's session the role's id with the session's name.
///
/// AWS draws a user's and a role's id when it is created. Here both are configured, not created, so that their
/// ids are made of their ARNs: the same at every start and on every machine.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
pub fn unique_id(principal: &Principal) -> String {
    match principal {
        Principal::Root { account } => account.to_string(),
        Principal::User { .. } => made_of("AIDA", &principal.arn()),
        Principal::AssumedRole { session, .. } => {
            let role = principal.principal_arn().unwrap_or_default();
            format!("{}:{session}", made_of("AROA", &role))
        }
        Principal::Anonymous | Principal::Service { .. } => principal.arn(),
    }
}

/// A prefix that names the kind, and 17 digits.
fn made_of(prefix: &str, arn: &str) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let hash = Sha256::digest(arn.as_bytes());
    let digits = hash.iter().take(17).map(|byte| char::from(DIGITS[usize::from(byte % 32)]));
    prefix.chars().chain(digits).collect()
}

#[cfg(test)]
mod tests {
    use base::AccountId;

    use super::*;

    const ACCOUNT: AccountId = AccountId::DEFAULT;

    fn user(name: &str) -> String {
        unique_id(&Principal::User { account: ACCOUNT, name: name.into() })
    }

    fn session(role: &str, session: &str) -> String {
        let (role, session) = (role.into(), session.into());
        unique_id(&Principal::AssumedRole { account: ACCOUNT, role, session })
    }

    #[test]
    fn ids_are_the_same_at_every_start_and_differ_between_things() {
        assert_eq!(user("alice"), user("alice"));
        assert_ne!(user("alice"), user("bob"));
        assert_eq!((user("alice").len(), &user("alice")[..4]), (21, "AIDA"));
        assert_eq!(unique_id(&Principal::Root { account: ACCOUNT }), "000000000000");
    }

    #[test]
    fn sessions_of_a_role_share_the_roles_id() {
        let (one, two) = (session("writer", "one"), session("writer", "two"));
        assert_eq!(one.strip_suffix(":one"), two.strip_suffix(":two"));
        assert_ne!(session("reader", "one"), one);
        assert!(one.starts_with("AROA"));
    }
}
