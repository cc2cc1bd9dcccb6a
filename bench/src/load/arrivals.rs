//! Looking how many messages have arrived in queues.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::PATIENCE;
use super::connection::Connection;
use crate::http;

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(2);

/// A look at some queues from which nobody receives.
pub(crate) struct Arrivals {
    connection: Connection,
    looks: Vec<Vec<u8>>,
    /// What was there before.
    before: u64,
}

impl Arrivals {
    /// Counts what comes to these queues from now on.
    pub(crate) async fn begin<'q>(
        address: SocketAddr,
        urls: impl Iterator<Item = &'q str>,
    ) -> anyhow::Result<Arrivals> {
        let look = |url| {
            let names = ["ApproximateNumberOfMessages"];
            let input = json!({ "QueueUrl": url, "AttributeNames": names }).to_string();
            http::request(address, "GetQueueAttributes", &input)
        };
        let looks = urls.map(look).collect();
        let mut arrivals =
            Arrivals { connection: Connection::open(address).await?, looks, before: 0 };
        arrivals.before = arrivals.count().await?;
        Ok(arrivals)
    }

    /// How many have come, to all queues together.
    pub(crate) async fn count(&mut self) -> anyhow::Result<u64> {
        let mut sum = 0;
        for look in &self.looks {
            sum += messages(self.connection.ask(look).await?)?;
        }
        Ok(sum.saturating_sub(self.before))
    }

    /// Waits until that many have come, as long as any come.
    pub(crate) async fn reach(&mut self, messages: u64) -> anyhow::Result<()> {
        let (mut newest, mut last) = (Instant::now(), 0);
        loop {
            let count = self.count().await?;
            ensure!(count <= messages, "{count} messages have arrived, and {messages} were sent");
            if count == messages {
                return Ok(());
            }
            if count > last {
                (newest, last) = (Instant::now(), count);
            }
            ensure!(newest.elapsed() < PATIENCE, "{count} of {messages} messages have arrived");
            sleep(PAUSE).await;
        }
    }
}

fn messages(body: &[u8]) -> anyhow::Result<u64> {
    let output: Value = serde_json::from_slice(body)?;
    let count = output["Attributes"]["ApproximateNumberOfMessages"].as_str();
    count.and_then(|count| count.parse().ok()).context("no number of messages")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_a_number_in_a_text() {
        let answer = br#"{"Attributes":{"ApproximateNumberOfMessages":"12"}}"#;
        assert_eq!(messages(answer).unwrap(), 12);
        assert!(messages(b"{}").is_err());
    }
}
