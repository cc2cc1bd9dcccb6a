//! From text to a pattern.

mod anything_but;
mod expression;
mod numeric;
mod object;

use std::sync::Arc;

use crate::dialect::Dialect;
use crate::json::{self, Json, Node, Unreadable};
use crate::pattern::Pattern;
use crate::refused::{Reason, Refused};
use crate::{Number, Scalar};

/// See [`Pattern::parse`].
pub(crate) fn compile(text: &str, dialect: &Dialect) -> Result<Pattern, Refused> {
    if text.len() > dialect.most_bytes {
        let reason = Reason::TooLong { most: dialect.most_bytes };
        return Err(Refused { place: Vec::new(), at: dialect.most_bytes, reason });
    }
    let root = json::read(text.as_bytes(), dialect.most_depth).map_err(|unreadable| {
        let (reason, at) = match unreadable {
            Unreadable::Syntax(what, at) => (Reason::Syntax(what), at),
            Unreadable::TooDeep(at) => (Reason::TooDeep { most: dialect.most_depth }, at),
        };
        Refused { place: Vec::new(), at, reason }
    })?;
    let mut compiler = Compiler { dialect, place: Vec::new(), fields: Vec::new() };
    let Json::Object(members) = &root.json else {
        return Err(compiler.refuse(&root, Reason::NotAnObject));
    };
    let whole = compiler.object(&root, members)?;
    compiler.check_keys(&root, &whole.alternatives)?;
    Ok(Pattern::new(compiler.fields, whole.alternatives))
}

struct Compiler<'d> {
    dialect: &'d Dialect,
    /// The names that lead to what is being compiled.
    place: Vec<Arc<str>>,
    fields: Vec<crate::pattern::Field>,
}

impl Compiler<'_> {
    fn refuse(&self, node: &Node, reason: Reason) -> Refused {
        Refused { place: self.place.clone(), at: node.end, reason }
    }

    /// A number of the pattern, judged; `plain` without an operator.
    fn number(&self, node: &Node, number: Number, plain: bool) -> Result<Number, Refused> {
        let numbers = self.dialect.numbers;
        let larger = plain && numbers.larger_if_plain && number.is_kept();
        if !number.is_within(numbers.largest) && !larger {
            let reason = Reason::NumberOutOfRange { largest: numbers.largest };
            return Err(self.refuse(node, reason));
        }
        if !number.has_decimals(numbers.decimals) {
            let reason = Reason::NumberTooPrecise { decimals: numbers.decimals };
            return Err(self.refuse(node, reason));
        }
        Ok(number)
    }

    /// A value that stands for itself, judged.
    fn plain(&self, node: &Node, scalar: &Scalar) -> Result<Scalar, Refused> {
        if let Scalar::Number(number) = scalar {
            self.number(node, *number, true)?;
        }
        Ok(scalar.clone())
    }
}

/// The text of a node that is text.
fn text_of(node: &Node) -> Option<&Arc<str>> {
    if let Json::Scalar(Scalar::String(text)) = &node.json { Some(text) } else { None }
}
