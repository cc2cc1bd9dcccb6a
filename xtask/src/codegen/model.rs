//! The model of a service as botocore writes it: what the generator reads of it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::marker::PhantomData;
use std::path::PathBuf;

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::python::Environment;

/// An installed botocore.
pub(super) struct Botocore {
    folder: PathBuf,
    version: String,
}

impl Botocore {
    /// The one of a Python environment.
    pub(super) fn of(environment: Environment) -> Result<Self> {
        let libraries = environment.prepare()?.join("lib");
        let python =
            fs::read_dir(&libraries)?.next().context("an environment without Python")??;
        let folder = python.path().join("site-packages/botocore");
        let source = fs::read_to_string(folder.join("__init__.py"))?;
        let version = source
            .lines()
            .find_map(|line| line.strip_prefix("__version__ = '")?.strip_suffix('\''))
            .context("a botocore without a version")?;
        Ok(Botocore { folder, version: version.to_owned() })
    }

    /// Its release.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// The model in a folder such as `sqs/2012-11-05`. Older releases did not compress it.
    #[expect(clippy::disallowed_methods, reason = "a tool reads files")]
    pub(super) fn model(&self, folder: &str) -> Result<Model> {
        let path = self.folder.join("data").join(folder).join("service-2.json");
        let compressed = path.with_extension("json.gz");
        let text = if compressed.exists() {
            let mut text = Vec::new();
            GzDecoder::new(File::open(&compressed)?).read_to_end(&mut text)?;
            text
        } else {
            fs::read(&path).with_context(|| path.display().to_string())?
        };
        serde_json::from_slice(&text).with_context(|| path.display().to_string())
    }
}

#[derive(Deserialize)]
pub(super) struct Model {
    pub(super) metadata: Metadata,
    pub(super) operations: BTreeMap<String, Operation>,
    pub(super) shapes: BTreeMap<String, Shape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) api_version: String,
    pub(super) endpoint_prefix: String,
    pub(super) signing_name: Option<String>,
    pub(super) protocol: String,
    pub(super) protocols: Option<Vec<String>>,
    pub(super) json_version: Option<String>,
    pub(super) target_prefix: Option<String>,
    pub(super) xml_namespace: Option<String>,
    pub(super) aws_query_compatible: Option<serde_json::Value>,
}

#[derive(Deserialize)]
pub(super) struct Operation {
    pub(super) http: Http,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) input: Option<Reference>,
    pub(super) output: Option<Reference>,
    #[serde(default)]
    pub(super) errors: Vec<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Http {
    pub(super) method: String,
    pub(super) request_uri: String,
    pub(super) response_code: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Endpoint {
    pub(super) host_prefix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) members: Ordered<Reference>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    pub(super) member: Option<Reference>,
    pub(super) key: Option<Reference>,
    pub(super) value: Option<Reference>,
    pub(super) min: Option<serde_json::Number>,
    pub(super) max: Option<serde_json::Number>,
    pub(super) pattern: Option<String>,
    #[serde(rename = "enum", default)]
    pub(super) values: Vec<String>,
    pub(super) payload: Option<String>,
    #[serde(default)]
    pub(super) document: bool,
    #[serde(default)]
    pub(super) streaming: bool,
    #[serde(default)]
    pub(super) eventstream: bool,
    #[serde(default)]
    pub(super) exception: bool,
    #[serde(default)]
    pub(super) fault: bool,
    pub(super) error: Option<ErrorTrait>,
    #[serde(flatten)]
    pub(super) traits: Traits,
}

/// A shape from where it is used; its traits come before those of the shape itself.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference {
    pub(super) shape: String,
    pub(super) location: Option<String>,
    pub(super) result_wrapper: Option<String>,
    #[serde(default)]
    pub(super) streaming: bool,
    #[serde(default)]
    pub(super) xml_attribute: bool,
    #[serde(default)]
    pub(super) idempotency_token: bool,
    #[serde(default)]
    pub(super) host_label: bool,
    #[serde(rename = "eventpayload", default)]
    pub(super) event_payload: bool,
    #[serde(rename = "eventheader", default)]
    pub(super) event_header: bool,
    #[serde(flatten)]
    pub(super) traits: Traits,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Traits {
    pub(super) location_name: Option<String>,
    pub(super) flattened: Option<bool>,
    pub(super) timestamp_format: Option<String>,
    pub(super) xml_namespace: Option<XmlNamespace>,
}

/// A namespace; models write the default one as a text or as an object.
#[derive(Clone, Deserialize)]
#[serde(from = "NamespaceForm")]
pub(super) struct XmlNamespace {
    pub(super) prefix: Option<String>,
    pub(super) uri: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NamespaceForm {
    Uri(String),
    Full { prefix: Option<String>, uri: String },
}

impl From<NamespaceForm> for XmlNamespace {
    fn from(form: NamespaceForm) -> Self {
        match form {
            NamespaceForm::Uri(uri) => XmlNamespace { prefix: None, uri },
            NamespaceForm::Full { prefix, uri } => XmlNamespace { prefix, uri },
        }
    }
}

#[derive(Clone, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorTrait {
    pub(super) code: Option<String>,
    pub(super) http_status_code: Option<u16>,
    pub(super) sender_fault: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Structure,
    List,
    Map,
    String,
    Character,
    Boolean,
    Integer,
    Long,
    Float,
    Double,
    Blob,
    Timestamp,
}

/// Pairs in the order in which the model has them.
pub(super) struct Ordered<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs(PhantomData))
    }
}

struct Pairs<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
    type Value = Ordered<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Ordered(pairs))
    }
}

impl Shape {
    /// The shapes that it is made of, by the names of the places where it uses them.
    pub(super) fn references(&self) -> Vec<(&str, &Reference)> {
        let members = self.members.0.iter().map(|(name, reference)| (name.as_str(), reference));
        let places = [("member", &self.member), ("key", &self.key), ("value", &self.value)];
        let places = places.into_iter().filter_map(|(name, place)| Some((name, place.as_ref()?)));
        members.chain(places).collect()
    }

    /// The same, to be changed.
    pub(super) fn references_mut(&mut self) -> Vec<(&str, &mut Reference)> {
        let members = self.members.0.iter_mut().map(|(name, reference)| (name.as_str(), reference));
        let places =
            [("member", &mut self.member), ("key", &mut self.key), ("value", &mut self.value)];
        let places = places.into_iter().filter_map(|(name, place)| Some((name, place.as_mut()?)));
        members.chain(places).collect()
    }
}
