//! <https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{SetSMSAttributesInput, SetSMSAttributesResponse};
use runtime::{Call, Decision};
use shape::Fault;

use super::set;
use crate::Sns;
use crate::error::Error;
use crate::sms::SettingsLane;
use crate::sms::lane::{self, Settings};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: SetSMSAttributesInput,
) -> Result<SetSMSAttributesResponse, Fault> {
    let arn = lane::arn(&call.caller.region, &call.caller.account);
    sns.settings.enter(&arn, |lane, _| decide(lane, &input.attributes)).await?;
    Ok(SetSMSAttributesResponse {})
}

/// All of what is given, or nothing.
fn decide(
    lane: &SettingsLane,
    given: &BTreeMap<String, String>,
) -> Decision<SettingsLane, (), Error> {
    match lane.settings.attributes.with(given) {
        Ok(attributes) => set(lane, Settings { attributes, ..lane.settings.clone() }, ()),
        Err(error) => Decision::Refuse(error),
    }
}
