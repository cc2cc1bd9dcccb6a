//! The operations.

use serde_json::{Value, json};

use super::{Client, Entries, Failure};
use crate::crash::message::{self, Token};
use crate::crash::queue::Queue;

/// What a sender is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// `MessageId`.
    pub(crate) id: String,
    /// `SequenceNumber`; only FIFO queues have it.
    pub(crate) sequence: Option<u128>,
}

/// A message as it was received.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    /// `MessageId`.
    pub(crate) id: String,
    /// What the sender wrote.
    pub(crate) body: String,
    /// `MessageAttributes`.
    pub(crate) attributes: Value,
    /// With what it is deleted.
    pub(crate) handle: String,
    /// How often it was received, this time included.
    pub(crate) count: u32,
    /// `SentTimestamp`, in milliseconds.
    pub(crate) sent: u64,
    /// `AWSTraceHeader`.
    pub(crate) trace_header: Option<String>,
    /// `DeadLetterQueueSourceArn`.
    pub(crate) dead_letter_source: Option<String>,
    /// `MessageGroupId`.
    pub(crate) group_id: Option<String>,
    /// `MessageDeduplicationId`.
    pub(crate) deduplication_id: Option<String>,
    /// `SequenceNumber`.
    pub(crate) sequence: Option<u128>,
}

/// A move task as it is listed.
pub(crate) struct MoveTask {
    /// `Status`.
    pub(crate) status: String,
    /// `FailureReason`.
    pub(crate) failure: Option<String>,
}

impl Client {
    /// CreateQueue.
    pub(crate) fn create_queue(&mut self, name: &str, attributes: &Value) -> Result<(), Failure> {
        let members = json!({ "QueueName": name, "Attributes": attributes });
        self.ask("CreateQueue", &members).map(drop)
    }

    /// DeleteQueue.
    pub(crate) fn delete_queue(&mut self, url: &str) -> Result<(), Failure> {
        self.ask("DeleteQueue", &json!({ "QueueUrl": url })).map(drop)
    }

    /// SetQueueAttributes.
    pub(crate) fn set_queue(&mut self, url: &str, attributes: &Value) -> Result<(), Failure> {
        let members = json!({ "QueueUrl": url, "Attributes": attributes });
        self.ask("SetQueueAttributes", &members).map(drop)
    }

    /// SendMessage or SendMessageBatch; the delay is in seconds.
    pub(crate) fn send(
        &mut self,
        queue: Queue,
        tokens: &[Token],
        delay: u32,
    ) -> Result<Entries<Accepted>, Failure> {
        let entries: Vec<_> = tokens.iter().map(|token| sending(queue, *token, delay)).collect();
        self.ask_each("SendMessage", &queue.url(), &entries, |answer| {
            Some(Accepted { id: answer["MessageId"].as_str()?.into(), sequence: sequence(answer) })
        })
    }

    /// ReceiveMessage of up to ten messages, hidden for so many seconds.
    pub(crate) fn receive(
        &mut self,
        url: &str,
        hidden: u32,
        wait: u32,
    ) -> Result<Vec<Received>, Failure> {
        let members = json!({
            "QueueUrl": url,
            "MaxNumberOfMessages": 10,
            "VisibilityTimeout": hidden,
            "WaitTimeSeconds": wait,
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        let answer = self.ask("ReceiveMessage", &members)?;
        let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
        messages.iter().map(received).collect::<Option<_>>().ok_or_else(|| {
            Failure::Refused(format!("a message without what belongs to it: {answer}"))
        })
    }

    /// ChangeMessageVisibility or its batch: to so many seconds from now on.
    pub(crate) fn hide(
        &mut self,
        url: &str,
        handles: &[&str],
        seconds: u32,
    ) -> Result<Entries<()>, Failure> {
        let entry = |handle| json!({ "ReceiptHandle": handle, "VisibilityTimeout": seconds });
        let entries: Vec<_> = handles.iter().map(entry).collect();
        self.ask_each("ChangeMessageVisibility", url, &entries, |_| Some(()))
    }

    /// DeleteMessage or DeleteMessageBatch.
    pub(crate) fn delete(&mut self, url: &str, handles: &[&str]) -> Result<Entries<()>, Failure> {
        let entries: Vec<_> = handles.iter().map(|h| json!({ "ReceiptHandle": h })).collect();
        self.ask_each("DeleteMessage", url, &entries, |_| Some(()))
    }

    /// StartMessageMoveTask back to where the messages came from, at most so many a second; answers its
    /// handle.
    pub(crate) fn start_move(
        &mut self,
        dead: Queue,
        to: Option<Queue>,
        rate: Option<u32>,
    ) -> Result<String, Failure> {
        let mut members = json!({ "SourceArn": dead.arn() });
        if let Some(to) = to {
            members["DestinationArn"] = to.arn().into();
        }
        if let Some(rate) = rate {
            members["MaxNumberOfMessagesPerSecond"] = rate.into();
        }
        let answer = self.ask("StartMessageMoveTask", &members)?;
        let handle = answer["TaskHandle"].as_str().map(str::to_owned);
        handle.ok_or_else(|| Failure::Refused(format!("no handle in {answer}")))
    }

    /// CancelMessageMoveTask.
    pub(crate) fn cancel_move(&mut self, handle: &str) -> Result<(), Failure> {
        self.ask("CancelMessageMoveTask", &json!({ "TaskHandle": handle })).map(drop)
    }

    /// ListMessageMoveTasks: the ten newest.
    pub(crate) fn moves(&mut self, dead: Queue) -> Result<Vec<MoveTask>, Failure> {
        let members = json!({ "SourceArn": dead.arn(), "MaxResults": 10 });
        let answer = self.ask("ListMessageMoveTasks", &members)?;
        let task = |task: &Value| MoveTask {
            status: task["Status"].as_str().unwrap_or_default().to_owned(),
            failure: task["FailureReason"].as_str().map(str::to_owned),
        };
        Ok(answer["Results"].as_array().into_iter().flatten().map(task).collect())
    }

    /// How many messages the queue says it has, of whatever kind.
    pub(crate) fn backlog(&mut self, url: &str) -> Result<u64, Failure> {
        let members = json!({ "QueueUrl": url, "AttributeNames": ["All"] });
        let answer = self.ask("GetQueueAttributes", &members)?;
        let kinds = ["", "NotVisible", "Delayed"];
        kinds
            .iter()
            .map(|kind| {
                let name = format!("ApproximateNumberOfMessages{kind}");
                answer["Attributes"][name].as_str()?.parse::<u64>().ok()
            })
            .sum::<Option<u64>>()
            .ok_or_else(|| Failure::Refused(format!("no counts in {answer}")))
    }
}

fn sending(queue: Queue, token: Token, delay: u32) -> Value {
    let trace = json!({ "DataType": "String", "StringValue": message::trace_header(token) });
    let mut members = json!({
        "MessageBody": message::body(token),
        "MessageAttributes": message::attributes(token),
        "MessageSystemAttributes": { "AWSTraceHeader": trace },
    });
    if queue.is_fifo() {
        members["MessageGroupId"] = message::group_id(token).into();
        members["MessageDeduplicationId"] = message::deduplication_id(token).into();
    } else {
        members["DelaySeconds"] = delay.into();
    }
    members
}

fn sequence(attributes: &Value) -> Option<u128> {
    attributes["SequenceNumber"].as_str()?.parse().ok()
}

fn received(message: &Value) -> Option<Received> {
    let system = &message["Attributes"];
    let text = |name: &str| system[name].as_str().map(str::to_owned);
    Some(Received {
        id: message["MessageId"].as_str()?.to_owned(),
        body: message["Body"].as_str()?.to_owned(),
        attributes: message["MessageAttributes"].clone(),
        handle: message["ReceiptHandle"].as_str()?.to_owned(),
        count: text("ApproximateReceiveCount")?.parse().ok()?,
        sent: text("SentTimestamp")?.parse().ok()?,
        trace_header: text("AWSTraceHeader"),
        dead_letter_source: text("DeadLetterQueueSourceArn"),
        group_id: text("MessageGroupId"),
        deduplication_id: text("MessageDeduplicationId"),
        sequence: sequence(system),
    })
}
