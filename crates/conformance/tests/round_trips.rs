//! Every input and every output of every operation survives every protocol.

use proptest::prelude::*;

macro_rules! check_each {
    ($service:path; $($operation:ident)*; $($error:ident)*) => {{
        use $service as service;
        fn check(seed: u64) {
            $(conformance::round_trip::<service::operations::$operation>(&service::MODEL, seed);)*
        }
        check as fn(u64)
    }};
}

macro_rules! survive_each {
    ($service:path; $($operation:ident)*; $($error:ident)*) => {{
        use $service as service;
        fn survive(bytes: &[u8]) {
            $(conformance::survive::<service::operations::$operation>(bytes);)*
        }
        survive as fn(&[u8])
    }};
}

fn check_all(seed: u64) {
    let services =
        [api_sns::each!(check_each), api_sqs::each!(check_each), api_sts::each!(check_each)];
    services.iter().for_each(|check| check(seed));
}

fn survive_all(bytes: &[u8]) {
    let services =
        [api_sns::each!(survive_each), api_sqs::each!(survive_each), api_sts::each!(survive_each)];
    services.iter().for_each(|survive| survive(bytes));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn inputs_and_outputs_survive_every_protocol(seed: u64) {
        check_all(seed);
    }

    #[test]
    fn bytes_that_mean_nothing_are_survived(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        survive_all(&bytes);
    }

    #[test]
    fn what_looks_like_a_request_is_survived(
        json in r#"\{("(QueueUrl|Entries|Attributes|MessageAttributes|MaxResults|Id)":|"[a-z\\]?"|[\[\]{},0-9.-]|null){0,40}"#,
        form in "((QueueUrl|Attribute|MessageAttribute|SendMessageBatchRequestEntry|Name|Value|[0-9%é-]|[.]){1,8}=[a-z0-9]?&){0,20}",
    ) {
        survive_all(json.as_bytes());
        survive_all(form.as_bytes());
    }
}
