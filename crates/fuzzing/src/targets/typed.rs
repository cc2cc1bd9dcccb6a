//! Every operation's input as its type, by the operation's name.

use std::any::Any;
use std::fmt::Debug;

use api::{sns, sqs, sts};
use bytes::Bytes;
use shape::validate::{Notes, describe};
use shape::{
    Decode, Encode, Malformed, Operation, OperationModel, Protocol, Reader, Schema, ServiceModel,
    Validated, Writer,
};
use wire::codec_for;

use super::request::incoming;

/// An operation whose input can be read.
pub(crate) struct Typed {
    pub(crate) service: &'static ServiceModel,
    pub(crate) operation: &'static OperationModel,
    read: fn(&mut dyn Reader) -> Read,
}

/// What was read.
type Read = Result<Box<dyn Input>, Malformed>;

/// An input, whatever its type.
trait Input: Encode + Debug + Any {
    fn is(&self, other: &dyn Any) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<T: Encode + Debug + PartialEq + Any> Input for T {
    fn is(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<T>().is_some_and(|other| self == other)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Reads as the runtime does: with the model's constraints checked on the way.
fn read<O>(reader: &mut dyn Reader) -> Read
where
    O: Operation,
    O::Input: Encode + Debug + PartialEq,
{
    let mut notes = Notes::default();
    let input = O::Input::decode(&mut Validated::new(reader, &mut notes))?;
    let violations = notes.into_violations();
    if !violations.is_empty() {
        assert!(!describe(&violations).is_empty());
    }
    Ok(Box::new(input))
}

/// An input that is written as if it were an output.
struct As<'a>(&'a dyn Input);

impl Encode for As<'_> {
    fn schema(&self) -> &'static Schema {
        self.0.schema()
    }

    fn encode(&self, writer: &mut dyn Writer) {
        self.0.encode(writer);
    }
}

macro_rules! operations {
    ($($service:ident: $($operation:ident)*;)*) => {
        /// All operations of all services.
        pub(crate) const OPERATIONS: &[Typed] = &[$($(Typed {
            service: &$service::MODEL,
            operation: <$service::operations::$operation as Operation>::MODEL,
            read: read::<$service::operations::$operation>,
        }),*),*];
    };
}

operations! {
    sqs: AddPermission CancelMessageMoveTask ChangeMessageVisibility ChangeMessageVisibilityBatch
        CreateQueue DeleteMessage DeleteMessageBatch DeleteQueue GetQueueAttributes GetQueueUrl
        ListDeadLetterSourceQueues ListMessageMoveTasks ListQueueTags ListQueues PurgeQueue
        ReceiveMessage RemovePermission SendMessage SendMessageBatch SetQueueAttributes
        StartMessageMoveTask TagQueue UntagQueue;
    sns: AddPermission CheckIfPhoneNumberIsOptedOut ConfirmSubscription CreatePlatformApplication
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
        VerifySMSSandboxPhoneNumber;
    sts: AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage
        GetAccessKeyInfo GetCallerIdentity GetDelegatedAccessToken GetFederationToken GetSessionToken
        GetWebIdentityToken;
}

/// The first operation with this name: services share some.
pub(crate) fn operation(name: &str) -> Option<&'static Typed> {
    OPERATIONS.iter().find(|typed| typed.operation.name == name)
}

impl Typed {
    /// Reads an input; says whether it is one. What was read, written as JSON and read again, must be the same.
    pub(crate) fn check(&self, protocol: Protocol, query: &str, body: &Bytes) -> bool {
        let codec = codec_for(protocol).expect("it is spoken");
        let none: [(&str, &str); 0] = [];
        let request = incoming(query, &none, body);
        let input =
            codec.read(self.operation, &request).and_then(|mut reader| (self.read)(&mut *reader));
        match input {
            Ok(input) => {
                self.read_again(&*input);
                true
            }
            Err(malformed) => {
                let fault = codec.malformed(malformed);
                assert_eq!(codec.fault(self.service, &fault, "id").status, 400);
                false
            }
        }
    }

    fn read_again(&self, input: &dyn Input) {
        let codec = codec_for(Protocol::AwsJson10).expect("it is spoken");
        // Any operation with an output will do: the JSON of an answer is that of a request.
        let answering = &sqs::operations::CREATE_QUEUE;
        let body = codec.answer(self.service, answering, &As(input), "id").body;
        let none: [(&str, &str); 0] = [];
        let request = incoming("", &none, &body);
        let again = codec.read(self.operation, &request).and_then(|mut r| (self.read)(&mut *r));
        match again {
            Ok(again) => assert!(input.is(again.as_any()), "{input:?} became {again:?}"),
            Err(error) => panic!("{input:?} cannot be read again: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_operation_is_left_out() {
        for service in api::SERVICES {
            let is_there = |name| {
                OPERATIONS
                    .iter()
                    .any(|typed| typed.service.name == service.name && typed.operation.name == name)
            };
            let missing = service.operations.iter().find(|model| !is_there(model.name));
            assert!(missing.is_none(), "{}: {missing:?}", service.name);
        }
    }
}
