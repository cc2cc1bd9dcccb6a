//! The condition operators.

use super::*;

#[track_caller]
fn check(condition: &str, context: &[(&str, &str)], expected: bool) {
    assert_eq!(applies(condition, &keys(context)), expected, "{condition} of {context:?}");
}

/// An operator, a policy's values, a request's value, and whether they match.
const MATCHES: &[(&str, &str, &str, bool)] = &[
    ("StringEquals", r#""john""#, "john", true),
    ("StringEquals", r#""john""#, "John", false),
    ("StringEquals", r#""j*""#, "john", false),
    ("StringEquals", r#""j*""#, "j*", true),
    ("StringEquals", r#"["a","b"]"#, "b", true),
    ("StringEquals", "5", "5", true),
    ("StringEquals", "true", "true", true),
    ("StringEqualsIgnoreCase", r#""john""#, "JOHN", true),
    ("StringEqualsIgnoreCase", r#""john""#, "joan", false),
    ("StringLike", r#""j*n""#, "john", true),
    ("StringLike", r#""j?n""#, "john", false),
    ("StringLike", r#""J*""#, "john", false),
    ("NumericEquals", "10", "10.0", true),
    ("NumericEquals", r#""10""#, "11", false),
    ("NumericEquals", "10", "ten", false),
    ("NumericLessThan", "10", "9.5", true),
    ("NumericLessThan", "10", "10", false),
    ("NumericLessThanEquals", "10", "10", true),
    ("NumericLessThanEquals", "-1", "0", false),
    ("NumericGreaterThan", "10", "11", true),
    ("NumericGreaterThan", "10", "10", false),
    ("NumericGreaterThanEquals", "10", "10", true),
    ("NumericGreaterThanEquals", "[10,5]", "7", true),
    ("DateEquals", r#""2020-01-01T00:00:00Z""#, "1577836800", true),
    ("DateEquals", "1577836800", "2020-01-01T01:00:00+01:00", true),
    ("DateEquals", r#""2020-01-01""#, "2020-01-02", false),
    ("DateLessThan", r#""2020-01-02""#, "2020-01-01T23:59:59Z", true),
    ("DateLessThan", r#""2020-01-02""#, "2020-01-02T00:00:00Z", false),
    ("DateLessThanEquals", r#""2020-01-02""#, "2020-01-02T00:00:00Z", true),
    ("DateGreaterThan", r#""2020-01-01T00:00:01Z""#, "2020-01-01T00:00:02Z", true),
    ("DateGreaterThan", r#""2020-01-01T00:00:01Z""#, "yesterday", false),
    ("DateGreaterThanEquals", r#""2020-01-01""#, "2020-01-01T00:00:00Z", true),
    ("Bool", r#""true""#, "true", true),
    ("Bool", "false", "true", false),
    ("Bool", "false", "no", false),
    ("BinaryEquals", r#""QmluYXJ5""#, "QmluYXJ5", true),
    ("BinaryEquals", r#""QmluYXJ5""#, "QmluYXJ6", false),
    ("IpAddress", r#""203.0.113.0/24""#, "203.0.113.9", true),
    ("IpAddress", r#""203.0.113.0/24""#, "203.0.114.9", false),
    ("IpAddress", r#"["203.0.113.0/24","2001:db8::/32"]"#, "2001:db8::7", true),
    ("IpAddress", r#""0.0.0.0/0""#, "somewhere", false),
    ("ArnEquals", r#""arn:aws:sns:*:*:news""#, "arn:aws:sns:us-east-1:111122223333:news", true),
    ("ArnLike", r#""arn:aws:sns:*:1*:n?ws""#, "arn:aws:sns:us-east-1:111122223333:news", true),
    ("ArnLike", r#""arn:aws:sns:*:*:News""#, "arn:aws:sns:us-east-1:111122223333:news", false),
    // The documentation's example of what a string operator would match and this does not.
    (
        "ArnLike",
        r#""arn:aws:someservice:*:111122223333:finance/*""#,
        "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
        false,
    ),
    (
        "StringLike",
        r#""arn:aws:someservice:*:111122223333:finance/*""#,
        "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
        true,
    ),
    ("ArnLike", r#""arn:aws:s3:::*""#, "arn:aws:s3:::a:b/c", true),
    ("ArnLike", r#""*""#, "arn:aws:s3:::a", true),
    ("ArnLike", r#""*""#, "a", false),
];

/// Each operator and what it is when it is negated.
const NEGATED: &[(&str, &str)] = &[
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("NumericEquals", "NumericNotEquals"),
    ("DateEquals", "DateNotEquals"),
    ("IpAddress", "NotIpAddress"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
];

#[test]
fn each_operator_compares_as_its_type_does() {
    for (operator, wanted, found, expected) in MATCHES {
        for variant in ["", "IfExists"] {
            check(
                &format!(r#""{operator}{variant}":{{"test:Key":{wanted}}}"#),
                &[("TEST:key", found)],
                *expected,
            );
        }
        for quantifier in ["ForAllValues", "ForAnyValue"] {
            let condition = format!(r#""{quantifier}:{operator}":{{"test:Key":{wanted}}}"#);
            check(&condition, &[("test:key", found)], *expected);
        }
    }
}

#[test]
fn a_negated_operator_is_true_when_its_opposite_is_false() {
    for (operator, wanted, found, expected) in MATCHES {
        let negated = NEGATED.iter().filter(|(plain, _)| plain == operator);
        for (_, negated) in negated {
            let condition = format!(r#""{negated}":{{"test:Key":{wanted}}}"#);
            check(&condition, &[("test:key", found)], !expected);
        }
    }
}

#[test]
fn a_key_that_is_not_there_matches_nothing() {
    let value = |operator: &str| match operator {
        o if o.starts_with("Numeric") => "1",
        o if o.starts_with("Date") => r#""2020-01-01""#,
        o if o.contains("Ip") => r#""127.0.0.1""#,
        o if o.starts_with("Arn") => r#""arn:aws:s3:::a""#,
        "Bool" => "true",
        _ => r#""QQ==""#,
    };
    for (plain, negated) in NEGATED {
        for (operator, expected) in [(plain, false), (negated, true)] {
            let of = |name: &str| format!(r#""{name}":{{"test:Key":{}}}"#, value(operator));
            check(&of(operator), &[], expected);
            check(&of(&format!("{operator}IfExists")), &[], true);
            check(&of(&format!("ForAllValues:{operator}")), &[], true);
            check(&of(&format!("ForAnyValue:{operator}")), &[], false);
            check(&of(&format!("ForAnyValue:{operator}IfExists")), &[], true);
        }
    }
    for operator in ["Bool", "BinaryEquals", "NumericLessThan", "DateGreaterThanEquals"] {
        check(&format!(r#""{operator}":{{"test:Key":{}}}"#, value(operator)), &[], false);
    }
}

#[test]
fn null_asks_whether_a_key_is_there() {
    for (wanted, there, expected) in [
        ("true", true, false),
        ("false", true, true),
        ("true", false, true),
        ("false", false, false),
    ] {
        let context: &[_] = if there { &[("aws:TokenIssueTime", "2020-01-01")] } else { &[] };
        check(&format!(r#""Null":{{"aws:TokenIssueTime":"{wanted}"}}"#), context, expected);
        check(&format!(r#""Null":{{"aws:TokenIssueTime":{wanted}}}"#), context, expected);
    }
}

#[test]
fn sets_of_values_are_compared_with_sets_of_values() {
    const KEY: &str = "aws:TagKeys";
    let both = [(KEY, "team"), (KEY, "cost")];
    let other = [(KEY, "team"), (KEY, "colour")];
    let none_of_them = [(KEY, "colour"), (KEY, "size")];
    for (operator, both_are, one_is, none_is) in [
        ("ForAllValues:StringEquals", true, false, false),
        ("ForAnyValue:StringEquals", true, true, false),
        ("ForAllValues:StringNotEquals", false, false, true),
        ("ForAnyValue:StringNotEquals", false, true, true),
        ("StringEquals", true, true, false),
        ("StringNotEquals", false, false, true),
    ] {
        let condition = format!(r#""{operator}":{{"{KEY}":["team","cost"]}}"#);
        check(&condition, &both, both_are);
        check(&condition, &other, one_is);
        check(&condition, &none_of_them, none_is);
    }
}

#[test]
fn an_empty_text_is_an_empty_set() {
    let context = [("aws:TagKeys", "")];
    check(r#""ForAllValues:StringEquals":{"aws:TagKeys":"team"}"#, &context, true);
    check(r#""ForAnyValue:StringNotEquals":{"aws:TagKeys":"team"}"#, &context, false);
    check(r#""StringEquals":{"aws:TagKeys":""}"#, &context, true);
}

#[test]
fn every_key_of_every_operator_must_match() {
    let both = r#""StringEquals":{"test:a":"1","test:b":"2"},"Bool":{"test:c":"true"}"#;
    let context = [("test:a", "1"), ("test:b", "2"), ("test:c", "true")];
    check(both, &context, true);
    for left_out in 0..3 {
        let mut context = context.to_vec();
        context[left_out].1 = "false";
        check(both, &context, false);
    }
    check("", &[], true);
}

#[test]
fn what_the_principal_and_the_resource_say_cannot_be_said_otherwise() {
    let claims = [
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/bob"),
        ("aws:PrincipalAccount", "444455556666"),
        ("aws:username", "bob"),
        ("aws:ResourceAccount", "444455556666"),
        ("aws:PrincipalIsAWSService", "true"),
        ("aws:PrincipalServiceName", "sns.amazonaws.com"),
        ("aws:PrincipalType", "Account"),
    ];
    check(
        r#""StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/alice",
            "aws:PrincipalAccount":"111122223333","aws:username":"alice",
            "aws:ResourceAccount":"111122223333","aws:PrincipalIsAWSService":"false",
            "aws:PrincipalType":"User"},
           "Null":{"aws:PrincipalServiceName":"true","aws:PrincipalOrgID":"true"}"#,
        &claims,
        true,
    );
}
