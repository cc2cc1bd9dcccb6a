//! Whatever is sent is read or refused; what is signed is accepted.

use proptest::prelude::*;

use super::*;

/// Texts in which signatures are well-formed now and then.
fn odd() -> impl Strategy<Value = String> {
    let words =
        ["AWS4-HMAC-SHA256 ", "Credential=", "a/20150830/r/service/aws4_request", ",", ";", "="];
    let more =
        ["SignedHeaders=host", "Signature=", "20150830T123600Z", "%", "&", "X-Amz-Signature="];
    let known = prop::sample::select([words, more].concat()).prop_map(str::to_owned);
    let part = prop_oneof![3 => known, 1 => "\\PC{0,8}"];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

fn sample() -> impl Strategy<Value = Sample> {
    let names = ["authorization", "x-amz-date", "date", "host", "x-amz-content-sha256", "x-amz-a"];
    let header = (prop::sample::select(names.to_vec()), odd());
    let headers = prop::collection::vec(header, 0..6);
    let parts = (odd(), odd(), headers, prop::collection::vec(any::<u8>(), 0..16));
    parts.prop_map(|(path, query, headers, body)| Sample {
        method: "POST".to_owned(),
        path,
        query,
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body,
    })
}

proptest! {
    #[test]
    fn whatever_is_sent_is_refused_without_a_panic(sample in sample()) {
        prop_assert!(sample.judge().is_err());
    }

    #[test]
    fn what_is_signed_is_accepted_and_a_changed_byte_is_not(
        path in "/[a-z %./]{0,12}",
        query in "[a-z=&%+]{0,16}",
        value in "[ -~]{0,16}",
        body in prop::collection::vec(any::<u8>(), 1..64),
        changed in any::<prop::sample::Index>(),
    ) {
        let line = |signature: &str| {
            let scope = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
            format!(
                "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-a;x-amz-date, Signature={signature}"
            )
        };
        let headers = [("host", "localhost"), ("x-amz-date", "20150830T123600Z"), ("x-amz-a", &value)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut sample =
            Sample { method: "POST".into(), path, query, headers: headers.into(), body };
        sample.headers.push(("authorization".into(), line(&"0".repeat(64))));
        let signature = Claim::read(&sample.signed()).unwrap().signature(&sample.signed(), &secret());
        let hex: String = signature.iter().map(|byte| format!("{byte:02X}")).collect();
        sample.headers.last_mut().unwrap().1 = line(&hex);
        prop_assert_eq!(sample.judge(), Ok(()));
        let at = changed.index(sample.body.len());
        sample.body[at] ^= 1;
        prop_assert!(matches!(sample.judge(), Err(Refusal::Mismatch(_))));
    }
}

#[test]
fn names_of_signed_headers_cannot_bring_lines_of_their_own() {
    let names = |names: &str| {
        let scope = "AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request";
        let query = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}&X-Amz-Date=20150830T123600Z\
             &X-Amz-SignedHeaders={names}&X-Amz-Signature={}",
            "0".repeat(64)
        );
        let headers = vec![("host".to_owned(), "localhost".to_owned())];
        let sample =
            Sample { method: "GET".into(), path: "/".into(), query, headers, body: vec![] };
        sample.judge()
    };
    assert!(
        matches!(names("host"), Err(Refusal::Mismatch(_))),
        "it is read, and not the signature"
    );
    for odd in ["host%0Ax-amz-a", "host%3Ax;host", "host;", ";host", "Host", "host;x%20y"] {
        assert!(matches!(names(odd), Err(Refusal::Incomplete(_))), "{odd}");
    }
}
