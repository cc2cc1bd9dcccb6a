//! The program's side of a guard.

use std::io;
use std::os::unix::net;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process;
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

use crate::spec::{Cause, Exit, Report};
use crate::supervisor::SpawnError;

/// Bytes of a report: a path of an error message at most.
const LONGEST: u64 = 64 << 10;

/// Holds the socket to a guard: when it is dropped, the guard ends its child.
pub(crate) struct Watcher {
    guard: process::Child,
    reports: BufReader<OwnedReadHalf>,
    wishes: OwnedWriteHalf,
    child: Option<Pid>,
    _place: OwnedSemaphorePermit,
}

impl Watcher {
    pub(crate) async fn new(
        guard: process::Child,
        socket: net::UnixStream,
        spec: &[u8],
        place: OwnedSemaphorePermit,
    ) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let (reports, mut wishes) = UnixStream::from_std(socket)?.into_split();
        wishes.write_all(spec).await?;
        let reports = BufReader::new(reports);
        Ok(Watcher { guard, reports, wishes, child: None, _place: place })
    }

    /// Waits until the child runs, and returns its id.
    pub(crate) async fn started(&mut self) -> Result<u32, SpawnError> {
        let id = match self.report().await? {
            Report::Started(id) => id,
            Report::Failed(why) => return Err(SpawnError::Program(why)),
            Report::Ended(_) => return Err(wrong().into()),
        };
        self.child = Some(Pid::from_raw(id).ok_or_else(wrong)?);
        Ok(id.cast_unsigned())
    }

    /// Waits for the child's end, and passes on the wish that it end: it is also a wish that nobody holds
    /// the child any more.
    pub(crate) async fn run(
        mut self,
        stopped: oneshot::Receiver<()>,
        mut closing: watch::Receiver<bool>,
        exit: oneshot::Sender<Exit>,
    ) {
        let stop = async {
            tokio::select! {
                _ = stopped => {}
                _ = closing.wait_for(|closing| *closing) => {}
            }
        };
        let reported = tokio::select! {
            reported = report(&mut self.reports) => reported,
            () = stop => {
                _ = self.wishes.shutdown().await;
                report(&mut self.reports).await
            }
        };
        let ended = match reported {
            Ok(Report::Ended(ended)) => ended,
            _ => self.lost(),
        };
        _ = self.guard.wait().await;
        _ = exit.send(ended);
    }

    /// The guard was killed, and with it, by the kernel, the child. The rest of its group is killed here.
    fn lost(&self) -> Exit {
        if let Some(child) = self.child {
            _ = kill_process_group(child, Signal::KILL);
        }
        Exit { code: None, signal: None, cause: Cause::Lost }
    }

    async fn report(&mut self) -> io::Result<Report> {
        report(&mut self.reports).await
    }
}

async fn report(reports: &mut BufReader<OwnedReadHalf>) -> io::Result<Report> {
    let mut line = Vec::new();
    reports.take(LONGEST).read_until(b'\n', &mut line).await?;
    Ok(serde_json::from_slice(&line)?)
}

fn wrong() -> io::Error {
    io::Error::other("the guard reports nonsense")
}
