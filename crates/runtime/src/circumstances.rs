//! What conditions can ask of every request, whatever it is for.

use policy::{Context, Values};

use crate::caller::Caller;
use crate::identity::unique_id;

/// Who called, when, and from where: the global condition keys that follow from a request itself. Where
/// signatures are not required nobody asks, and nothing is known.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Clone, Copy)]
pub struct Circumstances<'a>(pub &'a Caller);

impl Context for Circumstances<'_> {
    fn get(&self, key: &str) -> Values<'_> {
        let caller = self.0;
        let Some(authority) = caller.authority.as_deref() else { return Values::Missing };
        let session = caller.session.as_deref();
        let given = |text: &'_ Option<Box<str>>| Values::made(text.as_deref().map(str::to_owned));
        match key {
            "aws:sourceip" => Values::made(Some(authority.peer.to_canonical().to_string())),
            "aws:securetransport" => {
                Values::borrowed(if authority.is_secure { "true" } else { "false" })
            }
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
            _ => Values::Missing,
        }
    }
}
