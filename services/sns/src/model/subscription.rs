//! A subscription: who gets what of a topic.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>

use std::sync::Arc;

use base::{AccountId, Arn, Timestamp};
use store::{Position, StoreError};

use crate::keys::{ListedRow, SubscriptionRow};
use crate::model::subscription_attributes::SubscriptionAttributes;

/// The protocol by which messages reach an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Protocol {
    /// To an SQS queue.
    Sqs,
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) protocol: Protocol,
    /// For a queue its ARN.
    pub(crate) endpoint: String,
    /// The account of whoever subscribed, or confirmed.
    pub(crate) owner: AccountId,
    pub(crate) attributes: Arc<SubscriptionAttributes>,
    /// The time until which it waits to be confirmed; none once it is.
    pub(crate) expires: Option<Timestamp>,
    /// Messages from this position on are for it, once it is confirmed.
    pub(crate) since: Position,
    /// Only the topic's and the subscription's owner may end it.
    pub(crate) authenticated_end: bool,
}

impl Protocol {
    /// As AWS writes it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Protocol::Sqs => "sqs",
        }
    }

    fn from_row(text: &str) -> Option<Self> {
        match text {
            "sqs" => Some(Protocol::Sqs),
            _ => None,
        }
    }
}

impl Subscription {
    /// True if it waits to be confirmed: then it gets no messages.
    pub(crate) fn is_pending(&self) -> bool {
        self.expires.is_some()
    }

    /// The queue that it points at.
    pub(crate) fn queue(&self) -> Option<Arn> {
        self.endpoint.parse().ok()
    }

    /// Its row.
    pub(super) fn to_row(&self) -> SubscriptionRow {
        let attributes = self.attributes.list().into_iter();
        SubscriptionRow {
            protocol: self.protocol.as_str().to_owned(),
            endpoint: self.endpoint.clone(),
            owner: self.owner.to_string(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value)).collect(),
            expires_ms: self.expires.map(Timestamp::millis),
            since: self.since.0,
            authenticated_end: self.authenticated_end,
        }
    }

    /// Reads the row of a subscription to a topic.
    pub(crate) fn from_row(topic: &Arn, row: SubscriptionRow) -> Result<Self, StoreError> {
        let damaged =
            |what: &str| StoreError::Damaged(format!("a subscription to {topic}: {what}"));
        let attributes = SubscriptionAttributes::parse(topic, &row.attributes);
        Ok(Subscription {
            protocol: Protocol::from_row(&row.protocol).ok_or_else(|| damaged("its protocol"))?,
            endpoint: row.endpoint,
            owner: row.owner.parse().map_err(|_| damaged("its owner"))?,
            attributes: Arc::new(attributes.map_err(|why| damaged(&format!("{why:?}")))?),
            expires: row.expires_ms.map(Timestamp::from_millis),
            since: Position(row.since),
            authenticated_end: row.authenticated_end,
        })
    }

    /// Its row in the index of its owner's subscriptions.
    pub(super) fn to_listed(&self) -> ListedRow {
        ListedRow {
            protocol: self.protocol.as_str().to_owned(),
            endpoint: self.endpoint.clone(),
            pending: self.is_pending(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_subscription_survives_its_row() {
        let topic: Arn = "arn:aws:sns:us-east-1:000000000000:orders".parse().unwrap();
        let given = BTreeMap::from([
            ("RawMessageDelivery".to_owned(), "true".to_owned()),
            ("FilterPolicy".to_owned(), r#"{"a":["b"]}"#.to_owned()),
        ]);
        let subscription = Subscription {
            protocol: Protocol::Sqs,
            endpoint: "arn:aws:sqs:us-east-1:000000000000:q".into(),
            owner: AccountId::DEFAULT,
            attributes: Arc::new(SubscriptionAttributes::parse(&topic, &given).unwrap()),
            expires: Some(Timestamp::from_millis(7)),
            since: Position(3),
            authenticated_end: true,
        };
        assert_eq!(Subscription::from_row(&topic, subscription.to_row()), Ok(subscription.clone()));
        let damaged = SubscriptionRow { owner: "me".into(), ..subscription.to_row() };
        assert!(Subscription::from_row(&topic, damaged).is_err());
    }
}
