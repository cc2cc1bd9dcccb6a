//! Reading XML.

use std::rc::Rc;
use std::str::FromStr;

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use roxmltree::{Document, Node, NodeId, ParsingOptions};
use shape::reader::{EachEntry, EachItem, EachMember};
use shape::{
    ListSchema, Location, Malformed, MapSchema, Member, Reader, Schema, Target, TimestampFormat,
};

use crate::{MOST_DEPTH, time};

/// Most elements, texts and attributes of one document: a list of its most elements with a few members each.
const MOST_NODES: u32 = 1 << 20;

/// Reads the elements of one value: several for a flattened list or map. There are no entities but
/// those of XML itself: a document that declares its own is refused.
pub(crate) struct XmlReader<'x> {
    document: Rc<Document<'x>>,
    nodes: Vec<NodeId>,
    /// The text, where the value is an attribute.
    attribute: Option<String>,
    depth: usize,
}

impl<'x> XmlReader<'x> {
    /// A reader that stands before the outermost element, whatever its name.
    pub(crate) fn new(body: &'x [u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(body);
        let text = text.map_err(|_| Malformed("The request is not UTF-8.".to_owned()))?;
        let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
        let document = Document::parse_with_options(text, options);
        let document = document.map_err(|error| Malformed(format!("Invalid XML: {error}.")))?;
        let nodes = vec![document.root_element().id()];
        Ok(XmlReader { document: Rc::new(document), nodes, attribute: None, depth: 0 })
    }

    /// The same, standing before an element in it, if there is one of this name.
    #[cfg(any(test, feature = "client"))]
    pub(crate) fn below(mut self, name: &str) -> Self {
        if let Some(found) = self.children(name).first() {
            self.nodes = vec![*found];
        }
        self
    }

    fn node(&self) -> Result<Node<'_, 'x>, Malformed> {
        let first = self.nodes.first().and_then(|node| self.document.get_node(*node));
        first.ok_or_else(|| Malformed("An element is missing.".to_owned()))
    }

    /// The text of an element, also where it is in pieces.
    fn text(&self) -> Result<String, Malformed> {
        if let Some(text) = &self.attribute {
            return Ok(text.clone());
        }
        let node = self.node()?;
        if node.children().any(|child| child.is_element()) {
            return Err(Malformed(format!("{} has elements.", node.tag_name().name())));
        }
        Ok(node.children().filter_map(|child| child.text()).collect())
    }

    fn parsed<T: FromStr>(&self, name: &str) -> Result<T, Malformed> {
        let text = self.text()?;
        let shown = || text.chars().take(64).collect::<String>();
        let parsed = text.trim().parse();
        parsed.map_err(|_| Malformed(format!("{} can not be converted to {name}", shown())))
    }

    /// The elements with this name in this one; a prefix does not count.
    fn children(&self, name: &str) -> Vec<NodeId> {
        let name = local(name);
        let Ok(node) = self.node() else { return Vec::new() };
        let children = node.children().filter(|child| child.tag_name().name() == name);
        children.map(|child| child.id()).collect()
    }

    fn attribute(&self, name: &str) -> Option<String> {
        let name = local(name);
        let mut attributes = self.node().ok()?.attributes();
        attributes.find(|found| found.name() == name).map(|found| found.value().to_owned())
    }

    fn within(&self, nodes: Vec<NodeId>, attribute: Option<String>) -> Result<Self, Malformed> {
        if self.depth == MOST_DEPTH {
            return Err(Malformed(format!("Values nest more than {MOST_DEPTH} levels deep.")));
        }
        let document = Rc::clone(&self.document);
        Ok(XmlReader { document, nodes, attribute, depth: self.depth + 1 })
    }

    /// The reader of a member, if it is there.
    fn member(&self, member: &Member) -> Result<Option<Self>, Malformed> {
        if member.attribute {
            let found = self.attribute(member.wire_name);
            return found.map(|text| self.within(Vec::new(), Some(text))).transpose();
        }
        let mut nodes = self.children(member.wire_name);
        if !is_flattened(&member.target) {
            nodes.truncate(1);
        }
        if nodes.is_empty() { Ok(None) } else { self.within(nodes, None).map(Some) }
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn is_flattened(target: &Target) -> bool {
    match target {
        Target::List(list) => list.flattened,
        Target::Map(map) => map.flattened,
        _ => false,
    }
}

impl Reader for XmlReader<'_> {
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
        self.text()
    }

    fn blob(&mut self) -> Result<Bytes, Malformed> {
        let decoded = STANDARD.decode(self.text()?.trim());
        decoded.map(Bytes::from).map_err(|error| Malformed(format!("Invalid Base64: {error}.")))
    }

    fn timestamp(&mut self, format: TimestampFormat) -> Result<Timestamp, Malformed> {
        time::parse(self.text()?.trim(), format)
    }

    fn structure(
        &mut self,
        schema: &'static Schema,
        each: &mut EachMember,
    ) -> Result<(), Malformed> {
        for (index, member) in schema.members.iter().enumerate() {
            if member.location != Location::Body {
                continue;
            }
            if let Some(mut reader) = self.member(member)? {
                each(index, &mut reader)?;
            }
        }
        Ok(())
    }

    fn list(&mut self, schema: &'static ListSchema, each: &mut EachItem) -> Result<(), Malformed> {
        let items =
            if schema.flattened { self.nodes.clone() } else { self.children(schema.wire_name) };
        items.into_iter().try_for_each(|item| each(&mut self.within(vec![item], None)?))
    }

    fn map(&mut self, schema: &'static MapSchema, each: &mut EachEntry) -> Result<(), Malformed> {
        let entries = if schema.flattened { self.nodes.clone() } else { self.children("entry") };
        entries.into_iter().try_for_each(|entry| {
            let entry = self.within(vec![entry], None)?;
            let key = entry.within(entry.children(schema.key_name), None)?.text()?;
            each(key, &mut entry.within(entry.children(schema.value_name), None)?)
        })
    }
}
