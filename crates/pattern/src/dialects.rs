//! The dialects of AWS's services, each with the pages it comes from.

use crate::dialect::{Dialect, Existing, Missing, Numbers, Operator};

/// SNS's filter policies with the scope `MessageAttributes`.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html> names the operators,
/// <https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html> the limits, and
/// <https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html> what existing means.
pub const SNS_ATTRIBUTES: Dialect = Dialect {
    operators: &[
        Operator::AnythingBut,
        Operator::Cidr,
        Operator::EqualsIgnoreCase,
        Operator::Exists,
        Operator::Numeric,
        Operator::Prefix,
        Operator::Suffix,
    ],
    within_anything_but: &[Operator::Prefix],
    affixes_ignoring_case: false,
    or: true,
    nesting: false,
    existing: Existing::SomeContent,
    missing: Missing::FromEventsWithFields,
    numbers: Numbers { largest: 1_000_000_000, decimals: 5, larger_if_plain: false },
    most_bytes: 256 * 1024,
    most_depth: 100,
    most_keys: Some(5),
    most_combinations: Some(150),
    most_alternatives: 150,
};

/// SNS's filter policies with the scope `MessageBody`: the same, and fields may lie within fields.
pub const SNS_BODY: Dialect =
    Dialect { nesting: true, missing: Missing::FromAnyEvent, ..SNS_ATTRIBUTES };

/// EventBridge's event patterns.
///
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html> names the
/// operators, <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html> the length, and
/// <https://github.com/aws/event-ruler> the numbers and what happens with arrays of objects.
pub const EVENTBRIDGE: Dialect = Dialect {
    operators: &Operator::ALL,
    within_anything_but: &[
        Operator::EqualsIgnoreCase,
        Operator::Prefix,
        Operator::Suffix,
        Operator::Wildcard,
    ],
    affixes_ignoring_case: true,
    or: true,
    nesting: true,
    existing: Existing::AnyValue,
    missing: Missing::FromAnyEvent,
    numbers: Numbers { largest: 5_000_000_000, decimals: 6, larger_if_plain: true },
    most_bytes: 2048,
    most_depth: 100,
    most_keys: None,
    most_combinations: None,
    most_alternatives: 1000,
};
