//! <https://docs.aws.amazon.com/sns/latest/api/API_ListSMSSandboxPhoneNumbers.html>

use std::ops::Bound;
use std::sync::Arc;

use api::types::{
    ListSMSSandboxPhoneNumbersInput, ListSMSSandboxPhoneNumbersResult, SMSSandboxPhoneNumber,
};
use runtime::Call;
use shape::Fault;

use super::settings;
use crate::Sns;
use crate::limits;
use crate::ops::pages;
use crate::sms::{PhoneNumber, page};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: ListSMSSandboxPhoneNumbersInput,
) -> Result<ListSMSSandboxPhoneNumbersResult, Fault> {
    let after = pages::read_token(input.next_token.as_deref())?;
    let after = after.map(PhoneNumber::parse).transpose();
    let after = after.map_err(|_| crate::error::Error::invalid("NextToken"))?;
    let most = input.max_results.and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(limits::PAGE);
    let sandbox = settings(&sns, &call).await?.sandbox;
    let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
    let mut found = sandbox.range((behind, Bound::Unbounded));
    let phone_numbers: Vec<_> = found
        .by_ref()
        .take(most)
        .map(|(number, destination)| SMSSandboxPhoneNumber {
            phone_number: Some(number.as_str().to_owned()),
            status: Some(page::status(destination).to_owned()),
        })
        .collect();
    let last = phone_numbers.last().and_then(|last| last.phone_number.as_deref());
    let next_token = found.next().and(last).map(pages::token);
    Ok(ListSMSSandboxPhoneNumbersResult { phone_numbers, next_token })
}
