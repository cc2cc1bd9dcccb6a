//! Constructors of schemas, for tables of one line each.

use crate::pattern::Pattern;
use crate::reader::Decode;
use crate::schema::{
    ListSchema, Location, MapSchema, Member, Namespace, Number, Schema, Target, Text,
    TimestampFormat,
};

impl Member {
    /// A member in the body that may be left out.
    pub const fn new(name: &'static str, target: Target) -> Self {
        Member {
            name,
            wire_name: name,
            location: Location::Body,
            required: false,
            attribute: false,
            idempotency_token: false,
            host_label: false,
            namespace: None,
            target,
        }
    }

    /// The same with another name in Query, XML and HTTP bindings.
    #[must_use]
    pub const fn named(self, wire_name: &'static str) -> Self {
        Member { wire_name, ..self }
    }

    /// The same, and requests without it are refused.
    #[must_use]
    pub const fn required(self) -> Self {
        Member { required: true, ..self }
    }

    /// The same in another place of the HTTP message.
    #[must_use]
    pub const fn at(self, location: Location) -> Self {
        Member { location, ..self }
    }

    /// The same as an attribute in XML.
    #[must_use]
    pub const fn attribute(self) -> Self {
        Member { attribute: true, ..self }
    }

    /// The same, and clients make a value up where the caller gives none.
    #[must_use]
    pub const fn idempotency_token(self) -> Self {
        Member { idempotency_token: true, ..self }
    }

    /// The same, and it is a label of the host name too.
    #[must_use]
    pub const fn host_label(self) -> Self {
        Member { host_label: true, ..self }
    }

    /// The same, and its XML element declares a namespace; the prefix is empty for the default one.
    #[must_use]
    pub const fn namespace(self, prefix: &'static str, uri: &'static str) -> Self {
        Member { namespace: Some(Namespace { prefix, uri }), ..self }
    }
}

impl Target {
    /// A structure.
    pub const fn of<T: Decode>() -> Self {
        Target::Structure(schema_of::<T>)
    }

    /// A stream of events.
    pub const fn events<T: Decode>() -> Self {
        Target::Events(schema_of::<T>)
    }
}

fn schema_of<T: Decode>() -> &'static Schema {
    T::SCHEMA
}

/// Any truth value.
pub const BOOLEAN: Target = Target::Boolean;
/// Any 32-bit number.
pub const INTEGER: Target = Target::Integer(Number::ANY);
/// Any 64-bit number.
pub const LONG: Target = Target::Long(Number::ANY);
/// Any single-precision number.
pub const FLOAT: Target = Target::Float(Number::ANY);
/// Any double-precision number.
pub const DOUBLE: Target = Target::Double(Number::ANY);
/// Any text.
pub const STRING: Target = Target::String(Text::ANY);
/// Any bytes.
pub const BLOB: Target = Target::Blob(Text::ANY);
/// A timestamp as the protocol writes it by itself.
pub const TIMESTAMP: Target = Target::Timestamp(TimestampFormat::Default);

impl ListSchema {
    /// A list of any length.
    pub const fn of(member: Target) -> Self {
        ListSchema { member, wire_name: "member", flattened: false, length: (None, None) }
    }

    /// The same with another name of its elements.
    #[must_use]
    pub const fn named(self, wire_name: &'static str) -> Self {
        ListSchema { wire_name, ..self }
    }

    /// The same without an element of its own around its elements.
    #[must_use]
    pub const fn flattened(self) -> Self {
        ListSchema { flattened: true, ..self }
    }

    /// The same with so many elements.
    #[must_use]
    pub const fn length(self, min: Option<u64>, max: Option<u64>) -> Self {
        ListSchema { length: (min, max), ..self }
    }
}

impl MapSchema {
    /// A map of any length from texts to these values.
    pub const fn of(key: Text, value: Target) -> Self {
        MapSchema {
            key,
            value,
            key_name: "key",
            value_name: "value",
            flattened: false,
            length: (None, None),
        }
    }

    /// The same with other names of keys and values.
    #[must_use]
    pub const fn named(self, key_name: &'static str, value_name: &'static str) -> Self {
        MapSchema { key_name, value_name, ..self }
    }

    /// The same without an element of its own around its entries.
    #[must_use]
    pub const fn flattened(self) -> Self {
        MapSchema { flattened: true, ..self }
    }

    /// The same with so many entries.
    #[must_use]
    pub const fn length(self, min: Option<u64>, max: Option<u64>) -> Self {
        MapSchema { length: (min, max), ..self }
    }
}

impl Text {
    /// Any text.
    pub const ANY: Text = Text { min: None, max: None, pattern: None, values: &[] };

    /// A text of so many characters.
    pub const fn length(min: Option<u64>, max: Option<u64>) -> Self {
        Text { min, max, ..Text::ANY }
    }

    /// The same, and the whole text matches a pattern.
    #[must_use]
    pub const fn like(self, pattern: &'static Pattern) -> Self {
        Text { pattern: Some(pattern), ..self }
    }

    /// The same with one of these values.
    #[must_use]
    pub const fn one_of(self, values: &'static [&'static str]) -> Self {
        Text { values, ..self }
    }
}

impl Number {
    /// Any number.
    pub const ANY: Number = Number { min: None, max: None };

    /// A number in these limits, inclusive.
    pub const fn within(min: Option<i64>, max: Option<i64>) -> Self {
        Number { min, max }
    }
}
