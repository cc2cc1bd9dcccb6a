//! `[[roles]]`: what callers may become with AssumeRole.

use std::collections::HashSet;
use std::path::Path;

use base::{AccountId, Span};
use identity::Role;
use policy::{Kind, Principal};
use serde::Deserialize;

use super::policy::{Policy, beside, read};
use super::value::{Period, text};

/// A role as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RoleEntry {
    name: String,
    #[serde(default, deserialize_with = "text")]
    account: Option<AccountId>,
    trust_policy: String,
    policy: Option<String>,
    #[serde(default, deserialize_with = "text")]
    max_session: Option<Period>,
}

/// A role: for STS, and with what its sessions may do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConfiguredRole {
    /// Who may assume it, and for how long.
    pub(crate) role: Role,
    /// What its sessions may do; nothing by itself without it.
    pub(crate) policy: Option<Policy>,
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html>
const DEFAULT: Span = Span::from_seconds(3600);
const SHORTEST: Span = Span::from_seconds(3600);
const LONGEST: Span = Span::from_seconds(12 * 3600);

impl RoleEntry {
    /// The same, with the files beside the one that names them.
    pub(super) fn beside(mut self, folder: &Path) -> Self {
        self.trust_policy = beside(self.trust_policy, folder);
        self.policy = self.policy.map(|policy| beside(policy, folder));
        self
    }

    fn role(self, account: AccountId) -> Result<ConfiguredRole, String> {
        let account = self.account.unwrap_or(account);
        let name = self.name;
        let at = |error: String| format!("the role {name}: {error}");
        let longest = self.max_session.map(|period| period.0.as_secs());
        let longest = longest.map_or(DEFAULT, Span::from_seconds);
        if !(SHORTEST..=LONGEST).contains(&longest) {
            return Err(at("its max-session must be from 1h to 12h".to_owned()));
        }
        // A name that cannot be in an ARN would not be found again.
        let arn = format!("arn:aws:sts::{account}:assumed-role/{}/s", last(&name));
        if arn.parse::<Principal>().is_err() || name.starts_with('/') {
            return Err(at(
                "its name must be letters, digits and +=,.@_-, after a path or none".into()
            ));
        }
        let trust = read(Kind::Trust, &self.trust_policy).map_err(at)?;
        let policy = self.policy.map(|policy| read(Kind::Identity, &policy));
        let policy = policy.transpose().map_err(at)?;
        let role = Role { account, name: name.as_str().into(), trust, longest };
        Ok(ConfiguredRole { role, policy })
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The roles; those without an account belong to `account`. The error says what is wrong with which role.
pub(super) fn roles(
    entries: Vec<RoleEntry>,
    account: AccountId,
) -> Result<Vec<ConfiguredRole>, String> {
    let roles = entries.into_iter().map(|entry| entry.role(account));
    let roles = roles.collect::<Result<Vec<_>, String>>()?;
    // Sessions' ARNs name a role without its path: two of one name could not be told apart in a policy. As in IAM,
    // names that differ in case alone are the same.
    let mut names = HashSet::new();
    let name = |role: &Role| (role.account, last(&role.name).to_ascii_lowercase());
    match roles.iter().find(|role| !names.insert(name(&role.role))) {
        Some(twice) => Err(format!("the role {} is there twice", twice.role.arn())),
        None => Ok(roles),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUST: &str = r#"trust-policy = '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}'"#;

    fn read(text: &str) -> Result<Vec<ConfiguredRole>, String> {
        #[derive(Deserialize)]
        struct File {
            roles: Vec<RoleEntry>,
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        roles(file.roles, AccountId::DEFAULT)
    }

    fn role(name: &str, more: &str) -> String {
        format!("[[roles]]\nname = \"{name}\"\n{TRUST}\n{more}\n")
    }

    #[test]
    fn a_role_has_an_arn_and_a_longest_session() {
        let text = role("a/b", "max-session = \"2h\"\naccount = \"123456789012\"") + &role("c", "");
        let roles = read(&text).unwrap();
        assert_eq!(roles[0].role.arn(), "arn:aws:iam::123456789012:role/a/b");
        assert_eq!(roles[0].role.longest, Span::from_seconds(7200));
        assert_eq!(roles[1].role.arn(), "arn:aws:iam::000000000000:role/c");
        assert_eq!((roles[1].role.longest, &roles[1].policy), (DEFAULT, &None));
    }

    #[test]
    fn roles_that_cannot_be_meant_are_refused() {
        let refused = |text: &str, part: &str| {
            let error = read(text).expect_err("must be refused");
            assert!(error.contains(part), "{part:?} is not in {error}");
        };
        refused("[[roles]]\nname = \"a\"", "trust-policy");
        refused(&role("a b", ""), "the role a b: its name");
        refused(&role("/a", ""), "its name");
        refused(&role("a", "max-session = \"13h\""), "1h to 12h");
        refused(&role("a", "policy = '{}'"), "the role a: its identity-based policy is malformed");
        refused(&(role("a", "") + &role("a", "")), "is there twice");
        refused(&(role("x/a", "") + &role("y/A", "")), "role/y/A is there twice");
        let other = role("y/a", "account = \"123456789012\"");
        assert!(read(&(role("x/a", "") + &other)).is_ok());
        refused("[[roles]]\nname = \"a\"\ntrust-policy = \"none.json\"", "cannot read");
    }
}
