//! <https://docs.aws.amazon.com/sns/latest/api/API_CreateSMSSandboxPhoneNumber.html>

use std::sync::Arc;

use api::types::{CreateSMSSandboxPhoneNumberInput, CreateSMSSandboxPhoneNumberResult};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use super::set;
use crate::Sns;
use crate::sms::lane::{self, Settings};
use crate::sms::{PhoneNumber, SettingsLane, sandbox};

/// The one-time password is not sent: it stands on the operators' page. So its language does not matter.
pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: CreateSMSSandboxPhoneNumberInput,
) -> Result<CreateSMSSandboxPhoneNumberResult, Fault> {
    let number = PhoneNumber::parse(input.phone_number)?;
    let quotas = sns.settings.node().quotas();
    let decide = |lane: &SettingsLane, moment: Moment<'_>| {
        let at = (moment.now, moment.random);
        match sandbox::add(&lane.settings.sandbox, &number, at, quotas) {
            Ok(sandbox) => set(lane, Settings { sandbox, ..lane.settings.clone() }, ()),
            Err(error) => Decision::Refuse(error),
        }
    };
    let arn = lane::arn(&call.caller.region, &call.caller.account);
    sns.settings.enter(&arn, decide).await?;
    Ok(CreateSMSSandboxPhoneNumberResult {})
}
