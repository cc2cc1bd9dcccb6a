//! Platform applications and their endpoints, as records: nothing is pushed to a device.
//!
//! **How it is kept.** A platform application is a lane named by its ARN; all that it is stands in the row of
//! its name, so that a list reads names only. Endpoints are rows of its incarnation, and a second row finds an
//! endpoint by its device token. There may be millions: none is held in memory but the one that a decision
//! has asked for ([`lane::Look`]).
//!
//! **Secrets.** `PlatformCredential` and `PlatformPrincipal` are stored, compared when an application is created
//! again, and never shown nor logged.

pub(crate) mod application;
pub(crate) mod arn;
pub(crate) mod endpoint;
pub(crate) mod keys;
pub(crate) mod lane;
pub(crate) mod platform;
mod reclaim;
pub(crate) mod rows;
#[cfg(test)]
mod tests;

pub(crate) use arn::{ApplicationArn, EndpointArn};
pub(crate) use lane::ApplicationLane;
pub(crate) use platform::Platform;
