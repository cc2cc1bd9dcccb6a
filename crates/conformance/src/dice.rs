//! A reader that makes values up.

use base::{Random, Timestamp};
use bytes::Bytes;
use futures::StreamExt;
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::stream::EventSource;
use shape::{
    Decode, ListSchema, Location, Malformed, MapSchema, Member, Protocol, Reader, Schema, Target,
    TimestampFormat,
};

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

/// What a header, a label and a key of either can carry.
const TOKENS: [&str; 6] = ["a", "b-c", "1", "x_y", "0.5", "Zz"];

/// How deep optional values nest: shapes may contain themselves.
const MOST_DEPTH: usize = 5;

/// A value of any shape; the same seed makes the same.
pub(crate) fn value<T: Decode>(seed: u64, protocol: Protocol) -> T {
    let dice = Dice {
        random: Random::seeded(seed),
        is_rest: matches!(protocol, Protocol::RestJson | Protocol::RestXml),
        is_query: matches!(protocol, Protocol::AwsQuery | Protocol::Ec2Query),
        location: Location::Body,
        depth: 0,
    };
    T::decode(&mut { dice }).expect("dice never fail")
}

struct Dice {
    random: Random,
    is_rest: bool,
    is_query: bool,
    /// Where the value will stand.
    location: Location,
    depth: usize,
}

impl Dice {
    fn number(&self) -> u64 {
        u64::from_le_bytes(self.random.bytes())
    }

    fn below(&self, limit: usize) -> usize {
        (self.number() % limit as u64) as usize
    }

    /// Whether it will stand in a header or in the path.
    fn is_token(&self) -> bool {
        matches!(self.location, Location::Header | Location::Headers | Location::Uri)
    }

    /// Whether the protocol cannot say that a member is there: a structure that has no members.
    fn is_void(&self, member: &Member) -> bool {
        let Target::Structure(schema) = member.target else { return false };
        self.is_query && schema().members.is_empty()
    }

    /// Whether a member is always there: readers cannot tell an empty one from none.
    fn is_always(&self, member: &Member) -> bool {
        let is_type = member.wire_name.eq_ignore_ascii_case("content-type");
        let places = [Location::Payload, Location::StatusCode, Location::Uri];
        member.required || self.is_rest && (is_type || places.contains(&member.location))
    }
}

impl Reader for Dice {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        Ok(self.below(2) == 0)
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        let is_status = self.location == Location::StatusCode;
        Ok(if is_status { 200 + self.below(300) as i32 } else { self.number() as i32 })
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
        if self.is_token() || self.location == Location::Payload {
            return Ok(TOKENS[self.below(TOKENS.len())].to_owned());
        }
        Ok((0..self.below(4)).map(|_| TEXTS[self.below(TEXTS.len())]).collect())
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let bytes: [u8; 16] = self.random.bytes();
        let least = usize::from(self.location == Location::Payload);
        Ok(Bytes::copy_from_slice(&bytes[..least + self.below(15)]))
    }

    /// Whole seconds where the format has no more.
    fn timestamp(&mut self, format: TimestampFormat) -> Result<Timestamp, Malformed> {
        let millis = self.number() % 4_000_000_000_000;
        let is_whole = format == TimestampFormat::Rfc822 || self.is_token();
        Ok(Timestamp::from_millis(if is_whole { millis - millis % 1000 } else { millis }))
    }

    fn events(&mut self) -> Result<EventSource, Malformed> {
        Ok(futures::stream::empty().boxed())
    }

    /// What is required and about half of the rest, but something: Query cannot say that a structure
    /// is there and empty.
    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        let is_deep = self.depth >= MOST_DEPTH;
        let is_plain = |member: &Member| {
            !matches!(member.target, Target::Structure(_) | Target::List(_) | Target::Map(_))
        };
        let plain = schema.members.iter().position(is_plain);
        let chosen = self.below(schema.members.len().max(1));
        let chosen = if is_deep { plain.unwrap_or(chosen) } else { chosen };
        let places = (chosen..schema.members.len()).chain(0..chosen);
        let chosen = places.into_iter().find(|at| !self.is_void(&schema.members[*at]));
        self.depth += 1;
        for (index, member) in schema.members.iter().enumerate() {
            let is_there = self.is_always(member) || Some(index) == chosen;
            if !self.is_void(member) && (is_there || !is_deep && self.below(2) == 0) {
                let is_outermost = self.is_rest && self.depth == 1;
                self.location = if is_outermost { member.location } else { Location::Body };
                each(index, self)?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn list(&mut self, _schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        let most = if self.depth > 2 { 1 } else { 12 };
        (0..=self.below(most)).try_for_each(|_| each(self))
    }

    /// Names of headers are in small letters.
    fn map(&mut self, _schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let most = if self.depth > 2 { 1 } else { 3 };
        (0..=self.below(most)).try_for_each(|_| {
            let key = self.string()?;
            let key = if self.is_token() { key.to_ascii_lowercase() } else { key };
            each(key, self)
        })
    }
}
