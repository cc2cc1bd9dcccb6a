//! `[[keys]]`: who may call when signatures are required.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::AccountId;
use policy::Kind;
use serde::Deserialize;
use wire::sigv4::Secret;

use super::policy::{Policy, beside, file, read};
use super::value::text;

/// An access key that callers may sign with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// Its id.
    pub(crate) id: String,
    /// Whose it is.
    pub(crate) account: AccountId,
    /// Its secret.
    pub(crate) secret: Secret,
    /// The user who has it; none for the root of the account.
    pub(crate) user: Option<User>,
}

/// A user of an account.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct User {
    /// The name.
    pub(crate) name: Arc<str>,
    /// What the user may do; nothing by itself without it.
    pub(crate) policy: Option<Policy>,
}

/// A key as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct KeyEntry {
    id: String,
    #[serde(default, deserialize_with = "text")]
    account: Option<AccountId>,
    #[serde(default, deserialize_with = "secret")]
    secret: Option<Secret>,
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    identity: Option<String>,
    policy: Option<String>,
}

/// Ids are written into headers between slashes and commas.
const LONGEST_ID: usize = 128;
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const LONGEST_NAME: usize = 64;

impl KeyEntry {
    /// The same, with the files beside the one that names them.
    pub(super) fn beside(mut self, folder: &Path) -> Self {
        self.secret_file = self.secret_file.map(|path| folder.join(path));
        self.policy = self.policy.map(|policy| beside(policy, folder));
        self
    }

    fn key(self, account: AccountId) -> Result<Key, String> {
        let id = self.id.clone();
        let at = |error: String| format!("the key {id}: {error}");
        check_id(&self.id).map_err(at)?;
        let secret = self.secret().map_err(at)?;
        let policy = self.policy.as_deref().map(|policy| read(Kind::Identity, policy));
        let policy = policy.transpose().map_err(at)?;
        // Whoever has a policy is somebody whom it limits.
        let name = self.identity.or_else(|| policy.is_some().then(|| id.clone()));
        let user = name.map(|name| user(&name, policy)).transpose().map_err(at)?;
        Ok(Key { id: self.id, account: self.account.unwrap_or(account), secret, user })
    }

    fn secret(&self) -> Result<Secret, String> {
        let secret = match (&self.secret, &self.secret_file, &self.secret_env) {
            (Some(secret), None, None) => secret.clone(),
            (None, Some(path), None) => Secret::new(file(path)?.trim_end_matches(['\r', '\n'])),
            (None, None, Some(name)) => Secret::new(variable(name)?),
            _ => return Err("needs one of secret, secret-file and secret-env".to_owned()),
        };
        match secret.reveal() {
            "" => Err("its secret is empty".to_owned()),
            _ => Ok(secret),
        }
    }
}

/// The keys; those without an account belong to `account`. The error says what is wrong with which key.
pub(super) fn keys(entries: Vec<KeyEntry>, account: AccountId) -> Result<Vec<Key>, String> {
    let keys = entries.into_iter().map(|entry| entry.key(account));
    let keys = keys.collect::<Result<Vec<Key>, String>>()?;
    let mut ids = HashMap::new();
    let mut users = HashMap::new();
    for key in &keys {
        if ids.insert(&key.id, ()).is_some() {
            return Err(format!("the key {} is there twice", key.id));
        }
        let Some(user) = &key.user else { continue };
        let other = users.insert((key.account, &user.name), &user.policy);
        if other.is_some_and(|policy| *policy != user.policy) {
            return Err(format!(
                "the keys of the user {} of {} have different policies",
                user.name, key.account
            ));
        }
    }
    Ok(keys)
}

fn user(name: &str, policy: Option<Policy>) -> Result<User, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(plain) {
        return Err(format!("{name:?} is not a user's name: 1 to 64 letters, digits and +=,.@_-"));
    }
    Ok(User { name: name.into(), policy })
}

fn check_id(id: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if id.is_empty() || id.len() > LONGEST_ID || !id.chars().all(plain) {
        return Err("its id must be 1 to 128 letters, digits, _ and -".to_owned());
    }
    if id.starts_with("ASIA") {
        return Err("ids that begin with ASIA belong to temporary credentials".to_owned());
    }
    Ok(())
}

fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|error| format!("the variable {name}: {error}"))
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    String::deserialize(deserializer).map(|text| Some(Secret::new(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Key>, String> {
        #[derive(Deserialize)]
        struct File {
            keys: Vec<KeyEntry>,
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        keys(file.keys, AccountId::DEFAULT)
    }

    #[track_caller]
    fn refused(text: &str, part: &str) {
        let error = read(text).expect_err("must be refused");
        assert!(error.contains(part), "{part:?} is not in {error}");
    }

    const POLICY: &str =
        r#"{"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}"#;
    const OTHER: &str =
        r#"{"Statement": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]}"#;
    const A: &str = "[[keys]]\nid = \"A\"\n";

    #[test]
    fn a_key_is_the_root_of_its_account_unless_it_is_a_users() {
        let text = format!(
            "{A}secret = \"s\"\n[[keys]]\nid = \"B\"\nsecret = \"s\"\naccount = \"123456789012\"\n\
             identity = \"bob\"\npolicy = '{POLICY}'\n\
             [[keys]]\nid = \"C\"\nsecret = \"s\"\npolicy = '{POLICY}'\n"
        );
        let keys = read(&text).unwrap();
        assert_eq!((keys[0].account, &keys[0].user), (AccountId::DEFAULT, &None));
        let policy = super::read(Kind::Identity, POLICY).unwrap();
        let bob = User { name: "bob".into(), policy: Some(policy) };
        assert_eq!((keys[1].account.as_str(), keys[1].user.as_ref()), ("123456789012", Some(&bob)));
        let limited = keys[2].user.as_ref().map(|user| &*user.name);
        assert_eq!(limited, Some("C"), "whoever has a policy is no root");
    }

    #[test]
    fn secrets_and_policies_may_be_in_files_and_variables() {
        let folder = tempfile::tempdir().unwrap();
        #[expect(clippy::disallowed_methods, reason = "a test's own files")]
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("secret", "wJalr\n");
        write("policy.json", POLICY);
        let entry = |text: &str| toml::from_str::<KeyEntry>(text).unwrap().beside(folder.path());
        let both = entry("id = \"A\"\nsecret-file = \"secret\"\npolicy = \"policy.json\"");
        let key = both.key(AccountId::DEFAULT).unwrap();
        assert_eq!(key.secret.reveal(), "wJalr");
        assert_eq!(key.user.unwrap().policy, super::read(Kind::Identity, POLICY).ok());
        let missing = entry("id = \"A\"\nsecret-file = \"none\"").key(AccountId::DEFAULT);
        assert!(missing.unwrap_err().contains("cannot read"));
        let path = std::env::var("PATH").unwrap();
        let of_variable = entry("id = \"A\"\nsecret-env = \"PATH\"").key(AccountId::DEFAULT);
        assert_eq!(of_variable.unwrap().secret.reveal(), path);
    }

    #[test]
    fn keys_that_cannot_be_meant_are_refused() {
        refused(A, "needs one of secret, secret-file and secret-env");
        refused(&format!("{A}secret = \"s\"\nsecret-env = \"PATH\""), "needs one of");
        refused(&format!("{A}secret = \"\""), "the key A: its secret is empty");
        refused(&format!("{A}secret-env = \"MILLPOND_NO_SUCH\""), "MILLPOND_NO_SUCH");
        refused(&format!("{A}secret = \"s\"\n{A}secret = \"t\""), "the key A is there twice");
        refused("[[keys]]\nid = \"a/b\"\nsecret = \"s\"", "its id must be");
        refused("[[keys]]\nid = \"ASIAX\"\nsecret = \"s\"", "temporary credentials");
        refused(&format!("{A}secret = \"s\"\naccount = \"12\""), "twelve digits");
        refused(&format!("{A}secret = \"s\"\nidentity = \"a b\""), "user's name");
        refused(&format!("{A}secret = \"s\"\npolicy = \"{{\""), "policy is malformed");
        refused(&format!("{A}sekret = \"s\""), "sekret");
    }

    #[test]
    fn one_user_has_one_policy() {
        let key = |id: &str, policy: &str| {
            format!(
                "[[keys]]\nid = \"{id}\"\nsecret = \"s\"\nidentity = \"bob\"\npolicy = '{policy}'\n"
            )
        };
        assert!(read(&(key("A", POLICY) + &key("B", POLICY))).is_ok());
        refused(&(key("A", POLICY) + &key("B", OTHER)), "different policies");
    }

    #[test]
    fn a_secret_is_not_printed() {
        let keys = read(&format!("{A}secret = \"wJalr\"")).unwrap();
        assert!(!format!("{keys:?}").contains("wJalr"));
    }
}
