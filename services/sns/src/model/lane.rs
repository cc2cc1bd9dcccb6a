//! A topic's name as a lane.

use std::sync::Arc;

use base::{Arn, Incarnation, Timestamp};
use runtime::{Decision, Fact, Lane, LogEnd, Ready, Rows};
use store::{Batch, StoreError};

use crate::error::Error;
use crate::model::change::Change;
use crate::model::lagging::LaggingPage;
use crate::model::policy::Policy;
use crate::model::subscribers::{NextPage, SubscriptionIndex, SubscriptionPage};
use crate::model::topic::Topic;
use crate::model::{check, read, rows};

/// The lane of a topic's name: the topic, if there is one.
pub(crate) struct TopicLane {
    pub(crate) arn: Arn,
    pub(crate) topic: Option<Topic>,
    /// The snapshot from which requests to the topic are authorized.
    pub(crate) fact: Option<Arc<Fact>>,
}

/// A cache miss: a page of a topic's rows that memory lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CacheMiss {
    pub(crate) topic: Arn,
    pub(crate) incarnation: Incarnation,
    pub(crate) page: MissingPage,
}

/// The page that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingPage {
    Subscriptions(NextPage),
    LaggingSubscriptions(NextPage),
}

/// A page that was loaded.
pub(crate) enum LoadedPage {
    Subscriptions(SubscriptionPage),
    LaggingSubscriptions(LaggingPage),
}

impl TopicLane {
    /// The topic, which must exist.
    pub(crate) fn topic(&self) -> Result<&Topic, Error> {
        self.topic.as_ref().ok_or(Error::TopicNotFound)
    }

    /// Refreshes the authorization snapshot.
    fn learn(&mut self) {
        let fact = |topic: &Topic| Fact {
            owner: None,
            policy: topic.attributes.policy.as_ref().and_then(Policy::compiled),
            tags: topic.tags.clone(),
        };
        self.fact = self.topic.as_ref().map(|topic| Arc::new(fact(topic)));
    }

    /// Decides from the topic with all its subscriptions and their cursors, once memory has them. A topic that does
    /// not exist is an error.
    pub(crate) fn with_subscribers<A, E: From<Error>>(
        &self,
        decide: impl FnOnce(&Topic, &SubscriptionIndex) -> Decision<Self, A, E>,
    ) -> Decision<Self, A, E> {
        let topic = match self.topic() {
            Ok(topic) => topic,
            Err(error) => return Decision::Refuse(error.into()),
        };
        let page = match (topic.subscribers.all(), topic.relay.lagging.missing()) {
            (Ok(index), None) => return decide(topic, index),
            (Ok(_), Some(page)) => MissingPage::LaggingSubscriptions(page),
            (Err(page), _) => MissingPage::Subscriptions(page),
        };
        Decision::Fetch(CacheMiss { topic: self.arn.clone(), incarnation: topic.incarnation, page })
    }
}

impl Lane for TopicLane {
    type Change = Change;
    type Need = CacheMiss;
    type Supply = (Incarnation, LoadedPage);

    async fn load(arn: &Arn, rows: &Rows) -> Result<Self, StoreError> {
        let mut lane = TopicLane { arn: arn.clone(), topic: None, fact: None };
        let Some(incarnation) = read::incarnation(arn, rows).await? else { return Ok(lane) };
        lane.topic = Some(read::topic(arn, incarnation, rows).await?);
        lane.learn();
        Ok(lane)
    }

    async fn fetch(miss: CacheMiss, rows: &Rows) -> Result<Self::Supply, StoreError> {
        let incarnation = miss.incarnation;
        let found = match miss.page {
            MissingPage::Subscriptions(page) => {
                let page = read::subscriptions((&miss.topic, incarnation), page, rows).await?;
                LoadedPage::Subscriptions(page)
            }
            MissingPage::LaggingSubscriptions(page) => {
                LoadedPage::LaggingSubscriptions(read::lagging(incarnation, page, rows).await?)
            }
        };
        Ok((incarnation, found))
    }

    fn supply(&mut self, (incarnation, page): Self::Supply) {
        let topic = self.topic.as_mut().filter(|topic| topic.incarnation == incarnation);
        match (topic, page) {
            (Some(topic), LoadedPage::Subscriptions(page)) => topic.subscribers.supply(page),
            (Some(topic), LoadedPage::LaggingSubscriptions(page)) => {
                topic.relay.lagging.supply(page)
            }
            (None, _) => {}
        }
    }

    fn observe(&mut self, _: Timestamp) {}

    fn write(&self, change: &Change, batch: &mut Batch) {
        rows::write(&self.arn, self.topic.as_ref(), change, batch);
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Created(created) => {
                self.topic = Some(Topic::new(*created));
                self.learn();
            }
            Change::Deleted { .. } => {
                self.topic = None;
                self.learn();
            }
            change => {
                let is_definition = matches!(change, Change::Defined(_));
                if let Some(topic) = &mut self.topic {
                    topic.apply(change);
                }
                if is_definition {
                    self.learn();
                }
            }
        }
    }

    /// Nobody waits at a topic.
    fn ready(&self) -> Ready {
        Ready::default()
    }

    fn log_end(&self) -> Option<LogEnd> {
        let topic = self.topic.as_ref()?;
        Some(LogEnd { incarnation: topic.incarnation, position: topic.end })
    }

    fn check(&self) -> Result<(), String> {
        self.topic.as_ref().map_or(Ok(()), check::topic)
    }

    fn fact(&self) -> Option<&Arc<Fact>> {
        self.fact.as_ref()
    }
}
