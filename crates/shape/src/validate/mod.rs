//! Constraints, checked once for every protocol.
//!
//! [`Validated`] is a reader around a protocol's reader: it hands the same values on and notes what
//! breaks the model's constraints. Which code and message a caller then reads is the service's affair,
//! because AWS's services differ in it.

mod notes;
mod violation;

#[cfg(test)]
mod tests;

use base::Timestamp;
use bytes::Bytes;

use crate::reader::{EachEntry, EachItem, EachMember, Malformed, Reader};
use crate::schema::{ListSchema, MapSchema, Schema, Target, TimestampFormat};
use crate::stream::{ByteStream, EventSource};

pub use notes::Notes;
use notes::Step;
pub use violation::{Constraint, Violation, describe};

/// Most members of a structure: those seen are remembered in one number. (The generator refuses
/// models with larger ones.)
pub const MOST_MEMBERS: usize = u128::BITS as usize;

/// A reader that checks what it hands on.
pub struct Validated<'r> {
    inner: &'r mut dyn Reader,
    target: Option<&'static Target>,
    notes: &'r mut Notes,
}

impl<'r> Validated<'r> {
    /// Reads from `inner` and notes violations in `notes`.
    pub fn new(inner: &'r mut dyn Reader, notes: &'r mut Notes) -> Self {
        Validated { inner, target: None, notes }
    }
}

impl Reader for Validated<'_> {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        self.inner.boolean()
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        let value = self.inner.integer()?;
        if let Some(Target::Integer(rules)) = self.target {
            self.notes.number(i64::from(value), rules);
        }
        Ok(value)
    }

    fn long(&mut self) -> Result<i64, Malformed> {
        let value = self.inner.long()?;
        if let Some(Target::Long(rules)) = self.target {
            self.notes.number(value, rules);
        }
        Ok(value)
    }

    fn float(&mut self) -> Result<f32, Malformed> {
        let value = self.inner.float()?;
        if let Some(Target::Float(rules)) = self.target {
            self.notes.real(f64::from(value), rules);
        }
        Ok(value)
    }

    fn double(&mut self) -> Result<f64, Malformed> {
        let value = self.inner.double()?;
        if let Some(Target::Double(rules)) = self.target {
            self.notes.real(value, rules);
        }
        Ok(value)
    }

    fn string(&mut self) -> Result<String, Malformed> {
        let value = self.inner.string()?;
        if let Some(Target::String(rules)) = self.target {
            self.notes.text(&value, rules);
        }
        Ok(value)
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let value = self.inner.blob()?;
        if let Some(Target::Blob(rules)) = self.target {
            self.notes.length(value.len() as u64, (rules.min, rules.max), "[bytes]");
        }
        Ok(value)
    }

    fn timestamp(&mut self, format: TimestampFormat) -> Result<Timestamp, Malformed> {
        self.inner.timestamp(format)
    }

    fn stream(&mut self) -> Result<ByteStream, Malformed> {
        self.inner.stream()
    }

    fn events(&mut self) -> Result<EventSource, Malformed> {
        self.inner.events()
    }

    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        let notes = &mut *self.notes;
        let mut seen = 0_u128;
        self.inner.structure(schema, &mut |index, reader| {
            let member = &schema.members[index];
            seen |= bit(index);
            notes.within(Step::Member(member.name), |notes| {
                each(index, &mut Validated { inner: reader, target: Some(&member.target), notes })
            })
        })?;
        for (index, member) in schema.members.iter().enumerate() {
            if member.required && seen & bit(index) == 0 {
                notes.within(Step::Member(member.name), Notes::missing);
            }
        }
        Ok(())
    }

    fn list(&mut self, schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        let notes = &mut *self.notes;
        let mut count = 0;
        self.inner.list(schema, &mut |reader| {
            count += 1;
            notes.within(Step::Item(count), |notes| {
                each(&mut Validated { inner: reader, target: Some(&schema.member), notes })
            })
        })?;
        notes.length(count as u64, schema.length, "[list]");
        Ok(())
    }

    fn map(&mut self, schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let notes = &mut *self.notes;
        let mut count = 0;
        self.inner.map(schema, &mut |key, reader| {
            count += 1;
            notes.text(&key, &schema.key);
            notes.within(Step::Entry(key.clone()), |notes| {
                each(key, &mut Validated { inner: reader, target: Some(&schema.value), notes })
            })
        })?;
        notes.length(count, schema.length, "[map]");
        Ok(())
    }
}

fn bit(index: usize) -> u128 {
    u32::try_from(index).ok().and_then(|index| 1_u128.checked_shl(index)).unwrap_or(0)
}
