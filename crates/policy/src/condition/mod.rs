//! The conditions of a statement.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>

mod cidr;
mod date;
mod operator;
mod test;

use std::borrow::Cow;
use std::fmt;

use self::operator::{Operator, Quantifier};
use self::test::Test;
use crate::context::{Key, Known};
use crate::json::Node;
use crate::malformed::Malformed;

/// One key that one operator compares with one or several values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    /// The operator's name.
    name: Box<str>,
    operator: Operator,
    pub(crate) key: Key,
    test: Test,
}

impl Condition {
    /// All conditions of the `Condition` element.
    pub(crate) fn parse_all(node: &Node, variables: bool) -> Result<Vec<Condition>, Malformed> {
        let mut conditions = Vec::new();
        for (name, keys) in node.object("Condition")? {
            let keys = keys.object(name).and_then(|keys| {
                let operator = Operator::parse(name);
                let operator =
                    operator.ok_or_else(|| Malformed::at(name, "is no condition operator"))?;
                Ok((keys, operator))
            });
            let (keys, operator) = keys.map_err(|error| error.within("Condition"))?;
            for (key, values) in keys {
                let condition = Condition::parse(name, operator, key, values, variables);
                let within = |error: Malformed| error.within(name).within("Condition");
                conditions.push(condition.map_err(within)?);
            }
        }
        Ok(conditions)
    }

    fn parse(
        name: &str,
        operator: Operator,
        key: &str,
        values: &Node,
        variables: bool,
    ) -> Result<Condition, Malformed> {
        let values = values.many(key)?.iter().map(|value| value.scalar(key));
        let values: Vec<&str> = values.collect::<Result<_, _>>()?;
        let test = Test::parse(operator.comparison, &values, variables)
            .map_err(|reason| Malformed::at(key, reason))?;
        let key = Key::parse(key).ok_or_else(|| Malformed::at(key, "is no condition key"))?;
        Ok(Condition { name: name.into(), operator, key, test })
    }

    /// Returns true if the condition holds for a request. `denies` says what follows from it.
    pub(crate) fn holds(&self, known: &Known<'_>, denies: bool) -> bool {
        let values = self.key.values(known);
        let values = values.as_slice();
        if let Test::Null(wanted) = &self.test {
            return wanted.contains(&values.is_empty());
        }
        let Operator { quantifier, negated, if_exists, .. } = self.operator;
        if values.is_empty() && if_exists {
            return true;
        }
        let holds = |value: &Cow<'_, str>| self.test.matches(value, known).holds(negated, denies);
        match quantifier {
            // An empty text is an empty set, too.
            Quantifier::ForAllValues => {
                matches!(values, [one] if one.is_empty()) || values.iter().all(holds)
            }
            Quantifier::ForAnyValue => {
                !matches!(values, [one] if one.is_empty()) && values.iter().any(holds)
            }
            Quantifier::Plain if negated => values.iter().all(holds),
            Quantifier::Plain => values.iter().any(holds),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.key.text)
    }
}
