//! SQS in awsJson, as much of it as the workers use.

mod operations;

use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::Connection;

pub(super) use self::operations::{Accepted, Received};

/// Names account and region; nobody checks the signature unless asked to.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=000000000000/20300101/us-east-1/sqs/\
     aws4_request, SignedHeaders=host, Signature=0";

/// Why a request did not give what it should.
#[derive(Clone, Debug)]
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

/// What became of each entry of a batch.
pub(super) type Entries<T> = Vec<Result<T, String>>;

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

    /// Asks the same of several things, in one batch unless there is only one.
    fn ask_each<T>(
        &mut self,
        operation: &str,
        url: &str,
        entries: &[Value],
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Entries<T>, Failure> {
        let read = |answer: &Value| read(answer).ok_or_else(|| format!("{operation}: {answer}"));
        if let [entry] = entries {
            let mut members = entry.clone();
            members["QueueUrl"] = url.into();
            return match self.ask(operation, &members) {
                Err(Failure::Refused(why)) => Ok(vec![Err(why)]),
                answer => Ok(vec![read(&answer?)]),
            };
        }
        let numbered = entries.iter().enumerate().map(|(number, entry)| {
            let mut entry = entry.clone();
            entry["Id"] = number.to_string().into();
            entry
        });
        let members = json!({ "QueueUrl": url, "Entries": numbered.collect::<Vec<_>>() });
        let answer = self.ask(&format!("{operation}Batch"), &members)?;
        let of = |list: &str, number: usize| {
            let (entries, id) = (answer[list].as_array()?, number.to_string());
            entries.iter().find(|entry| entry["Id"].as_str() == Some(&id)).cloned()
        };
        let one = |number| match of("Successful", number) {
            Some(successful) => read(&successful),
            None => Err(format!("{operation}Batch: {:?}", of("Failed", number))),
        };
        Ok((0..entries.len()).map(one).collect())
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
