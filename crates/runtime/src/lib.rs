//! What turns decisions into durable facts.
//!
//! A service decides; this crate does the rest. [`Lanes`] finds the one writer of a thing, applies
//! what was decided and hands the rows to the store, all under one short lock; the answer leaves when the
//! newest commit that the decision saw is durable. Time that passes brings [`jobs`], waiting for something
//! to arrive is inside [`Lanes::enter`], and [`Service`] is the list of operations that a protocol or
//! another service can call.
//!
//! A service is one value, a [`Module`]; [`Registry`] is all of them, checked. Services send things to each other's
//! resources through [`delivery`], and run each other's operations through [`Calls`].

mod access;
mod activity;
mod alarm;
mod attend;
mod authorize;
mod backoff;
mod call;
mod calls;
mod cell;
pub mod delivery;
mod facts;
pub mod faults;
mod fetching;
mod file;
mod index;
mod invariants;
pub mod jobs;
mod lane;
mod lanes;
mod module;
pub mod names;
mod node;
mod page;
mod plan;
pub mod reclaim;
pub mod refs;
mod registry;
pub mod secret;
mod service;
mod slots;
mod subscription;
mod tasks;
mod timers;
pub mod upkeep;
pub mod workers;

pub use access::{Access, Reach};
pub use authorize::{Unauthorized, authorize, not_signed};
pub use call::{Answer, Call, Chain, Rejected, Started};
pub use calls::{Calls, Invocation, Observe, Observed, Told, Unobserved};
pub use facts::{Fact, Facts};
pub use file::{File, FileAnswer};
pub use identity::{Authority, Authorization, Caller, Session, unique_id};
pub use lane::{Lane, LogEnd, Ready, Rows};
pub use lanes::Lanes;
pub use module::{Host, Metric, Module, Port, Settings, Table};
pub use node::{Node, Parts, Quotas};
pub use page::{NoPage, PROGRAM_PAGES, PageAnswer, PageRequest};
pub use plan::{Decision, Moment, Plan, Trouble};
pub use policy::Principal;
pub use registry::{Conflict, Registry};
pub use service::Service;
pub use slots::{Owned, Slots};
pub use subscription::{Durable, Subscription};
pub use tasks::Tasks;
pub use timers::Timers;
