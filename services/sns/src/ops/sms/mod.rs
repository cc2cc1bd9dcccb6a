//! Operations on what an account has set about text messages.

pub(crate) mod check_if_phone_number_is_opted_out;
pub(crate) mod create_sms_sandbox_phone_number;
pub(crate) mod delete_sms_sandbox_phone_number;
pub(crate) mod get_sms_attributes;
pub(crate) mod get_sms_sandbox_account_status;
pub(crate) mod list_origination_numbers;
pub(crate) mod list_phone_numbers_opted_out;
pub(crate) mod list_sms_sandbox_phone_numbers;
pub(crate) mod opt_in_phone_number;
pub(crate) mod set_sms_attributes;
pub(crate) mod verify_sms_sandbox_phone_number;

use runtime::{Call, Decision};

use crate::Sns;
use crate::error::Error;
use crate::sms::SettingsLane;
use crate::sms::lane::{self, Set, Settings};

/// The settings of the caller's account.
async fn settings(sns: &Sns, call: &Call) -> Result<Settings, Error> {
    let arn = lane::arn(&call.caller.region, &call.caller.account);
    sns.settings.enter(&arn, |lane, _| Decision::answer(lane.settings.clone())).await
}

/// The settings of the caller's account from now on, and the answer.
fn set<A>(lane: &SettingsLane, after: Settings, answer: A) -> Decision<SettingsLane, A, Error> {
    if after == lane.settings {
        return Decision::answer(answer);
    }
    Decision::grow(vec![Set(Box::new(after))], answer)
}
