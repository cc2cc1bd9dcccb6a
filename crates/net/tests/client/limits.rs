//! Time, size and number are bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use net::{Client, Config, Error, Observation, Observer, Phase};

use crate::servers::answering;
use crate::{SOON, client, config, fetch, get, short};

const EMPTY: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_server_that_does_not_answer_costs_no_more_than_the_first_bytes_time() {
    let server = answering("").await;
    let client = client(&short(|limits| limits.first_byte_time = SOON));
    let error = fetch(&client, &format!("http://{server}/")).await.unwrap_err();
    assert_eq!(error, Error::Timeout(Phase::FirstByte, SOON));
    assert!(error.was_sent());
    assert_eq!(client.in_flight(), 0);
}

#[tokio::test]
async fn a_server_that_stops_in_its_body_costs_no_more_than_the_whole_time() {
    let server = answering("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").await;
    let client = client(&short(|limits| limits.whole_time = Duration::from_millis(300)));
    let mut body = client.send(get(&format!("http://{server}/"))).await.unwrap().body;
    assert_eq!(body.next().await.unwrap().unwrap(), "abc");
    assert!(matches!(body.next().await, Some(Err(Error::Timeout(Phase::Whole, _)))));
    assert!(body.next().await.is_none());
    assert_eq!(client.in_flight(), 0);
}

#[tokio::test]
async fn a_body_larger_than_the_limit_is_not_read_to_its_end() {
    let answer = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &[b'x'; 5000]].concat();
    let server = answering(answer).await;
    let client = client(&short(|limits| limits.response_bytes = 4999));
    let error = fetch(&client, &format!("http://{server}/")).await.unwrap_err();
    assert_eq!(error, Error::TooLarge(4999));
}

#[tokio::test]
async fn an_endless_head_is_an_error() {
    let answer = [b"HTTP/1.1 200 OK\r\nx: ".as_slice(), &[b'x'; 1 << 20]].concat();
    let server = answering(answer).await;
    let error = fetch(&client(&config()), &format!("http://{server}/")).await.unwrap_err();
    assert!(matches!(error, Error::Broken(_)), "{error:?}");
}

#[tokio::test]
async fn a_response_counts_as_in_flight_until_it_is_read_or_dropped() {
    let server = answering(EMPTY).await;
    let client = client(&Config { requests_per_host: 1, ..short(|l| l.whole_time = SOON * 4) });
    let url = format!("http://{server}/");
    let first = client.send(get(&url)).await.unwrap();
    assert_eq!(client.in_flight(), 1);
    let second = fetch(&client, &url).await;
    assert!(matches!(second, Err(Error::Timeout(Phase::Whole, _))));
    drop(first);
    assert_eq!(fetch(&client, &url).await.unwrap().0, 200);
    assert_eq!((client.in_flight(), client.waiting()), (0, 0));
}

#[derive(Clone, Default)]
struct Count(Arc<[AtomicUsize; 2]>);

impl Observer for Count {
    fn observe(&self, observation: &Observation<'_>) {
        self.0[usize::from(observation.outcome.is_err())].fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn each_request_is_observed_once() {
    let (count, server) = (Count::default(), answering(EMPTY).await);
    let client = Client::new(&config(), count.clone()).unwrap();
    fetch(&client, &format!("http://{server}/")).await.unwrap();
    fetch(&client, "ftp://nowhere/").await.unwrap_err();
    assert_eq!(count.0.each_ref().map(|n| n.load(Ordering::Relaxed)), [1, 1]);
}
