//! Reading parameters as values.

use std::rc::Rc;
use std::str::FromStr;

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::{ListSchema, Malformed, MapSchema, Member, Reader, Schema, Target, TimestampFormat};

use super::parameters::{Parameters, Place};
use crate::{MOST_DEPTH, time};

/// Reads the value of one place.
pub(super) struct QueryReader<'a> {
    parameters: Rc<Parameters<'a>>,
    place: Place,
    depth: usize,
    /// Whether it is EC2's Query.
    is_ec2: bool,
}

impl<'a> QueryReader<'a> {
    /// A reader of the outermost value.
    pub(super) fn new(parameters: Parameters<'a>) -> Self {
        let place = parameters.all();
        QueryReader { parameters: Rc::new(parameters), place, depth: 0, is_ec2: false }
    }

    /// The same for EC2's Query.
    pub(super) fn ec2(parameters: Parameters<'a>) -> Self {
        QueryReader { is_ec2: true, ..QueryReader::new(parameters) }
    }

    fn text(&self) -> Result<&str, Malformed> {
        let value = self.parameters.value(&self.place);
        value.ok_or_else(|| Malformed("A parameter has no value.".to_owned()))
    }

    fn parsed<T: FromStr>(&self, name: &str) -> Result<T, Malformed> {
        let text = self.text()?;
        text.parse().map_err(|_| cannot(text, name))
    }

    fn child(&self, name: &str) -> Place {
        self.parameters.child(&self.place, name)
    }

    /// The place of a member. An empty list that would be flattened has no elements whose name could
    /// stand for it: SDKs write it with its own (`AttributeNames=`).
    fn member(&self, member: &Member) -> Place {
        let place = if self.is_ec2 {
            self.child(&capitalized(member.wire_name))
        } else {
            self.child(member.wire_name)
        };
        if place.is_present() || !matches!(member.target, Target::List(_)) {
            return place;
        }
        let empty = self.child(member.name).alone();
        if self.parameters.value(&empty) == Some("") { empty } else { place }
    }

    /// The reader of what is in this value.
    fn within(&self, place: Place) -> Result<Self, Malformed> {
        if self.depth == MOST_DEPTH {
            return Err(Malformed(format!("Values nest more than {MOST_DEPTH} levels deep.")));
        }
        let (parameters, depth) = (Rc::clone(&self.parameters), self.depth + 1);
        Ok(QueryReader { parameters, place, depth, is_ec2: self.is_ec2 })
    }
}

impl Reader for QueryReader<'_> {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        self.parsed("a Boolean")
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        self.parsed("an Integer")
    }

    fn long(&mut self) -> Result<i64, Malformed> {
        self.parsed("a Long")
    }

    fn float(&mut self) -> Result<f32, Malformed> {
        self.parsed("a Float")
    }

    fn double(&mut self) -> Result<f64, Malformed> {
        self.parsed("a Double")
    }

    fn string(&mut self) -> Result<String, Malformed> {
        self.text().map(str::to_owned)
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let decoded = STANDARD.decode(self.text()?);
        decoded.map(Bytes::from).map_err(|error| Malformed(format!("Invalid Base64: {error}.")))
    }

    fn timestamp(&mut self, format: TimestampFormat) -> Result<Timestamp, Malformed> {
        time::parse(self.text()?, format)
    }

    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        for (index, member) in schema.members.iter().enumerate() {
            let place = self.member(member);
            if place.is_present() {
                each(index, &mut self.within(place)?)?;
            }
        }
        Ok(())
    }

    /// An empty value is an empty list, as SDKs write it. Another value without a number is a list of
    /// that one element, as the examples of the API reference write it (`AttributeName=All`).
    fn list(&mut self, schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        if self.text().is_ok_and(|value| !value.is_empty()) {
            each(&mut self.within(self.place.alone())?)?;
        }
        let wrapped = (!schema.flattened && !self.is_ec2).then(|| self.child(schema.wire_name));
        for place in self.parameters.numbered(wrapped.as_ref().unwrap_or(&self.place))? {
            each(&mut self.within(place)?)?;
        }
        Ok(())
    }

    /// One entry may come without a number, as the examples of the API reference write it
    /// (`Attribute.Name=VisibilityTimeout&Attribute.Value=35`).
    fn map(&mut self, schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let entries = if schema.flattened { self.place.clone() } else { self.child("entry") };
        let alone = self.parameters.child(&entries, schema.key_name).is_present();
        let places = if alone { vec![entries] } else { self.parameters.numbered(&entries)? };
        for place in places {
            let entry = self.within(place)?;
            let key = self.within(entry.child(schema.key_name))?.string()?;
            each(key, &mut entry.within(entry.child(schema.value_name))?)?;
        }
        Ok(())
    }
}

fn capitalized(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn cannot(found: &str, wanted: &str) -> Malformed {
    let found: String = found.chars().take(64).collect();
    Malformed(format!("{found} can not be converted to {wanted}"))
}
