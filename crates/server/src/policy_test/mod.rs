//! `millpond policy test`: what policies say of a request: those in files, those of the configuration, and those
//! that a running server has.

mod caller;
mod endpoint;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{AccountId, Arn};
use clap::Args;
use policy::{Document, Keys, Kind, Policies, Principal, Request, Verdict, explain};

use self::caller::Asking;
use self::endpoint::Endpoint;
use crate::config::Callers;

/// Who wants to do what with which thing, and where the policies are.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub(crate) struct Arguments {
    /// Who asks: the ARN of an account's root, a user or a role's session, a service such as
    /// sns.amazonaws.com, or anonymous. With --config, its policies are those of that file
    #[arg(long, value_name = "ARN", required_unless_present = "access_key")]
    caller: Option<Principal>,

    /// Who asks: whoever has this access key in the file of --config
    #[arg(long, value_name = "ID", conflicts_with = "caller")]
    access_key: Option<String>,

    /// What for, such as sqs:SendMessage
    #[arg(long, value_name = "ACTION", value_parser = action)]
    action: String,

    /// The ARN of the resource
    #[arg(long, value_name = "ARN")]
    resource: String,

    /// The resource's account [default: that of its ARN, or the caller's]
    #[arg(long, value_name = "ACCOUNT")]
    resource_account: Option<AccountId>,

    /// The resource's policy
    #[arg(long, value_name = "FILE")]
    policy_file: Option<PathBuf>,

    /// A running server on this machine, whose resource it is: its policy and its tags are asked for there
    #[arg(long, value_name = "URL", conflicts_with_all = ["policy_file", "trust_file"])]
    endpoint: Option<Endpoint>,

    /// The trust policy of a role that is to be assumed
    #[arg(long, value_name = "FILE", conflicts_with = "policy_file")]
    trust_file: Option<PathBuf>,

    /// A policy of the caller, or of its role; may be repeated
    #[arg(long, value_name = "FILE")]
    identity_file: Vec<PathBuf>,

    /// A policy of the caller's session; may be repeated
    #[arg(long, value_name = "FILE")]
    session_file: Vec<PathBuf>,

    /// A value of a condition key, such as aws:SourceIp=10.0.0.1; may be repeated, also for one key
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    context: Vec<(String, String)>,
}

/// What there is to say.
pub(crate) struct Answer {
    /// The explanation, and the error that the caller would read.
    pub(crate) text: String,
    /// Whether the request is allowed.
    pub(crate) allowed: bool,
}

/// Reads the policies and asks them. The error says what cannot be read, and why.
pub(crate) async fn run(asked: &Arguments, callers: Option<&Callers>) -> Result<Answer, String> {
    let Asking { principal, policy } = caller::asking(asked, callers)?;
    let mut identity = many(Kind::Identity, &asked.identity_file)?;
    identity.extend(policy);
    let session = many(Kind::Session, &asked.session_file)?;
    let mut context = Keys::default();
    let resource = resource(asked, &mut context).await?;
    for (key, value) in &asked.context {
        context.add(key, value);
    }
    let request = Request {
        principal: &principal,
        action: &asked.action,
        resource: &asked.resource,
        resource_account: resource_account(asked, &principal)?,
        context: &context,
    };
    let policies = Policies { identity: &identity, session: &session, resource: resource.as_ref() };
    let explanation = explain(&request, &policies);
    let mut text = explanation.to_string();
    if let Verdict::Denied(denial) = explanation.verdict {
        text += &format!("{}\n", denial.message(&request));
    }
    Ok(Answer { text, allowed: explanation.verdict == Verdict::Allowed })
}

/// The resource's policy; its tags become keys that conditions can ask for.
async fn resource(asked: &Arguments, context: &mut Keys) -> Result<Option<Document>, String> {
    if let Some(endpoint) = &asked.endpoint {
        let fact = endpoint.fact(&asked.resource).await?;
        for (key, value) in fact.tags {
            context.add(&format!("aws:ResourceTag/{key}"), value);
        }
        let policy = fact.policy.map(|text| Document::parse(Kind::Resource, &text)).transpose();
        return policy.map_err(|error| format!("in the resource's policy: {error}"));
    }
    match (&asked.policy_file, &asked.trust_file) {
        (Some(path), _) => read(Kind::Resource, path).map(Some),
        (None, Some(path)) => read(Kind::Trust, path).map(Some),
        (None, None) => Ok(None),
    }
}

fn resource_account(asked: &Arguments, principal: &Principal) -> Result<AccountId, String> {
    let own = |arn: Arn| arn.as_str().split(':').nth(4)?.parse().ok();
    let of_arn = asked.resource.parse().ok().and_then(own);
    let account = asked.resource_account.or(of_arn).or_else(|| principal.account());
    account.ok_or_else(|| "whose is the resource? say --resource-account".into())
}

fn many(kind: Kind, paths: &[PathBuf]) -> Result<Vec<Arc<Document>>, String> {
    paths.iter().map(|path| read(kind, path).map(Arc::new)).collect()
}

fn read(kind: Kind, path: &Path) -> Result<Document, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Document::parse(kind, &text).map_err(|error| format!("in {}: {error}", path.display()))
}

fn action(text: &str) -> Result<String, &'static str> {
    let plain = |part: &str| !part.is_empty() && !part.contains(['*', '?', ':']);
    match text.split_once(':') {
        Some((service, name)) if plain(service) && plain(name) => Ok(text.to_owned()),
        _ => Err("an action is a service and a name, such as sqs:SendMessage"),
    }
}

fn key_and_value(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((key, value)) if key.contains(':') => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a key and its value are written as aws:SourceIp=10.0.0.1"),
    }
}
