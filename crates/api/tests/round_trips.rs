//! Every input and every output of every operation survives every protocol.

mod support;

use std::fmt::Debug;

use bytes::Bytes;
use proptest::prelude::*;
use shape::validate::Notes;
use shape::{Decode, Encode, Operation, OperationModel, Protocol, ServiceModel, Validated};
use support::{dice, dom, form};
use wire::{Codec, Incoming, codec_for};

fn codec(protocol: Protocol) -> &'static dyn Codec {
    codec_for(protocol).expect("a codec")
}

/// Reads an input as the program does; both ways of it must say the same.
fn read<T: Decode + Debug + PartialEq>(
    protocol: Protocol,
    operation: &'static OperationModel,
    body: Bytes,
) -> Result<T, String> {
    let none: [(&str, &str); 0] = [];
    let request = Incoming { method: "POST", path: "/", query: "", headers: &none, body: &body };
    let reader = || codec(protocol).read(operation, &request).map_err(|malformed| malformed.0);
    let plain = T::decode(&mut *reader()?).map_err(|malformed| malformed.0);
    let mut notes = Notes::default();
    let mut reader = reader()?;
    let checked = T::decode(&mut Validated::new(&mut *reader, &mut notes));
    assert_eq!(plain, checked.map_err(|malformed| malformed.0));
    plain
}

fn check_json<T>(service: &'static ServiceModel, operation: &'static OperationModel, value: &T)
where
    T: Decode + Encode + Debug + PartialEq,
{
    // Written as if it were an output: what is written does not depend on whose it is.
    static ANY: OperationModel = OperationModel {
        name: "Any",
        method: "POST",
        uri: "/",
        input: None,
        output: Some(&api::sqs::schemas::LIST_QUEUES_RESULT),
        result_wrapper: None,
    };
    let body = codec(Protocol::AwsJson10).answer(service, &ANY, value, "id").body;
    assert_eq!(read::<T>(Protocol::AwsJson10, operation, body).as_ref(), Ok(value));
}

fn check<O: Operation>(service: &'static ServiceModel, seed: u64)
where
    O::Input: Encode + Debug + PartialEq,
    O::Output: Decode + Debug + PartialEq,
{
    let (input, output): (O::Input, O::Output) = (dice::value(seed), dice::value(seed));
    check_json(service, O::MODEL, &input);
    check_json(service, O::MODEL, &output);
    let body = Bytes::from(form::encode(O::MODEL, &input));
    assert_eq!(read(Protocol::AwsQuery, O::MODEL, body), Ok(input));
    let answer = codec(Protocol::AwsQuery).answer(service, O::MODEL, &output, "id").body;
    let answer = String::from_utf8(answer.to_vec()).expect("UTF-8");
    assert_eq!(dom::decode::<O::Output>(&answer, O::MODEL.result_wrapper), output, "{answer}");
}

/// Bytes that mean nothing must be refused or read, and neither may panic.
fn survive<O: Operation>(bytes: &[u8])
where
    O::Input: Debug + PartialEq,
{
    for protocol in [Protocol::AwsJson10, Protocol::AwsQuery] {
        _ = read::<O::Input>(protocol, O::MODEL, Bytes::copy_from_slice(bytes));
    }
}

macro_rules! operations {
    ($check:ident, $bytes:ident, $count:ident: $($service:ident { $($operation:ident)* })*) => {
        fn $check(seed: u64) {
            $($(check::<api::$service::operations::$operation>(&api::$service::MODEL, seed);)*)*
        }

        fn $bytes(bytes: &[u8]) {
            $($(survive::<api::$service::operations::$operation>(bytes);)*)*
        }

        const $count: usize = [$($(stringify!($operation)),*),*].len();
    };
}

operations! {
    check_all, survive_all, COUNT:
    sns {
        AddPermission CheckIfPhoneNumberIsOptedOut ConfirmSubscription CreatePlatformApplication
        CreatePlatformEndpoint CreateSMSSandboxPhoneNumber CreateTopic DeleteEndpoint
        DeletePlatformApplication DeleteSMSSandboxPhoneNumber DeleteTopic GetDataProtectionPolicy
        GetEndpointAttributes GetPlatformApplicationAttributes GetSMSAttributes
        GetSMSSandboxAccountStatus GetSubscriptionAttributes GetTopicAttributes
        ListEndpointsByPlatformApplication ListOriginationNumbers ListPhoneNumbersOptedOut
        ListPlatformApplications ListSMSSandboxPhoneNumbers ListSubscriptions
        ListSubscriptionsByTopic ListTagsForResource ListTopics OptInPhoneNumber Publish
        PublishBatch PutDataProtectionPolicy RemovePermission SetEndpointAttributes
        SetPlatformApplicationAttributes SetSMSAttributes SetSubscriptionAttributes
        SetTopicAttributes Subscribe TagResource Unsubscribe UntagResource
        VerifySMSSandboxPhoneNumber
    }
    sqs {
        AddPermission CancelMessageMoveTask ChangeMessageVisibility ChangeMessageVisibilityBatch
        CreateQueue DeleteMessage DeleteMessageBatch DeleteQueue GetQueueAttributes GetQueueUrl
        ListDeadLetterSourceQueues ListMessageMoveTasks ListQueueTags ListQueues PurgeQueue
        ReceiveMessage RemovePermission SendMessage SendMessageBatch SetQueueAttributes
        StartMessageMoveTask TagQueue UntagQueue
    }
    sts {
        AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot
        DecodeAuthorizationMessage GetAccessKeyInfo GetCallerIdentity GetDelegatedAccessToken
        GetFederationToken GetSessionToken GetWebIdentityToken
    }
}

#[test]
fn no_operation_is_left_out_of_this_test() {
    let all: usize = api::SERVICES.iter().map(|service| service.operations.len()).sum();
    assert_eq!(COUNT, all);
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
