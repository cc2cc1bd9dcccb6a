//! `numeric`: equality and ranges.

use std::sync::Arc;

use super::{Compiler, text_of};
use crate::Scalar;
use crate::condition::Condition;
use crate::dialect::Operator;
use crate::json::{Json, Node};
use crate::number::{Number, Range};
use crate::refused::{BadNumeric, Operand, Reason, Refused};

impl Compiler<'_> {
    /// `["=", 5]`, `["<", 5]` and the like, or `[">", 0, "<=", 5]`.
    pub(super) fn numeric(&self, operand: &Node) -> Result<Condition, Refused> {
        let Json::Array(items) = &operand.json else {
            return Err(self.needs(operand, Operator::Numeric, Operand::Array));
        };
        let Some((first, rest)) = items.split_first() else {
            return Err(self.refuse(operand, Reason::EmptyArray));
        };
        let operator = self.operator(first)?;
        let (bound, rest) = self.bound(operand, operator, rest)?;
        let low = match &**operator {
            "=" | "<" | "<=" if !rest.is_empty() => {
                return Err(self.bad(operand, BadNumeric::TooMany));
            }
            "=" => return Ok(Condition::Exactly(Scalar::Number(bound))),
            "<" => return Ok(range(Number::LEAST, bound.below())),
            "<=" => return Ok(range(Number::LEAST, bound)),
            ">" => bound.above(),
            ">=" => bound,
            _ => return Err(self.bad(first, BadNumeric::UnknownOperator(operator.clone()))),
        };
        match rest {
            [] => Ok(range(low, Number::MOST)),
            [second, rest @ ..] => self.top(operand, bound, low, second, rest),
        }
    }

    /// The second half of a range.
    fn top(
        &self,
        operand: &Node,
        bottom: Number,
        low: Number,
        second: &Node,
        rest: &[Node],
    ) -> Result<Condition, Refused> {
        let operator = self.operator(second)?;
        if !["<", "<="].contains(&&**operator) {
            return Err(self.bad(second, BadNumeric::BadSecondOperator(operator.clone())));
        }
        let (top, rest) = self.bound(operand, operator, rest)?;
        if !rest.is_empty() {
            return Err(self.bad(operand, BadNumeric::TooMany));
        }
        if bottom >= top {
            return Err(self.bad(operand, BadNumeric::BottomNotLess));
        }
        Ok(range(low, if &**operator == "<" { top.below() } else { top }))
    }

    fn operator<'n>(&self, node: &'n Node) -> Result<&'n Arc<str>, Refused> {
        text_of(node).ok_or_else(|| self.bad(node, BadNumeric::OperatorNotText))
    }

    /// The number behind an operator, and what follows it.
    fn bound<'n>(
        &self,
        operand: &Node,
        operator: &Arc<str>,
        rest: &'n [Node],
    ) -> Result<(Number, &'n [Node]), Refused> {
        let not_one = BadNumeric::NotANumber(operator.clone());
        let Some((node, rest)) = rest.split_first() else {
            return Err(self.bad(operand, not_one));
        };
        let Json::Scalar(Scalar::Number(number)) = node.json else {
            return Err(self.bad(node, not_one));
        };
        Ok((self.number(node, number, false)?, rest))
    }

    fn bad(&self, node: &Node, bad: BadNumeric) -> Refused {
        self.refuse(node, Reason::Numeric(bad))
    }
}

fn range(low: Number, high: Number) -> Condition {
    Condition::Within(Range { low, high })
}
