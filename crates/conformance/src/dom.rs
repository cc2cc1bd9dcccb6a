//! A reader of XML answers, as clients are.

use base::Timestamp;
use bytes::Bytes;
use roxmltree::{Document, Node};
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::{Decode, ListSchema, Malformed, MapSchema, Reader, Schema, TimestampFormat};

/// The output in an answer of Query.
pub(crate) fn decode<T: Decode>(xml: &str, wrapper: Option<&str>) -> T {
    let document = Document::parse(xml).expect("well-formed XML");
    let root = document.root_element();
    let output = wrapper.map_or(root, |name| {
        child(root, name).next().unwrap_or_else(|| panic!("no {name} in {xml}"))
    });
    T::decode(&mut Dom(vec![output])).expect("an output")
}

fn child<'d>(node: Node<'d, 'd>, name: &str) -> impl Iterator<Item = Node<'d, 'd>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

/// The elements of one value: several for a flattened list or map.
struct Dom<'d>(Vec<Node<'d, 'd>>);

impl Dom<'_> {
    fn parsed<T: std::str::FromStr>(&mut self) -> Result<T, Malformed> {
        self.string()?.parse().map_err(|_| Malformed("not what it should be".to_owned()))
    }
}

impl Reader for Dom<'_> {
    fn boolean(&mut self) -> Result<bool, Malformed> {
        self.parsed()
    }

    fn integer(&mut self) -> Result<i32, Malformed> {
        self.parsed()
    }

    fn long(&mut self) -> Result<i64, Malformed> {
        self.parsed()
    }

    fn float(&mut self) -> Result<f32, Malformed> {
        self.parsed()
    }

    fn double(&mut self) -> Result<f64, Malformed> {
        self.parsed()
    }

    fn string(&mut self) -> Result<String, Malformed> {
        assert_eq!(self.0.len(), 1, "{:?}", self.0);
        Ok(self.0[0]
            .descendants()
            .filter_map(|node| node.text().filter(|_| node.is_text()))
            .collect())
    }

    /// Base64 by the book: six bits a digit.
    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let text = self.string()?;
        let digits = text.bytes().filter_map(|byte| {
            let from = |first: u8, value: u32| u32::from(byte - first) + value;
            match byte {
                b'A'..=b'Z' => Some(from(b'A', 0)),
                b'a'..=b'z' => Some(from(b'a', 26)),
                b'0'..=b'9' => Some(from(b'0', 52)),
                b'+' => Some(62),
                b'/' => Some(63),
                _ => None,
            }
        });
        let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
        for digit in digits {
            (bits, held) = (bits << 6 | digit, held + 6);
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held) as u8);
            }
        }
        Ok(bytes.into())
    }

    /// `2023-11-14T22:13:20.250Z`.
    fn timestamp(&mut self, _format: TimestampFormat) -> Result<Timestamp, Malformed> {
        let text = self.string()?;
        let mut numbers = text
            .split(|char: char| !char.is_ascii_digit())
            .map(|part| part.parse::<u64>().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        let (year, month, day) = (next(), next(), next());
        let leap = |year: u64| {
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
        };
        let february = if leap(year) { 29 } else { 28 };
        let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let years: u64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
        let days = years + months[..month as usize - 1].iter().sum::<u64>() + day - 1;
        let seconds = ((days * 24 + next()) * 60 + next()) * 60 + next();
        Ok(Timestamp::from_millis(seconds * 1000 + next()))
    }

    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        assert_eq!(self.0.len(), 1, "{:?}", self.0);
        for (index, member) in schema.members.iter().enumerate() {
            let found: Vec<_> = child(self.0[0], member.wire_name).collect();
            if !found.is_empty() {
                each(index, &mut Dom(found))?;
            }
        }
        Ok(())
    }

    fn list(&mut self, schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        let items = if schema.flattened {
            self.0.clone()
        } else {
            child(self.0[0], schema.wire_name).collect()
        };
        items.into_iter().try_for_each(|item| each(&mut Dom(vec![item])))
    }

    fn map(&mut self, schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let entries =
            if schema.flattened { self.0.clone() } else { child(self.0[0], "entry").collect() };
        entries.into_iter().try_for_each(|entry| {
            let key = Dom(child(entry, schema.key_name).collect()).string()?;
            each(key, &mut Dom(child(entry, schema.value_name).collect()))
        })
    }
}
