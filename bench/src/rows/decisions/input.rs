//! Inputs as an operation reads them, without a protocol.

use base::Timestamp;
use bytes::Bytes;
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::{ListSchema, Malformed, MapSchema, Reader, Schema, TimestampFormat};

/// A member's value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field<'a> {
    Text(&'a str),
    Integer(i32),
}

/// A structure of texts and numbers.
pub(super) struct Input<'a> {
    fields: &'a [(&'a str, Field<'a>)],
    /// The value that is read now.
    at: Option<Field<'a>>,
}

impl<'a> Input<'a> {
    pub(super) fn new(fields: &'a [(&'a str, Field<'a>)]) -> Input<'a> {
        Input { fields, at: None }
    }

    fn not<T>(&self, wanted: &str) -> Result<T, Malformed> {
        Err(Malformed(format!("{:?} is not {wanted}", self.at)))
    }
}

impl Reader for Input<'_> {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        self.not("a truth value")
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        match self.at {
            Some(Field::Integer(number)) => Ok(number),
            _ => self.not("a number"),
        }
    }

    fn long(&mut self) -> Result<i64, Malformed> {
        self.integer().map(i64::from)
    }

    fn float(&mut self) -> Result<f32, Malformed> {
        self.not("a fraction")
    }

    fn double(&mut self) -> Result<f64, Malformed> {
        self.not("a fraction")
    }

    fn string(&mut self) -> Result<String, Malformed> {
        match self.at {
            Some(Field::Text(text)) => Ok(text.to_owned()),
            _ => self.not("a text"),
        }
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        self.not("bytes")
    }

    fn timestamp(&mut self, _: TimestampFormat) -> Result<Timestamp, Malformed> {
        self.not("a moment")
    }

    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        for &(name, field) in self.fields {
            let index = schema.members.iter().position(|member| member.name == name);
            let Some(index) = index else {
                return Err(Malformed(format!("{} has no {name}", schema.name)));
            };
            self.at = Some(field);
            each(index, self)?;
        }
        Ok(())
    }

    fn list(&mut self, _: &'static ListSchema, _: &mut EachItem) -> Result<(), Malformed> {
        self.not("a list")
    }

    fn map(&mut self, _: &'static MapSchema, _: &mut EachEntry) -> Result<(), Malformed> {
        self.not("a map")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api_sqs::types::{ReceiveMessageRequest, SendMessageRequest};
    use shape::Decode;

    #[test]
    fn fields_become_an_input() {
        let fields = [("QueueUrl", Field::Text("q")), ("MaxNumberOfMessages", Field::Integer(7))];
        let input = ReceiveMessageRequest::decode(&mut Input::new(&fields)).unwrap();
        assert_eq!((&input.queue_url[..], input.max_number_of_messages), ("q", Some(7)));
        assert!(SendMessageRequest::decode(&mut Input::new(&fields)).is_err());
    }
}
