//! The settings of an account about text messages in a region, as records: nobody is sent any.
//!
//! **How it is kept.** One small lane an account and region; all that it has stands in the row of its name: six
//! attributes and ten phone numbers at most.
//!
//! **The sandbox.** Every account is in it. A phone number is verified with a one-time password that AWS would send
//! to it; here it stands on an operators' page ([`page`]), because there is nobody to send it.
//!
//! **Opting out.** People opt out by answering to a message. There are no messages, so nobody has opted out.

pub(crate) mod attributes;
pub(crate) mod lane;
pub(crate) mod page;
pub(crate) mod phone_number;
pub(crate) mod sandbox;
#[cfg(test)]
mod tests;

pub(crate) use lane::SettingsLane;
pub(crate) use phone_number::PhoneNumber;
