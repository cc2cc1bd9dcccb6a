//! <https://docs.aws.amazon.com/sns/latest/api/API_DeleteSMSSandboxPhoneNumber.html>

use std::sync::Arc;

use api::types::{DeleteSMSSandboxPhoneNumberInput, DeleteSMSSandboxPhoneNumberResult};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::sms::lane::{self, Set, Settings};
use crate::sms::{PhoneNumber, SettingsLane, sandbox};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: DeleteSMSSandboxPhoneNumberInput,
) -> Result<DeleteSMSSandboxPhoneNumberResult, Fault> {
    let number = PhoneNumber::parse(input.phone_number)?;
    let quotas = sns.settings.node().quotas();
    let decide = |lane: &SettingsLane, moment: Moment<'_>| match sandbox::remove(
        &lane.settings.sandbox,
        &number,
        moment.now,
        quotas,
    ) {
        Ok(sandbox) => {
            let after = Settings { sandbox, ..lane.settings.clone() };
            Decision::keep(vec![Set(Box::new(after))], ())
        }
        Err(error) => Decision::Refuse(error),
    };
    let arn = lane::arn(&call.caller.region, &call.caller.account);
    sns.settings.enter(&arn, decide).await?;
    Ok(DeleteSMSSandboxPhoneNumberResult {})
}
