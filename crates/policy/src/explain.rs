//! A decision, statement by statement: for people who wonder why.

use std::fmt;

use crate::document::{Document, Kind};
use crate::evaluate::{Denial, Policies, Request, Verdict, evaluate};
use crate::statement::{Effect, Element, Statement};

/// A decision and what each statement had to say to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub verdict: Verdict,
    /// Every statement of every policy, in order: those of identities, of sessions, of the resource.
    pub statements: Vec<Judged>,
}

/// The contribution of one statement to a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The kind of its policy.
    pub kind: Kind,
    /// The policy among those of its kind, from 1.
    pub policy: usize,
    /// The statement in the policy, from 1.
    pub statement: usize,
    /// Its id.
    pub sid: Option<String>,
    /// Its effect.
    pub effect: Effect,
    /// The elements because of which it is not about the request, with what the request has instead. When
    /// there are none, its effect counts.
    pub misses: Vec<Miss>,
}

/// An element that is not true of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// Its name; of a condition, the operator's and the key's.
    pub element: String,
    /// The value in the request.
    pub found: String,
}

/// Evaluates as [`evaluate`] does, and says how it came to that.
pub fn explain(request: &Request<'_>, policies: &Policies<'_>) -> Explanation {
    let caller = policies.identity.iter().chain(policies.session).map(|policy| &**policy);
    let mut statements: Vec<Judged> = Vec::new();
    for policy in caller.chain(policies.resource) {
        let before = statements.iter().rev().find(|judged| judged.kind == policy.kind());
        let number = before.map_or(1, |judged| judged.policy + 1);
        statements.extend(judge(policy, number, request));
    }
    Explanation { verdict: evaluate(request, policies), statements }
}

fn judge(policy: &Document, number: usize, request: &Request<'_>) -> Vec<Judged> {
    let judged = |(place, statement): (usize, &Statement)| Judged {
        kind: policy.kind(),
        policy: number,
        statement: place,
        sid: statement.sid().map(str::to_owned),
        effect: statement.effect(),
        misses: statement.failing(request).map(|element| Miss::of(element, request)).collect(),
    };
    (1..).zip(policy.statements()).map(judged).collect()
}

impl Miss {
    fn of(element: Element<'_>, request: &Request<'_>) -> Miss {
        let (element, found) = match element {
            Element::Principal => ("Principal".into(), request.principal.arn()),
            Element::NotPrincipal => ("NotPrincipal".into(), request.principal.arn()),
            Element::Action => ("Action".into(), request.action.into()),
            Element::NotAction => ("NotAction".into(), request.action.into()),
            Element::Resource => ("Resource".into(), request.resource.into()),
            Element::NotResource => ("NotResource".into(), request.resource.into()),
            Element::Condition(condition) => {
                let values = condition.key.values(&request.known());
                let found = match values.as_slice() {
                    [] => "no such key".into(),
                    values => values.join(", "),
                };
                (condition.to_string(), found)
            }
        };
        Miss { element, found }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for judged in &self.statements {
            write!(f, "{judged}")?;
        }
        match self.verdict {
            Verdict::Allowed => writeln!(f, "allowed"),
            Verdict::Denied(Denial::Explicit(kind)) => {
                writeln!(f, "denied: the {kind} policy denies it")
            }
            Verdict::Denied(Denial::Implicit(kind)) => {
                writeln!(f, "denied: no {kind} policy allows it")
            }
        }
    }
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Judged { kind, policy, statement, .. } = self;
        write!(f, "{kind} policy {policy}, statement {statement}")?;
        if let Some(sid) = self.sid.as_deref().filter(|sid| !sid.is_empty()) {
            write!(f, " ({sid})")?;
        }
        let effect = match self.effect {
            Effect::Allow => "allows",
            Effect::Deny => "denies",
        };
        if self.misses.is_empty() {
            return writeln!(f, ": {effect} it");
        }
        writeln!(f, ": {effect} something else")?;
        for Miss { element, found } in &self.misses {
            writeln!(f, "    {element}: the request has {found}")?;
        }
        Ok(())
    }
}
