//! The rows of the topic service.

use super::fan;
use super::long_poll::Producer;
use super::{Kind, Row};

/// In the order of the table.
pub(super) fn rows() -> Vec<Row> {
    let row = |name, title, kind| Row { name, title, kind };
    vec![
        row(
            "publish-64",
            "Publish 1 KiB to 1 queue, 64 connections, until all has arrived",
            Kind::Fan(&fan::ONE),
        ),
        row(
            "publish-fan-10",
            "Publish 1 KiB to 10 queues, 64 connections, until all has arrived",
            Kind::Fan(&fan::TEN),
        ),
        row(
            "publish-signed",
            "Publish 1 KiB to 1 queue that gets signed documents, until all has arrived",
            Kind::Signed,
        ),
        row(
            "publish-filtered",
            "Publish 1 KiB to 1 of many filtered queues, 64 connections, until all has arrived",
            Kind::Filtered,
        ),
        row(
            "publish-long-poll",
            "From Publish answered to the waiting ReceiveMessage answered",
            Kind::LongPoll(Producer::Publish),
        ),
        row("subscriptions", "Memory of a topic's subscriptions", Kind::Subscriptions),
    ]
}
