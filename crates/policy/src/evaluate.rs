//! Evaluation: from a request and policies to a verdict.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use std::fmt;
use std::sync::Arc;

use base::AccountId;

use crate::context::{Context, Known};
use crate::document::{Document, Kind};
use crate::principal::Principal;
use crate::statement::Effect;
use crate::who::Grant;

/// A request: a principal, an action and a resource.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The principal.
    pub principal: &'a Principal,
    /// The action, as in `sqs:SendMessage`.
    pub action: &'a str,
    /// The ARN of the resource.
    pub resource: &'a str,
    /// The account that the resource belongs to.
    pub resource_account: AccountId,
    /// The request context.
    pub context: &'a dyn Context,
}

/// The policies that apply to a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policies<'a> {
    /// Those of the user (and of its groups), or of the session's role.
    pub identity: &'a [Arc<Document>],
    /// Those of the session; none do not limit it.
    pub session: &'a [Arc<Document>],
    /// That of the resource. A role's trust policy, unlike others, must allow what is allowed.
    pub resource: Option<&'a Document>,
}

/// Evaluation: from a request and policies to a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The request is allowed.
    Allowed,
    /// The request is denied.
    Denied(Denial),
}

/// The reason of a denial. When several policies deny a request, one is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// A policy of this kind denies it.
    Explicit(Kind),
    /// No policy of this kind allows it.
    Implicit(Kind),
}

/// The stand of the policies of one kind.
#[derive(Clone, Copy, Debug, Default)]
struct Stand {
    denies: bool,
    allows: Option<Grant>,
}

/// Evaluates a request against policies.
///
/// Whatever a policy denies is denied. Within one account the caller's policies or the resource's must allow
/// it; the account's root needs nobody's leave. From another account both must allow it. Services, and those
/// who did not sign, have only the resource's policy.
pub fn evaluate(request: &Request<'_>, policies: &Policies<'_>) -> Verdict {
    let identity = Stand::of(policies.identity.iter().map(|policy| &**policy), request);
    let session = Stand::of(policies.session.iter().map(|policy| &**policy), request);
    let resource = Stand::of(policies.resource.into_iter(), request);
    let resource_kind = policies.resource.map_or(Kind::Resource, Document::kind);
    let kinds = [(identity, Kind::Identity), (session, Kind::Session), (resource, resource_kind)];
    if let Some((_, kind)) = kinds.iter().find(|(stand, _)| stand.denies) {
        return Verdict::Denied(Denial::Explicit(*kind));
    }
    let Some(account) = request.principal.account() else {
        return allowed_if(resource.allows.is_some(), resource_kind);
    };
    let same_account = account == request.resource_account;
    let needs_resource = !same_account || resource_kind == Kind::Trust;
    if needs_resource && resource.allows.is_none() {
        return Verdict::Denied(Denial::Implicit(resource_kind));
    }
    let grant = resource.allows.filter(|_| same_account);
    let is_root = matches!(request.principal, Principal::Root { .. });
    let by_identity = grant >= Some(Grant::Role) || is_root || identity.allows.is_some();
    if !by_identity {
        return Verdict::Denied(Denial::Implicit(Kind::Identity));
    }
    let limited = grant != Some(Grant::Direct) && !policies.session.is_empty();
    allowed_if(!limited || session.allows.is_some(), Kind::Session)
}

fn allowed_if(allowed: bool, kind: Kind) -> Verdict {
    if allowed { Verdict::Allowed } else { Verdict::Denied(Denial::Implicit(kind)) }
}

impl Stand {
    fn of<'d>(documents: impl Iterator<Item = &'d Document>, request: &Request<'_>) -> Stand {
        let mut stand = Stand::default();
        for statement in documents.flat_map(Document::statements) {
            match (statement.effect(), statement.applies(request)) {
                (_, None) => {}
                (Effect::Deny, Some(_)) => return Stand { denies: true, allows: None },
                (Effect::Allow, allows) => stand.allows = stand.allows.max(allows),
            }
        }
        stand
    }
}

impl<'a> Request<'a> {
    pub(crate) fn known(&self) -> Known<'a> {
        Known {
            principal: self.principal,
            resource_account: self.resource_account,
            context: self.context,
        }
    }
}

impl Denial {
    /// The text of the denial, as the caller reads it.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
    pub fn message(&self, request: &Request<'_>) -> String {
        let Request { action, resource, .. } = request;
        let user = request.principal.arn();
        let head = format!("User: {user} is not authorized to perform: {action}");
        format!("{head} on resource: {resource} {}", self.reason(action))
    }

    fn reason(&self, action: &str) -> String {
        match self {
            Denial::Explicit(Kind::Identity) => {
                "with an explicit deny in an identity-based policy".into()
            }
            Denial::Explicit(Kind::Trust) => {
                "with an explicit deny in the role trust policy".into()
            }
            Denial::Explicit(kind) => format!("with an explicit deny in a {kind} policy"),
            Denial::Implicit(kind) => {
                format!("because no {kind} policy allows the {action} action")
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Identity => "identity-based",
            Kind::Session => "session",
            Kind::Resource => "resource-based",
            Kind::Trust => "role trust",
        })
    }
}
