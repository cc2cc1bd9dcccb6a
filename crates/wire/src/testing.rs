//! A shape for tests: it has every kind of member, and contains itself.

use std::collections::BTreeMap;

use base::Timestamp;
use bytes::Bytes;
use shape::constants::*;
use shape::{
    Decode, ErrorModel, ListSchema, MapSchema, Member, OperationModel, Protocol, ServiceModel,
    Target, Text,
};

shape::structures! {
    Node "Node" {
        0 name: Option<String> = Member::new("Name", STRING);
        1 count: Option<i32> = Member::new("Count", INTEGER);
        2 total: Option<i64> = Member::new("Total", LONG);
        3 ratio: Option<f64> = Member::new("Ratio", DOUBLE);
        4 share: Option<f32> = Member::new("Share", FLOAT);
        5 flag: Option<bool> = Member::new("Flag", BOOLEAN);
        6 data: Option<Bytes> = Member::new("Data", BLOB);
        7 moment: Option<Timestamp> = Member::new("Moment", TIMESTAMP);
        8 child: Option<Box<Node>> = Member::new("Child", Target::of::<Node>());
        9 words: Option<Vec<String>> = Member::new("Words", Target::List(&WORDS));
        10 nodes: Option<Vec<Node>> = Member::new("Nodes", Target::List(&NODES)).named("Node");
        11 tags: Option<BTreeMap<String, String>> = Member::new("Tags", Target::Map(&TAGS));
        12 attributes: Option<BTreeMap<String, Node>> = Member::new("Attributes", Target::Map(&ATTRIBUTES)).named("Attribute");
    }
    /// The members of an error besides its text.
    NodeGone "NodeGone" {
        0 name: String = Member::new("Name", STRING).required();
        1 count: Option<i32> = Member::new("Count", INTEGER);
    }
}

shape::schemas! {
    shared WORDS: ListSchema = ListSchema::of(STRING);
    shared NODES: ListSchema = ListSchema::of(Target::of::<Node>()).named("Node").flattened();
    shared TAGS: MapSchema = MapSchema::of(Text::ANY, STRING);
    shared ATTRIBUTES: MapSchema = MapSchema::of(Text::ANY, Target::of::<Node>()).named("Name", "Value").flattened();
}

pub(crate) static PUT: OperationModel =
    OperationModel::new("PutNode").takes(Node::SCHEMA).gives(Node::SCHEMA).wrapped("PutNodeResult");
pub(crate) static FORGET: OperationModel = OperationModel::new("ForgetNode").takes(Node::SCHEMA);
pub(crate) static GONE: ErrorModel = ErrorModel::new("NodeGone", 404).code("Test.Gone");
pub(crate) static BROKEN: ErrorModel =
    ErrorModel::new("NodeBroken", 503).code("Test.Broken").receiver();

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
    error_namespace: "com.example.nodes#",
    operations: &[&FORGET, &PUT],
    errors: &[&BROKEN, &GONE],
    ..ServiceModel::BARE
};
