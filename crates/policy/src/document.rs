//! A policy document.

use std::collections::BTreeSet;

use crate::json::Node;
use crate::malformed::Malformed;
use crate::statement::Statement;

/// The kind of policy, by what it is attached to: it decides which elements it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A user, a group or a role: what it may do.
    Identity,
    /// A session: what it may do of what its role may.
    Session,
    /// A resource, such as a queue: who may do what with it.
    Resource,
    /// A role: who may assume it.
    Trust,
}

/// A policy document, read and compiled once.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
#[derive(Clone, Debug)]
pub struct Document {
    text: Box<str>,
    kind: Kind,
    id: Option<Box<str>>,
    statements: Vec<Statement>,
}

/// Compares the meaning, not the text.
impl PartialEq for Document {
    fn eq(&self, other: &Document) -> bool {
        let Document { text: _, kind, id, statements } = self;
        (kind, id, statements) == (&other.kind, &other.id, &other.statements)
    }
}

impl Document {
    /// The longest text that is read, in bytes: more than any of AWS's quotas on policies.
    pub const MAX_SIZE: usize = 65_536;

    /// Reads a policy.
    ///
    /// # Errors
    /// What AWS's grammar does not know is refused, with the place and the reason.
    pub fn parse(kind: Kind, text: &str) -> Result<Document, Malformed> {
        if text.len() > Document::MAX_SIZE {
            let reason = format!("has more than {} bytes", Document::MAX_SIZE);
            return Err(Malformed::at("the policy", reason));
        }
        let root = Node::parse(text)?;
        let elements = root.object("the policy")?;
        let known = |name: &&String| !["Version", "Id", "Statement"].contains(&name.as_str());
        if let Some(unknown) = elements.keys().find(known) {
            return Err(Malformed::at(unknown, "is no element of a policy"));
        }
        let variables = has_variables(elements.get("Version"))?;
        let id = elements.get("Id").map(|id| id.text("Id")).transpose()?;
        if id.is_some() && kind != Kind::Resource && kind != Kind::Trust {
            let reason = "has no place in a policy of an identity or a session";
            return Err(Malformed::at("Id", reason));
        }
        let given = elements.get("Statement");
        let given = given.ok_or_else(|| Malformed::at("Statement", "is missing"))?;
        let statements = statements(given, kind, variables)?;
        Ok(Document { text: text.into(), kind, id: id.map(Into::into), statements })
    }

    /// The text that it was read from, word for word.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The kind of the policy.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Its statements, of which there is one at least.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

/// Variables came with version 2012-10-17; before, `${` was nothing special. Without a version it is the
/// older one.
fn has_variables(version: Option<&Node>) -> Result<bool, Malformed> {
    match version.map(|version| version.text("Version")).transpose()? {
        None | Some("2008-10-17") => Ok(false),
        Some("2012-10-17") => Ok(true),
        Some(_) => Err(Malformed::at("Version", "is neither 2008-10-17 nor 2012-10-17")),
    }
}

fn statements(node: &Node, kind: Kind, variables: bool) -> Result<Vec<Statement>, Malformed> {
    let mut sids = BTreeSet::new();
    let mut statements = Vec::new();
    for (number, node) in (1..).zip(node.many("Statement")?) {
        let place = format!("Statement[{number}]");
        let statement = Statement::parse(node.object(&place)?, kind, variables);
        let statement = statement.map_err(|error| error.within(&place))?;
        let sid = statement.sid().filter(|sid| !sid.is_empty());
        if let Some(sid) = sid
            && !sids.insert(sid.to_owned())
        {
            let reason = format!("{sid:?} is another statement's already");
            return Err(Malformed::at("Sid", reason).within(&place));
        }
        statements.push(statement);
    }
    Ok(statements)
}
