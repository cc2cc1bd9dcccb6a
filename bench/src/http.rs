//! As much HTTP/1.1 as a load generator needs: requests are prepared once, answers are read up to the
//! length that they announce.

use std::net::SocketAddr;

use anyhow::{Context, bail};

/// The largest answer that is read: a receive of 1 MiB, in JSON, with room.
pub(crate) const LARGEST_ANSWER: usize = 8 << 20;

/// A request of the queue service in the JSON protocol, as it goes over the wire.
pub(crate) fn request(host: SocketAddr, operation: &str, body: &str) -> Vec<u8> {
    let fields = format!(
        "Content-Type: application/x-amz-json-1.0\r\n\
         X-Amz-Target: AmazonSQS.{operation}\r\n"
    );
    post(host, "sqs", &fields, body)
}

/// A request of the topic service in the Query protocol, as it goes over the wire.
pub(crate) fn query(host: SocketAddr, action: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = format!("Action={action}&Version=2010-03-31");
    for (name, value) in parameters {
        body.push('&');
        encode(&mut body, name);
        body.push('=');
        encode(&mut body, value);
    }
    post(host, "sns", "Content-Type: application/x-www-form-urlencoded\r\n", &body)
}

/// The signature is not checked; it names the account and the region, as an SDK's would.
fn post(host: SocketAddr, service: &str, fields: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\n\
         Host: {host}\r\n\
         {fields}\
         X-Amz-Date: 20260101T000000Z\r\n\
         Authorization: AWS4-HMAC-SHA256 \
         Credential=000000000000/20260101/us-east-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// As SDKs encode parameters: all but letters, digits and four marks.
fn encode(to: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'-' | b'_' | b'.' | b'~' => to.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => to.push(char::from(byte)),
            _ => to.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// Where an answer's parts are, in the bytes it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub status: u16,
    /// Bytes of the head, blank line included.
    pub head: usize,
    /// Bytes of the body.
    pub body: usize,
}

impl Frame {
    /// The whole answer's length.
    pub(crate) fn length(&self) -> usize {
        self.head + self.body
    }
}

/// Reads an answer's head; `None` if it is not there whole.
pub(crate) fn frame(bytes: &[u8]) -> anyhow::Result<Option<Frame>> {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut answer = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(head) = answer.parse(bytes).context("not an HTTP answer")?
    else {
        return Ok(None);
    };
    let length = answer.headers.iter().find(|f| f.name.eq_ignore_ascii_case("content-length"));
    let Some(length) = length else { bail!("an answer without Content-Length cannot be read") };
    let body: usize = std::str::from_utf8(length.value)?.trim().parse()?;
    if body > LARGEST_ANSWER {
        bail!("an answer of {body} bytes is too large");
    }
    Ok(Some(Frame { status: answer.code.unwrap_or_default(), head, body }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_as_long_as_its_head_says() {
        let bytes = b"HTTP/1.1 400 Bad Request\r\ndate: x\r\nCONTENT-LENGTH: 2\r\n\r\n{}HTTP";
        let frame = frame(bytes).unwrap().unwrap();
        assert_eq!(frame, Frame { status: 400, head: bytes.len() - 6, body: 2 });
    }

    #[test]
    fn half_a_head_is_waited_for() {
        assert_eq!(frame(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n").unwrap(), None);
    }

    #[test]
    fn answers_that_cannot_be_measured_are_refused() {
        assert!(frame(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(frame(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n").is_err());
        assert!(frame(b"SSH-2.0-OpenSSH\r\n").is_err());
    }

    #[test]
    fn a_request_says_how_long_its_body_is() {
        let host = "127.0.0.1:9324".parse().unwrap();
        let text = String::from_utf8(request(host, "SendMessage", "{\"a\":1}")).unwrap();
        assert!(text.contains("\r\nContent-Length: 7\r\n"), "{text}");
        assert!(text.contains("\r\nX-Amz-Target: AmazonSQS.SendMessage\r\n"), "{text}");
        assert!(text.contains("/us-east-1/sqs/aws4_request, SignedHeaders=host, "), "{text}");
        assert!(text.ends_with("\r\n\r\n{\"a\":1}"), "{text}");
    }

    #[test]
    fn parameters_are_encoded_as_sdks_do() {
        let host = "127.0.0.1:9324".parse().unwrap();
        let bytes = query(host, "Publish", &[("TopicArn", "arn:aws:x"), ("Message", "a b~ü")]);
        let text = String::from_utf8(bytes).unwrap();
        let body = "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Ax&Message=a%20b~%C3%BC";
        assert!(text.ends_with(&format!("\r\n\r\n{body}")), "{text}");
        assert!(text.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{text}");
    }
}
