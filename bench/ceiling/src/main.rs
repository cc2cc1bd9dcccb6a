//! The HTTP ceiling: what this machine can answer at all over HTTP/1.1, when the answer costs nothing.
//!
//! A bare hyper server that reads each request's body, throws it away, and answers constant bytes,
//! chosen by the request's `X-Amz-Target`. It has no queue, no disk, no checks and no code in common
//! with the program that it is measured beside: the gap between the two is what queues cost.
//!
//! `ceiling DIRECTORY [THREADS]` (one thread if not said): each `OPERATION.http` in the directory is an answer, as it would be
//! on the wire. It prints its address, and ends when its standard input ends, so that it cannot
//! outlive whoever started it.
#![allow(
    clippy::disallowed_methods,
    reason = "a program of its own: it decides nothing that could be replayed"
)]

mod answers;

use std::convert::Infallible;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use answers::Answers;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(directory) = arguments.next() else {
        anyhow::bail!("usage: ceiling DIRECTORY [THREADS]");
    };
    let threads: usize = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(threads.clamp(1, 64));
    let answers = Arc::new(Answers::read(Path::new(&directory))?);
    std::thread::spawn(end_with_standard_input);
    runtime.enable_all().build()?.block_on(serve(answers))
}

/// Ends the program when nobody holds the other end of its standard input any more.
fn end_with_standard_input() {
    let mut byte = [0; 64];
    while matches!(std::io::stdin().read(&mut byte), Ok(1..)) {}
    std::process::exit(0);
}

async fn serve(answers: Arc<Answers>) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(converse(stream, answers.clone()));
    }
}

async fn converse(stream: TcpStream, answers: Arc<Answers>) {
    let service = service_fn(|request| answer(request, &answers));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        eprintln!("connection: {error}");
    }
}

async fn answer(
    request: Request<Incoming>,
    answers: &Answers,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, mut body) = request.into_parts();
    while let Some(Ok(_)) = body.frame().await {}
    Ok(answers.to(&head.headers))
}
