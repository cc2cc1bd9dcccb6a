//! Emptying an account, for tests that take one each on a server that they share.

use std::sync::Arc;

use base::{AccountId, Arn};
use runtime::{Trouble, names};

use crate::Sns;
use crate::error::Error;
use crate::ops::delete_topic;

/// How many topics are looked up at a time.
const PAGE: usize = 100;

/// Deletes every topic of an account, in all regions; answers how many there were.
pub(crate) async fn run(sns: Arc<Sns>, account: AccountId) -> Result<u64, Trouble> {
    let slots = sns.topics.node().slots();
    let (mut deleted, mut last) = (0, None::<Arn>);
    loop {
        let found = names::of_account(slots, "sns", &account, last.as_ref(), PAGE, |_| true).await;
        let found = found.map_err(|error| Trouble::Unavailable(error.to_string()))?;
        for topic in found.iter().take(PAGE) {
            deleted += u64::from(delete(&sns, topic).await?);
        }
        if found.len() <= PAGE {
            return Ok(deleted);
        }
        last = found.into_iter().nth(PAGE - 1);
    }
}

/// Whether the topic was still there. An archive does not keep it.
async fn delete(sns: &Sns, topic: &Arn) -> Result<bool, Trouble> {
    match sns.topics.enter(topic, delete_topic::remove).await {
        Ok(was_there) => Ok(was_there),
        Err(Error::Trouble(trouble)) => Err(trouble),
        Err(_) => Ok(false),
    }
}
