//! Objects: fields, fields within fields, and alternatives.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Compiler;
use crate::Operator;
use crate::json::{Json, Node};
use crate::pattern::Field;
use crate::refused::{Reason, Refused};

/// The name of the member that holds alternatives.
const OR: &str = "$or";

/// The compiled form of one object.
pub(super) struct Part {
    /// Fields that must match together, in each of the alternatives.
    pub(super) alternatives: Vec<Vec<u32>>,
    /// The number of combinations of values.
    combinations: u64,
}

impl Compiler<'_> {
    /// Everything that an object asks for: one alternative of each of its members.
    pub(super) fn object(
        &mut self,
        object: &Node,
        members: &[(Arc<str>, Node)],
    ) -> Result<Part, Refused> {
        if members.is_empty() {
            return Err(self.refuse(object, Reason::EmptyObject));
        }
        let mut names = BTreeSet::new();
        let mut whole = Part { alternatives: vec![Vec::new()], combinations: 1 };
        for (name, node) in members {
            let is_new = names.insert(name);
            let part = match &node.json {
                Json::Array(branches) if name.as_ref() == OR && self.is_or(branches) => {
                    if is_new {
                        self.branches(branches)?
                    } else {
                        self.twice(name, node)?
                    }
                }
                _ => {
                    self.place.push(name.clone());
                    if !is_new {
                        return Err(self.refuse(node, Reason::DuplicateKey));
                    }
                    let part = self.member(node)?;
                    self.place.pop();
                    part
                }
            };
            whole = self.both(node, whole, part)?;
        }
        Ok(whole)
    }

    fn twice(&mut self, name: &Arc<str>, node: &Node) -> Result<Part, Refused> {
        self.place.push(name.clone());
        Err(self.refuse(node, Reason::DuplicateKey))
    }

    fn member(&mut self, node: &Node) -> Result<Part, Refused> {
        match &node.json {
            Json::Array(values) => self.field(node, values),
            Json::Object(_) if !self.dialect.nesting => Err(self.refuse(node, Reason::Nested)),
            Json::Object(members) => self.object(node, members),
            Json::Scalar(_) => Err(self.refuse(node, Reason::NotObjectOrArray)),
        }
    }

    /// Returns true if `$or` means alternatives: two objects at least, and no member named like an operator.
    /// Otherwise it is a field's name like any other.
    fn is_or(&self, branches: &[Node]) -> bool {
        let is_branch = |branch: &Node| match &branch.json {
            Json::Object(members) => members.iter().all(|(name, _)| !is_reserved(name)),
            Json::Array(_) | Json::Scalar(_) => false,
        };
        self.dialect.or && branches.len() >= 2 && branches.iter().all(is_branch)
    }

    /// Any of these objects.
    fn branches(&mut self, branches: &[Node]) -> Result<Part, Refused> {
        let mut any = Part { alternatives: Vec::new(), combinations: 0 };
        for branch in branches {
            let Json::Object(members) = &branch.json else { continue };
            let part = self.object(branch, members)?;
            any.alternatives.extend(part.alternatives);
            any.combinations = any.combinations.saturating_add(part.combinations);
            self.check(branch, &any, any.alternatives.len())?;
        }
        Ok(any)
    }

    /// Each alternative of the one with each of the other.
    fn both(&self, node: &Node, mut one: Part, other: Part) -> Result<Part, Refused> {
        let combinations = one.combinations.saturating_mul(other.combinations);
        let count = one.alternatives.len().saturating_mul(other.alternatives.len());
        self.check(node, &Part { alternatives: Vec::new(), combinations }, count)?;
        if let [only] = &other.alternatives[..] {
            one.alternatives.iter_mut().for_each(|fields| fields.extend(only));
            return Ok(Part { combinations, ..one });
        }
        let mut alternatives = Vec::with_capacity(count);
        for first in &one.alternatives {
            alternatives.extend(other.alternatives.iter().map(|rest| [&first[..], rest].concat()));
        }
        Ok(Part { alternatives, combinations })
    }

    fn check(&self, node: &Node, part: &Part, alternatives: usize) -> Result<(), Refused> {
        if let Some(most) = self.dialect.most_combinations.filter(|most| part.combinations > *most)
        {
            return Err(self.refuse(node, Reason::TooManyCombinations { most }));
        }
        let most = self.dialect.most_alternatives;
        if alternatives > most {
            return Err(self.refuse(node, Reason::TooManyAlternatives { most }));
        }
        Ok(())
    }

    /// A field and its list of values.
    fn field(&mut self, node: &Node, values: &[Node]) -> Result<Part, Refused> {
        if values.is_empty() {
            return Err(self.refuse(node, Reason::EmptyArray));
        }
        let mut field =
            Field { path: self.place.clone().into(), conditions: Box::default(), missing: None };
        let mut conditions = Vec::with_capacity(values.len());
        for value in values {
            match self.value(value)? {
                Some(condition) => conditions.push(condition),
                None => field.missing = Some(self.dialect.missing),
            }
        }
        conditions.sort();
        conditions.dedup();
        field.conditions = conditions.into();
        let number = self.fields.len() as u32;
        self.fields.push(field);
        let combinations = (values.len() as u64).saturating_mul(self.place.len() as u64);
        Ok(Part { alternatives: vec![vec![number]], combinations })
    }

    /// Refuses alternatives that name more fields on the outermost level than the dialect allows.
    pub(super) fn check_keys(&self, root: &Node, alternatives: &[Vec<u32>]) -> Result<(), Refused> {
        let Some(most) = self.dialect.most_keys else { return Ok(()) };
        let outermost = |field: &u32| &self.fields[*field as usize].path[0];
        let keys = |fields: &Vec<u32>| fields.iter().map(outermost).collect::<BTreeSet<_>>().len();
        match alternatives.iter().any(|fields| keys(fields) > most) {
            true => Err(self.refuse(root, Reason::TooManyKeys { most })),
            false => Ok(()),
        }
    }
}

/// Returns true if a name in a branch of `$or` keeps it from meaning alternatives.
fn is_reserved(name: &str) -> bool {
    name == "exactly" || Operator::named(name).is_some()
}
