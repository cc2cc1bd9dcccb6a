//! The client that prepares a server for a row, one request after the other.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::Absent;
use super::check::handles;
use super::input::{self, Kind, Size};
use crate::http::{self, Frame};

const PATIENCE: Duration = Duration::from_secs(30);

/// A connection for setting up, which remembers the last answer to each operation.
pub(crate) struct Caller {
    address: SocketAddr,
    stream: TcpStream,
    answers: Answers,
}

/// Answers by operation, as they were on the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers(BTreeMap<String, Vec<u8>>);

impl Caller {
    /// Opens it.
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).context("nobody listens")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Caller { address, stream, answers: Answers::default() })
    }

    /// The server's address.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was answered so far.
    pub(crate) fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The body of the last answer to an operation, as it came.
    pub(crate) fn last(&self, operation: &str) -> Option<String> {
        let bytes = self.answers.0.get(operation)?;
        let frame = http::frame(bytes).ok()??;
        Some(String::from_utf8_lossy(&bytes[frame.head..]).into_owned())
    }

    /// Calls an operation. An error of type [`Absent`] says that the server does not have it.
    pub(crate) fn call(&mut self, operation: &str, input: &str) -> anyhow::Result<Value> {
        let request = http::request(self.address, operation, input);
        let (frame, bytes) = self.ask(operation, &request)?;
        let body = &bytes[frame.head..];
        let output = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(body) };
        self.answers.0.insert(operation.to_owned(), bytes);
        output.with_context(|| format!("{operation} did not answer JSON"))
    }

    /// Calls an operation of the topic service and gives its answer, which is XML.
    pub(super) fn query(
        &mut self,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> anyhow::Result<String> {
        let request = http::query(self.address, action, parameters);
        let (frame, bytes) = self.ask(action, &request)?;
        Ok(String::from_utf8_lossy(&bytes[frame.head..]).into_owned())
    }

    fn ask(&mut self, operation: &str, request: &[u8]) -> anyhow::Result<(Frame, Vec<u8>)> {
        self.stream.write_all(request).context(operation.to_owned())?;
        let (frame, bytes) = self.read().context(operation.to_owned())?;
        if !(200..300).contains(&frame.status) {
            let body = String::from_utf8_lossy(&bytes[frame.head..]);
            return Err(refusal(operation, frame.status, &body));
        }
        Ok((frame, bytes))
    }

    /// Creates a queue and gives its URL.
    pub(crate) fn create_queue(&mut self, kind: Kind, name: &str) -> anyhow::Result<String> {
        let output = self.call("CreateQueue", &input::queue(kind, name).to_string())?;
        let url = output["QueueUrl"].as_str().context("CreateQueue gave no QueueUrl")?;
        Ok(url.to_owned())
    }

    /// Sends, receives and deletes the same number of messages once, so that the answers are known.
    pub(super) fn rehearse(&mut self, queue: &str, size: Size, send: &str) -> anyhow::Result<()> {
        self.call(size.send(), send)?;
        self.call("ReceiveMessage", &input::receive(queue, size.messages()))?;
        let received = self.last("ReceiveMessage").unwrap_or_default();
        let handles = handles(received.as_bytes())?;
        ensure!(handles.len() == size.messages(), "not all was received: {received}");
        self.call(size.delete(), &size.deletion(queue, &handles))?;
        Ok(())
    }

    fn read(&mut self) -> anyhow::Result<(Frame, Vec<u8>)> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 16 << 10];
        loop {
            let count = self.stream.read(&mut chunk)?;
            ensure!(count > 0, "the server closed the connection");
            bytes.extend_from_slice(&chunk[..count]);
            match http::frame(&bytes)? {
                Some(frame) if bytes.len() == frame.length() => return Ok((frame, bytes)),
                Some(frame) => ensure!(bytes.len() < frame.length(), "an answer is too long"),
                None => ensure!(bytes.len() < chunk.len(), "an answer's head is too long"),
            }
        }
    }
}

/// The server's no, and whether it means that there is no such operation.
fn refusal(operation: &str, status: u16, body: &str) -> anyhow::Error {
    let unknown = ["NotImplemented", "UnknownOperation", "InvalidAction"];
    if status == 501 || unknown.iter().any(|code| body.contains(code)) {
        return Absent(format!("the server has no {operation}")).into();
    }
    anyhow::anyhow!("{operation}: {status} {body}")
}

impl Answers {
    /// Writes each to a file `OPERATION.http`, as the ceiling reads them.
    pub(crate) fn write(&self, directory: &Path) -> anyhow::Result<()> {
        for (operation, bytes) in &self.0 {
            if !operation.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                bail!("{operation} is not an operation's name");
            }
            std::fs::write(directory.join(operation).with_extension("http"), bytes)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_that_is_not_there_differs_from_one_that_refuses() {
        let absent = refusal("Fly", 501, "");
        assert_eq!(absent.downcast_ref(), Some(&Absent("the server has no Fly".to_owned())));
        let refused = refusal("SendMessage", 400, r#"{"__type":"InvalidMessageContents"}"#);
        assert_eq!(refused.downcast_ref::<Absent>(), None);
    }
}
