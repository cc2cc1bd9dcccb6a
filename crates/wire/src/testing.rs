//! A shape for tests: it has every kind of member, and contains itself.

use std::collections::BTreeMap;

use base::Timestamp;
use bytes::Bytes;
use shape::{
    Decode, Encode, ErrorModel, ListSchema, Location, Malformed, MapSchema, Member, Number,
    OperationModel, Protocol, Reader, Schema, ServiceModel, Target, Text, TimestampFormat, Writer,
    decode_list, decode_map, encode_list, encode_map,
};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Node {
    pub(crate) name: Option<String>,
    pub(crate) count: Option<i32>,
    pub(crate) total: Option<i64>,
    pub(crate) ratio: Option<f64>,
    pub(crate) share: Option<f32>,
    pub(crate) flag: Option<bool>,
    pub(crate) data: Option<Bytes>,
    pub(crate) moment: Option<Timestamp>,
    pub(crate) child: Option<Box<Node>>,
    pub(crate) words: Option<Vec<String>>,
    pub(crate) nodes: Option<Vec<Node>>,
    pub(crate) tags: Option<BTreeMap<String, String>>,
    pub(crate) attributes: Option<BTreeMap<String, Node>>,
}

const fn member(name: &'static str, wire_name: &'static str, target: Target) -> Member {
    Member { name, wire_name, location: Location::Body, required: false, target }
}

pub(crate) static NODE: Schema = Schema {
    name: "Node",
    members: &[
        member("Name", "Name", Target::String(Text::ANY)),
        member("Count", "Count", Target::Integer(Number::ANY)),
        member("Total", "Total", Target::Long(Number::ANY)),
        member("Ratio", "Ratio", Target::Double(Number::ANY)),
        member("Share", "Share", Target::Float(Number::ANY)),
        member("Flag", "Flag", Target::Boolean),
        member("Data", "Data", Target::Blob(Text::ANY)),
        member("Moment", "Moment", Target::Timestamp(TimestampFormat::Default)),
        member("Child", "Child", Target::Structure(|| &NODE)),
        member("Words", "Words", Target::List(&WORDS)),
        member("Nodes", "Node", Target::List(&NODES)),
        member("Tags", "Tags", Target::Map(&TAGS)),
        member("Attributes", "Attribute", Target::Map(&ATTRIBUTES)),
    ],
};
static WORDS: ListSchema = ListSchema {
    member: Target::String(Text::ANY),
    wire_name: "member",
    flattened: false,
    length: (None, None),
};
static NODES: ListSchema = ListSchema {
    member: Target::Structure(|| &NODE),
    wire_name: "Node",
    flattened: true,
    length: (None, None),
};
static TAGS: MapSchema = MapSchema {
    key: Text::ANY,
    value: Target::String(Text::ANY),
    key_name: "key",
    value_name: "value",
    flattened: false,
    length: (None, None),
};
static ATTRIBUTES: MapSchema = MapSchema {
    key: Text::ANY,
    value: Target::Structure(|| &NODE),
    key_name: "Name",
    value_name: "Value",
    flattened: true,
    length: (None, None),
};

impl Decode for Node {
    const SCHEMA: &'static Schema = &NODE;

    fn decode(reader: &mut dyn Reader) -> Result<Self, Malformed> {
        let mut value = Node::default();
        reader.structure(&NODE, &mut |index, reader| {
            match index {
                0 => value.name = Some(reader.string()?),
                1 => value.count = Some(reader.integer()?),
                2 => value.total = Some(reader.long()?),
                3 => value.ratio = Some(reader.double()?),
                4 => value.share = Some(reader.float()?),
                5 => value.flag = Some(reader.boolean()?),
                6 => value.data = Some(reader.blob()?),
                7 => value.moment = Some(reader.timestamp(TimestampFormat::Default)?),
                8 => value.child = Some(Box::new(Node::decode(reader)?)),
                9 => value.words = Some(decode_list(reader, &WORDS, |reader| reader.string())?),
                10 => value.nodes = Some(decode_list(reader, &NODES, Node::decode)?),
                11 => value.tags = Some(decode_map(reader, &TAGS, |reader| reader.string())?),
                _ => value.attributes = Some(decode_map(reader, &ATTRIBUTES, Node::decode)?),
            }
            Ok(())
        })?;
        Ok(value)
    }
}

/// Announces and writes a member that is there.
fn put<T>(
    writer: &mut dyn Writer,
    index: usize,
    value: &Option<T>,
    write: fn(&T, &mut dyn Writer),
) {
    if let Some(value) = value {
        writer.member(&NODE.members[index]);
        write(value, writer);
    }
}

impl Encode for Node {
    fn schema(&self) -> &'static Schema {
        &NODE
    }

    fn encode(&self, writer: &mut dyn Writer) {
        writer.structure(&NODE, &mut |writer| {
            put(writer, 0, &self.name, |value, writer| writer.string(value));
            put(writer, 1, &self.count, |value, writer| writer.integer(*value));
            put(writer, 2, &self.total, |value, writer| writer.long(*value));
            put(writer, 3, &self.ratio, |value, writer| writer.double(*value));
            put(writer, 4, &self.share, |value, writer| writer.float(*value));
            put(writer, 5, &self.flag, |value, writer| writer.boolean(*value));
            put(writer, 6, &self.data, |value, writer| writer.blob(value));
            put(writer, 7, &self.moment, |value, writer| {
                writer.timestamp(*value, TimestampFormat::Default);
            });
            put(writer, 8, &self.child, |value, writer| value.encode(writer));
            put(writer, 9, &self.words, |value, writer| {
                encode_list(writer, &WORDS, value, |value, writer| writer.string(value));
            });
            put(writer, 10, &self.nodes, |value, writer| {
                encode_list(writer, &NODES, value, |value, writer| value.encode(writer));
            });
            put(writer, 11, &self.tags, |value, writer| {
                encode_map(writer, &TAGS, value, |value, writer| writer.string(value));
            });
            put(writer, 12, &self.attributes, |value, writer| {
                encode_map(writer, &ATTRIBUTES, value, |value, writer| value.encode(writer));
            });
        });
    }
}

pub(crate) static PUT: OperationModel = OperationModel {
    name: "PutNode",
    method: "POST",
    uri: "/",
    input: Some(&NODE),
    output: Some(&NODE),
    result_wrapper: Some("PutNodeResult"),
};
pub(crate) static FORGET: OperationModel = OperationModel {
    name: "ForgetNode",
    method: "POST",
    uri: "/",
    input: Some(&NODE),
    output: None,
    result_wrapper: None,
};
pub(crate) static GONE: ErrorModel =
    ErrorModel { name: "NodeGone", code: "Test.Gone", status: 404, sender: true };
pub(crate) static BROKEN: ErrorModel =
    ErrorModel { name: "NodeBroken", code: "Test.Broken", status: 503, sender: false };

/// A service that JSON and Query can call.
pub(crate) static NODES_SERVICE: ServiceModel = ServiceModel {
    query_compatible: true,
    protocols: &[Protocol::AwsJson10, Protocol::AwsQuery],
    ..JSON_SERVICE
};
/// One that only JSON can.
pub(crate) const JSON_SERVICE: ServiceModel = ServiceModel {
    name: "nodes",
    signing_name: "nodes",
    target_prefix: "Nodes",
    version: "2020-02-02",
    xml_namespace: "http://nodes.example/doc/2020-02-02/",
    protocols: &[Protocol::AwsJson11],
    query_compatible: false,
    error_namespace: "com.example.nodes#",
    operations: &[&FORGET, &PUT],
    errors: &[&BROKEN, &GONE],
};
