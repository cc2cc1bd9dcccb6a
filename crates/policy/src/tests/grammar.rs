//! The grammar: texts that are policies, and texts that are not.

use super::*;

#[track_caller]
fn refused(kind: Kind, text: &str, place: &str, reason: &str) {
    match Document::parse(kind, text) {
        Ok(_) => panic!("read: {text}"),
        Err(error) => {
            assert_eq!(error.place(), place, "{error}");
            assert!(error.reason().contains(reason), "{error}");
        }
    }
}

/// A resource's policy with one statement, in which one element is another.
fn with(element: &str, value: &str) -> String {
    let mut elements = vec![
        ("Effect", "\"Allow\""),
        ("Principal", "\"*\""),
        ("Action", "\"sqs:*\""),
        ("Resource", "\"*\""),
    ];
    elements.retain(|(name, _)| *name != element);
    elements.push((element, value));
    let elements: Vec<String> =
        elements.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
    format!(r#"{{"Version":"2012-10-17","Statement":{{{}}}}}"#, elements.join(","))
}

#[test]
fn the_documents_own_elements_are_checked() {
    let statement = r#""Statement":{"Effect":"Allow","Principal":"*","Action":"*"}"#;
    for version in ["", r#""Version":"2008-10-17","#, r#""Version":"2012-10-17","Id":"a b","#] {
        read(Kind::Resource, &format!("{{{version}{statement}}}"));
    }
    let kind = Kind::Resource;
    refused(kind, "", "JSON", "EOF");
    refused(kind, "[]", "the policy", "no object");
    refused(kind, "{}", "Statement", "missing");
    refused(kind, r#"{"Statement":[]}"#, "Statement", "empty");
    refused(kind, r#"{"Statement":[7]}"#, "Statement[1]", "no object");
    refused(kind, &format!(r#"{{"Version":"2012-10-18",{statement}}}"#), "Version", "neither");
    refused(kind, &format!(r#"{{"Version":2012,{statement}}}"#), "Version", "no text");
    refused(kind, &format!(r#"{{"version":"2012-10-17",{statement}}}"#), "version", "no element");
    refused(kind, &format!("{{{statement},{statement}}}"), "JSON", "there twice");
    refused(kind, &format!("{{{statement}}} x"), "JSON", "trailing");
    refused(kind, &" ".repeat(Document::MAX_SIZE + 1), "the policy", "65536");
}

#[test]
fn a_statement_may_stand_alone_or_in_a_list() {
    let one = r#"{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage"}"#;
    let alone = read(Kind::Resource, &format!(r#"{{"Statement":{one}}}"#));
    let listed = read(Kind::Resource, &format!(r#"{{"Statement":[{one}]}}"#));
    assert_eq!(alone, listed);
    let [statement] = alone.statements() else { panic!("one") };
    assert_eq!(statement.actions().collect::<Vec<_>>(), ["sqs:SendMessage"]);
    assert_eq!((statement.principals(), statement.conditions()), (1, 0));
    assert_eq!((statement.sid(), statement.effect()), (None, crate::Effect::Allow));
    assert!(statement.resources().is_none());
    let named = read(Kind::Resource, &with("Resource", r#"["arn:aws:sqs:*:*:a","*"]"#));
    let resources = named.statements()[0].resources().map(Iterator::collect::<Vec<_>>);
    assert_eq!(resources, Some(vec!["arn:aws:sqs:*:*:a", "*"]));
}

#[test]
fn what_a_statement_must_not_say_is_refused_with_its_place() {
    for (element, value, place, reason) in [
        ("Effect", "\"allow\"", "Effect", "neither Allow nor Deny"),
        ("Effect", "true", "Effect", "no text"),
        ("effect", "\"Allow\"", "effect", "no element"),
        ("Sid", "7", "Sid", "no text"),
        ("Action", "\"SendMessage\"", "Action", "no action"),
        ("Action", "\"sqs:\"", "Action", "no action"),
        ("Action", "\"s*s:SendMessage\"", "Action", "no action"),
        ("Action", "\"sqs:${aws:username}\"", "Action", "no action"),
        ("Action", "[]", "Action", "empty"),
        ("Action", "[\"sqs:*\",7]", "Action", "no text"),
        ("NotAction", "\"sqs:*\"", "NotAction", "beside Action"),
        ("NotResource", "\"*\"", "NotResource", "beside Resource"),
        ("NotPrincipal", "\"*\"", "NotPrincipal", "beside Principal"),
        ("Resource", "\"orders\"", "Resource", "neither * nor an ARN"),
        ("Resource", "\"arn:aws:sqs:${aws:RequestedRegion}:*:a\"", "Resource", "fifth colon"),
        ("Resource", "\"arn:aws:sqs:*:*:${aws:username\"", "Resource", "does not end"),
        ("Resource", "\"arn:aws:sqs:*:*:${name}\"", "Resource", "no variable"),
        ("Resource", "\"arn:aws:sqs:*:*:${aws:username, a}\"", "Resource", "not in quotes"),
        ("Principal", "\"111122223333\"", "Principal", "neither * nor an object"),
        ("Principal", "{}", "Principal", "empty"),
        ("Principal", "{\"AWS\":[]}", "Principal.AWS", "empty"),
        ("Principal", "{\"AWS\":\"alice\"}", "Principal.AWS", "\"alice\""),
        ("Principal", "{\"AWS\":\"arn:aws:iam::1:root\"}", "Principal.AWS", "arn:aws:iam::1:root"),
        (
            "Principal",
            "{\"AWS\":\"arn:aws:iam::111122223333:user/*\"}",
            "Principal.AWS",
            "a wildcard cannot stand for a part",
        ),
        ("Principal", "{\"Service\":\"*\"}", "Principal.Service", "no service"),
        ("Principal", "{\"Federated\":\"*\"}", "Principal.Federated", "no identity provider"),
        ("Principal", "{\"CanonicalUser\":\"79a5\"}", "Principal.CanonicalUser", "not supported"),
        ("Principal", "{\"Aws\":\"*\"}", "Principal.Aws", "neither AWS"),
        ("Condition", "[]", "Condition", "no object"),
        ("Condition", "{\"Bool\":7}", "Condition.Bool", "no object"),
    ] {
        refused(Kind::Resource, &with(element, value), &format!("Statement[1].{place}"), reason);
    }
    for element in ["Effect", "Principal", "Action"] {
        let text = with(element, "7").replace(&format!(r#","{element}":7"#), "");
        refused(Kind::Resource, &text, &format!("Statement[1].{element}"), "missing");
    }
    let allow_all_but = with("Principal", "7").replace(r#""Principal":7"#, r#""NotPrincipal":"*""#);
    refused(Kind::Resource, &allow_all_but, "Statement[1].NotPrincipal", "effect Deny");
}

#[test]
fn conditions_are_checked_when_they_are_read() {
    for (condition, place, reason) in [
        (r#""StringEqual":{"a:b":"c"}"#, "StringEqual", "no condition operator"),
        (r#""stringEquals":{"a:b":"c"}"#, "stringEquals", "no condition operator"),
        (r#""ForSome:StringEquals":{"a:b":"c"}"#, "ForSome:StringEquals", "no condition operator"),
        (r#""NullIfExists":{"a:b":"true"}"#, "NullIfExists", "no condition operator"),
        (r#""BoolNotEquals":{"a:b":"true"}"#, "BoolNotEquals", "no condition operator"),
        (r#""StringEquals":{"b":"c"}"#, "StringEquals.b", "no condition key"),
        (r#""StringEquals":{"a:b":[]}"#, "StringEquals.a:b", "empty"),
        (r#""StringEquals":{"a:b":null}"#, "StringEquals.a:b", "neither a text"),
        (r#""StringEquals":{"a:b":[["c"]]}"#, "StringEquals.a:b", "neither a text"),
        (r#""StringLike":{"a:b":"${c:d"}"#, "StringLike.a:b", "does not end"),
        (r#""NumericEquals":{"a:b":"ten"}"#, "NumericEquals.a:b", "\"ten\" is not a number"),
        (r#""NumericEquals":{"a:b":"inf"}"#, "NumericEquals.a:b", "not a number"),
        (r#""NumericEquals":{"a:b":"${c:d}"}"#, "NumericEquals.a:b", "not a number"),
        (r#""DateEquals":{"a:b":"2020-*"}"#, "DateEquals.a:b", "not a moment"),
        (r#""Bool":{"a:b":"yes"}"#, "Bool.a:b", "not true or false"),
        (r#""Null":{"a:b":"null"}"#, "Null.a:b", "not true or false"),
        (r#""BinaryEquals":{"a:b":"?"}"#, "BinaryEquals.a:b", "not in base 64"),
        (r#""IpAddress":{"a:b":"1.2.3.4/40"}"#, "IpAddress.a:b", "not an IP address"),
        (r#""ArnLike":{"a:b":"arn:aws:sns:*"}"#, "ArnLike.a:b", "six parts"),
    ] {
        let place = format!("Statement[1].Condition.{place}");
        refused(Kind::Resource, &with("Condition", &format!("{{{condition}}}")), &place, reason);
    }
}

#[test]
fn each_kind_has_its_own_elements() {
    let identity = r#""Effect":"Allow","Action":"sts:*""#;
    let policy = |elements: &str| format!(r#"{{"Statement":{{{identity}{elements}}}}}"#);
    for kind in [Kind::Identity, Kind::Session] {
        read(kind, &policy(r#","Resource":"*","Sid":"One1""#));
        refused(kind, &policy(""), "Statement[1].Resource", "missing");
        let principal = policy(r#","Resource":"*","Principal":"*""#);
        refused(kind, &principal, "Statement[1].Principal", "no place");
        let sid = policy(r#","Resource":"*","Sid":"One 1""#);
        refused(kind, &sid, "Statement[1].Sid", "other characters");
        let id = format!(r#"{{"Id":"a","Statement":{{{identity},"Resource":"*"}}}}"#);
        refused(kind, &id, "Id", "no place");
    }
    let trust = policy(r#","Principal":{"Service":"ec2.amazonaws.com"}"#);
    read(Kind::Trust, &trust);
    read(Kind::Resource, &trust);
    let resource = policy(r#","Principal":"*","Resource":"*""#);
    refused(Kind::Trust, &resource, "Statement[1].Resource", "no place");
    let except = policy(r#","NotPrincipal":"*""#).replace("Allow", "Deny");
    refused(Kind::Trust, &except, "Statement[1].NotPrincipal", "no place");
    read(Kind::Resource, &except);
}

#[test]
fn an_id_names_one_statement() {
    let with = |sid: &str| {
        let one = format!(r#"{{"Sid":"{sid}","Effect":"Allow","Principal":"*","Action":"*"}}"#);
        format!(r#"{{"Statement":[{one},{one}]}}"#)
    };
    refused(Kind::Resource, &with("a"), "Statement[2].Sid", "another statement's");
    read(Kind::Resource, &with(""));
}
