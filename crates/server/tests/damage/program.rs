//! The program, and as much of a client as is needed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

const ACCOUNT: &str = "000000000000";
const PROGRAM: &str = env!("CARGO_BIN_EXE_millpond");
const PATIENCE: Duration = Duration::from_secs(20);

/// A running program; it is killed with this.
pub(crate) struct Program {
    child: Child,
    address: String,
}

/// What a receive brought.
#[derive(Debug)]
pub(crate) enum Answer {
    /// These bodies.
    Bodies(Vec<String>),
    /// An error of the server, or none because it ended: what it said.
    Failed(String),
    /// A refusal, as if the caller were wrong.
    Denied(String),
}

impl Program {
    /// Starts it on a directory; when it does not serve, what it said.
    pub(crate) fn start(directory: &Path) -> Result<Program, String> {
        Program::start_by(command(PROGRAM), directory)
    }

    /// The same where no file may grow beyond so many blocks: writing more fails.
    pub(crate) fn start_limited(directory: &Path, blocks: u32) -> Result<Program, String> {
        let mut command = command("sh");
        // Without the trap the signal would end the program before it can see the error.
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        command.args(["-c", &limited, PROGRAM]);
        Program::start_by(command, directory)
    }

    fn start_by(mut command: Command, directory: &Path) -> Result<Program, String> {
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MILLPOND_")) {
            command.env_remove(name);
        }
        let mut child = command
            .args(["--listen", "127.0.0.1:0", "--data-dir"])
            .arg(directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut line).expect("its output");
        match line.trim().split_once("listens on http://") {
            Some((_, address)) => Ok(Program { child, address: address.to_owned() }),
            None => {
                let output = child.wait_with_output().expect("its output");
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(1), "{said}");
                Err(said)
            }
        }
    }

    pub(crate) fn create_queue(&self, name: &str) {
        let mut members = json!({ "QueueName": name });
        if name.ends_with(".fifo") {
            members["Attributes"] =
                json!({ "FifoQueue": "true", "ContentBasedDeduplication": "true" });
        }
        let (status, answer) = self.ask("CreateQueue", &members).expect("an answer");
        assert_eq!(status, 200, "{answer}");
    }

    pub(crate) fn send(&self, queue: &str, body: &str) {
        assert!(self.try_send(queue, body), "it is not acknowledged");
    }

    /// Sends a message; whether that was acknowledged.
    pub(crate) fn try_send(&self, queue: &str, body: &str) -> bool {
        let mut members = json!({ "QueueUrl": url(queue), "MessageBody": body });
        if queue.ends_with(".fifo") {
            // Each message in a group of its own, so that none waits for another.
            members["MessageGroupId"] = body[..3].into();
        }
        matches!(self.ask("SendMessage", &members), Ok((200, _)))
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        let told = command("kill").args(["-TERM", &id]).status().expect("it is told");
        assert!(told.success() && self.last_words().0 == Some(0));
    }

    /// Waits until it has ended: with which status, and what it said.
    pub(crate) fn last_words(&mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        let mut log = self.child.stderr.take().expect("piped");
        log.read_to_string(&mut said).expect("its log");
        (self.child.wait().expect("it ends").code(), said)
    }

    pub(crate) fn receive(&self, queue: &str) -> Answer {
        let members = json!({ "QueueUrl": url(queue), "MaxNumberOfMessages": 10 });
        match self.ask("ReceiveMessage", &members) {
            Ok((200, answer)) => {
                let messages = answer["Messages"].as_array().into_iter().flatten();
                let bodies = messages.map(|message| message["Body"].as_str().expect("a body"));
                Answer::Bodies(bodies.map(str::to_owned).collect())
            }
            Ok((status, answer)) if status >= 500 => Answer::Failed(answer.to_string()),
            Ok((status, answer)) => Answer::Denied(format!("{status} {answer}")),
            Err(error) => Answer::Failed(format!("the program ended: {error}")),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a client in a test")]
    fn ask(&self, operation: &str, members: &Value) -> std::io::Result<(u16, Value)> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let body = members.to_string();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.{operation}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) =
            answer.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or(std::io::ErrorKind::InvalidData)?;
        Ok((status, serde_json::from_str(body).unwrap_or_default()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn url(queue: &str) -> String {
    format!("http://localhost/{ACCOUNT}/{queue}")
}

#[expect(clippy::disallowed_methods, reason = "a test starts the program")]
fn command(program: &str) -> Command {
    Command::new(program)
}
