//! Every input and every output of every operation survives every protocol.

use conformance::check_each;
use proptest::prelude::*;

/// The checks of a service: with a seed, and with bytes.
type Checks = (fn(u64), fn(&[u8]));

fn services() -> [Checks; 3] {
    [api_sns::each!(check_each), api_sqs::each!(check_each), api_sts::each!(check_each)]
}

fn check_all(seed: u64) {
    services().iter().for_each(|(check, _)| check(seed));
}

fn survive_all(bytes: &[u8]) {
    services().iter().for_each(|(_, survive)| survive(bytes));
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
