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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::Attributes;

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    const HIGH: [(&str, &str); 2] =
        [("DeduplicationScope", "messageGroup"), ("FifoThroughputLimit", "perMessageGroupId")];

    #[test]
    fn what_callers_read_is_read_again() {
        for more in [vec![], vec![("ContentBasedDeduplication", "true")], HIGH.to_vec()] {
            let attributes = [vec![("FifoQueue", "true")], more].concat();
            let set = Attributes::parse(&given(&attributes)).unwrap();
            let list = set.list();
            for (name, value) in attributes {
                assert!(list.contains(&(name, value.to_owned())), "{name}");
            }
            let list = list.into_iter().map(|(name, value)| (name.to_owned(), value));
            assert_eq!(Attributes::parse(&list.collect()), Ok(set));
        }
    }

    #[test]
    fn a_quota_for_each_group_needs_ids_of_each_group() {
        let fifo = Attributes::parse(&given(&[("FifoQueue", "true")])).unwrap();
        let refused = fifo.with(&given(&HIGH[1..])).unwrap_err();
        assert!(matches!(refused, Error::InvalidAttribute { name: "FifoThroughputLimit", .. }));
        let high = fifo.with(&given(&HIGH)).unwrap();
        assert!(high.with(&given(&[("DeduplicationScope", "queue")])).is_err());
        assert!(high.with(&given(&[("FifoThroughputLimit", "perQueue")])).is_ok());
    }

    #[test]
    fn a_queues_type_never_changes_and_other_values_are_refused() {
        let fifo = Attributes::parse(&given(&[("FifoQueue", "true")])).unwrap();
        assert_eq!(
            fifo.with(&given(&[("FifoQueue", "false")])).unwrap_err().to_string(),
            "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."
        );
        assert_eq!(fifo.with(&given(&[("FifoQueue", "true")])), Ok(fifo.clone()));
        for name in ["ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"] {
            for value in ["", "maybe"] {
                assert!(fifo.with(&given(&[(name, value)])).is_err(), "{name}={value}");
            }
        }
    }
}
