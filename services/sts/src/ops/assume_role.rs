//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use std::sync::Arc;

use api::types::{AssumeRoleRequest, AssumeRoleResponse, AssumedRoleUser};
use base::Span;
use identity::{AssumeRole, Assumed};
use policy::{Document, Kind};
use runtime::{Call, unique_id};
use shape::Fault;

use super::credentials;
use crate::Sts;
use crate::error::Error;

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const LONGEST_POLICY: usize = 2048;

pub(crate) async fn run(
    sts: Arc<Sts>,
    call: Call,
    input: AssumeRoleRequest,
) -> Result<AssumeRoleResponse, Fault> {
    refuse_what_is_not_there(&input)?;
    let policy = input.policy.as_deref();
    check_policy(policy)?;
    let seconds = input.duration_seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let wish = AssumeRole {
        role_arn: &input.role_arn,
        session_name: &input.role_session_name,
        external_id: input.external_id.as_deref(),
        policy,
        duration: seconds.map(Span::from_seconds),
    };
    let (now, random) = (sts.node.timers().now(), sts.node.random());
    let assumed = sts.identity.assume_role(&call.caller, wish, random, now);
    let Assumed { principal, credentials: issued } = assumed.map_err(Error::NotAssumed)?;
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
mod tests {
    use api::types::Tag;

    use super::*;

    #[test]
    fn what_is_not_there_is_refused_by_name() {
        let tags = Some(vec![Tag { key: "a".into(), value: "b".into() }]);
        let input = AssumeRoleRequest { tags, ..Default::default() };
        assert_eq!(refuse_what_is_not_there(&input), Err(Error::NotImplemented("Tags")));
        assert_eq!(refuse_what_is_not_there(&AssumeRoleRequest::default()), Ok(()));
    }
}
