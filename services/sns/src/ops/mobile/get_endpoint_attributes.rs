//! <https://docs.aws.amazon.com/sns/latest/api/API_GetEndpointAttributes.html>

use std::sync::Arc;

use api::types::{GetEndpointAttributesInput, GetEndpointAttributesResponse};
use base::Incarnation;
use runtime::{Call, Decision, Moment};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::mobile::{ApplicationLane, EndpointArn, rows};
use crate::ops::pages;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: GetEndpointAttributesInput,
) -> Result<GetEndpointAttributesResponse, Fault> {
    let EndpointArn { application, id } = EndpointArn::parse(&call.caller, &input.endpoint_arn)?;
    let life = sns.applications.enter(&application.arn, life).await?;
    let life = life.ok_or(Error::EndpointNotFound)?;
    let rows = sns.applications.rows(&application.arn);
    let found = rows::endpoint(&life, id, &rows).await.map_err(pages::unreadable)?;
    let endpoint = found.ok_or(Error::EndpointNotFound)?;
    Ok(GetEndpointAttributesResponse { attributes: Some(endpoint.show()) })
}

/// The present incarnation of an application. What was observed of it is on disk by then, so its rows can be read.
pub(super) fn life(
    lane: &ApplicationLane,
    _: Moment<'_>,
) -> Decision<ApplicationLane, Option<Incarnation>, Error> {
    Decision::answer(lane.application.as_ref().map(|present| present.incarnation))
}
