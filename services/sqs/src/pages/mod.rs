//! `/_millpond/queues/<account>/<region>/<name>/…`: seeing messages without taking them.
//!
//! AWS cannot do this, and every operator wants it. Pages read what is on disk and change nothing: no
//! receive count moves, no message is hidden.

mod explain;
mod messages;
mod shown;

use std::sync::Arc;

use base::{AccountId, Arn, Region};
use runtime::{NoPage, PageAnswer, PageRequest, Trouble};
use store::StoreError;

use crate::Sqs;
use crate::error::Error;

/// The page that a path names.
pub(crate) async fn queues(sqs: Arc<Sqs>, request: PageRequest) -> PageAnswer {
    let parts: Vec<&str> = request.path.iter().map(String::as_str).collect();
    match parts[..] {
        [account, region, name, "messages"] => {
            messages::page(&sqs, &arn(account, region, name)?, &request).await
        }
        [account, region, name, "explain", id] => {
            explain::page(&sqs, &arn(account, region, name)?, id).await
        }
        _ => Err(NoPage::NotFound(
            "There are queues/<account>/<region>/<name>/messages and …/explain/<message id>."
                .into(),
        )),
    }
}

fn arn(account: &str, region: &str, name: &str) -> Result<Arn, NoPage> {
    let account: AccountId = account.parse().map_err(|e| NoPage::Invalid(format!("{e}")))?;
    let region: Region = region.parse().map_err(|e| NoPage::Invalid(format!("{e}")))?;
    Ok(Arn::new("sqs", &region, &account, name))
}

fn no_page(error: Error) -> NoPage {
    match error {
        Error::Trouble(Trouble::Unavailable(reason)) => NoPage::Unavailable(reason),
        error => NoPage::NotFound(error.to_string()),
    }
}

fn unreadable(error: StoreError) -> NoPage {
    NoPage::Unavailable(error.to_string())
}
