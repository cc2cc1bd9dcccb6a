//! Whether a caller is allowed what its operation needs: the one place where that is decided.

use std::net::IpAddr;
use std::sync::Arc;

use base::{Arn, Timestamp};
use policy::{Context, Denial, Document, Policies, Request, Values, Verdict};
use shape::Fault;

use crate::access::Access;
use crate::facts::{Fact, Facts};
use crate::identity::unique_id;
use crate::plan::Trouble;
use crate::service::{Call, Caller};

/// What a caller that has proved who it is is held to.
#[derive(Clone, Debug, PartialEq)]
pub struct Authority {
    /// The policies of the user or of the session's role. An account's root has none and needs none.
    pub identity: Arc<[Arc<Document>]>,
    /// The policies that were given with temporary credentials; none limit nothing.
    pub session: Arc<[Arc<Document>]>,
    /// Where the request came from.
    pub peer: IpAddr,
    /// Whether it came over TLS.
    pub is_secure: bool,
    /// When it came.
    pub at: Timestamp,
    /// What the client calls itself.
    pub user_agent: Option<Box<str>>,
    /// The page that it says it comes from.
    pub referer: Option<Box<str>>,
}

/// Refuses what the caller is not allowed. Without an authority everything is allowed: signatures are not
/// required.
pub(crate) async fn authorize(
    call: &Call,
    needed: &[Access],
    facts: Option<&dyn Facts>,
) -> Result<(), Fault> {
    let Some(authority) = &call.caller.authority else { return Ok(()) };
    for access in needed {
        let fact = match (facts, &access.thing) {
            (Some(facts), Some(thing)) => facts.fact(thing).await.map_err(unavailable)?,
            _ => None,
        };
        decide(&call.caller, authority, access, fact.as_deref())?;
    }
    Ok(())
}

fn decide(
    caller: &Caller,
    authority: &Authority,
    access: &Access,
    fact: Option<&Fact>,
) -> Result<(), Fault> {
    let thing = access.thing.as_ref();
    let context = About { caller, authority, access, fact };
    let request = Request {
        principal: &caller.principal,
        action: access.action,
        resource: thing.map_or("*", Arn::as_str),
        resource_account: thing.map_or(caller.account, Arn::account),
        context: &context,
    };
    let policies = Policies {
        identity: &authority.identity,
        session: &authority.session,
        // What is never shared is not shared by a policy either; but a policy can always deny.
        resource: fact.and_then(|fact| fact.policy.as_deref()),
    };
    let is_stranger = caller.principal.account() != Some(request.resource_account);
    if is_stranger && !access.is_shared {
        return Err(denied(&Denial::Implicit(policy::Kind::Resource), &request));
    }
    match policy::evaluate(&request, &policies) {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(denial) => Err(denied(&denial, &request)),
    }
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>
fn denied(denial: &Denial, request: &Request<'_>) -> Fault {
    Fault::common("AccessDenied", 403, denial.message(request)).named("AccessDeniedException")
}

fn unavailable(trouble: Trouble) -> Fault {
    Fault::unavailable(format!("The permissions cannot be read: {trouble}."))
}

/// What conditions can ask of a request.
struct About<'a> {
    caller: &'a Caller,
    authority: &'a Authority,
    access: &'a Access,
    fact: Option<&'a Fact>,
}

impl Context for About<'_> {
    fn get(&self, key: &str) -> Values<'_> {
        let Authority { peer, is_secure, at, user_agent, referer, .. } = self.authority;
        let given = |text: &'_ Option<Box<str>>| Values::made(text.as_deref().map(str::to_owned));
        match key {
            "aws:sourceip" => Values::made(Some(peer.to_canonical().to_string())),
            "aws:securetransport" => Values::borrowed(if *is_secure { "true" } else { "false" }),
            "aws:currenttime" | "aws:epochtime" => Values::made(Some(at.seconds().to_string())),
            "aws:tokenissuetime" => {
                let issued = self.caller.session.as_ref().map(|session| session.issued);
                Values::made(issued.map(|at| at.seconds().to_string()))
            }
            "aws:useragent" => given(user_agent),
            "aws:referer" => given(referer),
            "aws:requestedregion" => Values::borrowed(self.caller.region.as_str()),
            "aws:userid" => Values::made(Some(unique_id(&self.caller.principal))),
            "aws:viaawsservice" => Values::borrowed("false"),
            _ => match key.strip_prefix("aws:resourcetag/") {
                Some(tag) => self.resource_tag(tag),
                None => self.access.keys.get(key),
            },
        }
    }
}

impl About<'_> {
    /// Keys of tags are asked for in lower case: those that differ in case alone are not told apart, as in IAM.
    fn resource_tag(&self, wanted: &str) -> Values<'_> {
        let tags = self.fact.into_iter().flat_map(|fact| &fact.tags);
        let found = tags.into_iter().find(|(key, _)| key.to_lowercase() == wanted);
        found.map_or(Values::Missing, |(_, value)| Values::borrowed(value))
    }
}
