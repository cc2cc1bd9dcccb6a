//! Authorization: the one place where it is decided whether a caller is allowed what its operation needs.

use base::Arn;
use identity::{Authority, Authorization, Caller, RequestContext};
use policy::{Context, Denial, Policies, Principal, Request, Values, Verdict};
use shape::{ErrorModel, Fault};

use crate::access::{Access, Reach};
use crate::call::Call;
use crate::facts::{Fact, Facts};
use crate::plan::Trouble;

/// Why a caller gets nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unauthorized {
    /// It did not sign, and had to.
    NotSigned,
    /// It is not allowed: the text that says who, what, on which thing and why.
    Denied(String),
    /// What it is allowed cannot be read now.
    Unreadable(Trouble),
}

impl Unauthorized {
    /// As a service says it that has an error of its own for what is not allowed.
    pub fn fault(self, denied: Option<&'static ErrorModel>) -> Fault {
        match (self, denied) {
            (Unauthorized::Denied(text), Some(model)) => Fault::new(model, text),
            (unauthorized, _) => unauthorized.into(),
        }
    }
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>
impl From<Unauthorized> for Fault {
    fn from(unauthorized: Unauthorized) -> Fault {
        match unauthorized {
            Unauthorized::NotSigned => not_signed(),
            Unauthorized::Denied(text) => {
                Fault::common("AccessDenied", 403, text).named("AccessDeniedException")
            }
            Unauthorized::Unreadable(trouble) => {
                Fault::unavailable(format!("The permissions cannot be read: {trouble}."))
            }
        }
    }
}

/// Refuses what the caller is not allowed. A caller that did not sign needs a resource whose policy lets everybody
/// in, and is told nothing of what there is.
///
/// # Errors
/// What the caller reads; also when the permissions cannot be read.
pub async fn authorize(
    call: &Call,
    needed: &[Access],
    facts: Option<&dyn Facts>,
) -> Result<(), Unauthorized> {
    let authority = match call.caller.authorization() {
        Authorization::NotEnforced(_) => return Ok(()),
        Authorization::Enforced(authority) => authority,
    };
    let is_anonymous = call.caller.principal == Principal::Anonymous;
    let can_be_unsigned = |access: &Access| matches!(access.reach, Reach::Policy | Reach::Token);
    if is_anonymous && !needed.iter().any(can_be_unsigned) {
        return Err(Unauthorized::NotSigned);
    }
    for access in needed.iter().filter(|access| access.reach != Reach::Token) {
        let fact = match (facts, &access.thing) {
            (Some(facts), Some(thing)) => {
                facts.fact(thing).await.map_err(Unauthorized::Unreadable)?
            }
            _ => None,
        };
        let known =
            Known { fact: fact.as_deref(), owns_part: owns_part(call, access, facts).await? };
        let decided = decide(&call.caller, authority, access, known);
        decided.map_err(|text| match is_anonymous {
            true => Unauthorized::NotSigned,
            false => Unauthorized::Denied(text),
        })?;
    }
    Ok(())
}

/// What is known of a thing that a caller wants something of.
#[derive(Clone, Copy, Default)]
struct Known<'a> {
    fact: Option<&'a Fact>,
    /// Whether the part that it is about is the caller's account's, and the thing is not.
    owns_part: bool,
}

/// Nobody looks for the owner of a part where the thing is the caller's account's own.
async fn owns_part(
    call: &Call,
    access: &Access,
    facts: Option<&dyn Facts>,
) -> Result<bool, Unauthorized> {
    let (Some(thing), Reach::Part(part), Some(facts)) = (&access.thing, &access.reach, facts)
    else {
        return Ok(false);
    };
    let Some(account) = call.caller.principal.account().filter(|own| Some(*own) != thing.account())
    else {
        return Ok(false);
    };
    let owner = facts.owner(thing, part).await.map_err(Unauthorized::Unreadable)?;
    Ok(owner == Some(account))
}

/// Whether it is allowed; if not, the text that says why.
fn decide(
    caller: &Caller,
    authority: &Authority,
    access: &Access,
    Known { fact, owns_part }: Known<'_>,
) -> Result<(), String> {
    let thing = access.thing.as_ref();
    let context = About { request: RequestContext(caller), access, fact };
    // Where the ARN names no account the fact does; what does not exist yet would be the caller's own.
    let owner = thing.and_then(Arn::account).or_else(|| fact?.owner);
    let things_own = owner.unwrap_or(caller.account);
    let request = Request {
        principal: &caller.principal,
        action: access.action,
        resource: thing.map_or("*", Arn::as_str),
        resource_account: if owns_part { caller.account } else { things_own },
        context: &context,
    };
    let policies = Policies {
        identity: &authority.policies,
        session: authority.session.as_slice(),
        // What is never shared is not shared by a policy either; but a policy can always deny.
        resource: fact.and_then(|fact| fact.policy.as_deref()),
    };
    let is_stranger = caller.principal.account() != Some(request.resource_account);
    if is_stranger && access.reach != Reach::Policy {
        return Err(Denial::Implicit(policy::Kind::Resource).message(&request));
    }
    let verdict = match policy::evaluate(&request, &policies) {
        // What is the caller's account's own, nobody else's policy gives to its users.
        Verdict::Allowed | Verdict::Denied(Denial::Implicit(_)) if owns_part => {
            policy::evaluate(&request, &Policies { resource: None, ..policies })
        }
        verdict => verdict,
    };
    match verdict {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(denial) => Err(denial.message(&request)),
    }
}

/// What somebody reads who did not sign, and had to.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>
pub fn not_signed() -> Fault {
    let text = "Request is missing Authentication Token";
    Fault::common("MissingAuthenticationToken", 403, text)
        .named("MissingAuthenticationTokenException")
}

/// What conditions can ask of a request.
struct About<'a> {
    request: RequestContext<'a>,
    access: &'a Access,
    fact: Option<&'a Fact>,
}

impl Context for About<'_> {
    fn get(&self, key: &str) -> Values<'_> {
        if let Some(tag) = key.strip_prefix("aws:resourcetag/") {
            return self.resource_tag(tag);
        }
        match self.request.get(key) {
            Values::Missing => self.access.keys.get(key),
            values => values,
        }
    }
}

impl About<'_> {
    /// Keys of tags are asked for in lower case: those that differ in case alone are not told apart, as in IAM.
    fn resource_tag(&self, wanted: &str) -> Values<'_> {
        let tags = self.fact.into_iter().flat_map(|fact| &fact.tags);
        let found = tags.filter(|(key, _)| key.eq_ignore_ascii_case(wanted));
        Values::Many(found.map(|(_, value)| value.as_str().into()).collect())
    }
}

#[cfg(test)]
#[path = "authorize_tests.rs"]
mod tests;
