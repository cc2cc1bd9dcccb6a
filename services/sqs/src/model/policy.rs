//! The policy that a queue carries: who else may do what with it.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies.html>

use std::sync::Arc;

use base::Arn;
use policy::{Document, Kind, LabelTaken, Permission, Revoked, Statement};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::limits;

/// A policy, as it was written. It is kept and answered word for word.
#[derive(Clone, Debug)]
pub(crate) struct Policy(Arc<Document>);

/// What is compiled follows from the text.
impl PartialEq for Policy {
    fn eq(&self, other: &Policy) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Policy {}

impl Policy {
    /// Reads a policy in AWS's policy language.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        check(text).map(Arc::new).map(Policy)
    }

    /// The document.
    pub(crate) fn as_str(&self) -> &str {
        self.0.text()
    }

    /// The same, ready to be evaluated.
    pub(crate) fn compiled(&self) -> Arc<Document> {
        Arc::clone(&self.0)
    }

    /// Whether two policies say the same, however they are written.
    pub(crate) fn says_the_same(&self, other: &Policy) -> bool {
        self.document() == other.document()
    }

    /// A queue's policy with one statement more; without a policy before, AWS's default one.
    pub(crate) fn allow(
        present: Option<&Policy>,
        queue: &Arn,
        permission: &Permission,
    ) -> Result<Self, Error> {
        let mut document = present.map_or_else(Map::new, Policy::document);
        if document.is_empty() {
            document.insert("Version".into(), "2012-10-17".into());
            document.insert("Id".into(), format!("{queue}/SQSDefaultPolicy").into());
        }
        permission
            .add_to(&mut document, "SQS", queue)
            .map_err(|LabelTaken| label_refused(&permission.label, "Already exists."))?;
        Self::write(document)
    }

    /// The policy without the statement of that label; none when that was its last one.
    pub(crate) fn revoke(present: Option<&Policy>, label: &str) -> Result<Option<Self>, Error> {
        let mut document = present.map_or_else(Map::new, Policy::document);
        match policy::revoke(&mut document, label) {
            Revoked::Unknown => Err(label_refused(label, "can't find label on existing policy.")),
            Revoked::Last => Ok(None),
            Revoked::Done => Self::write(document).map(Some),
        }
    }

    fn write(document: Map<String, Value>) -> Result<Self, Error> {
        Self::parse(&Value::from(document).to_string())
    }

    /// What was checked when the policy was made.
    fn document(&self) -> Map<String, Value> {
        serde_json::from_str(self.as_str()).unwrap_or_default()
    }
}

/// Reads a document and checks what a queue's policy is beside AWS's grammar: it is about a queue's actions,
/// and within quotas.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html>
fn check(text: &str) -> Result<Document, Error> {
    if text.len() > limits::POLICY_SIZE {
        return Err(Error::OverLimit("Submitted policy is over max allowed size.".into()));
    }
    let document = Document::parse(Kind::Resource, text).map_err(|_| invalid())?;
    let statements = document.statements();
    for statement in statements {
        if !statement.actions().all(is_queues) {
            return Err(invalid());
        }
        let place = "a statement from the submitted policy";
        bound(statement.actions().len(), limits::STATEMENT_ACTIONS, "actions", place)?;
    }
    let principals = statements.iter().map(Statement::principals).sum();
    let conditions = statements.iter().map(Statement::conditions).sum();
    for (count, most, what) in [
        (statements.len(), limits::POLICY_STATEMENTS, "statements"),
        (principals, limits::POLICY_PRINCIPALS, "principals"),
        (conditions, limits::POLICY_CONDITIONS, "conditions"),
    ] {
        bound(count, most, what, "the submitted policy")?;
    }
    Ok(document)
}

/// Whether an action is a queue's, or all there are.
fn is_queues(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    service == "*" || service.eq_ignore_ascii_case("sqs")
}

fn bound(count: usize, most: usize, what: &str, place: &str) -> Result<(), Error> {
    if count <= most {
        return Ok(());
    }
    Err(Error::OverLimit(format!("{count} {what} were found in {place}, max allowed is {most}")))
}

fn invalid() -> Error {
    Error::InvalidAttributeValue("Policy")
}

fn label_refused(label: &str, reason: &str) -> Error {
    Error::InvalidValue { parameter: "Label", value: label.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn queue() -> Arn {
        "arn:aws:sqs:us-east-1:000000000000:orders".parse().unwrap()
    }

    fn permission(label: &str, accounts: &[&str], actions: &[&str]) -> Permission {
        Permission {
            label: label.into(),
            accounts: accounts.iter().map(|account| account.parse().unwrap()).collect(),
            actions: actions.iter().map(|action| (*action).into()).collect(),
        }
    }

    fn one(label: &str) -> Permission {
        permission(label, &["111122223333"], &["SendMessage"])
    }

    #[test]
    fn the_first_permission_makes_awss_default_policy() {
        let policy = Policy::allow(None, &queue(), &one("alice")).unwrap();
        let expected = json!({
            "Version": "2012-10-17",
            "Id": "arn:aws:sqs:us-east-1:000000000000:orders/SQSDefaultPolicy",
            "Statement": [{
                "Sid": "alice",
                "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
                "Action": "SQS:SendMessage",
                "Resource": "arn:aws:sqs:us-east-1:000000000000:orders",
            }],
        });
        assert_eq!(serde_json::from_str::<Value>(policy.as_str()).unwrap(), expected);
    }

    #[test]
    fn several_accounts_and_actions_are_lists() {
        let accounts = ["111122223333", "444455556666"];
        let wanted = permission("both", &accounts, &["SendMessage", "*"]);
        let document = Policy::allow(None, &queue(), &wanted).unwrap().document();
        let statement = &document["Statement"][0];
        assert_eq!(statement["Action"], json!(["SQS:SendMessage", "SQS:*"]));
        assert_eq!(statement["Principal"]["AWS"][1], "arn:aws:iam::444455556666:root");
    }

    #[test]
    fn a_label_is_added_once_and_removed_once() {
        let first = Policy::allow(None, &queue(), &one("a")).unwrap();
        let both = Policy::allow(Some(&first), &queue(), &one("b")).unwrap();
        let refused = Policy::allow(Some(&both), &queue(), &one("a")).unwrap_err().to_string();
        assert_eq!(refused, "Value a for parameter Label is invalid. Reason: Already exists.");
        let left = Policy::revoke(Some(&both), "b").unwrap().unwrap();
        assert!(left.says_the_same(&first));
        let refused = Policy::revoke(Some(&left), "b").unwrap_err().to_string();
        assert_eq!(
            refused,
            "Value b for parameter Label is invalid. Reason: can't find label on existing policy."
        );
        assert_eq!(Policy::revoke(Some(&left), "a"), Ok(None));
    }

    #[test]
    fn a_policy_of_ones_own_keeps_what_it_says_beside_the_permission() {
        let own = r#"{"Version":"2008-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"SQS:*"}}"#;
        let own = Policy::parse(own).unwrap();
        let document = Policy::allow(Some(&own), &queue(), &one("a")).unwrap().document();
        assert_eq!((&document["Version"], document.get("Id")), (&json!("2008-10-17"), None));
        assert_eq!(document["Statement"][0]["Effect"], "Deny");
        assert_eq!(document["Statement"][1]["Sid"], "a");
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        let no_effect = r#"{"Statement":[{"Principal":"*","Action":"SQS:*"}]}"#;
        let with = |elements: &str| {
            format!(r#"{{"Statement":{{"Effect":"Allow","Principal":"*",{elements}}}}}"#)
        };
        assert!(Policy::parse(&with(r#""Action":"sqs:SendMessage""#)).is_ok());
        let foreign = with(r#""Action":["SQS:*","sns:Publish"]"#);
        let twice = with(r#""Action":"SQS:*","Action":"SQS:SendMessage""#);
        let operator = with(r#""Action":"SQS:*","Condition":{"Equals":{"aws:username":"a"}}"#);
        let bad = ["{", "3", "[]", "{}", r#"{"Statement":[]}"#, r#"{"Statement":3}"#, no_effect];
        for bad in bad.into_iter().chain([&*foreign, &twice, &operator]) {
            assert_eq!(Policy::parse(bad), Err(invalid()), "{bad}");
        }
    }

    #[test]
    fn quotas_hold_for_policies_however_they_come() {
        let statement = |actions: usize| {
            let actions = vec!["SQS:SendMessage"; actions];
            json!({"Effect": "Allow", "Principal": "*", "Action": actions})
        };
        let parse =
            |statements: Vec<Value>| Policy::parse(&json!({ "Statement": statements }).to_string());
        assert!(parse(vec![statement(7); 20]).is_ok());
        let refused = |policy: Result<Policy, Error>| match policy.unwrap_err() {
            Error::OverLimit(text) => text,
            other => panic!("{other}"),
        };
        assert_eq!(
            refused(parse(vec![statement(8)])),
            "8 actions were found in a statement from the submitted policy, max allowed is 7"
        );
        let twenty = parse(vec![statement(1); 20]).unwrap();
        assert_eq!(
            refused(Policy::allow(Some(&twenty), &queue(), &one("a"))),
            "21 statements were found in the submitted policy, max allowed is 20"
        );
        let key = |number: usize| (format!("aws:RequestTag/{number}"), json!("a"));
        let conditions = |count: usize| {
            let keys: Map<String, Value> = (0..count).map(key).collect();
            let mut statement = statement(1);
            statement["Condition"] = json!({ "StringEquals": keys });
            parse(vec![statement])
        };
        assert!(conditions(10).is_ok());
        assert_eq!(
            refused(conditions(11)),
            "11 conditions were found in the submitted policy, max allowed is 10"
        );
        let long = json!({"Statement": [statement(1)], "Id": "i".repeat(8192)}).to_string();
        assert_eq!(refused(Policy::parse(&long)), "Submitted policy is over max allowed size.");
    }
}
