//! <https://docs.aws.amazon.com/sns/latest/api/API_GetSMSSandboxAccountStatus.html>

use std::sync::Arc;

use api::types::{GetSMSSandboxAccountStatusInput, GetSMSSandboxAccountStatusResult};
use runtime::Call;
use shape::Fault;

use crate::Sns;

/// Accounts begin in the sandbox, and leave it when AWS's support says so: here all are in it.
pub(crate) async fn run(
    _: Arc<Sns>,
    _: Call,
    _: GetSMSSandboxAccountStatusInput,
) -> Result<GetSMSSandboxAccountStatusResult, Fault> {
    Ok(GetSMSSandboxAccountStatusResult { is_in_sandbox: true })
}
