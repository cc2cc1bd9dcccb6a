//! A statement of a policy.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use std::collections::BTreeMap;

use crate::condition::Condition;
use crate::context::Known;
use crate::document::Kind;
use crate::evaluate::Request;
use crate::json::Node;
use crate::malformed::Malformed;
use crate::pattern::{Case, Pattern};
use crate::template::{Match, Syntax, Template};
use crate::who::{Grant, Named, Who};

/// The effect of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Allows, unless another statement denies.
    Allow,
    /// Denies, whatever allows.
    Deny,
}

/// A statement of a policy, compiled.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    sid: Option<Box<str>>,
    effect: Effect,
    who: Who,
    actions: Listed<Pattern>,
    /// None: it is about whatever the policy is attached to.
    resources: Option<Listed<Template>>,
    conditions: Vec<Condition>,
}

/// Some, or all but some, each with the text that it was compiled from.
#[derive(Clone, Debug, PartialEq)]
struct Listed<T> {
    negated: bool,
    list: Vec<(Box<str>, T)>,
}

/// An element because of which a statement is not about a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Element<'s> {
    Principal,
    NotPrincipal,
    Action,
    NotAction,
    Resource,
    NotResource,
    Condition(&'s Condition),
}

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Statement {
    /// Its id, which may be empty.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// The effect.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The actions of its `Action` or `NotAction` element, as they were written.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = &str> {
        self.actions.list.iter().map(|(text, _)| &**text)
    }

    /// The resources of its `Resource` or `NotResource` element, as they were written; none when it has
    /// neither, and is about whatever the policy is attached to.
    pub fn resources(&self) -> Option<impl ExactSizeIterator<Item = &str>> {
        let resources = self.resources.as_ref()?;
        Some(resources.list.iter().map(|(text, _)| &**text))
    }

    /// The number of principals.
    pub fn principals(&self) -> usize {
        self.who.count()
    }

    /// The number of conditions: keys, each with an operator.
    pub fn conditions(&self) -> usize {
        self.conditions.len()
    }

    pub(crate) fn parse(
        elements: &Elements,
        kind: Kind,
        variables: bool,
    ) -> Result<Self, Malformed> {
        if let Some(unknown) = elements.keys().find(|name| !ELEMENTS.contains(&name.as_str())) {
            return Err(Malformed::at(unknown, "is no element of a statement"));
        }
        let effect = effect(elements)?;
        let conditions = elements.get("Condition");
        let conditions = conditions.map(|node| Condition::parse_all(node, variables));
        Ok(Statement {
            sid: sid(elements, kind)?,
            effect,
            who: who(elements, kind, effect)?,
            actions: actions(elements)?,
            resources: resources(elements, kind, variables)?,
            conditions: conditions.transpose()?.unwrap_or_default(),
        })
    }

    /// The grant to the request's principal, if the statement applies to the request.
    pub(crate) fn applies(&self, request: &Request<'_>) -> Option<Grant> {
        let grant = self.who.grant(request.principal)?;
        self.failing(request).next().is_none().then_some(grant)
    }

    /// The elements because of which it is not about a request: the cheap ones first.
    pub(crate) fn failing<'s>(
        &'s self,
        request: &'s Request<'s>,
    ) -> impl Iterator<Item = Element<'s>> {
        let denies = self.effect == Effect::Deny;
        let known = request.known();
        let action = self.fails_by_action(request).into_iter();
        let resource = std::iter::once_with(move || self.fails_by_resource(request)).flatten();
        let who = std::iter::once_with(move || self.fails_by_principal(request)).flatten();
        let conditions = self.conditions.iter();
        let conditions = conditions.filter(move |condition| !condition.holds(&known, denies));
        action.chain(resource).chain(who).chain(conditions.map(Element::Condition))
    }

    fn fails_by_action(&self, request: &Request<'_>) -> Option<Element<'_>> {
        let Listed { negated, list } = &self.actions;
        let listed = list.iter().any(|(_, pattern)| pattern.matches(request.action));
        let element = if *negated { Element::NotAction } else { Element::Action };
        (listed == *negated).then_some(element)
    }

    fn fails_by_resource(&self, request: &Request<'_>) -> Option<Element<'_>> {
        let Listed { negated, list } = self.resources.as_ref()?;
        let known: Known<'_> = request.known();
        let matches = list.iter().map(|(_, resource)| resource.matches(request.resource, &known));
        let listed = matches.max().unwrap_or(Match::No);
        let element = if *negated { Element::NotResource } else { Element::Resource };
        (!listed.holds(*negated, self.effect == Effect::Deny)).then_some(element)
    }

    fn fails_by_principal(&self, request: &Request<'_>) -> Option<Element<'_>> {
        let element = match self.who {
            Who::Except(_) => Element::NotPrincipal,
            Who::Owner | Who::Any(_) => Element::Principal,
        };
        self.who.grant(request.principal).is_none().then_some(element)
    }
}

/// The members of a statement's object.
pub(crate) type Elements = BTreeMap<String, Node>;

fn effect(elements: &Elements) -> Result<Effect, Malformed> {
    let node = elements.get("Effect").ok_or_else(|| Malformed::at("Effect", "is missing"))?;
    match node.text("Effect")? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        _ => Err(Malformed::at("Effect", "is neither Allow nor Deny")),
    }
}

/// Resources' policies leave the form of ids to the service; those of IAM do not.
fn sid(elements: &Elements, kind: Kind) -> Result<Option<Box<str>>, Malformed> {
    let Some(node) = elements.get("Sid") else { return Ok(None) };
    let sid = node.text("Sid")?;
    if kind != Kind::Resource && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Malformed::at("Sid", "has other characters than A-Z, a-z and 0-9"));
    }
    Ok(Some(sid.into()))
}

/// An element or its negation; not both.
fn either<'e>(
    elements: &'e Elements,
    plain: &'static str,
    negated: &'static str,
) -> Result<Option<(&'static str, &'e Node)>, Malformed> {
    match (elements.get(plain), elements.get(negated)) {
        (Some(_), Some(_)) => Err(Malformed::at(negated, format!("is there beside {plain}"))),
        (Some(node), None) => Ok(Some((plain, node))),
        (None, Some(node)) => Ok(Some((negated, node))),
        (None, None) => Ok(None),
    }
}

fn who(elements: &Elements, kind: Kind, effect: Effect) -> Result<Who, Malformed> {
    let given = either(elements, "Principal", "NotPrincipal")?;
    match (kind, given) {
        (Kind::Identity | Kind::Session, None) => Ok(Who::Owner),
        (Kind::Identity | Kind::Session, Some((place, _))) => {
            Err(Malformed::at(place, "has no place in a policy of an identity or a session"))
        }
        (Kind::Resource | Kind::Trust, None) => Err(Malformed::at("Principal", "is missing")),
        (_, Some(("Principal", node))) => Named::parse_all(node, "Principal").map(Who::Any),
        (Kind::Trust, Some((place, _))) => {
            Err(Malformed::at(place, "has no place in a role's trust policy"))
        }
        (_, Some((place, _))) if effect == Effect::Allow => {
            Err(Malformed::at(place, "is only supported with the effect Deny"))
        }
        (_, Some((place, node))) => Named::parse_all(node, place).map(Who::Except),
    }
}

fn actions(elements: &Elements) -> Result<Listed<Pattern>, Malformed> {
    let given = either(elements, "Action", "NotAction")?;
    let (place, node) = given.ok_or_else(|| Malformed::at("Action", "is missing"))?;
    let mut list = Vec::new();
    for action in node.many(place)? {
        let action = action.text(place)?;
        if !is_action(action) {
            let reason = format!("{action:?} is no action, such as sqs:SendMessage");
            return Err(Malformed::at(place, reason));
        }
        list.push((action.into(), Pattern::with_wildcards(action, Case::Ignored)));
    }
    Ok(Listed { negated: place == "NotAction", list })
}

/// `*`, or a service and the name of an action, which may have wildcards.
fn is_action(text: &str) -> bool {
    if text == "*" || text == "*:*" {
        return true;
    }
    let name = |b: u8| b.is_ascii_alphanumeric() || b"-_*?".contains(&b);
    let service = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    text.split_once(':').is_some_and(|(prefix, action)| {
        !prefix.is_empty()
            && prefix.bytes().all(service)
            && !action.is_empty()
            && action.bytes().all(name)
    })
}

fn resources(
    elements: &Elements,
    kind: Kind,
    variables: bool,
) -> Result<Option<Listed<Template>>, Malformed> {
    let (place, node) = match (kind, either(elements, "Resource", "NotResource")?) {
        (Kind::Trust, Some((place, _))) => {
            return Err(Malformed::at(place, "has no place in a role's trust policy"));
        }
        (Kind::Identity | Kind::Session, None) => {
            return Err(Malformed::at("Resource", "is missing"));
        }
        (Kind::Resource | Kind::Trust, None) => return Ok(None),
        (_, Some(given)) => given,
    };
    let mut list = Vec::new();
    for resource in node.many(place)? {
        let text = resource.text(place)?;
        let template = self::resource(text, variables);
        let template = template.map_err(|reason| Malformed::at(place, reason))?;
        list.push((text.into(), template));
    }
    Ok(Some(Listed { negated: place == "NotResource", list }))
}

/// `*` or a pattern of an ARN. Only what stands after the fifth colon may have variables.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement>
fn resource(text: &str, variables: bool) -> Result<Template, String> {
    if text != "*" && !text.starts_with("arn:") {
        return Err(format!("{text:?} is neither * nor an ARN"));
    }
    let syntax = Syntax { wildcards: true, variables, case: Case::Matters };
    let parts = Template::parse_parts(text, syntax, 6)?;
    if parts.iter().take(5).any(Template::is_variable) {
        return Err(format!("{text:?} has a variable before the ARN's fifth colon"));
    }
    Template::parse(text, syntax)
}
