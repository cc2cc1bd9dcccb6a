//! The foundation of all other crates: names, time, randomness and slots.
//!
//! Nothing here is asynchronous and nothing touches the disk or the network. Two modules are the only
//! ones of the program that may ask the operating system: [`clock`] for the time and [`random`] for
//! random numbers. `clippy.toml` bans both everywhere else.

pub mod arn;
pub mod clock;
pub mod deadline;
pub mod id;
pub mod place;
pub mod random;
mod secret;
pub mod time;

pub use arn::{AccountId, Arn, Region};
pub use clock::Clock;
pub use id::Incarnation;
pub use place::{SLOTS, SlotId};
pub use random::Random;
pub use secret::Secret;
pub use time::{Span, Timestamp};
