//! An account's settings in a region as a lane.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use base::{AccountId, Arn, Region, Timestamp};
use bytes::Bytes;
use prost::Message;
use runtime::{Fact, Lane, Ready, Rows, names};
use store::{Batch, StoreError, Table};

use crate::keys;
use crate::sms::PhoneNumber;
use crate::sms::attributes::SmsAttributes;
use crate::sms::sandbox::{Destination, Sandbox};

/// The kind of settings in the index of names.
pub(crate) const SETTINGS: &str = "sns-settings";

/// The lane of an account's settings in a region. Its service is not that of topics, so no list meets it.
pub(crate) fn arn(region: &Region, account: &AccountId) -> Arn {
    Arn::new(SETTINGS, region, account, "sms")
}

/// The lane.
pub(crate) struct SettingsLane {
    arn: Arn,
    pub(crate) settings: Settings,
}

/// The settings of an account; nothing at first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) attributes: SmsAttributes,
    pub(crate) sandbox: Sandbox,
}

/// The settings from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set(pub(crate) Box<Settings>);

/// The row of the settings' name.
#[derive(Clone, PartialEq, Eq, Message)]
struct SettingsRow {
    /// Attributes that were set, as AWS names and writes them.
    #[prost(btree_map = "string, string", tag = "1")]
    attributes: BTreeMap<String, String>,
    #[prost(message, repeated, tag = "2")]
    sandbox: Vec<DestinationRow>,
}

/// A phone number of the sandbox.
#[derive(Clone, PartialEq, Eq, Message)]
struct DestinationRow {
    #[prost(string, tag = "1")]
    number: String,
    #[prost(string, tag = "2")]
    password: String,
    #[prost(bool, tag = "3")]
    verified: bool,
    #[prost(uint64, repeated, tag = "4")]
    made_ms: Vec<u64>,
    #[prost(uint64, tag = "5")]
    touched_ms: u64,
}

impl Settings {
    pub(super) fn read(row: Bytes) -> Result<Self, StoreError> {
        let row: SettingsRow = keys::decode(row)?;
        let damaged = |error| StoreError::Damaged(format!("settings: {error}"));
        let destination = |row: DestinationRow| {
            let made = row.made_ms.into_iter().map(Timestamp::from_millis).collect();
            let touched = Timestamp::from_millis(row.touched_ms);
            let DestinationRow { number, password, verified, .. } = row;
            let number = PhoneNumber::parse(number).map_err(damaged)?;
            Ok((number, Destination { password, verified, made, touched }))
        };
        Ok(Settings {
            attributes: SmsAttributes::default().with(&row.attributes).map_err(damaged)?,
            sandbox: row.sandbox.into_iter().map(destination).collect::<Result<_, StoreError>>()?,
        })
    }

    fn to_row(&self) -> SettingsRow {
        let destination = |(number, destination): (&PhoneNumber, &Destination)| DestinationRow {
            number: number.as_str().to_owned(),
            password: destination.password.clone(),
            verified: destination.verified,
            made_ms: destination.made.iter().map(|at| at.millis()).collect(),
            touched_ms: destination.touched.millis(),
        };
        let sandbox = self.sandbox.iter().map(destination).collect();
        SettingsRow { attributes: self.attributes.stored(), sandbox }
    }
}

impl Lane for SettingsLane {
    type Change = Set;
    type Need = Infallible;
    type Supply = Infallible;

    async fn load(arn: &Arn, rows: &Rows) -> Result<Self, StoreError> {
        let row = rows.get(Table::Names, names::key(arn)).await?;
        let settings = row.map(Settings::read).transpose()?.unwrap_or_default();
        Ok(SettingsLane { arn: arn.clone(), settings })
    }

    async fn fetch(need: Infallible, _: &Rows) -> Result<Infallible, StoreError> {
        match need {}
    }

    fn supply(&mut self, supply: Infallible) {
        match supply {}
    }

    fn observe(&mut self, _: Timestamp) {}

    /// Settings that are those of everybody have no row.
    fn write(&self, Set(settings): &Set, batch: &mut Batch) {
        if **settings == Settings::default() {
            names::delete(batch, &self.arn);
        } else {
            names::put(batch, &self.arn, keys::encode(&settings.to_row()));
        }
    }

    fn apply(&mut self, Set(settings): Set) {
        self.settings = *settings;
    }

    /// Nobody waits for settings.
    fn ready(&self) -> Ready {
        Ready::default()
    }

    /// No invariant but what its type says.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Nobody is let in to them from outside.
    fn fact(&self) -> Option<&Arc<Fact>> {
        None
    }
}
