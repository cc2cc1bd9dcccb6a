//! Events: the documents that patterns are compared with.

use std::sync::Arc;

use crate::json::{self, Json, Node, Unreadable};
use crate::{Number, Scalar};

/// The deepest nesting of a document.
pub const MOST_EVENT_DEPTH: usize = 200;

/// An event, read once and then compared with any number of patterns.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    root: Json,
}

/// The reason why a text is no event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEvent {
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// Its objects and arrays go deeper into each other than [`MOST_EVENT_DEPTH`].
    #[error("values nest more than {MOST_EVENT_DEPTH} levels deep")]
    TooDeep,
    /// The text is JSON, but not an object.
    #[error("an event is an object")]
    NotAnObject,
    /// An array has an element that is an array or an object.
    #[error("an element of an array is a string, a number, true, false or null")]
    NotFlat,
    /// The value is not a number.
    #[error("not a number")]
    NotANumber,
}

impl From<Unreadable> for NotAnEvent {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Syntax(what, _) => NotAnEvent::Syntax(what),
            Unreadable::TooDeep(_) => NotAnEvent::TooDeep,
        }
    }
}

impl Event {
    /// Reads a JSON document. Of members that come twice the last one counts.
    ///
    /// # Errors
    /// What the text is instead.
    pub fn document(text: &[u8]) -> Result<Event, NotAnEvent> {
        let mut root = json::read(text, MOST_EVENT_DEPTH)?.json;
        if !matches!(root, Json::Object(_)) {
            return Err(NotAnEvent::NotAnObject);
        }
        sort(&mut root);
        Ok(Event { root })
    }

    /// An event whose fields lie side by side, to be filled.
    pub fn attributes() -> Attributes {
        Attributes(Vec::new())
    }

    pub(crate) fn root(&self) -> &Json {
        &self.root
    }

    /// Returns true if it has no fields at all.
    pub fn is_empty(&self) -> bool {
        self.root.as_object().is_empty()
    }

    /// Shows each value with the names that lead to it; arrays add no name.
    pub(crate) fn each_value<'e>(&'e self, see: &mut dyn FnMut(&str, &'e Scalar)) {
        walk(&self.root, &mut String::new(), see);
    }
}

/// The fields of an event that lie side by side, such as a message's attributes.
#[derive(Clone, Debug, Default)]
pub struct Attributes(Vec<(Arc<str>, Node)>);

impl Attributes {
    /// Adds a field with text.
    #[must_use]
    pub fn text(self, name: &str, text: &str) -> Self {
        self.add(name, Json::Scalar(Scalar::String(text.into())))
    }

    /// Adds a field with a number.
    ///
    /// # Errors
    /// The text is not a number.
    pub fn number(self, name: &str, text: &str) -> Result<Self, NotAnEvent> {
        let number = Number::parse(text).ok_or(NotAnEvent::NotANumber)?;
        Ok(self.add(name, Json::Scalar(Scalar::Number(number))))
    }

    /// Adds a field with the elements of a JSON array: strings, numbers, `true`, `false` and `null`.
    ///
    /// # Errors
    /// The text is something else.
    pub fn array(self, name: &str, text: &str) -> Result<Self, NotAnEvent> {
        let json = json::read(text.as_bytes(), 2)?.json;
        let Json::Array(items) = &json else { return Err(NotAnEvent::NotFlat) };
        if items.iter().any(|item| !matches!(item.json, Json::Scalar(_))) {
            return Err(NotAnEvent::NotFlat);
        }
        Ok(self.add(name, json))
    }

    fn add(mut self, name: &str, json: Json) -> Self {
        self.0.push((name.into(), Node { json, end: 0 }));
        self
    }

    /// The event. Of fields with one name the last one counts.
    pub fn build(self) -> Event {
        let mut root = Json::Object(self.0);
        sort(&mut root);
        Event { root }
    }
}

/// Sorts the members of all objects by name, so that they are found quickly.
fn sort(json: &mut Json) {
    match json {
        Json::Scalar(_) => {}
        Json::Array(items) => items.iter_mut().for_each(|item| sort(&mut item.json)),
        Json::Object(members) => {
            members.reverse();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            members.dedup_by(|later, kept| later.0 == kept.0);
            members.iter_mut().for_each(|(_, node)| sort(&mut node.json));
        }
    }
}

fn walk<'e>(json: &'e Json, path: &mut String, see: &mut dyn FnMut(&str, &'e Scalar)) {
    match json {
        Json::Scalar(scalar) => see(path, scalar),
        Json::Array(items) => items.iter().for_each(|item| walk(&item.json, path, see)),
        Json::Object(members) => {
            for (name, node) in members {
                let before = path.len();
                push(path, name);
                walk(&node.json, path, see);
                path.truncate(before);
            }
        }
    }
}

/// Adds a name to the names that lead to a place. Two places may come to the same text: what is found by
/// it is compared exactly afterwards.
pub(crate) fn push(path: &mut String, name: &str) {
    path.push('.');
    path.push_str(name);
}

impl Json {
    fn as_object(&self) -> &[(Arc<str>, Node)] {
        if let Json::Object(members) = self { members } else { &[] }
    }

    /// The member of that name of an event's object.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        let members = self.as_object();
        let place = members.binary_search_by(|(other, _)| (**other).cmp(name)).ok()?;
        Some(&members[place].1.json)
    }

    /// Returns true if this value, or one of an array's elements, is one that `test` accepts.
    pub(crate) fn any(&self, test: &mut dyn FnMut(&Scalar) -> bool) -> bool {
        match self {
            Json::Scalar(scalar) => test(scalar),
            Json::Array(items) => items.iter().any(|item| item.json.any(test)),
            Json::Object(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_members_that_come_twice_the_last_one_counts() {
        let twice = Event::document(br#"{"a": 1, "b": 0, "a": {"c": 1, "c": 2}}"#).unwrap();
        assert_eq!(twice.root().get("a").unwrap().get("c"), json_of("2").as_ref());
    }

    fn json_of(text: &str) -> Option<Json> {
        Some(Json::Scalar(Scalar::Number(Number::parse(text)?)))
    }

    #[test]
    fn only_objects_are_documents() {
        for text in ["1", "[{}]", "\"a\"", "null"] {
            assert_eq!(Event::document(text.as_bytes()), Err(NotAnEvent::NotAnObject), "{text}");
        }
        assert!(matches!(Event::document(b"a"), Err(NotAnEvent::Syntax(_))));
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        assert_eq!(Event::document(deep.as_bytes()), Err(NotAnEvent::TooDeep));
    }

    #[test]
    fn arrays_of_attributes_are_flat() {
        let array = |text: &str| Event::attributes().array("a", text).map(Attributes::build);
        assert!(array(r#"["x", 1, true, null]"#).is_ok());
        for text in ["{}", "[[]]", "[{}]", "1"] {
            assert_eq!(array(text), Err(NotAnEvent::NotFlat), "{text}");
        }
        assert!(matches!(array("[x]"), Err(NotAnEvent::Syntax(_))));
    }

    #[test]
    fn values_are_shown_with_the_names_that_lead_to_them() {
        let event = Event::document(br#"{"b": [{"c": 1}, [{"c": 2}], 3], "a": null}"#).unwrap();
        let mut seen = Vec::new();
        event.each_value(&mut |path, _| seen.push(path.to_owned()));
        assert_eq!(seen, [".a", ".b.c", ".b.c", ".b"]);
    }
}
