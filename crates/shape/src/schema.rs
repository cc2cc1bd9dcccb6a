//! What a model says of a value: its members, their names in each protocol, their constraints.

use crate::pattern::Pattern;

/// A structure: its members in the order of the model.
#[derive(Debug)]
pub struct Schema {
    /// The shape's name, as in `SendMessageRequest`.
    pub name: &'static str,
    /// The name of its element where it is a whole XML document: the model's `locationName`, else `name`.
    pub xml_name: &'static str,
    /// Its members; generated code refers to them by index.
    pub members: &'static [Member],
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The model's name for it, which JSON and CBOR use.
    pub name: &'static str,
    /// The name that Query, XML, REST's JSON and HTTP bindings use: the model's `locationName`, else `name`. A
    /// flattened list takes the name of its elements where they have one: they stand in its place.
    pub wire_name: &'static str,
    /// Where HTTP-bound protocols put it.
    pub location: Location,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether XML writes it as an attribute of its structure's element.
    pub attribute: bool,
    /// Whether clients make a value up where the caller gives none.
    pub idempotency_token: bool,
    /// Whether it is a label of the operation's host name too.
    pub host_label: bool,
    /// The XML namespace that its element declares.
    pub namespace: Option<Namespace>,
    /// What a value of it is.
    pub target: Target,
}

/// An XML namespace that an element declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// The prefix of names in it; empty for the default namespace.
    pub prefix: &'static str,
    /// Its name.
    pub uri: &'static str,
}

/// Where a REST protocol carries a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body, beside the others.
    Body,
    /// It is the body.
    Payload,
    /// In the header of this (wire) name.
    Header,
    /// In all headers whose name begins with the wire name.
    Headers,
    /// In the query string.
    Query,
    /// In the path.
    Uri,
    /// It is the status code.
    StatusCode,
}

/// What a value is, and which values are allowed.
#[derive(Debug)]
pub enum Target {
    /// True or false.
    Boolean,
    /// 32 bits.
    Integer(Number),
    /// 64 bits.
    Long(Number),
    /// Single precision.
    Float(Number),
    /// Double precision.
    Double(Number),
    /// Text.
    String(Text),
    /// Bytes, base64 in the text protocols; the lengths are of the bytes.
    Blob(Text),
    /// A moment.
    Timestamp(TimestampFormat),
    /// Bytes that come or go piece by piece: the whole body.
    Stream,
    /// Events that come or go one after the other: the whole body. The structure has a member for each
    /// kind of event.
    Events(fn() -> &'static Schema),
    /// A list.
    List(&'static ListSchema),
    /// A map with text keys.
    Map(&'static MapSchema),
    /// A structure. A function, so that shapes may contain themselves.
    Structure(fn() -> &'static Schema),
}

/// A list's elements and names.
#[derive(Debug)]
pub struct ListSchema {
    /// What its elements are.
    pub member: Target,
    /// An element's name in Query and XML: the model's `locationName`, else `member`.
    pub wire_name: &'static str,
    /// Whether the elements stand where the list would stand.
    pub flattened: bool,
    /// Fewest and most elements.
    pub length: (Option<u64>, Option<u64>),
}

/// A map's keys, values and names.
#[derive(Debug)]
pub struct MapSchema {
    /// Constraints of the keys.
    pub key: Text,
    /// What its values are.
    pub value: Target,
    /// A key's name in Query and XML: the model's `locationName`, else `key`.
    pub key_name: &'static str,
    /// A value's name in Query and XML: the model's `locationName`, else `value`.
    pub value_name: &'static str,
    /// Whether the entries stand where the map would stand.
    pub flattened: bool,
    /// Fewest and most entries.
    pub length: (Option<u64>, Option<u64>),
}

/// Constraints of a number, inclusive.
#[derive(Debug, Default)]
pub struct Number {
    /// The smallest allowed.
    pub min: Option<i64>,
    /// The largest allowed.
    pub max: Option<i64>,
}

/// Constraints of a text or of bytes.
#[derive(Debug, Default)]
pub struct Text {
    /// The shortest allowed, in characters (bytes for a blob).
    pub min: Option<u64>,
    /// The longest allowed.
    pub max: Option<u64>,
    /// What the whole text must match.
    pub pattern: Option<&'static Pattern>,
    /// The values allowed; empty when any is.
    pub values: &'static [&'static str],
}

/// The format of a timestamp in a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// As the protocol does by itself: JSON and CBOR seconds, Query and XML ISO 8601.
    Default,
    /// ISO 8601, UTC.
    Iso8601,
    /// Seconds since 1970.
    Unix,
    /// As in HTTP headers.
    Rfc822,
}
