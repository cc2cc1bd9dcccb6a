//! `/_millpond/sns/sandbox/<account>/<region>`: the one-time passwords of the sandbox's phone numbers.
//!
//! AWS sends them to the phones. Nothing is sent from here, so whoever runs this program may read them.

use std::sync::Arc;

use base::{AccountId, Region};
use runtime::{Decision, Moment, NoPage, PageAnswer, PageRequest, Trouble};
use serde_json::{Value, json};

use crate::Sns;
use crate::sms::lane::{self, SettingsLane};
use crate::sms::phone_number::PhoneNumber;
use crate::sms::sandbox::Destination;

/// The page that a path names.
pub(crate) async fn page(sns: Arc<Sns>, request: PageRequest) -> PageAnswer {
    let parts: Vec<&str> = request.path.iter().map(String::as_str).collect();
    let ["sandbox", account, region] = parts[..] else {
        return Err(NoPage::NotFound("There is sns/sandbox/<account>/<region>.".into()));
    };
    let account: AccountId = account.parse().map_err(|e| NoPage::Invalid(format!("{e}")))?;
    let region: Region = region.parse().map_err(|e| NoPage::Invalid(format!("{e}")))?;
    let shown = |lane: &SettingsLane, _: Moment<'_>| {
        let numbers: Vec<Value> = lane.settings.sandbox.iter().map(show).collect();
        Decision::<_, _, Trouble>::answer(json!({ "PhoneNumbers": numbers }).to_string())
    };
    let shown = sns.settings.enter(&lane::arn(&region, &account), shown).await;
    shown.map_err(|trouble| NoPage::Unavailable(trouble.to_string()))
}

fn show((number, destination): (&PhoneNumber, &Destination)) -> Value {
    json!({
        "PhoneNumber": number.as_str(),
        "Status": status(destination),
        "OneTimePassword": destination.password,
    })
}

/// `SMSSandboxPhoneNumberVerificationStatus`.
pub(crate) fn status(destination: &Destination) -> &'static str {
    if destination.verified { "Verified" } else { "Pending" }
}
