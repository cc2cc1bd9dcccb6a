//! <https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformApplication.html>

use std::sync::Arc;

use api::types::{CreatePlatformApplicationInput, CreatePlatformApplicationResponse};
use base::Incarnation;
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::mobile::application::ApplicationAttributes;
use crate::mobile::lane::{Application, Change};
use crate::mobile::{ApplicationArn, ApplicationLane};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: CreatePlatformApplicationInput,
) -> Result<CreatePlatformApplicationResponse, Fault> {
    let name = ApplicationArn::of_name(&call.caller, &input.platform, &input.name)?;
    let wanted = ApplicationAttributes::parse(name.platform, &input.attributes)?;
    sns.applications.enter(&name.arn, |lane, moment| decide(lane, moment, &wanted)).await?;
    Ok(CreatePlatformApplicationResponse { platform_application_arn: Some(name.arn.to_string()) })
}

/// An application that is there already is answered as if it had been created, unless it is set differently.
fn decide(
    lane: &ApplicationLane,
    moment: Moment<'_>,
    wanted: &ApplicationAttributes,
) -> Decision<ApplicationLane, (), Error> {
    match &lane.application {
        Some(present) if present.attributes == *wanted => Decision::answer(()),
        Some(_) => Decision::Refuse(Error::because(
            "Attributes",
            "Platform application already exists with different attributes",
        )),
        None => {
            let application = Application {
                incarnation: Incarnation::draw(moment.random),
                created: moment.now,
                attributes: wanted.clone(),
            };
            Decision::grow(vec![Change::Defined(application)], ())
        }
    }
}
