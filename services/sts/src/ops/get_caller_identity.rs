//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>

use std::sync::Arc;

use api::sts::types::{GetCallerIdentityRequest, GetCallerIdentityResponse};
use runtime::Call;
use shape::Fault;

use crate::Sts;

/// The root of an account has the account's number as its id.
pub(crate) async fn run(
    _: Arc<Sts>,
    call: Call,
    _: GetCallerIdentityRequest,
) -> Result<GetCallerIdentityResponse, Fault> {
    let account = call.caller.account;
    Ok(GetCallerIdentityResponse {
        user_id: Some(account.to_string()),
        account: Some(account.to_string()),
        arn: Some(format!("arn:aws:iam::{account}:root")),
    })
}
