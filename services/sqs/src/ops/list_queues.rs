//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html>

use std::sync::Arc;

use api::types::{ListQueuesRequest, ListQueuesResult};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use runtime::names::{self, Query};
use runtime::{Call, Trouble};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::keys::{self, NameRow};
use crate::limits;
use crate::model::name;

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: ListQueuesRequest,
) -> Result<ListQueuesResult, Fault> {
    let limit = limit(input.max_results)?;
    let after = input.next_token.as_deref().map(read_token).transpose()?;
    let query = Query {
        service: "sqs",
        account: call.caller.account.as_str(),
        region: call.caller.region.as_str(),
        prefix: input.queue_name_prefix.as_deref().unwrap_or_default(),
        after: after.as_deref(),
        limit,
    };
    let mut found = names::list(sqs.queues.node().slots(), query, is_there)
        .await
        .map_err(|error| Error::Trouble(Trouble::Unavailable(error.to_string())))?;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().map(|(name, _)| name.clone());
    let urls = found
        .into_iter()
        .map(|(name, _)| name::url(&call, &name::arn(&call.caller, &call.caller.account, &name)));
    let urls: Vec<String> = urls.collect();
    Ok(ListQueuesResult {
        queue_urls: (!urls.is_empty()).then_some(urls),
        // AWS gives a token only to callers that ask for pages.
        next_token: last.filter(|_| more && input.max_results.is_some()).map(token),
    })
}

/// A name that is only remembered for AWS's waiting period is not listed.
pub(crate) fn is_there(row: &[u8]) -> bool {
    let row = keys::decode::<NameRow>(bytes::Bytes::copy_from_slice(row));
    row.is_ok_and(|row| row.deleted_ms.is_none())
}

pub(super) fn limit(asked: Option<i32>) -> Result<usize, Error> {
    let most = *limits::LIST.end() as usize;
    match asked {
        None => Ok(most),
        Some(asked) if limits::LIST.contains(&i64::from(asked)) => Ok(asked as usize),
        Some(asked) => Err(Error::InvalidValue {
            parameter: "MaxResults",
            value: asked.to_string(),
            reason: "MaxResults must be an integer between 1 and 1000.".into(),
        }),
    }
}

/// A token is the name that the page before it ended with.
pub(super) fn token(last: String) -> String {
    URL_SAFE_NO_PAD.encode(last)
}

pub(super) fn read_token(token: &str) -> Result<String, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    name.filter(|name| name::check(name).is_ok())
        .ok_or_else(|| Error::InvalidParameter("Invalid or expired next token.".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_its_name_back_and_another_text_does_not() {
        assert_eq!(read_token(&token("orders".into())), Ok("orders".into()));
        assert!(read_token("!").is_err());
        assert!(read_token("").is_err());
    }

    #[test]
    fn pages_have_one_to_a_thousand_names() {
        assert_eq!(limit(None), Ok(1000));
        assert_eq!(limit(Some(1)), Ok(1));
        assert!(limit(Some(0)).is_err() && limit(Some(1001)).is_err());
    }
}
