//! <https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformEndpoint.html>

use std::sync::Arc;

use api::types::{CreateEndpointResponse, CreatePlatformEndpointInput};
use runtime::{Call, Decision, Moment};
use shape::Fault;
use uuid::Uuid;

use crate::Sns;
use crate::error::Error;
use crate::mobile::endpoint::{Endpoint, Given};
use crate::mobile::lane::{Change, Question};
use crate::mobile::{ApplicationArn, ApplicationLane};

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: CreatePlatformEndpointInput,
) -> Result<CreateEndpointResponse, Fault> {
    let application = ApplicationArn::parse(&call.caller, &input.platform_application_arn)?;
    let platform = application.platform;
    let mut attributes = input.attributes.unwrap_or_default();
    if attributes.remove("Token").is_some_and(|token| token != input.token) {
        let reason = "Token differs from the parameter Token";
        return Err(Error::because("Attributes", reason).into());
    }
    let given = Given::parse(platform, attributes)?;
    let given = given.beside(platform, input.token, input.custom_user_data)?;
    let decide =
        |lane: &ApplicationLane, moment: Moment<'_>| decide(lane, moment, &application, &given);
    let id = sns.applications.enter(&application.arn, decide).await?;
    Ok(CreateEndpointResponse { endpoint_arn: Some(application.endpoint(id).to_string()) })
}

/// The endpoint of a device token is one. What is not given is not compared.
/// <https://docs.aws.amazon.com/sns/latest/dg/mobile-platform-endpoint.html>
fn decide(
    lane: &ApplicationLane,
    moment: Moment<'_>,
    application: &ApplicationArn,
    given: &Given,
) -> Decision<ApplicationLane, Uuid, Error> {
    let endpoint = Endpoint::new(given);
    let question = Question { token: Some(endpoint.hash()), ..Question::default() };
    let none = Decision::Refuse(Error::ApplicationNotFound);
    lane.with(question, none, |look| match &look.by_token {
        Some((id, present)) if given.is_met_by(present) => Decision::answer(*id),
        Some((id, _)) => Decision::Refuse(exists(application, *id)),
        None => {
            let id = moment.random.uuid();
            Decision::grow(vec![Change::Put { id, before: None, endpoint }], id)
        }
    })
}

/// Clients find the endpoint's ARN in AWS's text.
pub(super) fn exists(application: &ApplicationArn, id: Uuid) -> Error {
    let endpoint = application.endpoint(id);
    let reason = format!(
        "Endpoint {endpoint} already exists with the same Token, but different attributes."
    );
    Error::because("Token", reason)
}
