//! Values that members, elements and entries can have, read and written as their schema says.

use std::collections::BTreeMap;

use base::Timestamp;
use bytes::Bytes;

use crate::reader::{Malformed, Reader};
use crate::schema::{Member, Target, TimestampFormat};
use crate::stream::ByteStream;
use crate::writer::Writer;

/// Most elements of one list, and most entries of one map. No API of AWS allows as many; without a
/// limit, a body of `{},{},{}…` would take a hundred times its own size in memory.
pub const MOST_ITEMS: usize = 65_536;

/// A value of a kind that a [`Target`] names.
pub trait Value: Sized {
    /// Reads one.
    fn read(reader: &mut dyn Reader, target: &'static Target) -> Result<Self, Malformed>;
    /// Writes it.
    fn write(&self, writer: &mut dyn Writer, target: &'static Target);
}

/// A field of a structure: a value, or an `Option` of one for a member that may be left out.
pub trait Field {
    /// Reads the member's value into the field.
    fn fill(&mut self, reader: &mut dyn Reader, member: &'static Member) -> Result<(), Malformed>;
    /// Announces and writes the member, if it is there.
    fn put(&self, writer: &mut dyn Writer, member: &'static Member);
}

impl<T: Value> Field for T {
    fn fill(&mut self, reader: &mut dyn Reader, member: &'static Member) -> Result<(), Malformed> {
        *self = T::read(reader, &member.target)?;
        Ok(())
    }

    fn put(&self, writer: &mut dyn Writer, member: &'static Member) {
        writer.member(member);
        self.write(writer, &member.target);
    }
}

impl<T: Value> Field for Option<T> {
    fn fill(&mut self, reader: &mut dyn Reader, member: &'static Member) -> Result<(), Malformed> {
        *self = Some(T::read(reader, &member.target)?);
        Ok(())
    }

    fn put(&self, writer: &mut dyn Writer, member: &'static Member) {
        if let Some(value) = self {
            value.put(writer, member);
        }
    }
}

/// The values that a reader and a writer have a method for.
macro_rules! plain {
    ($($type:ty: $method:ident($($by:tt)?);)*) => {
        $(impl Value for $type {
            fn read(reader: &mut dyn Reader, _: &'static Target) -> Result<Self, Malformed> {
                reader.$method()
            }

            fn write(&self, writer: &mut dyn Writer, _: &'static Target) {
                writer.$method($($by)? self);
            }
        })*
    };
}

plain! {
    bool: boolean(*);
    i32: integer(*);
    i64: long(*);
    f32: float(*);
    f64: double(*);
    String: string();
    Bytes: blob();
    ByteStream: stream();
}

impl Value for Timestamp {
    fn read(reader: &mut dyn Reader, target: &'static Target) -> Result<Self, Malformed> {
        reader.timestamp(format(target))
    }

    fn write(&self, writer: &mut dyn Writer, target: &'static Target) {
        writer.timestamp(*self, format(target));
    }
}

fn format(target: &'static Target) -> TimestampFormat {
    if let Target::Timestamp(format) = target { *format } else { TimestampFormat::Default }
}

impl<T: Value> Value for Box<T> {
    fn read(reader: &mut dyn Reader, target: &'static Target) -> Result<Self, Malformed> {
        T::read(reader, target).map(Box::new)
    }

    fn write(&self, writer: &mut dyn Writer, target: &'static Target) {
        T::write(self, writer, target);
    }
}

impl<T: Value> Value for Vec<T> {
    fn read(reader: &mut dyn Reader, target: &'static Target) -> Result<Self, Malformed> {
        let Target::List(schema) = target else { return Err(unlike("a list")) };
        let mut items = Vec::new();
        reader.list(schema, &mut |reader| {
            room(items.len())?;
            items.push(T::read(reader, &schema.member)?);
            Ok(())
        })?;
        Ok(items)
    }

    fn write(&self, writer: &mut dyn Writer, target: &'static Target) {
        let Target::List(schema) = target else { return };
        writer.list(schema, self.len(), &mut |writer| {
            for element in self {
                writer.item();
                element.write(writer, &schema.member);
            }
        });
    }
}

/// Of entries with the same key the last one counts.
impl<T: Value> Value for BTreeMap<String, T> {
    fn read(reader: &mut dyn Reader, target: &'static Target) -> Result<Self, Malformed> {
        let Target::Map(schema) = target else { return Err(unlike("a map")) };
        let mut entries = BTreeMap::new();
        reader.map(schema, &mut |key, reader| {
            room(entries.len())?;
            entries.insert(key, T::read(reader, &schema.value)?);
            Ok(())
        })?;
        Ok(entries)
    }

    fn write(&self, writer: &mut dyn Writer, target: &'static Target) {
        let Target::Map(schema) = target else { return };
        writer.map(schema, self.len(), &mut |writer| {
            for (key, entry) in self {
                writer.key(key);
                entry.write(writer, &schema.value);
            }
        });
    }
}

/// A field whose schema says something else than its type: no generated structure has one.
fn unlike(kind: &str) -> Malformed {
    Malformed(format!("The schema does not say {kind}."))
}

fn room(taken: usize) -> Result<(), Malformed> {
    if taken < MOST_ITEMS {
        Ok(())
    } else {
        Err(Malformed(format!("A list or a map has more than {MOST_ITEMS} elements.")))
    }
}
