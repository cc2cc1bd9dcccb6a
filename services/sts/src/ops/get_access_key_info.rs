//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>

use std::sync::Arc;

use api::types::{GetAccessKeyInfoRequest, GetAccessKeyInfoResponse};
use runtime::Call;
use shape::Fault;

use crate::error::Error;
use crate::{Sts, account_of};

/// A temporary key names its account itself, whether it has ended or not.
pub(crate) async fn run(
    sts: Arc<Sts>,
    _: Call,
    input: GetAccessKeyInfoRequest,
) -> Result<GetAccessKeyInfoResponse, Fault> {
    let id = input.access_key_id;
    let account = sts.directory.account_of(&id).or_else(|| account_of(&id));
    match account {
        Some(account) => Ok(GetAccessKeyInfoResponse { account: Some(account.to_string()) }),
        None => Err(Error::UnknownAccessKey(id).into()),
    }
}
