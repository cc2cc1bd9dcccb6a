//! The rows of a topic on disk.
//!
//! All values are protocol buffers: fields may be added, their numbers are never used again. Rows of a
//! topic begin with its incarnation.

mod due_kind;
mod replay_rows;

use std::collections::BTreeMap;

use base::{Incarnation, Timestamp};
use bytes::Bytes;
use prost::Message;
use store::StoreError;

use crate::ids::SeenKey;
use crate::ids::SubscriptionId;
pub(crate) use due_kind::DueKind;
pub(crate) use replay_rows::{ArchiveRow, ReplayRow, StageRow};

/// A row in the table of lanes: `incarnation | kind | …`. The numbers are on disk and never reused: 1
/// Definition, 2 Marks, 3 Subscription, 4 Tally, 10 Seen, 20 Behind, 21 Replay, 22 Archive; 23 to 29 are kept
/// for deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// [`Definition`]; one a topic.
    Definition,
    /// [`Offsets`]; one a topic that messages were published to.
    Offsets,
    /// [`SubscriptionRow`]; one a subscription.
    Subscription(SubscriptionId),
    /// [`Tally`]; one a topic that ever had a subscription.
    Tally,
    /// [`SeenRow`]; one a message that was published to a FIFO topic in the last five minutes: until when it
    /// counts, and its key.
    Seen(Timestamp, SeenKey),
    /// [`LagRow`]; one a subscription to which deliveries have failed.
    Lag(SubscriptionId),
    /// [`ReplayRow`]; one a subscription that ever had a replay policy.
    Replay(SubscriptionId),
    /// [`ArchiveRow`]; one a topic that keeps what is published.
    Archive,
}

/// The row of a topic's name.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct NameRow {
    /// The topic's present incarnation.
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) incarnation: Bytes,
}

/// The definition of a topic.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Definition {
    #[prost(uint64, tag = "1")]
    pub(crate) created_ms: u64,
    /// Seals confirmation tokens.
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) secret: Bytes,
    /// Attributes that were set, as AWS names and writes them.
    #[prost(btree_map = "string, string", tag = "3")]
    pub(crate) attributes: BTreeMap<String, String>,
    #[prost(btree_map = "string, string", tag = "4")]
    pub(crate) tags: BTreeMap<String, String>,
}

/// A subscription.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct SubscriptionRow {
    /// As AWS writes it: `sqs`.
    #[prost(string, tag = "1")]
    pub(crate) protocol: String,
    #[prost(string, tag = "2")]
    pub(crate) endpoint: String,
    /// The account of whoever subscribed, or confirmed.
    #[prost(string, tag = "3")]
    pub(crate) owner: String,
    /// Attributes that were set, as AWS names and writes them.
    #[prost(btree_map = "string, string", tag = "4")]
    pub(crate) attributes: BTreeMap<String, String>,
    /// The time until which it waits to be confirmed; none once it is.
    #[prost(uint64, optional, tag = "5")]
    pub(crate) expires_ms: Option<u64>,
    /// Messages from this position on are for it.
    #[prost(uint64, tag = "6")]
    pub(crate) since: u64,
    /// Only the topic's and the subscription's owner may end it.
    #[prost(bool, tag = "7")]
    pub(crate) authenticated_end: bool,
}

/// The row of a subscription in the index of its owner's subscriptions.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct ListedRow {
    #[prost(string, tag = "1")]
    pub(crate) protocol: String,
    #[prost(string, tag = "2")]
    pub(crate) endpoint: String,
    #[prost(bool, tag = "3")]
    pub(crate) pending: bool,
}

/// The numbers of subscriptions that a topic has and had.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct Tally {
    #[prost(uint64, tag = "1")]
    pub(crate) confirmed: u64,
    #[prost(uint64, tag = "2")]
    pub(crate) pending: u64,
    #[prost(uint64, tag = "3")]
    pub(crate) deleted: u64,
    /// The time of the next expiry of unconfirmed subscriptions, if any wait.
    #[prost(uint64, optional, tag = "4")]
    pub(crate) expire_ms: Option<u64>,
}

/// The offsets of a topic's deliveries.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct Offsets {
    /// Records before this position are released.
    #[prost(uint64, tag = "1")]
    pub(crate) released: u64,
    /// Messages before this position have been delivered, but to lagging subscriptions.
    #[prost(uint64, tag = "2")]
    pub(crate) delivered: u64,
    /// No position from this one on was used when the row was written.
    #[prost(uint64, tag = "3")]
    pub(crate) end: u64,
    /// The time of the next delivery batch, if one is due.
    #[prost(uint64, optional, tag = "4")]
    pub(crate) deliver_ms: Option<u64>,
    /// The time of the next catch-up of healthy receivers, if one is due.
    #[prost(uint64, optional, tag = "5")]
    pub(crate) catch_up_ms: Option<u64>,
    /// The same for slow receivers.
    #[prost(uint64, optional, tag = "7")]
    pub(crate) slow_ms: Option<u64>,
    /// The same for unresponsive receivers.
    #[prost(uint64, optional, tag = "8")]
    pub(crate) unresponsive_ms: Option<u64>,
}

/// A lagging subscription.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct LagRow {
    /// The position of the message that it gets next.
    #[prost(uint64, tag = "1")]
    pub(crate) cursor: u64,
    /// The number of failed attempts to deliver it.
    #[prost(uint32, tag = "2")]
    pub(crate) attempts: u32,
    /// The time of the next attempt.
    #[prost(uint64, tag = "3")]
    pub(crate) at_ms: u64,
    /// The health of its receiver: 0 healthy, 1 slow, 2 unresponsive.
    #[prost(uint32, tag = "4")]
    pub(crate) health: u32,
}

/// A message that was published to a FIFO topic.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct SeenRow {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) id: Bytes,
    #[prost(uint64, tag = "2")]
    pub(crate) position: u64,
}

/// An entry of a topic's log: a message, or a request to confirm a subscription.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Record {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) id: Bytes,
    #[prost(uint64, tag = "2")]
    pub(crate) published_ms: u64,
    /// The account of the publisher.
    #[prost(string, tag = "3")]
    pub(crate) publisher: String,
    /// The message; of a structured one its `default`.
    #[prost(string, tag = "4")]
    pub(crate) body: String,
    /// Of a structured message, what single protocols get instead.
    #[prost(btree_map = "string, string", tag = "5")]
    pub(crate) bodies: BTreeMap<String, String>,
    /// True for a structured message: attributes are not delivered with it.
    #[prost(bool, tag = "6")]
    pub(crate) structured: bool,
    #[prost(string, optional, tag = "7")]
    pub(crate) subject: Option<String>,
    #[prost(message, repeated, tag = "8")]
    pub(crate) attributes: Vec<AttributeRecord>,
    #[prost(string, optional, tag = "9")]
    pub(crate) group_id: Option<String>,
    /// The publisher's id, or the hash of the message where there is none.
    #[prost(string, optional, tag = "10")]
    pub(crate) deduplication_id: Option<String>,
    /// The address at which the publisher reached this program: URLs for subscribers begin with it.
    #[prost(string, tag = "11")]
    pub(crate) reached_at: String,
    /// The subscription that is to be confirmed: then there is no message.
    #[prost(bytes = "bytes", optional, tag = "20")]
    pub(crate) confirms: Option<Bytes>,
}

/// An attribute of a message.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct AttributeRecord {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) kind: String,
    #[prost(string, optional, tag = "3")]
    pub(crate) text: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "4")]
    pub(crate) bytes: Option<Bytes>,
}

impl Key {
    /// The row's key.
    pub(crate) fn of(self, incarnation: &Incarnation) -> Bytes {
        let mut key = Vec::with_capacity(41);
        key.extend_from_slice(incarnation.as_bytes());
        match self {
            Key::Definition => key.push(1),
            Key::Offsets => key.push(2),
            Key::Subscription(id) => {
                key.push(3);
                key.extend_from_slice(id.as_bytes());
            }
            Key::Tally => key.push(4),
            Key::Seen(until, seen) => {
                key.push(10);
                key.extend_from_slice(&until.millis().to_be_bytes());
                key.extend_from_slice(&seen);
            }
            Key::Lag(id) => {
                key.push(20);
                key.extend_from_slice(id.as_bytes());
            }
            Key::Replay(id) => {
                key.push(21);
                key.extend_from_slice(id.as_bytes());
            }
            Key::Archive => key.push(22),
        }
        key.into()
    }

    /// The prefix of all rows of subscriptions.
    pub(crate) fn all_subscriptions(incarnation: &Incarnation) -> Bytes {
        [&incarnation.as_bytes()[..], &[3]].concat().into()
    }

    /// The prefix of all rows of lagging subscriptions.
    pub(crate) fn all_lags(incarnation: &Incarnation) -> Bytes {
        [&incarnation.as_bytes()[..], &[20]].concat().into()
    }

    /// The prefix of all rows of replays.
    pub(crate) fn all_replays(incarnation: &Incarnation) -> Bytes {
        [&incarnation.as_bytes()[..], &[21]].concat().into()
    }

    /// The id in the key of a subscription's row, or of one that says how its deliveries stand.
    pub(crate) fn subscription_id(key: &[u8]) -> Result<SubscriptionId, StoreError> {
        let id = key.last_chunk::<16>().filter(|_| key.len() == 33);
        id.map(|id| SubscriptionId::from_bytes(*id))
            .ok_or_else(|| StoreError::Damaged("the key of a subscription".into()))
    }

    /// The prefix of all rows of remembered messages.
    pub(crate) fn all_seen(incarnation: &Incarnation) -> Bytes {
        [&incarnation.as_bytes()[..], &[10]].concat().into()
    }

    /// Reads the key of a remembered message.
    pub(crate) fn seen_of(key: &[u8]) -> Result<(Timestamp, SeenKey), StoreError> {
        let rest = key.get(17..).and_then(|rest| rest.split_first_chunk::<8>());
        let until = rest.map(|(until, _)| Timestamp::from_millis(u64::from_be_bytes(*until)));
        let seen = rest.and_then(|(_, seen)| seen.try_into().ok());
        until.zip(seen).ok_or_else(|| StoreError::Damaged("the key of a published message".into()))
    }
}

/// A row's value.
pub(crate) fn encode(row: &impl Message) -> Bytes {
    row.encode_to_vec().into()
}

/// Reads a row's value.
pub(crate) fn decode<M: Message + Default>(value: Bytes) -> Result<M, StoreError> {
    M::decode(value).map_err(|error| StoreError::Damaged(format!("a row of a topic: {error}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn subscriptions_survive_their_key(incarnation: [u8; 16], id: [u8; 16]) {
            let incarnation = Incarnation::from_bytes(incarnation);
            let id = SubscriptionId::from_bytes(id);
            let key = Key::Subscription(id).of(&incarnation);
            prop_assert_eq!(Key::subscription_id(&key), Ok(id));
            prop_assert!(key.starts_with(&Key::all_subscriptions(&incarnation)));
            prop_assert!(Key::subscription_id(&key[1..]).is_err());
        }

        #[test]
        fn what_was_published_survives_its_key(incarnation: [u8; 16], until: u64, seen: [u8; 16]) {
            let (incarnation, until) =
                (Incarnation::from_bytes(incarnation), Timestamp::from_millis(until));
            let key = Key::Seen(until, seen).of(&incarnation);
            prop_assert_eq!(Key::seen_of(&key), Ok((until, seen)));
            prop_assert!(key.starts_with(&Key::all_seen(&incarnation)));
            prop_assert!(Key::seen_of(&key[1..]).is_err());
        }

        #[test]
        fn damaged_rows_are_refused(bytes: Vec<u8>) {
            _ = decode::<Definition>(bytes.clone().into());
            _ = decode::<SubscriptionRow>(bytes.clone().into());
            _ = decode::<Record>(bytes.into());
        }
    }

    #[test]
    fn a_due_rows_number_is_its_kind() {
        for kind in [
            DueKind::Reclaim,
            DueKind::Forget,
            DueKind::Expire,
            DueKind::Deliver,
            DueKind::CatchUp,
            DueKind::Replay,
            DueKind::Archive,
            DueKind::CatchUpSlow,
            DueKind::CatchUpUnresponsive,
            DueKind::ReclaimApplication,
        ] {
            assert_eq!(DueKind::from_number(kind as u8), Some(kind));
        }
        assert_eq!(DueKind::from_number(0), None);
    }
}
