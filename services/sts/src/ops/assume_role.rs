//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use std::sync::Arc;

use api::types::{AssumeRoleRequest, AssumeRoleResponse, AssumedRoleUser};
use base::Span;
use policy::{Context, Document, Kind, Policies, Principal, Request, Values, Verdict, evaluate};
use runtime::{Authority, Call, Caller, Circumstances, unique_id};
use shape::Fault;

use super::credentials;
use crate::error::Error;
use crate::{Directory, Holder, Role, Sts};

const ACTION: &str = "sts:AssumeRole";
/// What a caller gets who does not say how long: an hour, which is also the most that a role's session
/// gets of another role.
const DEFAULT: Span = Span::from_seconds(3600);
const LONGEST_OF_CHAIN: Span = Span::from_seconds(3600);
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const LONGEST_POLICY: usize = 2048;

pub(crate) async fn run(
    sts: Arc<Sts>,
    call: Call,
    input: AssumeRoleRequest,
) -> Result<AssumeRoleResponse, Fault> {
    let caller = &call.caller;
    let (role, duration) = decide(&*sts.directory, caller, &input)?;
    let principal = Principal::AssumedRole {
        account: role.account,
        role: Arc::clone(&role.name),
        session: input.role_session_name.as_str().into(),
    };
    let (now, random) = (sts.node.timers().now(), sts.node.random());
    let policy = input.policy.as_deref();
    let holder = Holder { principal: &principal, policy, is_proven: caller.authority.is_some() };
    let issued = sts.sessions.issue(random, holder, (now, duration));
    Ok(AssumeRoleResponse {
        credentials: Some(credentials(issued)),
        assumed_role_user: Some(AssumedRoleUser {
            assumed_role_id: unique_id(&principal),
            arn: principal.arn(),
        }),
        packed_policy_size: policy.map(packed),
        ..Default::default()
    })
}

/// The role, and for how long. Where signatures are not required there is nobody whom policies could be about.
fn decide(
    directory: &dyn Directory,
    caller: &Caller,
    input: &AssumeRoleRequest,
) -> Result<(Role, Span), Error> {
    refuse_what_is_not_there(input)?;
    check_policy(input.policy.as_deref())?;
    let is_root = matches!(caller.principal, Principal::Root { .. });
    if caller.authority.is_some() && is_root {
        return Err(Error::RootAssumesNoRole);
    }
    let role = directory.role(&input.role_arn);
    let unknown = || Error::NotAuthorized(caller.principal.arn(), input.role_arn.clone());
    let role = role.ok_or_else(unknown)?;
    if let Some(authority) = &caller.authority {
        may_assume(caller, authority, &role, input)?;
    }
    let duration = duration(&role, &caller.principal, input.duration_seconds)?;
    Ok((role, duration))
}

/// Whether the role's trust policy, and the caller's own, allow it.
fn may_assume(
    caller: &Caller,
    authority: &Authority,
    role: &Role,
    input: &AssumeRoleRequest,
) -> Result<(), Error> {
    let resource = role.arn();
    let request = Request {
        principal: &caller.principal,
        action: ACTION,
        resource: &resource,
        resource_account: role.account,
        context: &Asked { input, circumstances: Circumstances(caller) },
    };
    let policies = Policies {
        identity: authority.identity.as_slice(),
        session: authority.session.as_slice(),
        resource: Some(&role.trust),
    };
    match evaluate(&request, &policies) {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(denial) => Err(Error::Denied(denial.message(&request))),
    }
}

/// What conditions of a trust policy may ask.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>
struct Asked<'a> {
    input: &'a AssumeRoleRequest,
    circumstances: Circumstances<'a>,
}

impl Context for Asked<'_> {
    fn get(&self, key: &str) -> Values<'_> {
        match key {
            "sts:externalid" => Values::made(self.input.external_id.clone()),
            "sts:rolesessionname" => Values::borrowed(&self.input.role_session_name),
            _ => self.circumstances.get(key),
        }
    }
}

fn duration(role: &Role, caller: &Principal, asked: Option<i32>) -> Result<Span, Error> {
    let asked = asked.and_then(|seconds| u64::try_from(seconds).ok()).map(Span::from_seconds);
    let duration = asked.unwrap_or(DEFAULT);
    if matches!(caller, Principal::AssumedRole { .. }) && duration > LONGEST_OF_CHAIN {
        return Err(Error::TooLongForChain);
    }
    if duration > role.longest {
        return Err(Error::TooLongForRole);
    }
    Ok(duration)
}

fn check_policy(policy: Option<&str>) -> Result<(), Error> {
    let Some(text) = policy else { return Ok(()) };
    if text.chars().count() > LONGEST_POLICY {
        return Err(Error::PolicyTooLarge);
    }
    let parsed = Document::parse(Kind::Session, text);
    parsed.map(drop).map_err(|error| Error::MalformedPolicy(error.to_string()))
}

/// How much of the quota a policy takes, in per cent.
fn packed(policy: &str) -> i32 {
    let characters = policy.chars().count();
    i32::try_from((characters * 100).div_ceil(LONGEST_POLICY)).unwrap_or(100)
}

fn refuse_what_is_not_there(input: &AssumeRoleRequest) -> Result<(), Error> {
    let given = [
        ("PolicyArns", input.policy_arns.is_some()),
        ("Tags", input.tags.is_some()),
        ("TransitiveTagKeys", input.transitive_tag_keys.is_some()),
        ("MFA (SerialNumber, TokenCode)", input.serial_number.is_some()),
        ("MFA (SerialNumber, TokenCode)", input.token_code.is_some()),
        ("SourceIdentity", input.source_identity.is_some()),
        ("ProvidedContexts", input.provided_contexts.is_some()),
        ("MinimumSessionTokenSize", input.minimum_session_token_size.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => Err(Error::NotImplemented(name)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
