//! The constant answers, read from files at start.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

/// An answer for each operation.
pub(crate) struct Answers(HashMap<Vec<u8>, Answer>);

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answers {
    /// Reads every `OPERATION.http` of a directory.
    pub(crate) fn read(directory: &Path) -> anyhow::Result<Self> {
        let mut answers = HashMap::new();
        for entry in directory.read_dir().with_context(|| directory.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "http") {
                continue;
            }
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let answer = Answer::parse(&std::fs::read(&path)?).context(name.to_owned())?;
            answers.insert(name.as_bytes().to_vec(), answer);
        }
        anyhow::ensure!(!answers.is_empty(), "no answers in {}", directory.display());
        Ok(Answers(answers))
    }

    /// The answer to a request with these headers; 501 for an operation that has none.
    pub(crate) fn to(&self, request: &HeaderMap) -> Response<Full<Bytes>> {
        let target = request.get("x-amz-target").map(HeaderValue::as_bytes).unwrap_or_default();
        let operation = target.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
        let mut response = Response::default();
        match self.0.get(operation) {
            Some(answer) => {
                *response.status_mut() = answer.status;
                *response.headers_mut() = answer.headers.clone();
                *response.body_mut() = Full::new(answer.body.clone());
            }
            None => *response.status_mut() = StatusCode::NOT_IMPLEMENTED,
        }
        response
    }
}

impl Answer {
    /// Parses an answer as it is on the wire. The two headers that the server writes by itself, the
    /// length and the date, are left to it.
    fn parse(wire: &[u8]) -> anyhow::Result<Self> {
        let mut fields = [httparse::EMPTY_HEADER; 32];
        let mut head = httparse::Response::new(&mut fields);
        let httparse::Status::Complete(length) = head.parse(wire)? else {
            anyhow::bail!("an answer without a body");
        };
        let mut headers = HeaderMap::new();
        for field in head.headers.iter() {
            let name = HeaderName::try_from(field.name)?;
            if name != header::CONTENT_LENGTH && name != header::DATE {
                headers.append(name, HeaderValue::from_bytes(field.value)?);
            }
        }
        let status = StatusCode::from_u16(head.code.unwrap_or_default())?;
        Ok(Answer { status, headers, body: Bytes::copy_from_slice(&wire[length..]) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEND: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n\
        content-length: 2\r\ndate: today\r\nx-amzn-requestid: a\r\n\r\n{}";

    fn ask(target: &'static str) -> Response<Full<Bytes>> {
        let answers =
            Answers(HashMap::from([(b"SendMessage".to_vec(), Answer::parse(SEND).unwrap())]));
        answers.to(&HeaderMap::from_iter([(
            HeaderName::from_static("x-amz-target"),
            HeaderValue::from_static(target),
        )]))
    }

    #[test]
    fn an_answer_keeps_its_headers_but_the_two_that_the_server_writes() {
        let response = ask("AmazonSQS.SendMessage");
        assert_eq!(response.status(), 200);
        let names: Vec<&str> = response.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["content-type", "x-amzn-requestid"]);
    }

    #[test]
    fn an_operation_without_an_answer_is_refused() {
        assert_eq!(ask("AmazonSQS.Purge").status(), 501);
    }

    #[test]
    fn half_an_answer_is_refused() {
        assert!(Answer::parse(b"HTTP/1.1 200 OK\r\nContent-").is_err());
    }
}
