//! <https://docs.aws.amazon.com/sns/latest/api/API_CheckIfPhoneNumberIsOptedOut.html>

use std::sync::Arc;

use api::types::{CheckIfPhoneNumberIsOptedOutInput, CheckIfPhoneNumberIsOptedOutResponse};
use runtime::Call;
use shape::Fault;

use crate::Sns;
use crate::sms::PhoneNumber;

/// Nobody has opted out: people do that by answering to a message, and there are none.
pub(crate) async fn run(
    _: Arc<Sns>,
    _: Call,
    input: CheckIfPhoneNumberIsOptedOutInput,
) -> Result<CheckIfPhoneNumberIsOptedOutResponse, Fault> {
    PhoneNumber::parse(input.phone_number)?;
    Ok(CheckIfPhoneNumberIsOptedOutResponse { is_opted_out: Some(false) })
}
