//! <https://docs.aws.amazon.com/sns/latest/api/API_DeleteEndpoint.html>

use std::sync::Arc;

use api::types::{DeleteEndpointInput, DeleteEndpointOutput};
use runtime::{Call, Decision};
use shape::Fault;
use uuid::Uuid;

use crate::Sns;
use crate::error::Error;
use crate::mobile::lane::{Change, Question};
use crate::mobile::{ApplicationLane, EndpointArn};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: DeleteEndpointInput,
) -> Result<DeleteEndpointOutput, Fault> {
    let EndpointArn { application, id } = EndpointArn::parse(&call.caller, &input.endpoint_arn)?;
    sns.applications.enter(&application.arn, |lane, _| decide(lane, id)).await?;
    Ok(DeleteEndpointOutput {})
}

/// An endpoint that is not there is deleted already.
fn decide(lane: &ApplicationLane, id: Uuid) -> Decision<ApplicationLane, (), Error> {
    let question = Question { id: Some(id), ..Question::default() };
    lane.with(question, Decision::answer(()), |look| match &look.by_id {
        Some(endpoint) => Decision::keep(vec![Change::Removed { id, token: endpoint.hash() }], ()),
        None => Decision::answer(()),
    })
}
