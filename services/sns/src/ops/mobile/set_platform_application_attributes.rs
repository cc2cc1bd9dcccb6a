//! <https://docs.aws.amazon.com/sns/latest/api/API_SetPlatformApplicationAttributes.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{SetPlatformApplicationAttributesInput, SetPlatformApplicationAttributesOutput};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::mobile::lane::{Application, Change};
use crate::mobile::{ApplicationArn, ApplicationLane, Platform};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: SetPlatformApplicationAttributesInput,
) -> Result<SetPlatformApplicationAttributesOutput, Fault> {
    let application = ApplicationArn::parse(&call.caller, &input.platform_application_arn)?;
    let (platform, given) = (application.platform, &input.attributes);
    sns.applications.enter(&application.arn, |lane, _| decide(lane, platform, given)).await?;
    Ok(SetPlatformApplicationAttributesOutput {})
}

fn decide(
    lane: &ApplicationLane,
    platform: Platform,
    given: &BTreeMap<String, String>,
) -> Decision<ApplicationLane, (), Error> {
    let Some(present) = &lane.application else {
        return Decision::Refuse(Error::ApplicationNotFound);
    };
    match present.attributes.with(platform, given) {
        Ok(attributes) => {
            let application = Application { attributes, ..present.clone() };
            Decision::grow(vec![Change::Defined(application)], ())
        }
        Err(error) => Decision::Refuse(error),
    }
}
