//! What turns decisions into durable facts.
//!
//! A service decides; this crate does the rest. [`Lanes`] finds the one writer of a thing, applies
//! what was decided and hands the rows to the store, all under one short lock; the answer leaves when the
//! newest commit that the decision saw is durable. Time that passes is [`due`], waiting for something
//! to arrive is inside [`Lanes::enter`], and [`Service`] is the list of operations that a protocol or
//! another service can call.
//!
//! Services send things to each other's resources through [`delivery`].
//!
//! A room that comes with its first tenant: `calls` (run an operation by name).

mod access;
mod alarm;
mod attend;
mod authorize;
mod caller;
mod cell;
mod circumstances;
pub mod delivery;
pub mod due;
pub mod errands;
mod facts;
pub mod faults;
mod fetching;
mod file;
mod identity;
mod index;
mod lane;
mod lanes;
pub mod names;
mod node;
mod page;
mod plan;
pub mod reclaim;
pub mod refs;
mod service;
mod slots;

mod tasks;
mod timers;
pub mod upkeep;

pub use access::{Access, Reach};
pub use authorize::{Authority, Unauthorized, authorize, not_signed};
pub use caller::Caller;
pub use circumstances::Circumstances;
pub use facts::{Fact, Facts};
pub use file::{File, FileAnswer};
pub use identity::{Session, unique_id};
pub use lane::{Lane, Ready, Rows};
pub use lanes::Lanes;
pub use node::{Node, Parts, Quotas};
pub use page::{NoPage, PageAnswer, PageRequest};
pub use plan::{Decision, Moment, Plan, Trouble};
pub use policy::Principal;
pub use service::{Answer, Call, Registry, Rejected, Service, Started};
pub use slots::{Owned, Slots};
pub use tasks::Tasks;
pub use timers::Timers;
