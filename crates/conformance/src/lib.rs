//! Values at random and the clients' half of the protocols: every shape of every service is written and read
//! again in every protocol that its service speaks.
//!
//! Tests only. The services that the program serves are tried here; `cargo xtask test --only models` does
//! the same with all that are known.

mod check;
mod dice;
mod dom;
mod form;
pub mod schemas;

pub use check::{error_round_trip, round_trip, survive};
