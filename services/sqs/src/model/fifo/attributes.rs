//! Attributes that only FIFO queues have.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html>

use crate::error::Error;

/// What a FIFO queue is set to beside what all queues are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FifoAttributes {
    /// Whether a message without a deduplication id has the hash of its body.
    pub(crate) content_based: bool,
    pub(crate) scope: Scope,
    pub(crate) throughput: Throughput,
}

/// Within what a deduplication id must not come twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    /// `queue`.
    #[default]
    Queue,
    /// `messageGroup`.
    Group,
}

/// What the quota of transactions per second is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Throughput {
    /// `perQueue`.
    #[default]
    PerQueue,
    /// `perMessageGroupId`.
    PerGroup,
}

impl FifoAttributes {
    /// Sets one of them; answers whether there is one of this name.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<bool, Error> {
        match (name, value) {
            ("FifoQueue", "true") => {}
            ("FifoQueue", _) => {
                let reason = "Modifying queue type is not supported.";
                return Err(Error::InvalidAttribute { name: "FifoQueue", reason });
            }
            ("ContentBasedDeduplication", "true") => self.content_based = true,
            ("ContentBasedDeduplication", "false") => self.content_based = false,
            ("ContentBasedDeduplication", _) => {
                return Err(Error::InvalidAttributeValue("ContentBasedDeduplication"));
            }
            ("DeduplicationScope", "queue") => self.scope = Scope::Queue,
            ("DeduplicationScope", "messageGroup") => self.scope = Scope::Group,
            ("DeduplicationScope", _) => {
                return Err(Error::InvalidAttributeValue("DeduplicationScope"));
            }
            ("FifoThroughputLimit", "perQueue") => self.throughput = Throughput::PerQueue,
            ("FifoThroughputLimit", "perMessageGroupId") => self.throughput = Throughput::PerGroup,
            ("FifoThroughputLimit", _) => {
                return Err(Error::InvalidAttributeValue("FifoThroughputLimit"));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether they agree with each other.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.throughput == Throughput::PerGroup && self.scope != Scope::Group {
            let reason = "The value perMessageGroupId is allowed only when the value for DeduplicationScope is messageGroup.";
            return Err(Error::InvalidAttribute { name: "FifoThroughputLimit", reason });
        }
        Ok(())
    }

    /// As callers read them.
    pub(crate) fn list(&self) -> [(&'static str, String); 4] {
        let scope = match self.scope {
            Scope::Queue => "queue",
            Scope::Group => "messageGroup",
        };
        let throughput = match self.throughput {
            Throughput::PerQueue => "perQueue",
            Throughput::PerGroup => "perMessageGroupId",
        };
        [
            ("ContentBasedDeduplication", self.content_based.to_string()),
            ("DeduplicationScope", scope.into()),
            ("FifoQueue", "true".into()),
            ("FifoThroughputLimit", throughput.into()),
        ]
    }
}
