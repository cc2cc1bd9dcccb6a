//! One connection of the load generator.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::{self, Frame};

/// How much of a refusal is shown.
const SHOWN: usize = 300;

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

    /// Sends a request and reads its answer's body; an answer that is not a success is an error.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request).await?;
        let frame = self.read().await?;
        let body = &self.buffer[frame.head..frame.length()];
        ensure!((200..300).contains(&frame.status), "{}", refusal(frame.status, body));
        Ok(body)
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

/// A refusal as it is shown, cut to a few lines.
fn refusal(status: u16, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(SHOWN)]);
    format!("the server answered {status}: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    async fn answer(answer: &'static [u8]) -> anyhow::Result<Vec<u8>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut connection = Connection::open(listener.local_addr()?).await?;
        let (mut stream, _) = listener.accept().await?;
        stream.write_all(answer).await?;
        connection.ask(b"GET / HTTP/1.1\r\n\r\n").await.map(<[u8]>::to_vec)
    }

    #[tokio::test]
    async fn a_refusal_is_an_error_that_says_what_was_answered() {
        let good = answer(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        assert_eq!(good.unwrap(), b"{}");
        let bad = answer(b"HTTP/1.1 503 No\r\ncontent-length: 9\r\n\r\nslow down").await;
        assert_eq!(bad.unwrap_err().to_string(), "the server answered 503: slow down");
    }
}
