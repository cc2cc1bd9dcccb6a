//! Reading JSON so that nothing is lost that matching needs: numbers exactly, members that come twice,
//! and where each value ends.

use std::sync::Arc;

use jiter::{Jiter, JiterError, Peek};

use crate::{Number, Scalar};

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Scalar(Scalar),
    Array(Vec<Node>),
    Object(Vec<(Arc<str>, Node)>),
}

/// A value and the offset of the byte behind it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) json: Json,
    pub(crate) end: usize,
}

/// The reason why a text cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// The text is not JSON: the fault, and its byte offset.
    Syntax(String, usize),
    /// Objects and arrays within each other go deeper than allowed, at that byte.
    TooDeep(usize),
}

/// Reads a whole text whose objects and arrays go at most `depth` levels into each other.
pub(crate) fn read(text: &[u8], depth: usize) -> Result<Node, Unreadable> {
    let mut reader = Reader { jiter: Jiter::new(text), deeper: depth };
    let node = reader.value()?;
    reader.jiter.finish().map_err(wrong)?;
    Ok(node)
}

fn wrong(error: JiterError) -> Unreadable {
    Unreadable::Syntax(error.error_type.to_string(), error.index)
}

struct Reader<'j> {
    jiter: Jiter<'j>,
    deeper: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Node, Unreadable> {
        let peek = self.jiter.peek().map_err(wrong)?;
        self.known(peek)
    }

    fn known(&mut self, peek: Peek) -> Result<Node, Unreadable> {
        let json = match peek {
            Peek::Array => self.within(Self::array)?,
            Peek::Object => self.within(Self::object)?,
            _ => Json::Scalar(self.scalar(peek)?),
        };
        Ok(Node { json, end: self.jiter.current_index() })
    }

    fn within(
        &mut self,
        inside: fn(&mut Self) -> Result<Json, Unreadable>,
    ) -> Result<Json, Unreadable> {
        if self.deeper == 0 {
            return Err(Unreadable::TooDeep(self.jiter.current_index()));
        }
        self.deeper -= 1;
        let json = inside(self);
        self.deeper += 1;
        json
    }

    fn array(&mut self) -> Result<Json, Unreadable> {
        let mut items = Vec::new();
        let mut next = self.jiter.known_array().map_err(wrong)?;
        while let Some(peek) = next {
            items.push(self.known(peek)?);
            next = self.jiter.array_step().map_err(wrong)?;
        }
        Ok(Json::Array(items))
    }

    fn object(&mut self) -> Result<Json, Unreadable> {
        let mut members = Vec::new();
        let mut next = self.jiter.known_object().map_err(wrong)?.map(Arc::from);
        while let Some(name) = next {
            members.push((name, self.value()?));
            next = self.jiter.next_key().map_err(wrong)?.map(Arc::from);
        }
        Ok(Json::Object(members))
    }

    fn scalar(&mut self, peek: Peek) -> Result<Scalar, Unreadable> {
        match peek {
            Peek::Null => self.jiter.known_null().map(|()| Scalar::Null).map_err(wrong),
            Peek::True | Peek::False => {
                self.jiter.known_bool(peek).map(Scalar::Bool).map_err(wrong)
            }
            Peek::String => {
                self.jiter.known_str().map(|text| Scalar::String(text.into())).map_err(wrong)
            }
            _ => self.number(peek),
        }
    }

    fn number(&mut self, peek: Peek) -> Result<Scalar, Unreadable> {
        let start = self.jiter.current_index();
        self.jiter.known_number_bytes(peek).map_err(wrong)?;
        let text = std::str::from_utf8(self.jiter.slice_to_current(start)).unwrap_or("");
        let not_one = || Unreadable::Syntax(format!("{text} is not a number"), start);
        Number::parse(text).map(Scalar::Number).ok_or_else(not_one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_bounded_however_deep_the_text_goes() {
        assert!(read(b"[[[1]]]", 3).is_ok());
        assert_eq!(read(b"[[[1]]]", 2), Err(Unreadable::TooDeep(2)));
        let endless = [b'['; 1_000_000];
        assert_eq!(read(&endless, 100), Err(Unreadable::TooDeep(100)));
        assert!(matches!(read(&b"{\"a\":".repeat(100_000), 100), Err(Unreadable::TooDeep(_))));
    }

    #[test]
    fn what_is_not_json_is_not_read() {
        for text in
            ["", "{", "[1,]", "{\"a\":1,}", "NaN", "-Infinity", "01", "1 2", "'a'", "\u{feff}1"]
        {
            let read = read(text.as_bytes(), 10);
            assert!(matches!(read, Err(Unreadable::Syntax(..))), "{text}: {read:?}");
        }
        assert!(read(b"\"\xff\"", 10).is_err());
    }

    #[test]
    fn every_value_knows_where_it_ends() {
        let Json::Object(members) = read(br#"{"a": [], "b": 12}"#, 10).unwrap().json else {
            panic!("an object");
        };
        assert_eq!(members.iter().map(|(_, node)| node.end).collect::<Vec<_>>(), [8, 17]);
    }
}
