//! <https://docs.aws.amazon.com/sns/latest/api/API_GetSMSAttributes.html>

use std::sync::Arc;

use api::types::{GetSMSAttributesInput, GetSMSAttributesResponse};
use runtime::Call;
use shape::Fault;

use super::settings;
use crate::Sns;

pub(crate) async fn run(
    sns: Arc<Sns>,
    call: Call,
    input: GetSMSAttributesInput,
) -> Result<GetSMSAttributesResponse, Fault> {
    let settings = settings(&sns, &call).await?;
    let shown = settings.attributes.show(input.attributes.as_deref())?;
    Ok(GetSMSAttributesResponse { attributes: Some(shown) })
}
