//! What the three batch operations have in common.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html>

use std::collections::BTreeSet;

use api::types::BatchResultErrorEntry;
use shape::Fault;
use shape::fault::Sender;

use crate::error::Error;
use crate::limits;

/// An entry of a batch: its id, and what was made of it or why it fails.
pub(super) type Entry<T> = (String, Result<T, Error>);

/// Checks the batch as a whole: how many entries it has, and their ids. `kind` is the API's name of one.
pub(super) fn check<'a>(
    kind: &str,
    ids: impl ExactSizeIterator<Item = &'a String> + Clone,
) -> Result<(), Error> {
    match ids.len() {
        0 => return Err(Error::EmptyBatchRequest(kind.to_owned())),
        count if count > limits::BATCH => return Err(Error::TooManyEntriesInBatchRequest(count)),
        _ => {}
    }
    if !ids.clone().all(|id| is_id(id)) {
        return Err(Error::InvalidBatchEntryId);
    }
    let mut seen = BTreeSet::new();
    match ids.clone().find(|id| !seen.insert(*id)) {
        Some(id) => Err(Error::BatchEntryIdsNotDistinct(id.clone())),
        None => Ok(()),
    }
}

fn is_id(id: &str) -> bool {
    (1..=limits::BATCH_ENTRY_ID).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Decides about each entry that has not failed before, in order.
pub(super) fn each<T, U>(
    entries: &[Entry<T>],
    mut decide: impl FnMut(&T) -> Result<U, Error>,
) -> Vec<Result<U, Error>> {
    let one = |(_, entry): &Entry<T>| match entry {
        Ok(sound) => decide(sound),
        Err(error) => Err(error.clone()),
    };
    entries.iter().map(one).collect()
}

/// Who succeeded, worded by `word`, and who failed.
pub(super) fn sort<T, U, S>(
    entries: Vec<Entry<T>>,
    outcomes: Vec<Result<U, Error>>,
    word: impl Fn(String, U) -> S,
) -> (Vec<S>, Vec<BatchResultErrorEntry>) {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for ((id, _), outcome) in entries.into_iter().zip(outcomes) {
        match outcome {
            Ok(outcome) => successful.push(word(id, outcome)),
            Err(error) => failed.push(failure(id, error)),
        }
    }
    (successful, failed)
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

    fn refused(ids: &[String]) -> Option<Error> {
        check("DeleteMessageBatchRequestEntry", ids.iter()).err()
    }

    #[test]
    fn one_to_ten_entries_make_a_batch() {
        let ids = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(
            refused(&[]).unwrap().to_string(),
            "There should be at least one DeleteMessageBatchRequestEntry in the request."
        );
        assert_eq!((refused(&ids(1)), refused(&ids(10))), (None, None));
        assert_eq!(
            refused(&ids(11)).unwrap().to_string(),
            "Maximum number of entries per request are 10. You have sent 11."
        );
    }

    #[test]
    fn ids_are_words_and_distinct() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(refused(&ids(&["a-Z_9", &"x".repeat(80), "A-Z_9"])), None);
        for bad in ["", "a b", "a.b", "ä", &"x".repeat(81)] {
            assert_eq!(refused(&ids(&["good", bad])), Some(Error::InvalidBatchEntryId), "{bad}");
        }
        let repeated = Error::BatchEntryIdsNotDistinct("a".into());
        assert_eq!(refused(&ids(&["a", "b", "a"])), Some(repeated));
    }

    #[test]
    fn each_entry_succeeds_or_fails_for_itself() {
        let entries: Vec<Entry<u8>> = vec![
            ("a".into(), Ok(1)),
            ("b".into(), Err(Error::InvalidMessageContents)),
            ("c".into(), Ok(2)),
        ];
        let odd = |n: &u8| if n % 2 == 1 { Ok(*n) } else { Err(Error::MessageNotInflight) };
        let outcomes = each(&entries, odd);
        let (successful, failed) = sort(entries, outcomes, |id, n| (id, n));
        assert_eq!(successful, [("a".to_owned(), 1)]);
        let failed: Vec<_> =
            failed.iter().map(|f| (&f.id[..], f.sender_fault, &f.code[..])).collect();
        let not_in_flight = "AWS.SimpleQueueService.MessageNotInflight";
        assert_eq!(failed, [("b", true, "InvalidMessageContents"), ("c", true, not_in_flight)]);
    }
}
