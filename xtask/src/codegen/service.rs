//! A model made ready to be written: everything that is reachable from its operations.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};

use super::boxes;
use super::facts::Facts;
use super::model::{Kind, Model, Operation, Reference, Shape};
use super::names;

/// Most members of a structure: `shape::Validated` remembers those it has seen in 128 bits.
const MOST_MEMBERS: usize = 128;

/// Lists and maps by name; the same may be flattened in one place and not in another.
type Collections = BTreeSet<(String, bool)>;

/// A service as it will be written.
pub(super) struct Service {
    pub(super) name: String,
    pub(super) model: Model,
    /// Variants of `shape::Protocol`.
    pub(super) protocols: Vec<&'static str>,
    /// The structures that operations and their errors use.
    pub(super) structures: BTreeSet<String>,
    /// The lists and maps that they use.
    pub(super) collections: Collections,
    /// Members that must be boxed because their structure contains itself.
    boxed: BTreeSet<(String, String)>,
}

impl Service {
    pub(super) fn new(name: &str, mut model: Model, facts: Facts) -> Result<Self> {
        let mut spoken = model.metadata.protocols.clone().unwrap_or_default();
        if spoken.is_empty() {
            spoken.push(model.metadata.protocol.clone());
        }
        spoken.extend(facts.protocols.iter().cloned());
        facts.apply(&mut model)?;
        let version = model.metadata.json_version.as_deref();
        let protocols = spoken.iter().map(|name| protocol(name, version)).collect::<Result<_>>()?;
        let (structures, collections) = reachable(&model)?;
        let boxed = boxes::find(&model, &structures)?;
        let service =
            Service { name: name.to_owned(), model, protocols, structures, collections, boxed };
        service.check_names()?;
        Ok(service)
    }

    pub(super) fn shape(&self, name: &str) -> Result<&Shape> {
        shape(&self.model, name)
    }

    /// Whether a list or a map stands where its members would stand.
    pub(super) fn flattened(&self, reference: &Reference) -> Result<bool> {
        flattened(&self.model, reference)
    }

    /// A `locationName`, where a reference or its shape has one.
    pub(super) fn location_name<'s>(&'s self, reference: &'s Reference) -> Result<Option<&'s str>> {
        let own = reference.traits.location_name.as_deref();
        Ok(own.or(self.shape(&reference.shape)?.traits.location_name.as_deref()))
    }

    /// The name of a structure's member in Query and XML.
    pub(super) fn wire_name<'s>(&'s self, name: &'s str, member: &'s Reference) -> Result<&'s str> {
        let shape = self.shape(&member.shape)?;
        if let Some(item) = shape.member.as_ref().filter(|_| shape.kind == Kind::List)
            && self.flattened(member)?
            && let Some(element) = self.location_name(item)?
        {
            return Ok(element);
        }
        Ok(self.location_name(member)?.unwrap_or(name))
    }

    /// The members of a structure; those of an error without its text, which every error has, and those of
    /// events without the errors.
    pub(super) fn members<'s>(&self, shape: &'s Shape) -> Result<Vec<&'s (String, Reference)>> {
        let message = if shape.exception { self.message_name(shape)? } else { None };
        let mut members = Vec::new();
        for member in &shape.members.0 {
            // Errors end a stream of events: they are no events themselves.
            let is_error = shape.eventstream && self.shape(&member.1.shape)?.exception;
            if !is_error && Some(member.0.as_str()) != message {
                members.push(member);
            }
        }
        Ok(members)
    }

    /// The name of an error's text among its members.
    pub(super) fn message_name<'s>(&self, shape: &'s Shape) -> Result<Option<&'s str>> {
        for (name, reference) in &shape.members.0 {
            let is_text = self.shape(&reference.shape)?.kind == Kind::String;
            if is_text && name.eq_ignore_ascii_case("message") {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Whether a blob comes and goes piece by piece.
    pub(super) fn streams(&self, reference: &Reference) -> Result<bool> {
        Ok(reference.streaming || self.shape(&reference.shape)?.streaming)
    }

    pub(super) fn boxed(&self, structure: &str, member: &str) -> bool {
        self.boxed.contains(&(structure.to_owned(), member.to_owned()))
    }

    /// Its errors, by name.
    pub(super) fn errors(&self) -> impl Iterator<Item = (&String, &Shape)> {
        self.model.shapes.iter().filter(|(_, shape)| shape.exception)
    }

    /// The element that XML answers of an operation are wrapped in.
    pub(super) fn result_wrapper(&self, name: &str, operation: &Operation) -> Option<String> {
        let output = operation.output.as_ref()?;
        let given = output.result_wrapper.clone();
        given.or_else(|| self.protocols.contains(&"AwsQuery").then(|| format!("{name}Result")))
    }

    /// Refuses models in which two things would get one name.
    fn check_names(&self) -> Result<()> {
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        let types = self.structures.iter().map(|name| (names::type_name(name), name));
        let statics = self.collections.iter().map(|(name, _)| name).collect::<BTreeSet<_>>();
        let statics = statics.into_iter().chain(&self.structures);
        for (rust, name) in types.chain(statics.map(|name| (names::upper(name), name))) {
            if let Some(other) = taken.insert(rust, name).filter(|other| other != name) {
                bail!("{}: {name} and {other} would be called the same", self.name);
            }
        }
        for name in &self.structures {
            let count = self.shape(name)?.members.0.len();
            ensure!(count <= MOST_MEMBERS, "{}: {name} has {count} members", self.name);
        }
        Ok(())
    }
}

fn protocol(name: &str, json_version: Option<&str>) -> Result<&'static str> {
    Ok(match (name, json_version) {
        ("json", Some("1.0")) => "AwsJson10",
        ("json", _) => "AwsJson11",
        ("query", _) => "AwsQuery",
        ("ec2", _) => "Ec2Query",
        ("rest-json", _) => "RestJson",
        ("rest-xml", _) => "RestXml",
        ("smithy-rpc-v2-cbor", _) => "RpcV2Cbor",
        ("cbor", _) => "AwsCbor11",
        _ => bail!("no protocol is called {name}"),
    })
}

fn shape<'m>(model: &'m Model, name: &str) -> Result<&'m Shape> {
    model.shapes.get(name).with_context(|| format!("the model has no shape {name}"))
}

fn flattened(model: &Model, reference: &Reference) -> Result<bool> {
    let own = reference.traits.flattened;
    Ok(own.or(shape(model, &reference.shape)?.traits.flattened).unwrap_or(false))
}

/// Whether a member of an error is its text.
fn is_message(name: &str) -> bool {
    name.eq_ignore_ascii_case("message")
}

/// The structures, and the lists and maps, that operations use directly or not.
fn reachable(model: &Model) -> Result<(BTreeSet<String>, Collections)> {
    let (mut structures, mut collections) = (BTreeSet::new(), BTreeSet::new());
    let operations = model.operations.values();
    let mut waiting: Vec<&Reference> = operations
        .flat_map(|operation| {
            operation.input.iter().chain(&operation.output).chain(&operation.errors)
        })
        .collect();
    while let Some(reference) = waiting.pop() {
        let found = shape(model, &reference.shape)?;
        if found.exception && found.members.0.iter().all(|(name, _)| is_message(name)) {
            continue;
        }
        ensure!(!found.document, "{}: documents have no place in shapes", reference.shape);
        let new = match found.kind {
            Kind::Structure => structures.insert(reference.shape.clone()),
            Kind::List | Kind::Map => {
                collections.insert((reference.shape.clone(), flattened(model, reference)?))
            }
            _ => false,
        };
        if new {
            waiting.extend(found.references().into_iter().map(|(_, reference)| reference));
        }
    }
    Ok((structures, collections))
}
