//! Statements that a service adds to a thing's policy and takes out again by their label: `AddPermission` and
//! `RemovePermission`.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html>

use base::{AccountId, Arn};
use serde_json::{Map, Value, json};

/// A permission: the statement that `AddPermission` adds to a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The statement's `Sid`.
    pub label: String,
    /// The accounts that are allowed the actions.
    pub accounts: Vec<AccountId>,
    /// Names of operations, or `*`.
    pub actions: Vec<String>,
}

/// The policy has a statement of that label already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelTaken;

/// The outcome of taking out a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// There is none of that label.
    Unknown,
    /// The policy has no statement left.
    Last,
    /// Others are left.
    Done,
}

impl Permission {
    /// Adds it to the document of a thing's policy, as actions of a service (`SQS`).
    ///
    /// # Errors
    /// The label is taken; the document has lost its statements then.
    pub fn add_to(
        &self,
        document: &mut Map<String, Value>,
        service: &str,
        thing: &Arn,
    ) -> Result<(), LabelTaken> {
        let mut statements = take_statements(document);
        if statements.iter().any(|statement| is_labelled(statement, &self.label)) {
            return Err(LabelTaken);
        }
        statements.push(self.statement(service, thing));
        document.insert("Statement".into(), statements.into());
        Ok(())
    }

    fn statement(&self, service: &str, thing: &Arn) -> Value {
        let root = |account: &AccountId| format!("arn:aws:iam::{account}:root");
        let action = |action: &String| format!("{service}:{action}");
        json!({
            "Sid": self.label,
            "Effect": "Allow",
            "Principal": { "AWS": one_or_many(self.accounts.iter().map(root)) },
            "Action": one_or_many(self.actions.iter().map(action)),
            "Resource": thing.as_str(),
        })
    }
}

/// Takes the statement of that label out of a document, which has no statements any more unless others are
/// left.
pub fn revoke(document: &mut Map<String, Value>, label: &str) -> Revoked {
    let mut statements = take_statements(document);
    let before = statements.len();
    statements.retain(|statement| !is_labelled(statement, label));
    match statements.len() {
        left if left == before => Revoked::Unknown,
        0 => Revoked::Last,
        _ => {
            document.insert("Statement".into(), statements.into());
            Revoked::Done
        }
    }
}

fn is_labelled(statement: &Value, label: &str) -> bool {
    statement["Sid"] == label
}

fn one_or_many(values: impl Iterator<Item = String>) -> Value {
    let mut values: Vec<Value> = values.map(Value::from).collect();
    match values.len() {
        1 => values.remove(0),
        _ => values.into(),
    }
}

fn take_statements(document: &mut Map<String, Value>) -> Vec<Value> {
    match document.remove("Statement") {
        Some(Value::Array(statements)) => statements,
        statement => statement.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).expect("an object")
    }

    fn permission(label: &str) -> Permission {
        let accounts = vec!["111122223333".parse().expect("an account")];
        Permission { label: label.into(), accounts, actions: vec!["Publish".into()] }
    }

    #[test]
    fn what_is_added_under_a_label_is_taken_out_by_it_and_nothing_else_is() {
        let thing = "arn:aws:sns:us-east-1:000000000000:orders".parse().expect("an ARN");
        let mut policy = document(r#"{"Statement": {"Sid": "a"}}"#);
        let added = permission("b").add_to(&mut policy, "SNS", &thing);
        assert_eq!(
            (added, policy["Statement"][1]["Action"].as_str()),
            (Ok(()), Some("SNS:Publish"))
        );
        let mut again = policy.clone();
        assert_eq!(permission("b").add_to(&mut again, "SNS", &thing), Err(LabelTaken));
        assert_eq!(revoke(&mut policy.clone(), "c"), Revoked::Unknown);
        assert_eq!(revoke(&mut policy, "a"), Revoked::Done);
        assert_eq!(policy["Statement"][0]["Sid"], "b");
        assert_eq!(revoke(&mut policy, "b"), Revoked::Last);
    }
}
