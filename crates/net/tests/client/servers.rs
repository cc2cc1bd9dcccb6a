//! Servers whose answers are bytes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that answers each request with the same bytes, and then does nothing.
pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> SocketAddr {
    let answer = answer.into();
    serving(move |mut stream, _| {
        let answer = answer.clone();
        async move {
            _ = stream.write_all(&answer).await;
            std::future::pending::<()>().await;
        }
    })
    .await
}

/// A server that does something with each connection and the head of its first request.
#[expect(clippy::disallowed_methods, reason = "the test's own server")]
pub(crate) async fn serving<F>(
    serve: impl Fn(TcpStream, String) -> F + Clone + Send + 'static,
) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the test's set-up");
    let address = listener.local_addr().expect("the test's set-up");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let serve = serve.clone();
            tokio::spawn(async move {
                let head = head(&mut stream).await;
                serve(stream, head).await;
            });
        }
    });
    address
}

/// Reads up to the empty line.
pub(crate) async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).expect("the test's set-up")
}
