//! What the current model of a service no longer says.
//!
//! `facts/<service>.query.json` is extracted from the last model that spoke Query; `facts/<service>.json`
//! is by hand and comes after it.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::model::{Botocore, ErrorTrait, Model, Traits};

const FOLDER: &str = "xtask/src/codegen/facts";

/// Additions to a model.
#[derive(Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Facts {
    /// Where all this is from.
    pub(super) source: Vec<String>,
    /// Protocols that the service speaks besides those of its model, as models name them.
    #[serde(default)]
    pub(super) protocols: Vec<String>,
    pub(super) xml_namespace: Option<String>,
    /// The elements that answers are wrapped in, by operation.
    #[serde(default)]
    pub(super) result_wrappers: BTreeMap<String, String>,
    /// `locationName` by `Shape` or `Shape.member`.
    #[serde(default)]
    pub(super) names: BTreeMap<String, String>,
    /// Shapes and members that are flattened.
    #[serde(default)]
    pub(super) flattened: Vec<String>,
    /// Enums that the service does not hold callers to: it has its own check, or takes any value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) open_enums: Vec<String>,
    /// `error` traits by shape.
    #[serde(default)]
    pub(super) errors: BTreeMap<String, ErrorTrait>,
}

impl Facts {
    /// Those of a service; most have none.
    pub(super) fn of(service: &str) -> Result<Self> {
        let mut facts = Facts::default();
        for file in [format!("{service}.query.json"), format!("{service}.json")] {
            let path = crate::root().join(FOLDER).join(&file);
            if path.exists() {
                let text = fs::read_to_string(&path)?;
                facts.extend(serde_json::from_str(&text).context(file)?);
            }
        }
        Ok(facts)
    }

    fn extend(&mut self, other: Facts) {
        self.source.extend(other.source);
        self.protocols.extend(other.protocols);
        self.xml_namespace = other.xml_namespace.or(self.xml_namespace.take());
        self.result_wrappers.extend(other.result_wrappers);
        self.names.extend(other.names);
        self.flattened.extend(other.flattened);
        self.open_enums.extend(other.open_enums);
        self.errors.extend(other.errors);
    }

    /// Puts them into a model. A fact about something that the model does not have is an error.
    pub(super) fn apply(self, model: &mut Model) -> Result<()> {
        model.metadata.xml_namespace = self.xml_namespace.or(model.metadata.xml_namespace.take());
        for (path, name) in self.names {
            traits(model, &path)?.location_name = Some(name);
        }
        for path in self.flattened {
            traits(model, &path)?.flattened = Some(true);
        }
        for name in self.open_enums {
            model.shapes.get_mut(&name).with_context(|| name.clone())?.values.clear();
        }
        for (name, error) in self.errors {
            let shape = model.shapes.get_mut(&name).with_context(|| name.clone())?;
            shape.error = Some(error);
        }
        for (name, wrapper) in self.result_wrappers {
            let output = model.operations.get_mut(&name).and_then(|found| found.output.as_mut());
            output.with_context(|| name.clone())?.result_wrapper = Some(wrapper);
        }
        Ok(())
    }
}

fn traits<'m>(model: &'m mut Model, path: &str) -> Result<&'m mut Traits> {
    let (shape, member) = path.split_once('.').map_or((path, None), |(s, m)| (s, Some(m)));
    let shape = model.shapes.get_mut(shape).with_context(|| format!("no shape for {path}"))?;
    let Some(member) = member else { return Ok(&mut shape.traits) };
    let references = shape.references_mut();
    let found = references.into_iter().find(|(name, _)| *name == member);
    found.map(|(_, reference)| &mut reference.traits).with_context(|| format!("no member {path}"))
}

/// Writes `facts/sqs.query.json`.
#[expect(clippy::disallowed_methods, reason = "a tool writes files")]
pub(super) fn extract(botocore: &Botocore) -> Result<()> {
    fs::write(crate::root().join(FOLDER).join("sqs.query.json"), query_facts(botocore)?)?;
    Ok(())
}

/// The text of `facts/sqs.query.json`.
pub(super) fn query_facts(botocore: &Botocore) -> Result<String> {
    let facts = extracted(&botocore.model("sqs/2012-11-05")?, botocore.version())?;
    Ok(serde_json::to_string_pretty(&facts)? + "\n")
}

/// All that a Query model says of names and errors.
fn extracted(model: &Model, version: &str) -> Result<Facts> {
    if model.metadata.protocol != "query" {
        bail!("botocore {version} does not have a Query model");
    }
    let mut facts = Facts {
        source: vec![format!(
            "botocore {version}, data/sqs/2012-11-05/service-2.json, extracted by `cargo xtask codegen --facts`"
        )],
        protocols: vec!["query".to_owned()],
        xml_namespace: model.metadata.xml_namespace.clone(),
        ..Facts::default()
    };
    for (name, operation) in &model.operations {
        let wrapper = operation.output.as_ref().and_then(|output| output.result_wrapper.clone());
        facts.result_wrappers.extend(wrapper.map(|wrapper| (name.clone(), wrapper)));
    }
    for (name, shape) in &model.shapes {
        facts.note(name.clone(), &shape.traits);
        for (member, reference) in shape.references() {
            facts.note(format!("{name}.{member}"), &reference.traits);
        }
        facts.errors.extend(shape.error.clone().map(|error| (name.clone(), error)));
    }
    Ok(facts)
}

impl Facts {
    fn note(&mut self, path: String, traits: &Traits) {
        if traits.flattened == Some(true) {
            self.flattened.push(path.clone());
        }
        self.names.extend(traits.location_name.clone().map(|name| (path, name)));
    }
}
