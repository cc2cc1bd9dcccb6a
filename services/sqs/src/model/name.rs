//! Queue names and URLs.

use base::{AccountId, Arn};
use runtime::{Call, Caller};

use crate::error::Error;
use crate::limits;

/// Checks the name of a new queue.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>
pub(crate) fn check(name: &str) -> Result<(), Error> {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    let fits = !stem.is_empty()
        && name.len() <= limits::QUEUE_NAME
        && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits {
        Ok(())
    } else {
        Err(Error::InvalidParameter(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
                .into(),
        ))
    }
}

/// Checks that the name of a new queue says its type.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues.html>
pub(crate) fn check_type(name: &str, is_fifo: bool) -> Result<(), Error> {
    match (name.ends_with(".fifo"), is_fifo) {
        (true, false) => Err(Error::InvalidParameter(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
                .into(),
        )),
        (false, true) => Err(Error::InvalidParameter(
            "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length"
                .into(),
        )),
        _ => Ok(()),
    }
}

/// Whether a queue of this name is a FIFO queue: that is decided by its name.
pub(crate) fn is_fifo(queue: &Arn) -> bool {
    queue.resource().ends_with(".fifo")
}

/// The ARN of a caller's own queue.
pub(crate) fn arn(caller: &Caller, account: &AccountId, name: &str) -> Arn {
    Arn::new("sqs", &caller.region, account, name)
}

/// The ARN of the queue that a URL names. Any host is understood, and so is a bare name: the last part
/// of the path is the name and the part before it the account. The region is the caller's.
pub(crate) fn arn_of_url(caller: &Caller, url: &str) -> Result<Arn, Error> {
    let mut parts = url.trim_end_matches('/').rsplit('/');
    let name = parts.next().unwrap_or_default();
    check(name).map_err(|_| Error::QueueDoesNotExist)?;
    let account = match parts.next().map(str::parse) {
        None => caller.account,
        Some(Ok(account)) => account,
        Some(Err(_)) => return Err(Error::QueueDoesNotExist),
    };
    Ok(arn(caller, &account, name))
}

/// The URL of a queue, below the address at which the caller reached this program.
pub(crate) fn url(call: &Call, queue: &Arn) -> String {
    [&call.endpoint, "/", queue.account_text(), "/", queue.resource()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller() -> Caller {
        let account = AccountId::DEFAULT;
        identity::testing::root(account, base::Region::default())
    }

    fn check_url(url: &str, expected: Result<&str, Error>) {
        let found = arn_of_url(&caller(), url);
        assert_eq!(found.as_ref().map(Arn::as_str), expected.as_ref().copied(), "{url}");
    }

    #[test]
    fn any_host_and_a_bare_name_are_understood() {
        let own = Ok("arn:aws:sqs:us-east-1:000000000000:orders");
        check_url("orders", own.clone());
        check_url("http://localhost:4566/000000000000/orders", own.clone());
        check_url("https://sqs.eu-west-1.amazonaws.com/000000000000/orders/", own);
        let other = Ok("arn:aws:sqs:us-east-1:111122223333:orders");
        check_url("http://queue.example/111122223333/orders", other);
    }

    #[test]
    fn what_cannot_be_a_queue_does_not_exist() {
        for url in ["", "/", "http://localhost:4566/", "http://h/12/orders", "a b", "x/../y z"] {
            check_url(url, Err(Error::QueueDoesNotExist));
        }
    }

    #[test]
    fn names_are_as_aws_allows_them() {
        assert_eq!(check("a-Z_9"), Ok(()));
        assert_eq!(check(&"n".repeat(80)), Ok(()));
        assert_eq!(check("orders.fifo"), Ok(()));
        for name in ["", ".fifo", "a.b", "ä", "a b", &"n".repeat(81)] {
            assert!(check(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_name_says_whether_its_queue_is_a_fifo_queue() {
        assert_eq!((check_type("a", false), check_type("a.fifo", true)), (Ok(()), Ok(())));
        let message = |name, is_fifo| check_type(name, is_fifo).unwrap_err().to_string();
        assert!(message("a", true).contains("must end with .fifo suffix"));
        assert!(message("a.fifo", false).starts_with("Can only include alphanumeric"));
    }
}
