//! <https://docs.aws.amazon.com/sns/latest/api/API_OptInPhoneNumber.html>

use std::sync::Arc;

use api::types::{OptInPhoneNumberInput, OptInPhoneNumberResponse};
use runtime::Call;
use shape::Fault;

use crate::Sns;
use crate::sms::PhoneNumber;

/// Every number is opted in, so it is afterwards.
pub(crate) async fn run(
    _: Arc<Sns>,
    _: Call,
    input: OptInPhoneNumberInput,
) -> Result<OptInPhoneNumberResponse, Fault> {
    PhoneNumber::parse(input.phone_number)?;
    Ok(OptInPhoneNumberResponse {})
}
