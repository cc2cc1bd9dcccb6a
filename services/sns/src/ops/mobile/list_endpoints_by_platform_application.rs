//! <https://docs.aws.amazon.com/sns/latest/api/API_ListEndpointsByPlatformApplication.html>

use std::sync::Arc;

use api::types::{
    Endpoint as Listed, ListEndpointsByPlatformApplicationInput,
    ListEndpointsByPlatformApplicationResponse,
};
use runtime::Call;
use shape::Fault;
use store::PageLimit;
use uuid::Uuid;

use crate::Sns;
use crate::error::Error;
use crate::limits;
use crate::mobile::{ApplicationArn, rows};
use crate::ops::mobile::get_endpoint_attributes::life;
use crate::ops::pages;

/// A page is read from the application's rows, and none of the others.
pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: ListEndpointsByPlatformApplicationInput,
) -> Result<ListEndpointsByPlatformApplicationResponse, Fault> {
    let application = ApplicationArn::parse(&call.caller, &input.platform_application_arn)?;
    let after = pages::read_token(input.next_token.as_deref())?;
    let after = after.map(|after| Uuid::try_parse(&after)).transpose();
    let after = after.map_err(|_| Error::invalid("NextToken"))?;
    let life = sns.applications.enter(&application.arn, life).await?;
    let life = life.ok_or(Error::ApplicationNotFound)?;
    let limit = PageLimit { rows: limits::PAGE + 1, bytes: 4 << 20 };
    let rows = sns.applications.rows(&application.arn);
    let (mut found, more) =
        rows::endpoints(&life, after, limit, &rows).await.map_err(pages::unreadable)?;
    // Long tokens may have ended the page early.
    let ended = found.last().filter(|_| more).map(|(id, _)| pages::token(&id.to_string()));
    let next_token = pages::cut(&mut found, |(id, _)| id.to_string()).or(ended);
    let listed = found.into_iter().map(|(id, endpoint)| Listed {
        endpoint_arn: Some(application.endpoint(id).to_string()),
        attributes: Some(endpoint.show()),
    });
    let endpoints = Some(listed.collect());
    Ok(ListEndpointsByPlatformApplicationResponse { endpoints, next_token })
}
