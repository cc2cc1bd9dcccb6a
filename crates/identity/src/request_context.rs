//! Global condition keys that every request has.

use policy::{Context, Values};

use crate::caller::Caller;
use crate::unique_id::unique_id;

/// The global condition keys that follow from a request itself: caller, time and place. Where nothing is enforced
/// nobody asks, and nothing is known.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Clone, Copy)]
pub struct RequestContext<'a>(pub &'a Caller);

impl Context for RequestContext<'_> {
    fn get(&self, key: &str) -> Values<'_> {
        let caller = self.0;
        let Some(authority) = caller.authority() else { return Values::Missing };
        let session = caller.session.as_deref();
        let given = |text: &'_ Option<Box<str>>| Values::made(text.as_deref().map(str::to_owned));
        let truth = |is_so| Values::borrowed(if is_so { "true" } else { "false" });
        let source = authority.source.as_ref();
        match key {
            "aws:sourceip" => {
                Values::made(authority.peer.map(|peer| peer.to_canonical().to_string()))
            }
            "aws:securetransport" => truth(authority.is_secure),
            "aws:currenttime" | "aws:epochtime" => {
                Values::made(Some(authority.at.seconds().to_string()))
            }
            "aws:tokenissuetime" => {
                Values::made(session.map(|session| session.issued.seconds().to_string()))
            }
            // There is no MFA here. AWS has this key for temporary credentials only.
            "aws:multifactorauthpresent" if session.is_some() => Values::borrowed("false"),
            "aws:useragent" => given(&authority.user_agent),
            "aws:referer" => given(&authority.referer),
            "aws:requestedregion" => Values::borrowed(caller.region.as_str()),
            "aws:userid" => Values::made(Some(unique_id(&caller.principal))),
            "aws:viaawsservice" => Values::borrowed("false"),
            "aws:sourcearn" => Values::made(source.map(|arn| arn.as_str().to_owned())),
            "aws:sourceaccount" => {
                Values::made(source.and_then(base::Arn::account).map(|own| own.to_string()))
            }
            _ => Values::Missing,
        }
    }
}
