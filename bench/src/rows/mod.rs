//! The rows of the table: one small file for each way of measuring.

mod ceilings;
mod decisions;
mod depth;
mod fan;
mod filtered;
mod long_poll;
mod pair;
mod signed;
mod sns;
mod start;
mod subscriptions;

use crate::outcome::{Measured, Outcome};
use crate::setup::Setup;
use crate::traffic::{self, Absent, Traffic};
use fan::Fan;
use long_poll::Producer;

/// Whose rows they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Sqs,
    Sns,
}

impl Service {
    /// All of them.
    pub(crate) const ALL: [Service; 2] = [Service::Sqs, Service::Sns];

    /// As the command line and the bars name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Service::Sqs => "sqs",
            Service::Sns => "sns",
        }
    }

    /// Its rows, in the order of the table.
    pub(crate) fn rows(self) -> Vec<Row> {
        match self {
            Service::Sqs => sqs(),
            Service::Sns => sns::rows(),
        }
    }
}

/// One row.
pub(crate) struct Row {
    /// Its short name, for the command line and the bars.
    pub name: &'static str,
    /// What it measures.
    pub title: &'static str,
    kind: Kind,
}

/// How a row is measured.
enum Kind {
    /// A server beside the ceilings.
    Ceilings(&'static dyn Traffic),
    /// FIFO beside standard.
    Pair { standard: &'static dyn Traffic, fifo: &'static dyn Traffic },
    /// Receives from a deep queue beside those from a shallow one.
    Depth,
    /// From a send to the receive that waited for it.
    LongPoll(Producer),
    /// Publishing to some queues beside sending to one.
    Fan(&'static Fan),
    /// Publishing to a queue that gets documents.
    Signed,
    /// Many filtered subscribers beside few.
    Filtered,
    /// Memory.
    Subscriptions,
    /// Decisions of one queue, without HTTP and without a disk.
    Decisions,
    /// From the start to the first answer.
    Start { full: bool },
}

impl Row {
    /// Measures it.
    pub(crate) async fn measure(&self, setup: &Setup) -> anyhow::Result<Outcome> {
        let measured: anyhow::Result<Measured> = match self.kind {
            Kind::Ceilings(traffic) => ceilings::measure(setup, traffic).await,
            Kind::Pair { standard, fifo } => pair::measure(setup, standard, fifo).await,
            Kind::Depth => depth::measure(setup).await,
            Kind::LongPoll(producer) => long_poll::measure(setup, producer).await,
            Kind::Fan(fan) => fan::measure(setup, fan).await,
            Kind::Signed => signed::measure(setup).await,
            Kind::Filtered => filtered::measure(setup).await,
            Kind::Subscriptions => subscriptions::measure(setup).await,
            Kind::Decisions => decisions::measure(setup).await,
            Kind::Start { full: false } => start::on_nothing(setup),
            Kind::Start { full: true } => start::on_a_backlog(setup).await,
        };
        match measured {
            Ok(measured) => Ok(Outcome::Measured(measured)),
            Err(error) => Ok(Outcome::Absent(error.downcast::<Absent>()?.to_string())),
        }
    }
}

/// The rows of the queue service.
fn sqs() -> Vec<Row> {
    let row = |name, title, kind| Row { name, title, kind };
    let ceilings = Kind::Ceilings;
    let send_pair = Kind::Pair { standard: &traffic::SEND_BATCH, fifo: &traffic::SEND_BATCH_FIFO };
    let take_pair = Kind::Pair { standard: &traffic::TAKE, fifo: &traffic::TAKE_FIFO };
    vec![
        row("send-64", "SendMessage 1 KiB, 64 connections", ceilings(&traffic::SEND)),
        row(
            "send-batch-64",
            "SendMessageBatch 10 x 1 KiB, 64 connections",
            ceilings(&traffic::SEND_BATCH),
        ),
        row(
            "take-64",
            "ReceiveMessage 10 and DeleteMessageBatch 10 in turn, 64 connections",
            ceilings(&traffic::TAKE),
        ),
        row(
            "cycle-64",
            "SendMessage 1 KiB, ReceiveMessage 1, DeleteMessage in turn, 64 connections",
            ceilings(&traffic::CYCLE),
        ),
        row(
            "cycle-batch-64",
            "SendMessageBatch 10 x 1 KiB, ReceiveMessage 10, DeleteMessageBatch 10 in turn, 64 connections",
            ceilings(&traffic::CYCLE_BATCH),
        ),
        row(
            "fifo-send-batch-64",
            "FIFO, 1,000 groups: SendMessageBatch 10 x 1 KiB, 64 connections",
            send_pair,
        ),
        row(
            "fifo-take-64",
            "FIFO, 1,000 groups: ReceiveMessage 10 and DeleteMessageBatch 10 in turn, 64 connections",
            take_pair,
        ),
        row("depth", "ReceiveMessage 10 from a deep queue, 64 connections", Kind::Depth),
        row("send-1", "SendMessage 1 KiB, 1 connection", ceilings(&traffic::SEND_ALONE)),
        row(
            "long-poll",
            "From SendMessage answered to the waiting ReceiveMessage answered",
            Kind::LongPoll(Producer::Send),
        ),
        row(
            "decisions",
            "Decisions of one queue: SendMessage 1 KiB, ReceiveMessage, DeleteMessage in turn, no HTTP, in memory",
            Kind::Decisions,
        ),
        row("start-empty", "Start on an empty directory", Kind::Start { full: false }),
        row(
            "start-full",
            "Start on a backlog, until the first receive is answered",
            Kind::Start { full: true },
        ),
    ]
}
