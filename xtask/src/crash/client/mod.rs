//! SQS in awsJson and SNS in awsQuery, as much of them as the workers use.

mod operations;
mod signature;
mod topics;

use std::net::SocketAddr;
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::Connection;

pub(super) use self::operations::{Accepted, Received};
pub(super) use self::signature::KEYS;
pub(super) use self::topics::Publishing;

/// What a request to SQS is made of.
const JSON: &str = "application/x-amz-json-1.0";
/// What a request to SNS is made of.
const FORM: &str = "application/x-www-form-urlencoded";

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

    /// Asks SQS.
    fn ask(&mut self, operation: &str, members: &Value) -> Result<Value, Failure> {
        let target = format!("AmazonSQS.{operation}");
        let body = members.to_string();
        let answer = self.exchange("sqs", JSON, Some(&target), body.as_bytes());
        let answer = self.success(operation, answer)?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer).map_err(|_| self.give_up())
    }

    /// Asks SNS; the answer is XML.
    fn ask_topics(
        &mut self,
        operation: &str,
        members: &[(String, String)],
    ) -> Result<String, Failure> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", operation).append_pair("Version", "2010-03-31");
        let body = form.extend_pairs(members).finish();
        let answer = self.exchange("sns", FORM, None, body.as_bytes());
        let answer = self.success(operation, answer)?;
        String::from_utf8(answer).map_err(|_| self.give_up())
    }

    fn success(
        &mut self,
        operation: &str,
        answer: Result<(u16, Vec<u8>)>,
    ) -> Result<Vec<u8>, Failure> {
        match answer {
            Ok((200, answer)) => Ok(answer),
            // Throttled, or ending: the request may be done again, as if there were no answer.
            Ok((429 | 503, _)) => Err(Failure::Unanswered),
            Ok((status, answer)) => {
                let answer = String::from_utf8_lossy(&answer);
                Err(Failure::Refused(format!("{operation} was refused: {status} {answer}")))
            }
            Err(_) => Err(self.give_up()),
        }
    }

    /// After half an answer the connection is of no further use.
    fn give_up(&mut self) -> Failure {
        self.connection = None;
        Failure::Unanswered
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

    fn exchange(
        &mut self,
        service: &str,
        content: &str,
        target: Option<&str>,
        body: &[u8],
    ) -> Result<(u16, Vec<u8>)> {
        if self.connection.is_none() {
            self.connection = Some(Connection::open(self.address)?);
        }
        let connection = self.connection.as_mut().context("it was opened just now")?;
        let signed = signature::head(service, target, body, SystemTime::now());
        connection.ask(&format!("Content-Type: {content}\r\n{signed}"), body)
    }
}
