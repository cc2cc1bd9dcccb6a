//! <https://docs.aws.amazon.com/sns/latest/api/API_SetEndpointAttributes.html>

use std::sync::Arc;

use api::types::{SetEndpointAttributesInput, SetEndpointAttributesOutput};
use runtime::{Call, Decision};
use shape::Fault;

use crate::Sns;
use crate::error::Error;
use crate::mobile::endpoint::{Given, TokenHash};
use crate::mobile::lane::{Change, Question};
use crate::mobile::{ApplicationLane, EndpointArn};
use crate::ops::mobile::create_platform_endpoint::exists;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: SetEndpointAttributesInput,
) -> Result<SetEndpointAttributesOutput, Fault> {
    let endpoint = EndpointArn::parse(&call.caller, &input.endpoint_arn)?;
    let application = &endpoint.application;
    let given = Given::parse(application.platform, input.attributes)?;
    sns.applications.enter(&application.arn, |lane, _| decide(lane, &endpoint, &given)).await?;
    Ok(SetEndpointAttributesOutput {})
}

/// A device token stays that of one endpoint.
fn decide(
    lane: &ApplicationLane,
    endpoint: &EndpointArn,
    given: &Given,
) -> Decision<ApplicationLane, (), Error> {
    let EndpointArn { application, id } = endpoint;
    let token = given.token.as_deref().map(TokenHash::of);
    let question = Question { id: Some(*id), token };
    lane.with(question, Decision::Refuse(Error::EndpointNotFound), |look| {
        match (&look.by_id, &look.by_token) {
            (None, _) => Decision::Refuse(Error::EndpointNotFound),
            (Some(_), Some((other, _))) if other != id => {
                Decision::Refuse(exists(application, *other))
            }
            (Some(present), _) => {
                let before = Some(present.hash());
                let put = Change::Put { id: *id, before, endpoint: given.apply(present) };
                Decision::grow(vec![put], ())
            }
        }
    })
}
