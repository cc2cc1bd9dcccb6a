//! <https://docs.aws.amazon.com/sns/latest/api/API_VerifySMSSandboxPhoneNumber.html>

use std::sync::Arc;

use api::types::{VerifySMSSandboxPhoneNumberInput, VerifySMSSandboxPhoneNumberResult};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use super::set;
use crate::Sns;
use crate::error::Error;
use crate::sms::lane::{self, Settings};
use crate::sms::{PhoneNumber, SettingsLane, sandbox};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: VerifySMSSandboxPhoneNumberInput,
) -> Result<VerifySMSSandboxPhoneNumberResult, Fault> {
    let (number, password) = (PhoneNumber::parse(input.phone_number)?, &input.one_time_password);
    let decide = |lane: &SettingsLane, moment: Moment<'_>| match sandbox::verify(
        &lane.settings.sandbox,
        &number,
        password,
        moment.now,
    ) {
        Ok((sandbox, is_right)) => {
            set(lane, Settings { sandbox, ..lane.settings.clone() }, is_right)
        }
        Err(error) => Decision::Refuse(error),
    };
    let arn = lane::arn(&call.caller.region, &call.caller.account);
    match sns.settings.enter(&arn, decide).await? {
        true => Ok(VerifySMSSandboxPhoneNumberResult {}),
        false => Err(Error::WrongPassword.into()),
    }
}
