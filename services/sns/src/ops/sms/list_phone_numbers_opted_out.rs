//! <https://docs.aws.amazon.com/sns/latest/api/API_ListPhoneNumbersOptedOut.html>

use std::sync::Arc;

use api::types::{ListPhoneNumbersOptedOutInput, ListPhoneNumbersOptedOutResponse};
use runtime::Call;
use shape::Fault;

use crate::Sns;
use crate::ops::pages;

/// Nobody has opted out: people do that by answering to a message, and there are none.
pub(crate) async fn run(
    _: Arc<Sns>,
    _: Call,
    input: ListPhoneNumbersOptedOutInput,
) -> Result<ListPhoneNumbersOptedOutResponse, Fault> {
    pages::read_token(input.next_token.as_deref())?;
    Ok(ListPhoneNumbersOptedOutResponse { phone_numbers: Some(Vec::new()), next_token: None })
}
