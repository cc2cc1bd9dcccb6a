//! A pattern, compiled, and how one event is compared with it.

use std::sync::Arc;

use crate::condition::Condition;
use crate::dialect::{Dialect, Missing};
use crate::event::Event;
use crate::json::Json;
use crate::refused::Refused;

/// A pattern of events.
///
/// Two patterns are equal when they say the same in another order. What is compared is the field's names
/// one by one: a name with a dot in it is one name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern {
    /// Every field that is named, sorted by path, once for each list of conditions.
    fields: Box<[Field]>,
    /// The alternatives that `$or` comes to, each a list of fields that must all match, sorted.
    alternatives: Box<[Box<[u32]>]>,
}

/// A field and what it may be: one of its values must meet one of the conditions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Field {
    /// The names that lead to it.
    pub(crate) path: Box<[Arc<str>]>,
    /// Sorted, each once.
    pub(crate) conditions: Box<[Condition]>,
    /// True if it matches too when it is not there.
    pub(crate) missing: Option<Missing>,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Where and why the text is not one.
    pub fn parse(text: &str, dialect: &Dialect) -> Result<Pattern, Refused> {
        crate::compile::compile(text, dialect)
    }

    /// Puts everything into one order, so that equal patterns are equal.
    pub(crate) fn new(fields: Vec<Field>, alternatives: Vec<Vec<u32>>) -> Pattern {
        let mut sorted: Vec<Field> = fields.clone();
        sorted.sort();
        sorted.dedup();
        let place = |old: u32| sorted.binary_search(&fields[old as usize]).unwrap_or(0) as u32;
        let mut alternatives: Vec<Box<[u32]>> = alternatives
            .into_iter()
            .map(|alternative| {
                let mut alternative: Vec<u32> = alternative.into_iter().map(place).collect();
                alternative.sort_unstable();
                alternative.dedup();
                alternative.into()
            })
            .collect();
        alternatives.sort();
        alternatives.dedup();
        Pattern { fields: sorted.into(), alternatives: alternatives.into() }
    }

    pub(crate) fn field(&self, number: u32) -> &Field {
        &self.fields[number as usize]
    }

    pub(crate) fn alternatives(&self) -> &[Box<[u32]>] {
        &self.alternatives
    }

    /// Returns true if an event is wanted. Takes time in proportion to the event and the pattern, whatever they
    /// say.
    pub fn matches(&self, event: &Event) -> bool {
        let comparison = Comparison { pattern: self, missing: self.missing(event) };
        let root = event.root();
        self.alternatives.iter().any(|fields| comparison.all(fields, 0, Some(root)))
    }

    /// Of each field whether it matches because it is not there; nothing at all where no field can.
    fn missing(&self, event: &Event) -> Vec<bool> {
        if self.fields.iter().all(|field| field.missing.is_none()) {
            return Vec::new();
        }
        let is_missing = |field: &Field| match field.missing {
            Some(Missing::FromEventsWithFields) if event.is_empty() => false,
            Some(_) => !has_value(Some(event.root()), &field.path),
            None => false,
        };
        self.fields.iter().map(is_missing).collect()
    }
}

/// Returns true if there is a value at the end of a path, in any element of arrays on the way.
fn has_value(json: Option<&Json>, path: &[Arc<str>]) -> bool {
    let Some(json) = json else { return false };
    match (json, path) {
        (_, []) => json.any(&mut |_| true),
        (Json::Array(items), _) => items.iter().any(|item| has_value(Some(&item.json), path)),
        (_, [name, rest @ ..]) => has_value(json.get(name), rest),
    }
}

/// One pattern beside one event.
struct Comparison<'p> {
    pattern: &'p Pattern,
    missing: Vec<bool>,
}

impl Comparison<'_> {
    fn is_missing(&self, field: u32) -> bool {
        self.missing.get(field as usize).is_some_and(|missing| *missing)
    }

    /// Returns true if fields whose paths share their first `depth` names all match below the value there.
    fn all(&self, fields: &[u32], depth: usize, json: Option<&Json>) -> bool {
        let ends = |field: &&u32| self.pattern.field(**field).path.len() == depth;
        let (here, below) = fields.split_at(fields.iter().take_while(ends).count());
        here.iter().all(|field| self.one(*field, json))
            && (below.is_empty() || self.below(below, depth, json))
    }

    /// Returns true if one field matches with the value that its path leads to.
    fn one(&self, number: u32, json: Option<&Json>) -> bool {
        let field = self.pattern.field(number);
        let mut holds = |value: &_| field.conditions.iter().any(|condition| condition.holds(value));
        self.is_missing(number) || json.is_some_and(|json| json.any(&mut holds))
    }

    /// The same as `all` where every path goes on. In an array all of them must match in one element:
    /// fields of two objects in one array are never taken together.
    fn below(&self, fields: &[u32], depth: usize, json: Option<&Json>) -> bool {
        if let Some(Json::Array(items)) = json {
            let within = |item: &Json| self.below(fields, depth, Some(item));
            let mut inner = items.iter().filter(|item| !matches!(item.json, Json::Scalar(_)));
            return inner.any(|item| within(&item.json)) || self.below(fields, depth, None);
        }
        let name = |field: &u32| &self.pattern.field(*field).path[depth];
        fields.chunk_by(|one, other| name(one) == name(other)).all(|group| {
            let member = json.and_then(|json| json.get(name(&group[0])));
            self.all(group, depth + 1, member)
        })
    }
}
