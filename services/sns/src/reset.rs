//! Emptying an account, for tests that take one each on a server that they share.

use std::sync::Arc;

use base::{AccountId, Arn};
use runtime::{Decision, Moment, Trouble, names};

use crate::Sns;
use crate::error::Error;
use crate::mobile::{self, ApplicationArn};
use crate::model::TopicLane;
use crate::model::arn::{self, SubscriptionArn};
use crate::ops::delete_topic;
use crate::ops::mobile::delete_platform_application;
use crate::sms::SettingsLane;
use crate::sms::lane::{SETTINGS, Set, Settings};

/// The number of resources that are looked up at a time.
const PAGE: usize = 100;

/// Deletes everything of an account, in all regions: its topics, its subscriptions to topics of others, its
/// platform applications and its settings. Answers how many things there were.
pub(crate) async fn run(sns: Arc<Sns>, account: AccountId) -> Result<u64, Trouble> {
    let mut deleted = 0;
    for kind in ["sns", arn::LISTED, mobile::arn::LISTED, SETTINGS] {
        let mut last = None;
        loop {
            let found = page(&sns, kind, &account, last.as_ref()).await?;
            for thing in found.iter().take(PAGE) {
                let was_there = match kind {
                    arn::LISTED => unsubscribe(&sns, thing).await,
                    mobile::arn::LISTED => delete_application(&sns, thing).await,
                    SETTINGS => unset(&sns, thing).await,
                    _ => delete_topic(&sns, thing).await,
                };
                deleted += u64::from(settled(was_there)?);
            }
            if found.len() <= PAGE {
                break;
            }
            last = found.into_iter().nth(PAGE - 1);
        }
    }
    Ok(deleted)
}

/// One resource more than the page has means that there are more.
async fn page(
    sns: &Sns,
    kind: &str,
    account: &AccountId,
    last: Option<&Arn>,
) -> Result<Vec<Arn>, Trouble> {
    let slots = sns.topics.node().slots();
    let found = names::of_account(slots, kind, account, last, PAGE, |_| true).await;
    found.map_err(|error| Trouble::Unavailable(error.to_string()))
}

/// True if the resource was still there.
fn settled(was_there: Result<bool, Error>) -> Result<bool, Trouble> {
    match was_there {
        Ok(was_there) => Ok(was_there),
        Err(Error::Trouble(trouble)) => Err(trouble),
        Err(_) => Ok(false),
    }
}

/// An archive does not keep a topic.
async fn delete_topic(sns: &Sns, topic: &Arn) -> Result<bool, Error> {
    sns.topics.enter(topic, delete_topic::remove).await
}

/// Ends a subscription, confirmed or not. Those of topics that are gone are leaving already.
async fn unsubscribe(sns: &Sns, listed: &Arn) -> Result<bool, Error> {
    let name = SubscriptionArn::of_listed(&listed.region(), listed.resource());
    let SubscriptionArn { topic, id } = name.ok_or(Error::SubscriptionNotFound)?;
    let end = |lane: &TopicLane, _: Moment<'_>| {
        lane.with_subscribers(|topic, index| match index.get(id) {
            Some(before) => Decision::keep(vec![topic.unsubscribed(id, before)], true),
            None => Decision::answer(false),
        })
    };
    sns.topics.enter(&topic, end).await
}

async fn delete_application(sns: &Sns, listed: &Arn) -> Result<bool, Error> {
    let application = ApplicationArn::of_listed(listed);
    sns.applications.enter(&application, delete_platform_application::remove).await
}

async fn unset(sns: &Sns, settings: &Arn) -> Result<bool, Error> {
    let unset = |lane: &SettingsLane, _: Moment<'_>| {
        let was_set = lane.settings != Settings::default();
        Decision::keep(vec![Set(Box::default())], was_set)
    };
    sns.settings.enter(settings, unset).await
}
