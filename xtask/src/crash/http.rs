//! As much HTTP/1.1 as the program needs to be asked something: one request, one answer, again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// Longer than any long poll here; a program that hangs ends the run instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_LINE: u64 = 8 * 1024;
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// One connection.
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    pub(super) fn open(address: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream: BufReader::new(stream) })
    }

    /// Sends a request and reads the whole answer: its status and its body. After an error nothing
    /// is known of the request, and the connection is of no further use.
    pub(super) fn ask(&mut self, head: &str, body: &[u8]) -> Result<(u16, Vec<u8>)> {
        let mut request = format!("POST / HTTP/1.1\r\nHost: localhost\r\n{head}");
        request += &format!("Content-Length: {}\r\n\r\n", body.len());
        let mut request = request.into_bytes();
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request)?;
        self.answer()
    }

    fn answer(&mut self) -> Result<(u16, Vec<u8>)> {
        let status = self.line()?;
        let status = status.split(' ').nth(1).context("an answer has a status")?.parse()?;
        let mut length = None;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').context("a header has a colon")?;
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse()?);
            }
        }
        let length: usize = length.context("an answer has a length")?;
        ensure!(length <= LONGEST_BODY, "an answer of {length} bytes");
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, body))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stream.by_ref().take(LONGEST_LINE).read_line(&mut line)?;
        ensure!(line.ends_with("\r\n"), "the answer ended within a line");
        line.truncate(line.len() - 2);
        Ok(line)
    }
}
