//! A running child.

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::sync::oneshot;

use crate::spec::{Cause, Exit};

/// Bytes that are read at once.
const PIECE: usize = 16 << 10;

/// Our ends of a child's streams: pipes, which hold 64 KiB and then make the writer wait.
pub(crate) struct Ends {
    pub(crate) stdin: Sender,
    pub(crate) stdout: Receiver,
    pub(crate) stderr: Receiver,
}

/// A running child; it is ended, with all its descendants, when this is dropped.
pub struct Child {
    id: u32,
    /// Its standard input: closed when dropped.
    pub stdin: Option<Sender>,
    /// Its standard output. A child whose output is not read waits.
    pub stdout: Option<Receiver>,
    /// Its standard error.
    pub stderr: Option<Receiver>,
    stop: Option<oneshot::Sender<()>>,
    exited: oneshot::Receiver<Exit>,
}

/// The first bytes of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The bytes, up to the limit.
    pub bytes: Bytes,
    /// Whether there were more, which were read and dropped.
    pub truncated: bool,
}

/// The end of a child, and everything that it wrote within a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// The end.
    pub exit: Exit,
    /// The standard output.
    pub stdout: Output,
    /// The standard error.
    pub stderr: Output,
}

impl Child {
    pub(crate) fn new(
        id: u32,
        ends: Ends,
        stop: oneshot::Sender<()>,
        exited: oneshot::Receiver<Exit>,
    ) -> Self {
        let (stdin, stdout, stderr) = (Some(ends.stdin), Some(ends.stdout), Some(ends.stderr));
        Child { id, stdin, stdout, stderr, stop: Some(stop), exited }
    }

    /// The id of the process, its group and its session.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Asks the child to end (SIGTERM); after the grace it is killed. Returns at once.
    pub fn stop(&mut self) {
        self.stop = None;
    }

    /// Waits until the child and all its descendants have ended.
    pub async fn wait(mut self) -> Exit {
        self.ended().await
    }

    /// Writes the input, reads both outputs, and waits for the end. Of each output, `limit` bytes are kept.
    pub async fn collect(mut self, input: &[u8], limit: usize) -> Collected {
        let (stdin, stdout, stderr) = (self.stdin.take(), self.stdout.take(), self.stderr.take());
        let write = async {
            if let Some(mut stdin) = stdin {
                // A child that does not read its input is no error.
                _ = stdin.write_all(input).await;
            }
        };
        let ((), stdout, stderr, exit) =
            tokio::join!(write, read(stdout, limit), read(stderr, limit), self.ended());
        Collected { exit, stdout, stderr }
    }

    async fn ended(&mut self) -> Exit {
        let lost = Exit { code: None, signal: None, cause: Cause::Lost };
        (&mut self.exited).await.unwrap_or(lost)
    }
}

async fn read(stream: Option<impl AsyncRead + Unpin>, limit: usize) -> Output {
    let Some(mut stream) = stream else { return Output::default() };
    let (mut kept, mut truncated) = (Vec::new(), false);
    let mut piece = vec![0; PIECE];
    while let Ok(read @ 1..) = stream.read(&mut piece).await {
        let room = (limit - kept.len()).min(read);
        kept.extend_from_slice(&piece[..room]);
        truncated |= room < read;
    }
    Output { bytes: kept.into(), truncated }
}
