//! <https://docs.aws.amazon.com/sns/latest/api/API_ListPlatformApplications.html>

use std::sync::Arc;

use api::types::{
    ListPlatformApplicationsInput, ListPlatformApplicationsResponse, PlatformApplication,
};
use base::Arn;
use bytes::Bytes;
use runtime::Call;
use shape::Fault;
use store::StoreError;

use crate::Sns;
use crate::mobile::arn::LISTED;
use crate::mobile::lane::Application;
use crate::mobile::{ApplicationArn, Platform};
use crate::ops::pages;

/// The row of an application's name has all that is shown: no application is visited.
pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: ListPlatformApplicationsInput,
) -> Result<ListPlatformApplicationsResponse, Fault> {
    let slots = sns.applications.node().slots();
    let token = input.next_token.as_deref();
    let (found, next_token) = pages::names(slots, &call.caller, LISTED, token).await?;
    let shown = found.into_iter().map(|(name, row)| show(&call, &name, row));
    let shown = shown.collect::<Result<Vec<_>, _>>().map_err(pages::unreadable)?;
    Ok(ListPlatformApplicationsResponse { platform_applications: Some(shown), next_token })
}

fn show(call: &Call, name: &str, row: Bytes) -> Result<PlatformApplication, StoreError> {
    let platform = name.split_once('/').and_then(|(platform, _)| Platform::of(platform));
    let platform =
        platform.ok_or_else(|| StoreError::Damaged(format!("the application {name:?}")))?;
    let listed = Arn::new(LISTED, &call.caller.region, &call.caller.account, name);
    Ok(PlatformApplication {
        platform_application_arn: Some(ApplicationArn::of_listed(&listed).to_string()),
        attributes: Some(Application::read(row)?.attributes.show(platform)),
    })
}
