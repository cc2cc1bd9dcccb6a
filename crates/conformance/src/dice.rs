//! A reader that makes values up.

use base::{Random, Timestamp};
use bytes::Bytes;
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::{Decode, ListSchema, Malformed, MapSchema, Reader, Schema, TimestampFormat};

/// Everything that a protocol could trip over and can carry.
const TEXTS: [&str; 10] = [
    "",
    " ",
    "a",
    "é😀\u{2028}",
    "\r\n\t",
    "\"\\/'",
    "<![CDATA[&amp;]]>",
    "a=b&c+d%20",
    "1",
    "\u{7f}",
];

/// A value of any shape; the same seed makes the same.
pub(crate) fn value<T: Decode>(seed: u64) -> T {
    T::decode(&mut Dice(Random::seeded(seed))).expect("dice never fail")
}

struct Dice(Random);

impl Dice {
    fn number(&self) -> u64 {
        u64::from_le_bytes(self.0.bytes())
    }

    fn below(&self, limit: usize) -> usize {
        (self.number() % limit as u64) as usize
    }
}

impl Reader for Dice {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        Ok(self.below(2) == 0)
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        Ok(self.number() as i32)
    }

    fn long(&mut self) -> Result<i64, Malformed> {
        Ok(self.number() as i64)
    }

    fn float(&mut self) -> Result<f32, Malformed> {
        self.integer().map(|number| number as f32)
    }

    fn double(&mut self) -> Result<f64, Malformed> {
        self.integer().map(f64::from)
    }

    fn string(&mut self) -> Result<String, Malformed> {
        Ok((0..self.below(4)).map(|_| TEXTS[self.below(TEXTS.len())]).collect())
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let bytes: [u8; 16] = self.0.bytes();
        Ok(Bytes::copy_from_slice(&bytes[..self.below(16)]))
    }

    fn timestamp(&mut self, _format: TimestampFormat) -> Result<Timestamp, Malformed> {
        Ok(Timestamp::from_millis(self.number() % 4_000_000_000_000))
    }

    /// What is required and about half of the rest, but something: Query cannot say that a structure
    /// is there and empty.
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        let always = self.below(schema.members.len().max(1));
        for (index, member) in schema.members.iter().enumerate() {
            if member.required || index == always || self.below(2) == 0 {
                each(index, self)?;
            }
        }
        Ok(())
    }

    fn list(&mut self, _schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        (0..=self.below(12)).try_for_each(|_| each(self))
    }

    fn map(&mut self, _schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        (0..=self.below(3)).try_for_each(|_| {
            let key = self.string()?;
            each(key, self)
        })
    }
}
