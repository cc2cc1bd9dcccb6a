//! <https://docs.aws.amazon.com/sns/latest/api/API_GetPlatformApplicationAttributes.html>

use std::sync::Arc;

use api::types::{GetPlatformApplicationAttributesInput, GetPlatformApplicationAttributesResponse};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::mobile::{ApplicationArn, ApplicationLane};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: GetPlatformApplicationAttributesInput,
) -> Result<GetPlatformApplicationAttributesResponse, Fault> {
    let application = ApplicationArn::parse(&call.caller, &input.platform_application_arn)?;
    let show = |lane: &ApplicationLane, _: Moment<'_>| match &lane.application {
        Some(present) => Decision::answer(present.attributes.show(application.platform)),
        None => Decision::Refuse(Error::ApplicationNotFound),
    };
    let attributes = sns.applications.enter(&application.arn, show).await?;
    Ok(GetPlatformApplicationAttributesResponse { attributes: Some(attributes) })
}
