//! Identity: principals, credentials, policies, roles and sessions.
//!
//! A [`Provider`] knows users, access keys and roles: the program's configuration is one, a service that owns users
//! is another. [`Identity`] asks them, issues temporary credentials, and says who may assume which role;
//! [`Authenticator`] makes callers of proven credentials. Nothing here reads a clock or touches the disk.
//!
//! **There is no public way to a caller that may do everything.** A [`Caller`] is made of proven credentials, of a
//! role whose trust policy lets its caller in, or with no policies at all. That nothing is enforced is a value of
//! its own ([`NotEnforced`]), declared in one place and passed on.

mod assume;
mod authenticator;
mod authorization;
mod caller;
mod identity;
mod provider;
mod request_context;
mod role;
mod session;
mod sessions;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod unique_id;

pub use assume::{AssumeForService, AssumeRole, Assumed, NotAssumed};
pub use authenticator::{Authenticator, Candidate, NoCredentials};
pub use authorization::{Authority, Authorization, Enforcement, NotEnforced};
pub use caller::{Caller, Claimed, Particulars};
pub use identity::Identity;
pub use policy::Principal;
pub use provider::{AccessKey, Provider};
pub use request_context::RequestContext;
pub use role::Role;
pub use session::Session;
pub use sessions::{Issued, Sessions, account_of};
pub use unique_id::unique_id;
