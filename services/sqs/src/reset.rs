//! Emptying an account, for tests that take one each on a server that they share.

use std::sync::Arc;

use base::{AccountId, Arn};
use runtime::{Moment, Quotas, Trouble, names};

use crate::Sqs;
use crate::error::Error;
use crate::ops::delete_queue;
use crate::ops::list_queues::is_there;

/// How many queues are looked up at a time.
const PAGE: usize = 100;

/// Deletes every queue of an account, in all regions; answers how many there were. A name can be used again
/// at once, also where AWS's waiting periods hold.
pub(crate) async fn run(sqs: Arc<Sqs>, account: AccountId) -> Result<u64, Trouble> {
    let slots = sqs.queues.node().slots();
    let (mut deleted, mut last) = (0, None::<Arn>);
    loop {
        let found = names::of_account(slots, "sqs", &account, last.as_ref(), PAGE, is_there).await;
        let found = found.map_err(|error| Trouble::Unavailable(error.to_string()))?;
        for queue in found.iter().take(PAGE) {
            deleted += u64::from(delete(&sqs, queue).await?);
        }
        if found.len() <= PAGE {
            return Ok(deleted);
        }
        last = found.into_iter().nth(PAGE - 1);
    }
}

/// Whether the queue was still there.
async fn delete(sqs: &Sqs, queue: &Arn) -> Result<bool, Trouble> {
    let decide = |lane: &_, moment: Moment<'_>| delete_queue::decide(lane, moment, Quotas::None);
    match sqs.queues.enter(queue, decide).await {
        Ok(()) => Ok(true),
        Err(Error::Trouble(trouble)) => Err(trouble),
        Err(_) => Ok(false),
    }
}
