//! Whether a caller is allowed what its operation needs: the one place where that is decided.

use std::net::IpAddr;
use std::sync::Arc;

use base::{Arn, Timestamp};
use policy::{Context, Denial, Document, Policies, Principal, Request, Values, Verdict};
use shape::{ErrorModel, Fault};

use crate::access::{Access, Reach};
use crate::caller::Caller;
use crate::circumstances::Circumstances;
use crate::facts::{Fact, Facts};
use crate::plan::Trouble;
use crate::service::Call;

/// What a caller that has proved who it is is held to.
#[derive(Clone, Debug, PartialEq)]
pub struct Authority {
    /// The policy of the user or of the session's role. An account's root has none and needs none.
    pub identity: Option<Arc<Document>>,
    /// The policy that was given with temporary credentials; without one they are not limited further.
    pub session: Option<Arc<Document>>,
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

/// Refuses what the caller is not allowed. Without an authority everything is allowed: signatures are not
/// required. Who did not sign needs a thing whose policy lets everybody in, and is told nothing of what there is.
///
/// # Errors
/// What the caller reads; also when the permissions cannot be read.
pub async fn authorize(
    call: &Call,
    needed: &[Access],
    facts: Option<&dyn Facts>,
) -> Result<(), Unauthorized> {
    let Some(authority) = &call.caller.authority else { return Ok(()) };
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
    let Some(account) = call.caller.principal.account().filter(|own| *own != thing.account())
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
    let context = About { circumstances: Circumstances(caller), access, fact };
    let things_own = thing.map_or(caller.account, Arn::account);
    let request = Request {
        principal: &caller.principal,
        action: access.action,
        resource: thing.map_or("*", Arn::as_str),
        resource_account: if owns_part { caller.account } else { things_own },
        context: &context,
    };
    let policies = Policies {
        identity: authority.identity.as_slice(),
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
    circumstances: Circumstances<'a>,
    access: &'a Access,
    fact: Option<&'a Fact>,
}

impl Context for About<'_> {
    fn get(&self, key: &str) -> Values<'_> {
        if let Some(tag) = key.strip_prefix("aws:resourcetag/") {
            return self.resource_tag(tag);
        }
        match self.circumstances.get(key) {
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
mod tests {
    use base::{AccountId, Region};
    use policy::{Kind, Principal};

    use super::*;

    const OWN: &str = "111111111111";
    const OTHER: &str = "222222222222";
    const QUEUE: &str = "arn:aws:sqs:us-east-1:111111111111:orders";

    fn account(text: &str) -> AccountId {
        text.parse().expect("an account")
    }

    fn document(kind: Kind, text: &str) -> Arc<Document> {
        Arc::new(Document::parse(kind, text).expect("a policy"))
    }

    fn root(of: &str) -> Principal {
        Principal::Root { account: account(of) }
    }

    fn user(of: &str) -> Principal {
        Principal::User { account: account(of), name: "alice".into() }
    }

    fn call(principal: Principal, identity: &str) -> Call {
        let identity = Some(identity).filter(|text| !text.is_empty());
        let authority = Authority {
            identity: identity.map(|text| document(Kind::Identity, text)),
            session: None,
            peer: "::ffff:10.0.0.7".parse().expect("an address"),
            is_secure: false,
            at: Timestamp::from_millis(1_700_000_000_000),
            user_agent: None,
            referer: None,
        };
        let account = principal.account().unwrap_or(AccountId::DEFAULT);
        let caller = Caller::root(account, Region::default());
        let caller = Caller { principal, authority: Some(Arc::new(authority)), ..caller };
        Call { caller, endpoint: "http://localhost".into(), faulty: None }
    }

    fn send() -> Access {
        Access::to("sqs:SendMessage", QUEUE.parse().expect("an ARN"))
    }

    /// Whether it is allowed by the caller's policy and the queue's; an empty text is none.
    fn allowed(principal: Principal, identity: &str, access: &Access, resource: &str) -> bool {
        let call = call(principal, identity);
        let policy = Some(resource).filter(|text| !text.is_empty());
        let policy = policy.map(|text| document(Kind::Resource, text));
        let fact = Fact { policy, tags: [("Team".to_owned(), "blue".to_owned())].into() };
        let authority = call.caller.authority.as_ref().expect("one");
        let owns_part = access.reach == Reach::Part("the caller's".into());
        let known = Known { fact: Some(&fact), owns_part };
        decide(&call.caller, authority, access, known).is_ok()
    }

    fn statement(effect: &str, principal: &str, rest: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}"{principal},"Action":"sqs:SendMessage","Resource":"{QUEUE}"{rest}}}]}}"#
        )
    }

    #[test]
    fn the_root_of_the_queues_account_needs_nobodys_leave_and_a_user_needs_a_policy() {
        let may = statement("Allow", "", "");
        assert!(allowed(root(OWN), "", &send(), ""));
        assert!(!allowed(user(OWN), "", &send(), ""));
        assert!(allowed(user(OWN), &may, &send(), ""));
    }

    #[test]
    fn another_account_needs_the_queues_policy_and_its_user_a_policy_of_its_own_too() {
        let identity = statement("Allow", "", "");
        let resource = statement("Allow", r#","Principal":{"AWS":"222222222222"}"#, "");
        assert!(!allowed(root(OTHER), "", &send(), ""));
        assert!(allowed(root(OTHER), "", &send(), &resource));
        assert!(!allowed(user(OTHER), "", &send(), &resource));
        assert!(allowed(user(OTHER), &identity, &send(), &resource));
    }

    #[test]
    fn what_is_for_the_own_account_alone_no_policy_shares() {
        let resource = statement("Allow", r#","Principal":"*""#, "");
        let access = Access::within_account("sqs:SendMessage", QUEUE.parse().expect("an ARN"));
        assert!(allowed(root(OTHER), "", &send(), &resource));
        assert!(!allowed(root(OTHER), "", &access, &resource));
        assert!(allowed(root(OWN), "", &access, ""));
    }

    #[test]
    fn whose_part_it_is_needs_its_own_policy_and_the_thing_can_only_deny_it() {
        let part =
            |whose: &str| Access::to_part("sqs:SendMessage", QUEUE.parse().expect("an ARN"), whose);
        let (own, others) = (part("the caller's"), part("another's"));
        let identity = statement("Allow", "", "");
        let gives = statement("Allow", r#","Principal":"*""#, "");
        let denies = statement("Deny", r#","Principal":"*""#, "");
        assert!(allowed(root(OTHER), "", &own, ""));
        assert!(!allowed(root(OTHER), "", &others, &gives));
        assert!(allowed(user(OTHER), &identity, &own, ""));
        assert!(!allowed(user(OTHER), "", &own, &gives));
        assert!(!allowed(root(OTHER), "", &own, &denies));
        assert!(allowed(root(OWN), "", &others, ""));
    }

    #[test]
    fn a_queues_policy_denies_its_own_root_too() {
        let resource = statement("Deny", r#","Principal":"*""#, "");
        assert!(!allowed(root(OWN), "", &send(), &resource));
    }

    #[test]
    fn conditions_see_the_request_the_input_and_the_queues_tags() {
        let tagged = send().setting_tags([("Stage", "test")]);
        for (condition, expected) in [
            (r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, true),
            (r#""Bool":{"aws:SecureTransport":"true"}"#, false),
            (r#""DateLessThan":{"aws:CurrentTime":"2023-11-15T00:00:00Z"}"#, true),
            (r#""DateLessThan":{"aws:CurrentTime":"2023-11-14T00:00:00Z"}"#, false),
            (r#""StringEquals":{"aws:RequestedRegion":"us-east-1"}"#, true),
            (r#""StringEquals":{"aws:ResourceTag/Team":"blue"}"#, true),
            (r#""StringEquals":{"aws:ResourceTag/Team":"red"}"#, false),
            (r#""StringEquals":{"aws:RequestTag/Stage":"test"}"#, true),
            (r#""ForAllValues:StringEquals":{"aws:TagKeys":["Other"]}"#, false),
            (r#""StringLike":{"aws:UserAgent":"*"}"#, false),
        ] {
            let policy = statement("Allow", "", &format!(r#","Condition":{{{condition}}}"#));
            assert_eq!(allowed(user(OWN), &policy, &tagged, ""), expected, "{condition}");
        }
    }

    #[test]
    fn tags_whose_keys_differ_in_case_alone_are_one_key_with_several_values() {
        let call = call(root(OWN), "");
        let tags = [("Größe", "1"), ("team", "blue"), ("TEAM", "red")];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let fact = Fact { policy: None, tags };
        let access = send();
        let circumstances = Circumstances(&call.caller);
        let about = About { circumstances, access: &access, fact: Some(&fact) };
        let many = |values: &[&str]| {
            Values::Many(values.iter().map(|value| (*value).to_owned().into()).collect())
        };
        assert_eq!(about.get("aws:resourcetag/team"), many(&["red", "blue"]));
        assert_eq!(about.get("aws:resourcetag/größe"), many(&["1"]));
        assert_eq!(about.get("aws:resourcetag/none"), many(&[]));
    }

    #[test]
    fn a_refusal_says_who_what_and_on_which_queue() {
        let call = call(user(OWN), "");
        let authority = call.caller.authority.as_ref().expect("one");
        let denied = decide(&call.caller, authority, &send(), Known::default());
        let text = denied.expect_err("no policy");
        assert_eq!(
            text,
            "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: \
             sqs:SendMessage on resource: arn:aws:sqs:us-east-1:111111111111:orders because no \
             identity-based policy allows the sqs:SendMessage action"
        );
    }

    #[test]
    fn a_service_has_a_word_of_its_own_for_what_is_denied_and_for_nothing_else() {
        static WORD: ErrorModel =
            ErrorModel { name: "NoException", code: "No", status: 403, sender: true };
        let denied = || Unauthorized::Denied("no".into());
        let (common, own) = (denied().fault(None), denied().fault(Some(&WORD)));
        assert_eq!((common.name, common.code), ("AccessDeniedException", "AccessDenied"));
        assert_eq!((own.name, own.code), ("NoException", "No"));
        assert_eq!((common.status, own.message), (403, "no".into()));
        assert_eq!(Unauthorized::NotSigned.fault(Some(&WORD)), not_signed());
    }
}
