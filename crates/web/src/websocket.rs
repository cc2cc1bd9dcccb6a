//! WebSockets: the handshake, and messages both ways. Frames are tungstenite's.
//!
//! <https://datatracker.ietf.org/doc/html/rfc6455>

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::FutureExt;
use futures::{SinkExt, StreamExt};
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::http::request::Parts;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{StatusCode, Version};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message as Frame, Utf8Bytes};

use crate::answer::Link;
use crate::deadline::within;
use crate::endpoint::Conversation;
use crate::limits::Limits;
use crate::response::Response;
use crate::stop::Stop;

/// An open WebSocket. It answers pings, sends its own while nothing comes, and is closed when its client is silent for
/// [`Limits::idle_time`] or the server stops.
pub struct WebSocket {
    frames: WebSocketStream<TokioIo<Upgraded>>,
    idle_time: Duration,
    write_time: Duration,
    stop: Stop,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

/// The socket is closed: by its client, by a broken rule of the protocol, or because the client did not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

impl WebSocket {
    /// The next message; `None` when the socket is closed. May be dropped and called again: no message is lost.
    pub async fn receive(&mut self) -> Option<Message> {
        let mut was_asked = false;
        loop {
            let stop = self.stop.clone();
            let next = tokio::select! {
                next = within(self.idle_time / 2, self.frames.next()) => next,
                () = stop.wanted() => {
                    self.close(CloseCode::Away.into(), "the server stops").await;
                    return None;
                }
            };
            match next {
                Some(Some(Ok(Frame::Text(text)))) => return Some(Message::Text(text.to_string())),
                Some(Some(Ok(Frame::Binary(bytes)))) => return Some(Message::Binary(bytes)),
                Some(Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_)))) => {
                    was_asked = false
                }
                Some(Some(Ok(Frame::Close(_)))) => _ = self.frames.flush().await,
                Some(Some(Err(_)) | None) => return None,
                None if was_asked => return None,
                None => {
                    was_asked = true;
                    self.put(Frame::Ping(Bytes::new())).await.ok()?;
                }
            }
        }
    }

    /// Sends a message. The answer comes when the connection has taken it.
    ///
    /// # Errors
    /// The socket is closed.
    pub async fn send(&mut self, message: Message) -> Result<(), Closed> {
        self.put(match message {
            Message::Text(text) => Frame::Text(text.into()),
            Message::Binary(bytes) => Frame::Binary(bytes),
        })
        .await
    }

    /// Closes the socket with a code and a reason of at most 123 bytes, and waits until its client agrees.
    /// <https://datatracker.ietf.org/doc/html/rfc6455#section-7.4>
    pub async fn close(&mut self, code: u16, reason: &str) {
        let reason: Utf8Bytes = reason.chars().take(40).collect::<String>().into();
        let closing = async {
            let frame = CloseFrame { code: code.into(), reason };
            if self.frames.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.frames.next().await {}
            }
        };
        let _ = within(self.write_time, closing).await;
    }

    async fn put(&mut self, frame: Frame) -> Result<(), Closed> {
        let sent = within(self.write_time, self.frames.send(frame)).await;
        sent.and_then(Result::ok).ok_or(Closed)
    }
}

/// The request of a client for an upgrade.
pub(crate) struct Handshake {
    pub(crate) head: Parts,
    upgrade: OnUpgrade,
    accept: HeaderValue,
}

impl Handshake {
    /// Reads a request; `None` if it asks for no WebSocket that is spoken here.
    pub(crate) fn read(mut request: hyper::Request<Incoming>) -> Option<Self> {
        let headers = request.headers();
        let asks = request.version() == Version::HTTP_11
            && names(headers, CONNECTION, "upgrade")
            && names(headers, UPGRADE, "websocket")
            && headers.get(SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
        let key = headers.get(SEC_WEBSOCKET_KEY).filter(|_| asks)?;
        let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok()?;
        let upgrade = hyper::upgrade::on(&mut request);
        Some(Handshake { head: request.into_parts().0, upgrade, accept })
    }

    /// Accepts: the conversation goes on in the connection's task when the answer is written.
    pub(crate) fn accept(
        self,
        limits: &Limits,
        stop: &Stop,
        link: &Arc<Link>,
        conversation: Conversation,
    ) -> Response {
        let (upgrade, stop) = (self.upgrade, stop.clone());
        let (idle_time, write_time) = (limits.idle_time, limits.write_time);
        let config = WebSocketConfig::default()
            .max_message_size(Some(limits.body))
            .max_frame_size(Some(limits.body))
            .max_write_buffer_size(limits.body.saturating_mul(2).max(1 << 20));
        let talk = async move {
            let Ok(upgraded) = upgrade.await else { return };
            let io = TokioIo::new(upgraded);
            let frames = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
            conversation(WebSocket { frames, idle_time, write_time, stop }).await;
        };
        *link.upgraded.lock() = Some(talk.boxed());
        let mut response = Response::empty(StatusCode::SWITCHING_PROTOCOLS);
        response.headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        response.headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        response.headers.insert(SEC_WEBSOCKET_ACCEPT, self.accept);
        response
    }
}

/// Returns true if a header's list names a token.
fn names(headers: &HeaderMap, header: hyper::header::HeaderName, token: &str) -> bool {
    let values = headers.get_all(header);
    let texts = values.iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|one| one.trim().eq_ignore_ascii_case(token))
}
