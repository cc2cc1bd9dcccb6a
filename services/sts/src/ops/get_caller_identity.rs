//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use std::sync::Arc;

use api::types::{GetCallerIdentityRequest, GetCallerIdentityResponse};
use runtime::{Call, unique_id};
use shape::Fault;

use crate::Sts;

pub(crate) async fn run(
    _: Arc<Sts>,
    call: Call,
    _: GetCallerIdentityRequest,
) -> Result<GetCallerIdentityResponse, Fault> {
    let principal = &call.caller.principal;
    Ok(GetCallerIdentityResponse {
        user_id: Some(unique_id(principal)),
        account: Some(call.caller.account.to_string()),
        arn: Some(principal.arn()),
    })
}
