//! Requests that web pages send.

use super::support::{Answer, Server, Setup};
use crate::AllowedHosts;

async fn gated() -> Server {
    let origins = vec!["http://localhost:3000".parse().expect("an origin")];
    Setup { origins, ..Setup::default() }.start().await
}

async fn ask(server: &Server, method: &str, headers: &str) -> Answer {
    let mut client = server.client().await;
    client.send(format!("{method} /_millpond/health HTTP/1.1\r\nHost: a\r\n{headers}\r\n")).await;
    client.answer().await
}

#[tokio::test]
async fn a_foreign_page_is_refused_before_the_handler() {
    let server = gated().await;
    for foreign in [
        "Origin: http://evil.example.com\r\n",
        "Origin: null\r\n",
        "Origin: http://localhost:3001\r\n",
        "Origin: http://localhost:3000.evil.example.com\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-origin\r\n",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let answer = ask(&server, method, foreign).await;
            assert_eq!(answer.status, 403, "{method} {foreign}");
            assert!(!answer.head.contains("x-method") && !answer.head.contains("access-control"));
        }
    }
}

#[tokio::test]
async fn who_is_no_page_passes_without_a_word_about_pages() {
    let server = gated().await;
    for own in ["", "Sec-Fetch-Site: none\r\n"] {
        let answer = ask(&server, "GET", own).await;
        assert!(answer.status == 200 && answer.has("x-method: get"));
        assert!(!answer.head.contains("access-control"));
    }
    assert!(ask(&server, "OPTIONS", "").await.has("x-method: options"));
}

#[tokio::test]
async fn an_allowed_page_may_read_the_answer() {
    let server = gated().await;
    let answer = ask(&server, "POST", "Origin: http://localhost:3000\r\n").await;
    assert!(answer.status == 200 && answer.has("x-method: post"));
    assert!(answer.has("access-control-allow-origin: http://localhost:3000"));
    assert!(answer.has("vary: origin"));
}

#[tokio::test]
async fn an_allowed_page_may_ask_first() {
    let server = gated().await;
    let asked = "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: POST\r\n\
        Access-Control-Request-Headers: x-amz-target, authorization\r\n";
    let answer = ask(&server, "OPTIONS", asked).await;
    assert_eq!(answer.status, 204);
    assert!(answer.has("access-control-allow-origin: http://localhost:3000"));
    assert!(answer.has("access-control-allow-headers: x-amz-target, authorization"));
    assert!(answer.head.contains("POST") && !answer.head.contains("x-method"));
}

#[tokio::test]
async fn a_page_whose_name_points_at_this_machine_is_refused() {
    let hosts = Some(AllowedHosts::new(["millpond.example.com"]));
    let server = Setup { hosts, ..Setup::default() }.start().await;
    for (host, status) in [
        ("localhost:4566", 200),
        ("millpond.example.com", 200),
        ("sqs.eu-west-1.amazonaws.com", 200),
        ("evil.example:4566", 403),
    ] {
        let mut client = server.client().await;
        client.send(format!("GET /?Action=ReceiveMessage HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        let answer = client.answer().await;
        assert_eq!(answer.status, status, "{host}");
        assert!(status == 200 || answer.text().contains("--allow-host"));
    }
}
