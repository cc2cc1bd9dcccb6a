//! The values of a field: plain ones and expressions with an operator.

use std::sync::Arc;

use super::{Compiler, text_of};
use crate::Scalar;
use crate::condition::{Condition, Network, Wildcard, WildcardText, fold};
use crate::dialect::{Existing, Operator};
use crate::json::{Json, Node};
use crate::refused::{Operand, Reason, Refused};

impl Compiler<'_> {
    /// One value of a list; `None` for the one that says that the field is missing.
    pub(super) fn value(&self, node: &Node) -> Result<Option<Condition>, Refused> {
        match &node.json {
            Json::Scalar(scalar) => {
                self.plain(node, scalar).map(|scalar| Some(Condition::Exactly(scalar)))
            }
            Json::Array(_) => Err(self.refuse(node, Reason::NotAValue)),
            Json::Object(members) => {
                let (name, operand) = self.only(node, members)?;
                let operator = Operator::named(name)
                    .filter(|operator| self.dialect.operators.contains(operator))
                    .ok_or_else(|| self.refuse(node, Reason::UnknownOperator(name.clone())))?;
                self.expression(operator, operand)
            }
        }
    }

    /// The only member of an expression.
    pub(super) fn only<'n>(
        &self,
        node: &Node,
        members: &'n [(Arc<str>, Node)],
    ) -> Result<(&'n Arc<str>, &'n Node), Refused> {
        match members {
            [(name, operand)] => Ok((name, operand)),
            [] => Err(self.refuse(node, Reason::NoOperator)),
            _ => Err(self.refuse(node, Reason::MoreThanOneOperator)),
        }
    }

    fn expression(&self, operator: Operator, operand: &Node) -> Result<Option<Condition>, Refused> {
        match operator {
            Operator::Exists => self.exists(operand),
            Operator::Numeric => self.numeric(operand).map(Some),
            Operator::AnythingBut => self.anything_but(operand).map(Some),
            Operator::Prefix | Operator::Suffix if matches!(operand.json, Json::Object(_)) => {
                self.affix_ignoring_case(operator, operand).map(Some)
            }
            _ => self.about_text(operator, operand).map(Some),
        }
    }

    fn exists(&self, operand: &Node) -> Result<Option<Condition>, Refused> {
        match (&operand.json, self.dialect.existing) {
            (Json::Scalar(Scalar::Bool(false)), _) => Ok(None),
            (Json::Scalar(Scalar::Bool(true)), Existing::AnyValue) => Ok(Some(Condition::Any)),
            (Json::Scalar(Scalar::Bool(true)), Existing::SomeContent) => {
                Ok(Some(Condition::Content))
            }
            _ => Err(self.needs(operand, Operator::Exists, Operand::Bool)),
        }
    }

    /// `{"equals-ignore-case": "ab"}` behind `prefix` or `suffix`.
    fn affix_ignoring_case(
        &self,
        operator: Operator,
        operand: &Node,
    ) -> Result<Condition, Refused> {
        let Json::Object(members) = &operand.json else {
            return Err(self.needs(operand, operator, Operand::Text));
        };
        if !self.dialect.affixes_ignoring_case {
            return Err(self.needs(operand, operator, Operand::Text));
        }
        let (name, inner) = self.only(operand, members)?;
        if **name != *Operator::EqualsIgnoreCase.name() {
            return Err(self.refuse(operand, Reason::UnknownOperator(name.clone())));
        }
        let folded = text_of(inner)
            .map(|text| fold(text).into())
            .ok_or_else(|| self.needs(inner, Operator::EqualsIgnoreCase, Operand::Text))?;
        Ok(match operator {
            Operator::Prefix => Condition::PrefixIgnoringCase(folded),
            _ => Condition::SuffixIgnoringCase(folded),
        })
    }

    /// The operators that compare with one text.
    pub(super) fn about_text(
        &self,
        operator: Operator,
        operand: &Node,
    ) -> Result<Condition, Refused> {
        let text = text_of(operand).ok_or_else(|| self.needs(operand, operator, Operand::Text))?;
        Ok(match operator {
            Operator::Prefix => Condition::Prefix(text.clone()),
            Operator::Suffix => Condition::Suffix(text.clone()),
            Operator::EqualsIgnoreCase => Condition::IgnoringCase(fold(text).into()),
            Operator::Cidr => Condition::Network(
                Network::parse(text)
                    .ok_or_else(|| self.refuse(operand, Reason::Cidr(text.clone())))?,
            ),
            Operator::Wildcard => match Wildcard::parse(text) {
                Ok(WildcardText::Without(text)) => Condition::Exactly(Scalar::String(text.into())),
                Ok(WildcardText::With(wildcard)) => Condition::Wildcard(wildcard),
                Err(bad) => return Err(self.refuse(operand, Reason::Wildcard(bad))),
            },
            // These have operands of other kinds and are read elsewhere.
            Operator::AnythingBut | Operator::Exists | Operator::Numeric => {
                return Err(self.needs(operand, operator, Operand::Text));
            }
        })
    }

    /// The error for an operator whose value has the wrong kind.
    pub(super) fn needs(&self, operand: &Node, operator: Operator, needs: Operand) -> Refused {
        self.refuse(operand, Reason::WrongOperand { operator, needs })
    }
}
