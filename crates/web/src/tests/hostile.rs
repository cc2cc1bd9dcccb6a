//! Requests that no honest client sends: each is answered or cut off, and nothing hides behind it.

use super::arriving::gzip;
use super::support::{Answer, Client, Server};
use crate::Limits;

/// What the server answers to these bytes, and whether it closes the connection then.
async fn sent(server: &Server, bytes: impl AsRef<[u8]>) -> Answer {
    let mut client = server.client().await;
    client.try_send(bytes).await;
    client.answer().await
}

/// These bytes must be refused with this status and the connection closed, whatever follows them.
async fn refused(server: &Server, bytes: impl AsRef<[u8]>, status: u16) {
    let behind = b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut client = server.client().await;
    client.try_send([bytes.as_ref(), behind].concat()).await;
    let shown = String::from_utf8_lossy(bytes.as_ref()).into_owned();
    assert_eq!(client.answer().await.status, status, "{shown:?}");
    client.closed().await;
    assert!(!server.echo.entered.has_happened(), "{shown:?}");
}

fn post(lines: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n{body}")
}

#[tokio::test]
async fn a_header_that_decides_something_is_not_there_twice() {
    let server = Server::start(Limits::default()).await;
    let lines = [
        ("Host: ", "a", "b"),
        ("Authorization: ", "AWS4-HMAC-SHA256 Credential=a", "AWS4-HMAC-SHA256 Credential=b"),
        ("X-Amz-Target: ", "AmazonSQS.SendMessage", "AmazonSQS.DeleteQueue"),
        ("X-Amz-Date: ", "20300101T000000Z", "20300101T000001Z"),
        ("X-Amz-Security-Token: ", "a", "b"),
        ("X-Amz-Content-Sha256: ", "UNSIGNED-PAYLOAD", "0"),
        ("Content-Type: ", "application/x-amz-json-1.0", "application/x-www-form-urlencoded"),
        ("Content-Encoding: ", "gzip", "identity"),
        ("Origin: ", "http://localhost", "http://evil.example"),
    ];
    for (name, first, second) in lines {
        for second in [first, second] {
            let host = if name == "Host: " { "" } else { "Host: a\r\n" };
            let lines = format!("{host}{name}{first}\r\nX-Between: 1\r\n{name}{second}\r\n");
            refused(&server, format!("POST / HTTP/1.1\r\n{lines}\r\n"), 400).await;
        }
    }
    assert!(server.measures("millpond_requests_refused_total{reason=\"header_twice\"} 18"));
}

#[tokio::test]
async fn two_lengths_are_refused_unless_they_are_the_same() {
    let server = Server::start(Limits::default()).await;
    for lines in ["Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: 1, 1\r\n"] {
        refused(&server, post(lines, "a"), 400).await;
    }
    for length in ["-1", "+1", "0x1", "1 1", "", "99999999999999999999"] {
        refused(&server, post(&format!("Content-Length: {length}\r\n"), "a"), 400).await;
    }
    // RFC 9110, section 8.6, allows to read a repeated length as one.
    let answer = sent(&server, post("Content-Length: 1\r\nContent-Length: 1\r\n", "a")).await;
    assert_eq!((answer.status, answer.text()), (200, "a"));
}

#[tokio::test]
async fn nothing_hides_behind_a_length_that_contradicts_the_chunks() {
    let server = Server::start(Limits::default()).await;
    let (chunked, length) = ("Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n");
    for lines in [[chunked, length].concat(), [length, chunked].concat()] {
        let smuggled = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";
        let mut client = server.client().await;
        client.send(post(&lines, &format!("3\r\nabc\r\n0\r\n\r\n{smuggled}"))).await;
        // RFC 9112, section 6.3: the chunks count, and the connection ends with the answer.
        let answer = client.answer().await;
        assert_eq!(answer.text(), "abc");
        assert!(answer.has("connection: close"));
        client.closed().await;
        assert!(!server.echo.entered.has_happened());
    }
}

#[tokio::test]
async fn only_chunked_is_a_transfer_coding() {
    let server = Server::start(Limits::default()).await;
    let chunks = "3\r\nabc\r\n0\r\n\r\n";
    for (lines, status) in [
        ("Transfer-Encoding: chunked, identity\r\n", 400),
        ("Transfer-Encoding: identity\r\n", 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", 400),
        ("Transfer-Encoding: xchunked\r\n", 400),
        ("Transfer-Encoding: identity, chunked\r\n", 501),
        ("Transfer-Encoding: gzip, chunked\r\n", 501),
        ("Transfer-Encoding: chunked, chunked\r\n", 501),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
        ("Transfer-Encoding : chunked\r\n", 400),
        ("Transfer-Encoding:\x0bchunked\r\n", 400),
    ] {
        refused(&server, post(lines, chunks), status).await;
    }
    refused(&server, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400).await;
}

#[tokio::test]
async fn chunks_that_are_none_are_refused() {
    let server = Server::start(Limits::default()).await;
    for chunks in [
        "ZZ\r\nabc\r\n0\r\n\r\n",
        "-1\r\nabc\r\n0\r\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n",
        "3\r\nabcdef\r\n0\r\n\r\n",
        "3\nabc\n0\n\n",
        "FFFFFFFFFFFFFFFFF\r\nabc\r\n",
        "\r\n",
    ] {
        refused(&server, post("Transfer-Encoding: chunked\r\n", chunks), 400).await;
    }
    let extension = "a".repeat(100_000);
    let long = format!("3;{extension}\r\nabc\r\n0\r\n\r\n");
    refused(&server, post("Transfer-Encoding: chunked\r\n", &long), 400).await;
}

#[tokio::test]
async fn heads_that_are_not_http_are_refused() {
    let server = Server::start(Limits::default()).await;
    for bad in [
        "POST / HTTP/1.1\r\nHost: a\r\nX-Folded: b\r\n c\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\n X-Folded: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-Nul: b\0c\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-Return: b\rc\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-Space : b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
        "POST  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / a HTTP/1.1\r\nHost: a\r\n\r\n",
        "PO ST / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\n\r\n",
        "POST / HTTP/2.0\r\nHost: a\r\n\r\n",
    ] {
        refused(&server, bad, 400).await;
    }
}

#[tokio::test]
async fn a_bare_line_feed_ends_a_line_and_joins_nothing() {
    let server = Server::start(Limits::default()).await;
    // RFC 9112, section 2.2, allows it. What matters is that the second line is a header here too.
    let answer =
        sent(&server, "POST / HTTP/1.1\r\nHost: a\r\nX-A: b\nContent-Length: 2\r\n\r\nok").await;
    assert_eq!((answer.status, answer.text()), (200, "ok"));
    refused(&server, "POST / HTTP/1.1\r\nHost: a\r\nX-A: b\nHost: b\r\n\r\n", 400).await;
}

#[tokio::test]
async fn a_target_is_a_path_of_this_server() {
    let server = Server::start(Limits::default()).await;
    for (target, status) in [
        ("http://evil/", 400),
        ("http://evil:80/", 400),
        ("http://a@evil/", 400),
        ("ftp://a/", 400),
        ("evil:443", 400),
        ("a", 400),
        ("//", 200),
        ("http://a/", 200),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert_eq!(sent(&server, request).await.status, status, "{target}");
    }
    refused(&server, "CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n", 405).await;
    refused(&server, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405).await;
}

#[tokio::test]
async fn a_path_may_have_any_bytes_and_a_limited_number_of_them() {
    let server = Server::start(Limits::default()).await;
    let get = |path: &[u8]| [b"GET ", path, b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
    for path in
        ["/%ff%00%zz%", "/%", "/?%ff=%00&&=&%", "/a/../../etc", "/%2e%2e/", "/\u{fc}", "/?\u{fc}"]
    {
        assert_eq!(sent(&server, get(path.as_bytes())).await.status, 200, "{path}");
    }
    for path in [&b"/\xff\xfe"[..], b"/?\xc3\x28", b"/\x7f"] {
        assert!(matches!(sent(&server, get(path)).await.status, 200 | 400), "{path:?}");
    }
    for length in [17 * 1024, 70 * 1024, 200 * 1024] {
        let (path, query) =
            (format!("/{}", "a".repeat(length)), format!("/?{}", "a".repeat(length)));
        for long in [path, query] {
            assert!(matches!(sent(&server, get(long.as_bytes())).await.status, 414 | 431));
        }
    }
}

#[tokio::test]
async fn a_gzip_body_is_gzip_to_its_end() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    let mut post = async |body: Vec<u8>| {
        client.post("/", "Content-Encoding: gzip\r\n", &body).await;
        let answer = client.answer().await;
        (answer.status, answer.body)
    };
    let (one, two) = (gzip(b"one"), gzip(b"two"));
    assert_eq!(post([one.clone(), two].concat()).await, (200, b"onetwo".to_vec()));
    for bad in [[&one, &b"trailing"[..]].concat(), [&one, &b"\0\0\0"[..]].concat(), Vec::new()] {
        assert_eq!(post(bad).await.0, 400);
    }
    let mut wrong_sum = one.clone();
    wrong_sum[one.len() - 8] ^= 1;
    assert_eq!(post(wrong_sum).await.0, 400);
    // A bomb within a bomb is only a body: it is unpacked once.
    let bomb = gzip(&gzip(&vec![0; 16 << 20]));
    assert_eq!(post(bomb).await.0, 200);
    let halves = [gzip(&vec![0; 5 << 20]), gzip(&vec![0; 5 << 20])].concat();
    assert_eq!(post(halves).await.0, 413);
}

#[tokio::test]
async fn only_gzip_is_a_content_encoding() {
    let server = Server::start(Limits::default()).await;
    let mut client: Client = server.client().await;
    for encoding in ["br", "zstd", "deflate", "gzip, gzip", "gzip,identity", "x-gzip", "\u{fc}"] {
        client.post("/", &format!("Content-Encoding: {encoding}\r\n"), b"x").await;
        assert_eq!(client.answer().await.status, 415, "{encoding}");
    }
}

#[tokio::test]
async fn an_announced_body_of_gigabytes_is_refused_at_once() {
    let server = Server::start(Limits::default()).await;
    let mut client = server.client().await;
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10737418240\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 413);
}
