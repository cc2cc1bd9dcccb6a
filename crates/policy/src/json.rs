//! JSON as policies need it: a key that is there twice is a mistake, and numbers are texts.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::malformed::Malformed;

/// A value. Its depth is bounded by the reader's own limit (128).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    /// A text, number or truth value as a text; policies may write the latter two without quotation marks.
    Text(String),
    /// The same, written without quotation marks.
    Bare(String),
    List(Vec<Node>),
    Object(BTreeMap<String, Node>),
}

impl Node {
    pub(crate) fn parse(text: &str) -> Result<Node, Malformed> {
        serde_json::from_str(text).map_err(|error| Malformed::at("JSON", error.to_string()))
    }

    /// A text; not a number.
    pub(crate) fn text(&self, place: &str) -> Result<&str, Malformed> {
        match self {
            Node::Text(text) => Ok(text),
            _ => Err(Malformed::at(place, "is no text")),
        }
    }

    /// A text, a number or a truth value.
    pub(crate) fn scalar(&self, place: &str) -> Result<&str, Malformed> {
        match self {
            Node::Text(text) | Node::Bare(text) => Ok(text),
            _ => Err(Malformed::at(place, "is neither a text, a number nor a truth value")),
        }
    }

    pub(crate) fn object(&self, place: &str) -> Result<&BTreeMap<String, Node>, Malformed> {
        match self {
            Node::Object(members) => Ok(members),
            _ => Err(Malformed::at(place, "is no object")),
        }
    }

    /// Its values, of which there must be one at least; a value may stand for a list of one.
    pub(crate) fn many(&self, place: &str) -> Result<&[Node], Malformed> {
        match self {
            Node::List(values) if values.is_empty() => Err(Malformed::at(place, "is empty")),
            Node::List(values) => Ok(values),
            value => Ok(std::slice::from_ref(value)),
        }
    }
}

struct Reader;

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bare(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Bare(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Bare(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Bare(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            list.push(value);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut object = BTreeMap::new();
        while let Some(key) = members.next_key::<String>()? {
            match object.entry(key) {
                Entry::Occupied(present) => {
                    return Err(A::Error::custom(format!("{:?} is there twice", present.key())));
                }
                Entry::Vacant(place) => place.insert(members.next_value()?),
            };
        }
        Ok(Node::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_there_twice_is_refused_at_any_depth() {
        for text in [r#"{"a":1,"b":2,"a":3}"#, r#"[{"x":{"a":[],"a":null}}]"#] {
            let refused = Node::parse(text).unwrap_err().to_string();
            assert!(refused.starts_with("JSON: \"a\" is there twice at line 1"), "{refused}");
        }
        assert!(Node::parse(r#"{"a":1,"A":{"a":2}}"#).is_ok());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Node::parse(&deep(100)).is_ok());
        assert!(Node::parse(&deep(100_000)).is_err());
    }

    #[test]
    fn numbers_and_truth_values_keep_their_text() {
        for (text, expected) in [("17", "17"), ("-3", "-3"), ("2.5", "2.5"), ("true", "true")] {
            assert_eq!(Node::parse(text), Ok(Node::Bare(expected.into())));
        }
    }
}
