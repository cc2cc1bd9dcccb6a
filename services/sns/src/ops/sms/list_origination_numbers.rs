//! <https://docs.aws.amazon.com/sns/latest/api/API_ListOriginationNumbers.html>

use std::sync::Arc;

use api::types::{ListOriginationNumbersRequest, ListOriginationNumbersResult};
use runtime::Call;
use shape::Fault;

use crate::Sns;
use crate::ops::pages;

/// Origination numbers are bought from AWS: no account has any.
pub(crate) async fn run(
    _: Arc<Sns>,
    _: Call,
    input: ListOriginationNumbersRequest,
) -> Result<ListOriginationNumbersResult, Fault> {
    pages::read_token(input.next_token.as_deref())?;
    Ok(ListOriginationNumbersResult { next_token: None, phone_numbers: Some(Vec::new()) })
}
