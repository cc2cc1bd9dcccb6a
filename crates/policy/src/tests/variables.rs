//! Variables in resources and conditions.

use super::*;
use crate::Verdict::Allowed;

fn about_queue(version: &str, resource: &str, context: &dyn Context) -> bool {
    let text = format!(
        r#"{{"Version":"{version}","Statement":{{"Effect":"Allow","Action":"*","Resource":"arn:aws:sqs:*:*:{resource}"}}}}"#
    );
    let identity = [Arc::new(read(Kind::Identity, &text))];
    let caller = "arn:aws:iam::111122223333:user/team/orders";
    send(caller, context, &Policies { identity: &identity, ..Policies::default() }) == Allowed
}

#[test]
fn a_variable_stands_for_what_the_request_says() {
    let tagged = keys(&[("aws:PrincipalTag/Team", "ord"), ("aws:PrincipalTag/Star", "ord*")]);
    for (resource, expected) in [
        ("${aws:username}", true),
        ("${AWS:UserName}", true),
        ("x-${aws:username}", false),
        ("${aws:PrincipalTag/team}ers", true),
        ("${aws:PrincipalTag/team}*", true),
        ("${aws:PrincipalTag/star}", false),
        ("${aws:PrincipalTag/none}", false),
        ("${aws:PrincipalTag/none, 'orders'}", true),
        ("${aws:PrincipalTag/none,'}'}", false),
        ("${aws:PrincipalTag/team, 'x'}ers", true),
        ("$orders", false),
    ] {
        assert_eq!(about_queue("2012-10-17", resource, &tagged), expected, "{resource}");
        let literal = about_queue("2008-10-17", resource, &tagged);
        assert!(!literal, "before 2012 {resource} is the text that it is");
    }
}

#[test]
fn the_older_version_has_wildcards_and_no_variables() {
    assert!(about_queue("2008-10-17", "ord*", &()));
    assert!(!about_queue("2008-10-17", "${aws:username}", &()));
}

#[test]
fn special_characters_can_be_written_as_variables() {
    for (wanted, found, expected) in [
        ("a${*}", "a*", true),
        ("a${*}", "ab", false),
        ("a${?}", "a?", true),
        ("a${?}", "ab", false),
        ("${$}{aws:username}", "${aws:username}", true),
    ] {
        let condition = format!(r#""StringLike":{{"test:key":"{wanted}"}}"#);
        assert_eq!(applies(&condition, &keys(&[("test:key", found)])), expected, "{wanted}");
    }
}

#[test]
fn conditions_on_texts_and_arns_have_variables() {
    let context = keys(&[
        ("sns:Endpoint", "https://example.com/alice/"),
        ("aws:SourceArn", "arn:aws:sns:us-east-1:111122223333:alice"),
    ]);
    for condition in [
        r#""StringLike":{"sns:endpoint":"https://example.com/${aws:username}/"}"#,
        r#""StringEquals":{"aws:username":"${aws:PrincipalTag/none, 'alice'}"}"#,
        r#""ArnLike":{"aws:SourceArn":"arn:aws:sns:*:${aws:PrincipalAccount}:${aws:username}"}"#,
        r#""ArnEquals":{"aws:SourceArn":"${aws:SourceArn}"}"#,
    ] {
        assert!(applies(condition, &context), "{condition}");
    }
}

#[test]
fn what_cannot_be_resolved_never_allows() {
    let resource = |effect: &str, element: &str| {
        let text = format!(
            r#""Effect":"{effect}","Action":"*","{element}":"arn:aws:sqs:*:*:${{aws:PrincipalTag/none}}""#
        );
        policy(Kind::Identity, &[&text, r#""Effect":"Allow","Action":"sns:*","Resource":"*""#])
    };
    let verdict = |document: Document| {
        let identity = [Arc::new(document)];
        send(ALICE, &(), &Policies { identity: &identity, ..Policies::default() })
    };
    for element in ["Resource", "NotResource"] {
        assert_eq!(
            verdict(resource("Allow", element)),
            Verdict::Denied(crate::Denial::Implicit(Kind::Identity))
        );
    }
    assert_eq!(
        verdict(resource("Deny", "NotResource")),
        Verdict::Denied(crate::Denial::Explicit(Kind::Identity))
    );
}

#[test]
fn a_key_with_several_values_is_no_variable() {
    let several = keys(&[("aws:TagKeys", "orders"), ("aws:TagKeys", "orders")]);
    assert!(!about_queue("2012-10-17", "${aws:TagKeys}", &several));
    assert!(about_queue("2012-10-17", "${aws:TagKeys}", &keys(&[("aws:TagKeys", "orders")])));
}
