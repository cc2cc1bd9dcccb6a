//! HTTP/2 in frames that no library would send.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::{Server, soon};
use crate::Limits;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
// Types of frames, flags and errors: RFC 9113, sections 6 and 7.
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const REFUSED_STREAM: u32 = 7;
const ENHANCE_YOUR_CALM: u32 = 11;

/// `:method: GET`, `:scheme: http`, `:path: /wait`, in HPACK (RFC 7541).
const WAIT: &[u8] = b"\x82\x86\x04\x05/wait";
/// The same for `/`.
const ROOT: &[u8] = b"\x82\x86\x84";

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("it is short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A literal header that is not remembered.
fn header(name: &str, value: &str) -> Vec<u8> {
    let length = value.len();
    assert!(name.len() < 127 && (127..16_000).contains(&length));
    let rest = length - 127;
    let (low, high) = ((rest % 128) as u8 | 0x80, (rest / 128) as u8);
    let name_length = name.len() as u8;
    [&[0, name_length], name.as_bytes(), &[0x7f, low, high], value.as_bytes()].concat()
}

/// A client that has begun to speak HTTP/2.
struct Raw(TcpStream);

impl Raw {
    async fn start(server: &Server) -> Raw {
        let mut raw = Raw(server.client().await.into_stream());
        raw.send(&[PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()).await;
        raw
    }

    /// Sends as much as the server reads.
    async fn send(&mut self, bytes: &[u8]) {
        let _ = soon(self.0.write_all(bytes)).await;
    }

    /// The next frame of one of these types: (type, stream, payload); none if the server closed.
    async fn next(&mut self, kinds: &[u8]) -> Option<(u8, u32, Vec<u8>)> {
        loop {
            let mut head = [0; 9];
            soon(self.0.read_exact(&mut head)).await.ok()?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let mut payload = vec![0; length];
            soon(self.0.read_exact(&mut payload)).await.ok()?;
            let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            if kinds.contains(&head[3]) {
                return Some((head[3], stream, payload));
            }
        }
    }

    /// Waits for the end of the connection; its reason, if one was given.
    async fn ended(&mut self) -> Option<u32> {
        let mut reason = None;
        while let Some((_, _, payload)) = self.next(&[GOAWAY]).await {
            reason = Some(u32::from_be_bytes(payload[4..8].try_into().expect("a reason")));
        }
        reason
    }
}

/// Whether somebody else is served.
async fn serves(server: &Server) -> bool {
    let mut client = server.client().await;
    client.post("/", "", b"x").await;
    client.answer().await.status == 200
}

#[tokio::test]
async fn a_head_in_endless_pieces_is_cut_off() {
    let server = Server::start(Limits::default()).await;
    for piece in [&header("x-long", &"a".repeat(8000))[..], b""] {
        let mut raw = Raw::start(&server).await;
        raw.send(&frame(HEADERS, END_STREAM, 1, ROOT)).await;
        for _ in 0..2000 {
            raw.send(&frame(CONTINUATION, 0, 1, piece)).await;
        }
        assert!(matches!(raw.ended().await, None | Some(ENHANCE_YOUR_CALM)));
    }
    assert!(serves(&server).await);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_and_the_connection_stays() {
    let server = Server::start(Limits::default()).await;
    let mut raw = Raw::start(&server).await;
    let large = [ROOT, &header("x-a", &"a".repeat(9000))].concat();
    raw.send(&frame(HEADERS, END_STREAM, 1, &large)).await;
    raw.send(&frame(CONTINUATION, END_HEADERS, 1, &header("x-b", &"b".repeat(9000)))).await;
    let (kind, stream, payload) = raw.next(&[HEADERS, RST_STREAM]).await.expect("an answer");
    assert_eq!((kind, stream), (HEADERS, 1));
    // A status that is not in HPACK's own table: its three digits as they are, or in its Huffman code.
    assert!(payload.windows(3).any(|text| text == b"431") || payload.len() > 3, "{payload:?}");
    raw.send(&frame(HEADERS, END_STREAM | END_HEADERS, 3, ROOT)).await;
    while let Some((_, stream, payload)) = raw.next(&[HEADERS]).await {
        if stream == 3 {
            assert_eq!(payload[0], 0x88, "200 is the table's eighth line");
            return;
        }
    }
    panic!("the connection was closed");
}

#[tokio::test]
async fn streams_that_are_reset_as_fast_as_they_are_opened_end_the_connection() {
    let server = Server::start(Limits::default()).await;
    let mut raw = Raw::start(&server).await;
    let mut flood = Vec::new();
    for stream in (1..40_000).step_by(2) {
        flood.extend(frame(HEADERS, END_STREAM | END_HEADERS, stream, WAIT));
        flood.extend(frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes()));
    }
    raw.send(&flood).await;
    assert!(matches!(raw.ended().await, None | Some(ENHANCE_YOUR_CALM)));
    assert!(serves(&server).await);
}

#[tokio::test]
async fn a_stream_too_many_is_refused_and_the_others_go_on() {
    let server = Server::start(Limits { streams: 2, ..Limits::default() }).await;
    let mut raw = Raw::start(&server).await;
    for stream in [1, 3, 5] {
        raw.send(&frame(HEADERS, END_STREAM | END_HEADERS, stream, WAIT)).await;
    }
    let (_, stream, reason) = raw.next(&[RST_STREAM]).await.expect("a refusal");
    assert_eq!((stream, reason), (5, REFUSED_STREAM.to_be_bytes().to_vec()));
    for _ in [1, 3] {
        server.echo.entered.happened().await;
        server.echo.release.happen();
    }
    let (first, second) = (raw.next(&[HEADERS]).await, raw.next(&[HEADERS]).await);
    let mut streams = [first, second].map(|answer| answer.expect("an answer").1);
    streams.sort_unstable();
    assert_eq!(streams, [1, 3]);
}

#[tokio::test]
async fn headers_are_there_once_over_http2_too() {
    let server = Server::start(Limits::default()).await;
    let mut raw = Raw::start(&server).await;
    let target = header("x-amz-target", &"AmazonSQS.Send".repeat(10));
    let twice = [ROOT, &target, &target].concat();
    raw.send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &twice)).await;
    let (_, _, payload) = raw.next(&[HEADERS]).await.expect("an answer");
    assert_eq!(payload[0], 0x8c, "400 is the table's twelfth line");
    assert!(server.measures("millpond_requests_refused_total{reason=\"header_twice\"} 1"));
}

#[tokio::test]
async fn what_is_no_frame_ends_the_connection() {
    let server = Server::start(Limits::default()).await;
    for bad in [
        frame(HEADERS, END_HEADERS, 0, ROOT),
        frame(HEADERS, END_HEADERS, 2, ROOT),
        frame(CONTINUATION, END_HEADERS, 1, ROOT),
        frame(SETTINGS, 0, 0, &[0; 5]),
        frame(HEADERS, END_HEADERS, 1, &[0xff; 40]),
        vec![0xff; 9],
    ] {
        let mut raw = Raw::start(&server).await;
        raw.send(&bad).await;
        assert!(raw.ended().await.is_none_or(|reason| reason != 0), "{bad:?}");
    }
    assert!(serves(&server).await);
}
