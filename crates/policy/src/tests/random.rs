//! Properties of all policies.

use proptest::prelude::*;

use super::*;

/// Texts that are nearly policies, so that reading them gets far.
fn nearly_json() -> impl Strategy<Value = String> {
    let words = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"Statement\"",
        "\"Effect\"",
        "\"Allow\"",
        "\"Deny\"",
        "\"Principal\"",
        "\"*\"",
        "\"AWS\"",
        "\"Action\"",
        "\"sqs:*\"",
        "\"Condition\"",
        "\"Resource\"",
        "\"StringLike\"",
        "\"aws:username\"",
        "\"${aws:x, '}'}\"",
        "\"${\"",
        "1",
        "true",
        "null",
        "\"é\"",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..40)
        .prop_map(|words| words.concat())
}

fn operators() -> impl Strategy<Value = (&'static str, &'static str)> {
    proptest::sample::select(vec![
        ("StringEquals", "StringNotEquals"),
        ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ("StringLike", "StringNotLike"),
    ])
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for kind in [Kind::Identity, Kind::Session, Kind::Resource, Kind::Trust] {
            let _ = Document::parse(kind, &String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn any_words_are_read_or_refused(text in nearly_json()) {
        let _ = Document::parse(Kind::Resource, &text);
        let statement = format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*",{text}}}}}"#);
        let _ = Document::parse(Kind::Identity, &statement);
    }

    #[test]
    fn any_text_of_a_policy_is_read_or_refused_and_can_be_compared(
        wanted in "[a$*?{}', :é]{0,12}",
        found in "[a$*:é]{0,8}",
    ) {
        let wanted = serde_json::to_string(&wanted).unwrap();
        for operator in ["StringLike", "ArnLike", "DateEquals", "IpAddress", "BinaryEquals"] {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*",
                    "Condition":{{"{operator}":{{"test:key":{wanted}}}}}}}}}"#
            );
            if let Ok(document) = Document::parse(Kind::Identity, &text) {
                let context = keys(&[("test:key", &found)]);
                let identity = [Arc::new(document)];
                send(ALICE, &context, &Policies { identity: &identity, ..Policies::default() });
            }
        }
    }

    #[test]
    fn a_negated_operator_is_the_opposite_for_any_values(
        (plain, negated) in operators(),
        wanted in proptest::collection::vec("[aA*?]{0,3}", 1..4),
        found in proptest::collection::vec("[aA]{0,3}", 0..3),
    ) {
        let context = keys(&found.iter().map(|value| ("test:key", &**value)).collect::<Vec<_>>());
        let of = |name: &str| applies(&format!(r#""{name}":{{"test:key":{wanted:?}}}"#), &context);
        prop_assert_eq!(of(plain), !of(negated));
        let all_are = of(&format!("ForAllValues:{plain}"));
        let any_is_not = of(&format!("ForAnyValue:{negated}"));
        // One empty text is an empty set: then the first is true and the second is not.
        prop_assert_eq!(all_are, !any_is_not);
    }

    #[test]
    fn more_policies_never_allow_what_one_of_them_denies(
        denied in "sqs:[SR*][a-z*]{0,3}",
        allowed in proptest::collection::vec("sqs:[SR*][A-Za-z*]{0,4}", 0..4),
    ) {
        let statement = |effect: &str, action: &str| {
            format!(r#""Effect":"{effect}","Action":"{action}","Resource":"*""#)
        };
        let document = |text: String| Arc::new(policy(Kind::Identity, &[&text]));
        let alone = [document(statement("Allow", "*")), document(statement("Deny", &denied))];
        let verdict = |identity: &[Arc<Document>]| {
            send(ALICE, &(), &Policies { identity, ..Policies::default() })
        };
        let mut more: Vec<_> = alone.to_vec();
        more.extend(allowed.iter().map(|action| document(statement("Allow", action))));
        prop_assert_eq!(verdict(&alone), verdict(&more));
    }
}
