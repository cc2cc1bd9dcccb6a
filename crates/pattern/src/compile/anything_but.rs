//! `anything-but`: everything except.

use super::Compiler;
use crate::Scalar;
use crate::condition::Condition;
use crate::dialect::Operator;
use crate::json::{Json, Node};
use crate::refused::{Operand, Reason, Refused};

impl Compiler<'_> {
    /// One text or number, a list of either, or an expression with one text or a list of them.
    pub(super) fn anything_but(&self, operand: &Node) -> Result<Condition, Refused> {
        let mut not = match &operand.json {
            Json::Scalar(_) => vec![self.exactly(operand)?],
            Json::Array(items) => self.list(operand, items)?,
            Json::Object(members) => {
                let (name, inner) = self.only(operand, members)?;
                let operator = Operator::named(name)
                    .filter(|operator| self.dialect.within_anything_but.contains(operator))
                    .ok_or_else(|| {
                        self.refuse(operand, Reason::UnknownWithinAnythingBut(name.clone()))
                    })?;
                self.texts(operator, inner)?
            }
        };
        not.sort();
        not.dedup();
        Ok(Condition::NoneOf(not.into()))
    }

    fn list(&self, operand: &Node, items: &[Node]) -> Result<Vec<Condition>, Refused> {
        if items.is_empty() {
            return Err(self.refuse(operand, Reason::EmptyArray));
        }
        let numbers = items.iter().filter(|item| is_number(item)).count();
        let conditions = items.iter().map(|item| self.exactly(item)).collect::<Result<_, _>>()?;
        match numbers == 0 || numbers == items.len() {
            true => Ok(conditions),
            false => Err(self.refuse(operand, Reason::Mixed)),
        }
    }

    fn exactly(&self, node: &Node) -> Result<Condition, Refused> {
        match &node.json {
            Json::Scalar(scalar @ (Scalar::String(_) | Scalar::Number(_))) => {
                self.plain(node, scalar).map(Condition::Exactly)
            }
            _ => Err(self.needs(node, Operator::AnythingBut, Operand::TextsOrNumbers)),
        }
    }

    fn texts(&self, operator: Operator, operand: &Node) -> Result<Vec<Condition>, Refused> {
        let items = match &operand.json {
            Json::Array(items) if items.is_empty() => {
                return Err(self.refuse(operand, Reason::EmptyArray));
            }
            Json::Array(items) => &items[..],
            Json::Scalar(_) => std::slice::from_ref(operand),
            Json::Object(_) => return Err(self.needs(operand, operator, Operand::Texts)),
        };
        items.iter().map(|item| self.one_text(operator, item)).collect()
    }

    fn one_text(&self, operator: Operator, item: &Node) -> Result<Condition, Refused> {
        match super::text_of(item) {
            Some(text) if text.is_empty() && operator != Operator::EqualsIgnoreCase => {
                Err(self.refuse(item, Reason::EmptyOperand(operator)))
            }
            Some(_) => self.about_text(operator, item),
            None => Err(self.needs(item, operator, Operand::Texts)),
        }
    }
}

fn is_number(node: &Node) -> bool {
    matches!(node.json, Json::Scalar(Scalar::Number(_)))
}
