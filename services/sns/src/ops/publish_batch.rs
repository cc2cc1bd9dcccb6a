//! <https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html>

use std::collections::BTreeSet;
use std::sync::Arc;

use api::types::{
    BatchResultErrorEntry, PublishBatchInput, PublishBatchRequestEntry, PublishBatchResponse,
    PublishBatchResultEntry,
};
use runtime::{Call, Decision, Moment};
use shape::Fault;
use shape::fault::Sender;

use crate::Sns;
use crate::error::Error;
use crate::limits;
use crate::model::{Topic, TopicLane, arn};
use crate::ops::deduplication;
use crate::ops::publishing::{self, Accepted, PreparedMessage};
use crate::throttle::Load;

/// An entry: its id, and what was made of it or why it fails.
type BatchEntry<T> = (String, Result<T, Error>);

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: PublishBatchInput,
) -> Result<PublishBatchResponse, Fault> {
    let topic = arn::topic(&call.caller, "TopicArn", &input.topic_arn)?;
    let entries = input.publish_batch_request_entries;
    check(&entries)?;
    // What every message must have is asked of the request as a whole.
    if arn::is_fifo(&topic) && entries.iter().any(|entry| entry.message_group_id.is_none()) {
        return Err(deduplication::needs_group().into());
    }
    let publishing = |mut entry: PublishBatchRequestEntry| {
        let id = std::mem::take(&mut entry.id);
        (id, publishing::check(&sns, &call, &topic, publishing::single(entry)))
    };
    let entries: Vec<BatchEntry<PreparedMessage>> = entries.into_iter().map(publishing).collect();
    let sizes =
        entries.iter().filter_map(|(_, entry)| entry.as_ref().ok()).map(PreparedMessage::size);
    sns.throttle(&topic, Load::of(sizes)).await?;
    let outcomes = sns.topics.enter(&topic, |lane, moment| decide(lane, moment, &entries)).await?;
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for ((id, _), outcome) in entries.into_iter().zip(outcomes) {
        match outcome {
            Ok(accepted) => successful.push(success(id, &accepted)),
            Err(error) => failed.push(failure(id, error)),
        }
    }
    Ok(PublishBatchResponse { successful: Some(successful), failed: Some(failed) })
}

/// Checks how many entries there are, and their ids.
fn check(entries: &[PublishBatchRequestEntry]) -> Result<(), Error> {
    if entries.is_empty() {
        return Err(Error::EmptyBatchRequest);
    }
    if entries.len() > limits::BATCH {
        return Err(Error::TooManyEntriesInBatchRequest);
    }
    let is_id = |id: &str| {
        limits::BATCH_ENTRY_ID.contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if !entries.iter().all(|entry| is_id(&entry.id)) {
        return Err(Error::InvalidBatchEntryId);
    }
    let mut seen = BTreeSet::new();
    if entries.iter().all(|entry| seen.insert(&entry.id)) {
        Ok(())
    } else {
        Err(Error::BatchEntryIdsNotDistinct)
    }
}

fn decide(
    lane: &TopicLane,
    moment: Moment<'_>,
    entries: &[BatchEntry<PreparedMessage>],
) -> Decision<TopicLane, Vec<Result<Accepted, Error>>, Error> {
    let topic = match lane.topic() {
        Ok(topic) => topic,
        Err(error) => return Decision::Refuse(error),
    };
    if let Err(error) = check_whole(topic, entries) {
        return Decision::Refuse(error);
    }
    let mut changes = Vec::new();
    let mut accept = |(_, entry): &BatchEntry<PreparedMessage>| match entry {
        Ok(publishing) => publishing::accept(topic, moment, &mut changes, publishing),
        Err(error) => Err(error.clone()),
    };
    let outcomes = entries.iter().map(&mut accept).collect();
    Decision::grow(changes, outcomes)
}

/// All messages together may be as large as a single one.
fn check_whole(topic: &Topic, entries: &[BatchEntry<PreparedMessage>]) -> Result<(), Error> {
    let sound = entries.iter().filter_map(|(_, entry)| entry.as_ref().ok());
    let size: usize = sound.clone().map(PreparedMessage::size).sum();
    if size > topic.attributes.message_size() {
        return Err(Error::BatchRequestTooLong);
    }
    let fifo = topic.attributes.fifo.as_ref();
    sound.clone().try_for_each(|publishing| publishing.suits_deduplication(fifo))
}

fn success(id: String, accepted: &Accepted) -> PublishBatchResultEntry {
    PublishBatchResultEntry {
        id: Some(id),
        message_id: Some(accepted.id.to_string()),
        sequence_number: accepted.sequence_number(),
    }
}

fn failure(id: String, error: Error) -> BatchResultErrorEntry {
    let fault = Fault::from(error);
    BatchResultErrorEntry {
        id,
        sender_fault: fault.sender == Sender::Sender,
        code: fault.code.to_owned(),
        message: Some(fault.message.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(ids: &[&str]) -> Option<Error> {
        let entry = |id: &&str| PublishBatchRequestEntry {
            id: (*id).to_owned(),
            ..PublishBatchRequestEntry::default()
        };
        check(&ids.iter().map(entry).collect::<Vec<_>>()).err()
    }

    #[test]
    fn one_to_ten_distinct_words_make_a_batch() {
        assert_eq!(refused(&[]), Some(Error::EmptyBatchRequest));
        assert_eq!(refused(&["a-Z_9", &"x".repeat(80), "A-Z_9"]), None);
        assert_eq!(refused(&["a"; 11]), Some(Error::TooManyEntriesInBatchRequest));
        assert_eq!(refused(&["a", "b", "a"]), Some(Error::BatchEntryIdsNotDistinct));
        for bad in ["", "a b", "a.b", "ä", &"x".repeat(81)] {
            assert_eq!(refused(&["good", bad]), Some(Error::InvalidBatchEntryId), "{bad}");
        }
    }
}
