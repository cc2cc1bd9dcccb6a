//! Assuming roles: by callers, and by services.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

#[cfg(test)]
mod tests;

use std::sync::Arc;

use base::{Arn, Random, Region, Span, Timestamp};
use policy::{Context, Policies, Principal, Request, Values, Verdict, evaluate};
use thiserror::Error;

use crate::authorization::{Authority, Authorization, Enforcement};
use crate::caller::{Caller, Claimed};
use crate::identity::{Identity, Term};
use crate::request_context::RequestContext;
use crate::role::Role;
use crate::sessions::{Holder, Issued};

const ACTION: &str = "sts:AssumeRole";
/// A session without a duration: an hour, which is also the longest of a role's session of another role.
const DEFAULT: Span = Span::from_seconds(3600);
const LONGEST_OF_CHAIN: Span = Span::from_seconds(3600);

/// A caller's wish to assume a role.
#[derive(Clone, Copy, Debug)]
pub struct AssumeRole<'a> {
    /// The role's ARN.
    pub role_arn: &'a str,
    /// The session's name, which the caller chooses.
    pub session_name: &'a str,
    /// The secret between the role's owner and the caller, if the role demands one.
    pub external_id: Option<&'a str>,
    /// A policy that limits the session, as JSON, which has been checked.
    pub policy: Option<&'a str>,
    /// The session's duration; an hour if none is given.
    pub duration: Option<Span>,
}

/// A service's wish to act as a role.
#[derive(Clone, Copy, Debug)]
pub struct AssumeForService<'a> {
    /// The role's ARN.
    pub role_arn: &'a str,
    /// The service, as trust policies name it: `lambda.amazonaws.com`.
    pub service: &'a str,
    /// The session's name, such as the function's.
    pub session_name: &'a str,
    /// The resource on whose behalf the service acts: `aws:SourceArn` and `aws:SourceAccount`.
    pub source: &'a Arn,
    /// The region that the service calls in.
    pub region: &'a Region,
    /// The present.
    pub now: Timestamp,
}

/// A role's session, and its credentials.
#[derive(Clone)]
pub struct Assumed {
    /// The session.
    pub principal: Principal,
    /// Its credentials.
    pub credentials: Issued,
}

/// Why a role is not assumed. The text is what the caller reads.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotAssumed {
    /// An account's root assumes no role.
    #[error("Roles may not be assumed by root accounts.")]
    ByRoot,
    /// There is no such role.
    #[error("User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}")]
    Unknown {
        /// The caller's ARN.
        caller: String,
        /// The role's ARN.
        role: String,
    },
    /// The role's trust policy, or the caller's own, does not allow it.
    #[error("{0}")]
    Denied(String),
    /// The session would be longer than the role allows.
    #[error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")]
    TooLongForRole,
    /// A session of a role would get a longer session of another one.
    #[error(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
    )]
    TooLongForChain,
}

impl Identity {
    /// Assumes a role for a caller, and issues the session's credentials.
    pub fn assume_role(
        &self,
        caller: &Caller,
        wish: AssumeRole<'_>,
        random: &Random,
        now: Timestamp,
    ) -> Result<Assumed, NotAssumed> {
        let (role, duration) = self.assumable(caller, &wish)?;
        let principal = role.session(wish.session_name);
        let is_proven = caller.authority().is_some();
        let holder = Holder { principal: &principal, policy: wish.policy, is_proven };
        let credentials = self.sessions.issue(random, holder, Term { now, duration });
        Ok(Assumed { principal, credentials })
    }

    /// The caller that a service becomes by assuming a role: a session of the role, with the role's policies as its
    /// authority. The role's trust policy must allow the service.
    pub fn assume_for_service(&self, wish: AssumeForService<'_>) -> Result<Caller, NotAssumed> {
        let unknown = || NotAssumed::Unknown {
            caller: wish.service.to_owned(),
            role: wish.role_arn.to_owned(),
        };
        let role = self.role(wish.role_arn).ok_or_else(unknown)?;
        let principal = role.session(wish.session_name);
        let session =
            Claimed { account: role.account, region: wish.region.clone(), access_key: None };
        let authority =
            Authority { source: Some(wish.source.clone()), ..Authority::internal(wish.now) };
        let authorization = match self.enforcement() {
            Enforcement::NotRequired(not_enforced) => Authorization::NotEnforced(not_enforced),
            Enforcement::Required => {
                let service = Caller::service(wish.service, session.clone(), authority.clone());
                may_assume(&service, &role, &RequestContext(&service))?;
                let policies = self.policies(&principal).unwrap_or_default();
                // What the role's session calls is called by the session, not on the source's behalf.
                let authority = Authority { policies, source: None, ..authority };
                Authorization::Enforced(Arc::new(authority))
            }
        };
        Ok(Caller::new(session.with(principal, None), authorization))
    }

    /// The role and the session's duration. Where nothing is enforced there is nobody whom policies could be about.
    fn assumable(
        &self,
        caller: &Caller,
        wish: &AssumeRole<'_>,
    ) -> Result<(Role, Span), NotAssumed> {
        let is_enforced = caller.authority().is_some();
        if is_enforced && matches!(caller.principal, Principal::Root { .. }) {
            return Err(NotAssumed::ByRoot);
        }
        let role = self.role(wish.role_arn).ok_or_else(|| NotAssumed::Unknown {
            caller: caller.principal.arn(),
            role: wish.role_arn.to_owned(),
        })?;
        if is_enforced {
            may_assume(caller, &role, &Wished { wish, request: RequestContext(caller) })?;
        }
        let duration = duration(&role, &caller.principal, wish.duration)?;
        Ok((role, duration))
    }
}

/// Asks the role's trust policy, and the caller's own policies.
fn may_assume(caller: &Caller, role: &Role, context: &dyn Context) -> Result<(), NotAssumed> {
    let resource = role.arn();
    let request = Request {
        principal: &caller.principal,
        action: ACTION,
        resource: &resource,
        resource_account: role.account,
        context,
    };
    let authority = caller.authority();
    let policies = Policies {
        identity: authority.map_or(&[], |authority| &authority.policies),
        session: authority.map_or(&[], |authority| authority.session.as_slice()),
        resource: Some(&role.trust),
    };
    match evaluate(&request, &policies) {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(denial) => Err(NotAssumed::Denied(denial.message(&request))),
    }
}

/// The condition keys of a trust policy.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>
struct Wished<'a> {
    wish: &'a AssumeRole<'a>,
    request: RequestContext<'a>,
}

impl Context for Wished<'_> {
    fn get(&self, key: &str) -> Values<'_> {
        match key {
            "sts:externalid" => Values::made(self.wish.external_id.map(str::to_owned)),
            "sts:rolesessionname" => Values::borrowed(self.wish.session_name),
            _ => self.request.get(key),
        }
    }
}

fn duration(role: &Role, caller: &Principal, wished: Option<Span>) -> Result<Span, NotAssumed> {
    let duration = wished.unwrap_or(DEFAULT);
    if matches!(caller, Principal::AssumedRole { .. }) && duration > LONGEST_OF_CHAIN {
        return Err(NotAssumed::TooLongForChain);
    }
    if duration > role.longest {
        return Err(NotAssumed::TooLongForRole);
    }
    Ok(duration)
}

impl Role {
    fn session(&self, name: &str) -> Principal {
        Principal::AssumedRole {
            account: self.account,
            role: Arc::clone(&self.name),
            session: name.into(),
        }
    }
}
