//! SendMessageBatch of ten messages of 1 KiB, all to one queue.

use serde_json::json;

use super::send::turns;
use super::text::text;
use super::{Caller, Row};
use crate::http;
use crate::load::Exchanges;

/// Messages a batch: as many as the service allows.
pub(super) const BATCH: usize = 10;
/// How many different batches are sent, in turn.
const BATCHES: usize = 16;
const LENGTH: usize = 1024;

/// The row.
pub(crate) struct SendBatch;

impl Row for SendBatch {
    fn name(&self) -> &'static str {
        "send-batch-64"
    }

    fn title(&self) -> &'static str {
        "SendMessageBatch 10 x 1 KiB, 64 connections"
    }

    fn connections(&self) -> usize {
        64
    }

    fn prepare(&self, caller: &mut Caller, connections: usize) -> anyhow::Result<Exchanges> {
        let queue = caller.create_queue("bench")?;
        caller.call("SendMessageBatch", &input(&queue, BATCHES))?;
        let requests: Vec<Vec<u8>> = (0..BATCHES)
            .map(|batch| http::request(caller.address(), "SendMessageBatch", &input(&queue, batch)))
            .collect();
        Ok(turns(requests.into(), connections, BATCH as u64))
    }
}

/// The input of one batch.
pub(super) fn input(queue: &str, batch: usize) -> String {
    let entry = |index: usize| {
        let body = text((batch * BATCH + index) as u64, LENGTH);
        json!({ "Id": index.to_string(), "MessageBody": body })
    };
    let entries: Vec<_> = (0..BATCH).map(entry).collect();
    json!({ "QueueUrl": queue, "Entries": entries }).to_string()
}
