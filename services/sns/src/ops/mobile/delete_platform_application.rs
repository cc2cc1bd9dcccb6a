//! <https://docs.aws.amazon.com/sns/latest/api/API_DeletePlatformApplication.html>

use std::sync::Arc;

use api::types::{DeletePlatformApplicationInput, DeletePlatformApplicationOutput};
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::mobile::lane::Change;
use crate::mobile::{ApplicationArn, ApplicationLane};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: DeletePlatformApplicationInput,
) -> Result<DeletePlatformApplicationOutput, Fault> {
    let application = ApplicationArn::parse(&call.caller, &input.platform_application_arn)?;
    sns.applications.enter(&application.arn, remove).await?;
    Ok(DeletePlatformApplicationOutput {})
}

/// One small commit, however many endpoints there are: their rows go later. Answers whether it was there; one
/// that is not there is deleted already.
pub(crate) fn remove(
    lane: &ApplicationLane,
    moment: Moment<'_>,
) -> Decision<ApplicationLane, bool, Error> {
    match lane.application {
        Some(_) => Decision::keep(vec![Change::Deleted { at: moment.now }], true),
        None => Decision::answer(false),
    }
}
