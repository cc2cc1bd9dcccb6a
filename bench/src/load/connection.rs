//! One connection of the load generator.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::{self, Frame};

/// A connection with at most one request on its way.
pub(crate) struct Connection {
    stream: TcpStream,
    /// Grows with the largest answer, which is bounded by [`http::LARGEST_ANSWER`].
    buffer: Vec<u8>,
}

impl Connection {
    /// Opens it.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server does not listen")?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: vec![0; 16 << 10] })
    }

    /// Sends a request and reads its answer: status and body.
    pub(crate) async fn call(&mut self, request: &[u8]) -> anyhow::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        let frame = self.read().await?;
        Ok((frame.status, &self.buffer[frame.head..frame.length()]))
    }

    async fn read(&mut self) -> anyhow::Result<Frame> {
        let mut filled = 0;
        let mut frame = None;
        loop {
            let count = self.stream.read(&mut self.buffer[filled..]).await?;
            ensure!(count > 0, "the server closed the connection");
            filled += count;
            if frame.is_none() {
                frame = http::frame(&self.buffer[..filled])?;
            }
            match frame {
                Some(frame) if filled == frame.length() => return Ok(frame),
                Some(frame) => self.make_room(filled, frame.length())?,
                None => ensure!(filled < self.buffer.len(), "an answer's head is too long"),
            }
        }
    }

    fn make_room(&mut self, filled: usize, length: usize) -> anyhow::Result<()> {
        ensure!(filled < length, "the server sent more than it had announced");
        if self.buffer.len() < length {
            self.buffer.resize(length, 0);
        }
        Ok(())
    }
}
