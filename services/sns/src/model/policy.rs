//! The policy that a topic carries: who may do what with it.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html>

use std::sync::Arc;

use base::Arn;
use policy::{Document, Kind, LabelTaken, Permission, Revoked};
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::limits;

/// The actions that a topic's policy may allow.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>
const ACTIONS: [&str; 13] = [
    "AddPermission",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "Publish",
    "PutDataProtectionPolicy",
    "Receive",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
    "*",
];

/// A policy, as it was written. It is kept and answered word for word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy(String);

impl Policy {
    /// Reads a policy in AWS's policy language; what is wrong comes as AWS names it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > limits::POLICY_SIZE {
            return Err("Policy Error: policy is too large".into());
        }
        let document = Document::parse(Kind::Resource, text)
            .map_err(|malformed| format!("Policy Error: {malformed}"))?;
        let mut actions = document.statements().iter().flat_map(|statement| statement.actions());
        if actions.all(is_topics) { Ok(Policy(text.to_owned())) } else { Err(OUT_OF_SCOPE.into()) }
    }

    /// The document.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The policy, ready to be evaluated: parsed when it was set, and again when it was loaded.
    pub(crate) fn compiled(&self) -> Option<Arc<Document>> {
        Document::parse(Kind::Resource, &self.0).ok().map(Arc::new)
    }

    /// True if two policies say the same, however they are written.
    pub(crate) fn says_the_same(&self, other: &Policy) -> bool {
        self.document() == other.document()
    }

    /// The policy of a topic that was given none: its owner may do everything.
    pub(crate) fn default_of(topic: &Arn) -> Self {
        let actions = [
            "SNS:GetTopicAttributes",
            "SNS:SetTopicAttributes",
            "SNS:AddPermission",
            "SNS:RemovePermission",
            "SNS:DeleteTopic",
            "SNS:Subscribe",
            "SNS:ListSubscriptionsByTopic",
            "SNS:Publish",
        ];
        let owner = topic.account_text();
        let document = json!({
            "Version": "2008-10-17",
            "Id": "__default_policy_ID",
            "Statement": [{
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": { "AWS": "*" },
                "Action": actions,
                "Resource": topic.as_str(),
                "Condition": { "StringEquals": { "AWS:SourceOwner": owner } },
            }],
        });
        Policy(document.to_string())
    }

    /// The policy with one statement more.
    pub(crate) fn allow(&self, topic: &Arn, permission: &Permission) -> Result<Self, Error> {
        let mut document = self.document();
        permission
            .add_to(&mut document, "SNS", topic)
            .map_err(|LabelTaken| Error::invalid("Statement already exists"))?;
        Policy::parse(&Value::from(document).to_string()).map_err(Error::InvalidParameter)
    }

    /// The policy without the statement of that label; none when that was its last one.
    pub(crate) fn revoke(&self, label: &str) -> Result<Option<Self>, Error> {
        let mut document = self.document();
        match policy::revoke(&mut document, label) {
            Revoked::Unknown => {
                return Err(Error::because("Label", "no statement of the policy has this label"));
            }
            Revoked::Last => return Ok(None),
            Revoked::Done => {}
        }
        let policy = Policy::parse(&Value::from(document).to_string());
        policy.map(Some).map_err(Error::InvalidParameter)
    }

    /// The reading of a policy that was checked when it was made.
    fn document(&self) -> Map<String, Value> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

/// Reads what a caller gives to add it to a policy.
/// <https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html>
pub(crate) fn permission(
    label: String,
    accounts: &[String],
    actions: Vec<String>,
) -> Result<Permission, Error> {
    let is_label = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if label.is_empty() || !label.bytes().all(is_label) {
        return Err(Error::invalid("Label"));
    }
    if accounts.is_empty() || actions.is_empty() {
        let which = if accounts.is_empty() { "AWSAccountId" } else { "ActionName" };
        return Err(Error::invalid(which));
    }
    if !actions.iter().all(|action| ACTIONS.contains(&action.as_str())) {
        return Err(Error::invalid(OUT_OF_SCOPE));
    }
    let accounts = accounts.iter().map(|account| account.parse());
    let accounts = accounts.collect::<Result<_, _>>();
    let accounts = accounts.map_err(|_| Error::invalid("Policy Error: PrincipalNotFound"))?;
    Ok(Permission { label, accounts, actions })
}

const OUT_OF_SCOPE: &str = "Policy statement action out of service scope!";

/// True if an action is one of those that a topic's policy may allow, or a pattern of them.
fn is_topics(action: &str) -> bool {
    let (service, name) = action.split_once(':').unwrap_or((action, "*"));
    let is_known = |index: &str| index.eq_ignore_ascii_case(name);
    match service {
        "*" => name == "*",
        _ if !service.eq_ignore_ascii_case("sns") => false,
        _ => name.contains(['*', '?']) || ACTIONS.iter().any(|index| is_known(index)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic() -> Arn {
        "arn:aws:sns:us-east-1:000000000000:orders".parse().unwrap()
    }

    fn labelled(label: &str) -> Permission {
        let accounts = ["111122223333".to_owned()];
        permission(label.into(), &accounts, vec!["Publish".into()]).unwrap()
    }

    #[test]
    fn the_default_is_a_policy_like_any_other() {
        let policy = Policy::default_of(&topic());
        assert_eq!(Policy::parse(policy.as_str()), Ok(policy.clone()));
        assert!(policy.as_str().contains("__default_statement_ID"));
        assert_eq!(policy.revoke("__default_statement_ID"), Ok(None));
    }

    #[test]
    fn a_label_is_added_once_and_removed_once() {
        let default = Policy::default_of(&topic());
        let both = default.allow(&topic(), &labelled("a")).unwrap();
        let statement = &both.document()["Statement"][1];
        assert_eq!(statement["Action"], json!("SNS:Publish"));
        assert_eq!(statement["Principal"]["AWS"], "arn:aws:iam::111122223333:root");
        let refused = both.allow(&topic(), &labelled("a")).unwrap_err().to_string();
        assert_eq!(refused, "Invalid parameter: Statement already exists");
        assert!(both.revoke("a").unwrap().unwrap().says_the_same(&default));
        assert!(default.revoke("a").is_err());
    }

    #[test]
    fn only_what_topics_do_can_be_allowed() {
        let policy = |action: &str| {
            let text =
                json!({"Statement": {"Effect": "Allow", "Principal": "*", "Action": action}});
            Policy::parse(&text.to_string())
        };
        for good in ["sns:Publish", "SNS:*", "SNS:publish", "sns:Get*", "*"] {
            assert!(policy(good).is_ok(), "{good}");
        }
        for bad in ["sqs:SendMessage", "SNS:CreateTopic", "sns:Fly"] {
            assert_eq!(policy(bad), Err(OUT_OF_SCOPE.into()), "{bad}");
        }
        let accounts = ["111122223333".to_owned()];
        let refused = permission("a".into(), &accounts, vec!["CreateTopic".into()]);
        assert_eq!(refused, Err(Error::invalid(OUT_OF_SCOPE)));
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        let long = json!({"Id": "i".repeat(limits::POLICY_SIZE)}).to_string();
        for bad in ["", "{", "3", "{}", r#"{"Statement":[]}"#, &long] {
            assert!(Policy::parse(bad).unwrap_err().starts_with("Policy Error: "), "{bad}");
        }
        let accounts = ["alice".to_owned()];
        assert!(permission("a".into(), &accounts, vec!["Publish".into()]).is_err());
    }
}
