//! What the tests stand on: a toy lane, a node for it, and requests that are polled by hand.

pub(crate) mod bell;
pub(crate) mod mailbox;
pub(crate) mod office;
pub(crate) mod request;
mod rows;

use runtime::Trouble;

pub(crate) use bell::Bell;
pub(crate) use mailbox::Mailbox;
pub(crate) use office::{No, Office, START, arn, neighbour, neighbours, quiet, slot};
pub(crate) use request::Request;

/// Asserts that a request was answered "not available".
#[track_caller]
pub(crate) fn assert_unavailable<A: std::fmt::Debug>(answer: Option<Result<A, No>>) {
    let unavailable = matches!(answer, Some(Err(No::Trouble(Trouble::Unavailable(_)))));
    assert!(unavailable, "{answer:?}");
}

/// An answer with a text.
pub(crate) fn text(text: &str) -> Option<Result<Option<String>, No>> {
    Some(Ok(Some(text.to_owned())))
}
