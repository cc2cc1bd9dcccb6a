//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>

use std::sync::Arc;

use api::types::{GetAccessKeyInfoRequest, GetAccessKeyInfoResponse};
use runtime::Call;
use shape::Fault;

use crate::Sts;
use crate::error::Error;

pub(crate) async fn run(
    sts: Arc<Sts>,
    _: Call,
    input: GetAccessKeyInfoRequest,
) -> Result<GetAccessKeyInfoResponse, Fault> {
    let id = input.access_key_id;
    match sts.identity.account_of(&id) {
        Some(account) => Ok(GetAccessKeyInfoResponse { account: Some(account.to_string()) }),
        None => Err(Error::UnknownAccessKey(id).into()),
    }
}
