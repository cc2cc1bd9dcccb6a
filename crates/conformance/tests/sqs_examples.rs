//! Requests and answers as the API reference of SQS shows them, byte for byte.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html>. The
//! reference breaks its answers into lines; the service, like this program, does not.

use api_sqs::{MODEL, errors, operations, types};
use bytes::Bytes;
use shape::{Decode, Encode, Fault, Operation, Protocol};
use wire::{Codec, Encoded, Incoming, codec_for};

const REQUEST: &str = "b5293cb5-d306-4a17-9048-b263635abe42";
const URL: &str = "https://sqs.us-east-1.amazonaws.com/177715257436/MyQueue/";

fn codec(protocol: Protocol) -> &'static dyn Codec {
    codec_for(protocol)
}

fn read<O: Operation>(protocol: Protocol, body: &str) -> O::Input {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let none: [(&str, &str); 0] = [];
    let request = Incoming {
        method: "POST",
        path: "/",
        query: "",
        headers: &none,
        body: &body,
        stream: None,
    };
    let mut reader = codec(protocol).read(O::MODEL, &request).expect("parameters");
    O::Input::decode(&mut *reader).expect("an input")
}

fn json<O: Operation>(body: &str) -> O::Input {
    read::<O>(Protocol::AwsJson10, body)
}

/// The reference writes each parameter on a line of its own.
fn query<O: Operation>(body: &str) -> O::Input {
    read::<O>(Protocol::AwsQuery, &body.split_whitespace().collect::<String>())
}

fn answer<O: Operation>(protocol: Protocol, output: &dyn Encode) -> Encoded {
    codec(protocol).answer(&MODEL, O::MODEL, output, REQUEST)
}

/// An answer's body is what the reference shows, without the blanks between elements.
fn check(encoded: &Encoded, expected: &str) {
    let expected: String = expected.lines().map(str::trim_start).collect();
    assert_eq!(std::str::from_utf8(&encoded.body), Ok(expected.as_str()));
}

fn text_attribute(value: &str) -> types::MessageAttributeValue {
    types::MessageAttributeValue {
        string_value: Some(value.to_owned()),
        data_type: "String".to_owned(),
        ..Default::default()
    }
}

#[test]
fn send_message_is_read_the_same_from_json_and_from_query() {
    let from_json = json::<operations::SendMessage>(
        r#"{
            "QueueUrl": "https://sqs.us-east-1.amazonaws.com/177715257436/MyQueue/",
            "MessageBody": "This is a test message",
            "MessageAttributes": {
                "my_attribute_name_1": {"DataType": "String", "StringValue": "my_attribute_value_1"},
                "my_attribute_name_2": {"DataType": "String", "StringValue": "my_attribute_value_2"}
            }
        }"#,
    );
    let expected = types::SendMessageRequest {
        queue_url: URL.to_owned(),
        message_body: "This is a test message".to_owned(),
        message_attributes: Some(
            [
                ("my_attribute_name_1", "my_attribute_value_1"),
                ("my_attribute_name_2", "my_attribute_value_2"),
            ]
            .map(|(name, value)| (name.to_owned(), text_attribute(value)))
            .into(),
        ),
        ..Default::default()
    };
    assert_eq!(from_json, expected);
    let from_query = query::<operations::SendMessage>(
        "Action=SendMessage
        &QueueUrl=https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F177715257436%2FMyQueue%2F
        &MessageBody=This+is+a+test+message
        &MessageAttribute.1.Name=my_attribute_name_1
        &MessageAttribute.1.Value.StringValue=my_attribute_value_1
        &MessageAttribute.1.Value.DataType=String
        &MessageAttribute.2.Name=my_attribute_name_2
        &MessageAttribute.2.Value.StringValue=my_attribute_value_2
        &MessageAttribute.2.Value.DataType=String
        &Expires=2020-05-05T22%3A52%3A43PST
        &Version=2012-11-05",
    );
    assert_eq!(from_query, expected);
}

#[test]
fn send_message_answers_the_digests_and_the_id() {
    let output = types::SendMessageResult {
        md5_of_message_body: Some("fafb00f5732ab283681e124bf8747ed1".to_owned()),
        md5_of_message_attributes: Some("3ae8f24a165a8cedc005670c81a27295".to_owned()),
        message_id: Some("5fea7756-0ea4-451a-a703-a558b933e274".to_owned()),
        ..Default::default()
    };
    let encoded = answer::<operations::SendMessage>(Protocol::AwsJson10, &output);
    assert_eq!((encoded.status, &*encoded.content_type), (200, "application/x-amz-json-1.0"));
    check(
        &encoded,
        r#"{"MD5OfMessageBody":"fafb00f5732ab283681e124bf8747ed1",
            "MD5OfMessageAttributes":"3ae8f24a165a8cedc005670c81a27295",
            "MessageId":"5fea7756-0ea4-451a-a703-a558b933e274"}"#,
    );
    check(
        &answer::<operations::SendMessage>(Protocol::AwsQuery, &output),
        r#"<?xml version="1.0"?>
        <SendMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">
            <SendMessageResult>
                <MD5OfMessageBody>fafb00f5732ab283681e124bf8747ed1</MD5OfMessageBody>
                <MD5OfMessageAttributes>3ae8f24a165a8cedc005670c81a27295</MD5OfMessageAttributes>
                <MessageId>5fea7756-0ea4-451a-a703-a558b933e274</MessageId>
            </SendMessageResult>
            <ResponseMetadata>
                <RequestId>b5293cb5-d306-4a17-9048-b263635abe42</RequestId>
            </ResponseMetadata>
        </SendMessageResponse>"#,
    );
}

#[test]
fn delete_message_answers_nothing_in_json_and_its_metadata_in_query() {
    let output = types::DeleteMessageOutput::default();
    let encoded = answer::<operations::DeleteMessage>(Protocol::AwsJson10, &output);
    assert_eq!((encoded.status, encoded.body), (200, Bytes::new()));
    assert_eq!(encoded.headers, [("x-amzn-requestid".into(), REQUEST.to_owned())]);
    check(
        &answer::<operations::DeleteMessage>(Protocol::AwsQuery, &output),
        r#"<?xml version="1.0"?>
        <DeleteMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">
            <ResponseMetadata>
                <RequestId>b5293cb5-d306-4a17-9048-b263635abe42</RequestId>
            </ResponseMetadata>
        </DeleteMessageResponse>"#,
    );
}

#[test]
fn receive_message_wraps_each_message_and_each_attribute() {
    let attributes = [("ApproximateReceiveCount", "5"), ("SenderId", "195004372649")];
    let message = types::Message {
        message_id: Some("5fea7756-0ea4-451a-a703-a558b933e274".to_owned()),
        receipt_handle: Some(
            "MbZj6wDWli+JvwwJaBV+3dcjk2YW2vA3+STFFljTM8tJJg6HRG6PYSasuWXPJB+Cw".to_owned(),
        ),
        md5_of_body: Some("fafb00f5732ab283681e124bf8747ed1".to_owned()),
        body: Some("This is a test message".to_owned()),
        attributes: Some(
            attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ),
        ..Default::default()
    };
    let output = types::ReceiveMessageResult { messages: Some(vec![message]) };
    check(
        &answer::<operations::ReceiveMessage>(Protocol::AwsQuery, &output),
        r#"<?xml version="1.0"?>
        <ReceiveMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">
            <ReceiveMessageResult>
                <Message>
                    <MessageId>5fea7756-0ea4-451a-a703-a558b933e274</MessageId>
                    <ReceiptHandle>MbZj6wDWli+JvwwJaBV+3dcjk2YW2vA3+STFFljTM8tJJg6HRG6PYSasuWXPJB+Cw</ReceiptHandle>
                    <MD5OfBody>fafb00f5732ab283681e124bf8747ed1</MD5OfBody>
                    <Body>This is a test message</Body>
                    <Attribute><Name>ApproximateReceiveCount</Name><Value>5</Value></Attribute>
                    <Attribute><Name>SenderId</Name><Value>195004372649</Value></Attribute>
                </Message>
            </ReceiveMessageResult>
            <ResponseMetadata>
                <RequestId>b5293cb5-d306-4a17-9048-b263635abe42</RequestId>
            </ResponseMetadata>
        </ReceiveMessageResponse>"#,
    );
}

#[test]
fn names_of_attributes_may_come_with_and_without_numbers() {
    let all = Some(vec!["All".to_owned()]);
    let alone = query::<operations::ReceiveMessage>("MaxNumberOfMessages=5&AttributeName=All");
    assert_eq!((alone.attribute_names, alone.max_number_of_messages), (all.clone(), Some(5)));
    let numbered = query::<operations::ReceiveMessage>(
        "AttributeName.1=All&MessageAttributeName.1=All&MessageSystemAttributeName.1=SenderId",
    );
    assert_eq!((numbered.attribute_names, numbered.message_attribute_names), (all.clone(), all));
    assert_eq!(numbered.message_system_attribute_names, Some(vec!["SenderId".to_owned()]));
    let set = query::<operations::SetQueueAttributes>(
        "Action=SetQueueAttributes&Attribute.Name=VisibilityTimeout&Attribute.Value=35",
    );
    assert_eq!(set.attributes, [("VisibilityTimeout".to_owned(), "35".to_owned())].into());
}

#[test]
fn a_batch_is_read_from_query() {
    let batch = query::<operations::SendMessageBatch>(
        "Action=SendMessageBatch
        &SendMessageBatchRequestEntry.1.Id=test_msg_001
        &SendMessageBatchRequestEntry.1.MessageBody=test%20message%20body%201
        &SendMessageBatchRequestEntry.2.Id=test_msg_002
        &SendMessageBatchRequestEntry.2.MessageBody=test%20message%20body%202
        &SendMessageBatchRequestEntry.2.DelaySeconds=60
        &SendMessageBatchRequestEntry.2.MessageAttribute.1.Name=test_attribute_name_1
        &SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.StringValue=test_attribute_value_1
        &SendMessageBatchRequestEntry.2.MessageAttribute.1.Value.DataType=String",
    );
    let first = types::SendMessageBatchRequestEntry {
        id: "test_msg_001".to_owned(),
        message_body: "test message body 1".to_owned(),
        ..Default::default()
    };
    let attribute = text_attribute("test_attribute_value_1");
    let second = types::SendMessageBatchRequestEntry {
        id: "test_msg_002".to_owned(),
        message_body: "test message body 2".to_owned(),
        delay_seconds: Some(60),
        message_attributes: Some([("test_attribute_name_1".to_owned(), attribute)].into()),
        ..Default::default()
    };
    assert_eq!(batch.entries, [first, second]);
}

#[test]
fn an_error_is_said_as_each_protocol_says_it() {
    let fault = Fault::new(&errors::QUEUE_DOES_NOT_EXIST, "The specified queue does not exist.");
    let encoded = codec(Protocol::AwsJson10).fault(&MODEL, &fault, REQUEST);
    check(
        &encoded,
        r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist",
            "message":"The specified queue does not exist."}"#,
    );
    let code = "AWS.SimpleQueueService.NonExistentQueue;Sender".to_owned();
    let id = ("x-amzn-requestid".into(), REQUEST.to_owned());
    assert_eq!(encoded.status, 400);
    assert_eq!(encoded.headers, [id, ("x-amzn-query-error".into(), code)]);
    let encoded = codec(Protocol::AwsQuery).fault(&MODEL, &fault, REQUEST);
    assert_eq!((encoded.status, &*encoded.content_type), (400, "text/xml"));
    check(
        &encoded,
        r#"<?xml version="1.0"?>
        <ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">
            <Error>
                <Type>Sender</Type>
                <Code>AWS.SimpleQueueService.NonExistentQueue</Code>
                <Message>The specified queue does not exist.</Message>
                <Detail/>
            </Error>
            <RequestId>b5293cb5-d306-4a17-9048-b263635abe42</RequestId>
        </ErrorResponse>"#,
    );
}

#[test]
fn query_has_its_own_statuses_and_codes() {
    let in_query = |error| codec(Protocol::AwsQuery).fault(&MODEL, &Fault::new(error, ""), REQUEST);
    let in_json = |error| codec(Protocol::AwsJson10).fault(&MODEL, &Fault::new(error, ""), REQUEST);
    for (error, code, status) in [
        (&errors::PURGE_QUEUE_IN_PROGRESS, "AWS.SimpleQueueService.PurgeQueueInProgress", 403),
        (&errors::OVER_LIMIT, "OverLimit", 403),
        (&errors::QUEUE_NAME_EXISTS, "QueueAlreadyExists", 400),
        (&errors::RESOURCE_NOT_FOUND_EXCEPTION, "ResourceNotFoundException", 404),
        (&errors::RECEIPT_HANDLE_IS_INVALID, "ReceiptHandleIsInvalid", 404),
        (&errors::INVALID_ATTRIBUTE_NAME, "InvalidAttributeName", 400),
    ] {
        assert_eq!((error.code, in_query(error).status), (code, status));
        assert_eq!(in_json(error).status, 400, "{code}");
    }
}
