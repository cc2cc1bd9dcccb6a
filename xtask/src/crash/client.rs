//! SQS in awsJson, as much of it as the workers use.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::Connection;

const ACCOUNT: &str = "000000000000";

/// Names account and region; nobody checks the signature unless asked to.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=000000000000/20300101/us-east-1/sqs/\
     aws4_request, SignedHeaders=host, Signature=0";

/// A message as it was received.
pub(super) struct Received {
    /// What the sender wrote.
    pub(super) body: String,
    /// How often it was received, this time included.
    pub(super) count: u32,
    /// With what it is deleted.
    pub(super) handle: String,
}

/// Why a request did not give what it should.
#[derive(Debug)]
pub(super) enum Failure {
    /// No answer, or half of one: it may have happened or not.
    Unanswered,
    /// The program said no, and why.
    Refused(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Unanswered => f.write_str("no answer"),
            Failure::Refused(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Failure {}

/// A client of one program.
pub(super) struct Client {
    address: SocketAddr,
    connection: Option<Connection>,
}

impl Client {
    /// A client; it connects with its first request.
    pub(super) fn new(address: SocketAddr) -> Client {
        Client { address, connection: None }
    }

    /// CreateQueue.
    pub(super) fn create_queue(&mut self, queue: u32) -> Result<(), Failure> {
        self.ask("CreateQueue", &json!({ "QueueName": name(queue) })).map(drop)
    }

    /// SendMessage.
    pub(super) fn send(&mut self, queue: u32, body: &str) -> Result<(), Failure> {
        let members = json!({ "QueueUrl": url(queue), "MessageBody": body });
        self.ask("SendMessage", &members).map(drop)
    }

    /// ReceiveMessage of up to ten messages, hidden for so many seconds.
    pub(super) fn receive(
        &mut self,
        queue: u32,
        hidden: u32,
        wait: u32,
    ) -> Result<Vec<Received>, Failure> {
        let members = json!({
            "QueueUrl": url(queue),
            "MaxNumberOfMessages": 10,
            "VisibilityTimeout": hidden,
            "WaitTimeSeconds": wait,
            "MessageSystemAttributeNames": ["ApproximateReceiveCount"],
        });
        let answer = self.ask("ReceiveMessage", &members)?;
        let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
        messages.iter().map(received).collect::<Option<_>>().ok_or_else(|| {
            Failure::Refused(format!("a message without what belongs to it: {answer}"))
        })
    }

    /// ChangeMessageVisibility.
    pub(super) fn hide(&mut self, queue: u32, handle: &str, seconds: u32) -> Result<(), Failure> {
        let members = json!({
            "QueueUrl": url(queue), "ReceiptHandle": handle, "VisibilityTimeout": seconds,
        });
        self.ask("ChangeMessageVisibility", &members).map(drop)
    }

    /// DeleteMessage.
    pub(super) fn delete(&mut self, queue: u32, handle: &str) -> Result<(), Failure> {
        let members = json!({ "QueueUrl": url(queue), "ReceiptHandle": handle });
        self.ask("DeleteMessage", &members).map(drop)
    }

    /// How many messages the queue says it has, of whatever kind.
    pub(super) fn backlog(&mut self, queue: u32) -> Result<u64, Failure> {
        let members = json!({ "QueueUrl": url(queue), "AttributeNames": ["All"] });
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

    fn ask(&mut self, operation: &str, members: &Value) -> Result<Value, Failure> {
        match self.exchange(operation, members) {
            Ok((200, answer)) => Ok(answer),
            // Throttled, or ending: the request may be done again, as if there were no answer.
            Ok((429 | 503, _)) => Err(Failure::Unanswered),
            Ok((status, answer)) => {
                Err(Failure::Refused(format!("{operation} was refused: {status} {answer}")))
            }
            Err(_) => {
                self.connection = None;
                Err(Failure::Unanswered)
            }
        }
    }

    fn exchange(&mut self, operation: &str, members: &Value) -> Result<(u16, Value)> {
        if self.connection.is_none() {
            self.connection = Some(Connection::open(self.address)?);
        }
        let connection = self.connection.as_mut().context("it was opened just now")?;
        let head = format!(
            "Authorization: {AUTHORIZATION}\r\nContent-Type: application/x-amz-json-1.0\r\n\
             X-Amz-Target: AmazonSQS.{operation}\r\n"
        );
        let (status, body) = connection.ask(&head, members.to_string().as_bytes())?;
        let answer = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? };
        Ok((status, answer))
    }
}

fn received(message: &Value) -> Option<Received> {
    Some(Received {
        body: message["Body"].as_str()?.to_owned(),
        count: message["Attributes"]["ApproximateReceiveCount"].as_str()?.parse().ok()?,
        handle: message["ReceiptHandle"].as_str()?.to_owned(),
    })
}

fn name(queue: u32) -> String {
    format!("crash-{queue}")
}

fn url(queue: u32) -> String {
    format!("http://localhost/{ACCOUNT}/{}", name(queue))
}
