//! AWS's policy language: who may do what, with which thing, under which conditions.
//!
//! A [`Document`] is read and compiled once; [`evaluate`] says whether a [`Request`] is allowed by the
//! [`Policies`] that apply to it, and [`explain`] how that came about. Everything here is a function of its
//! arguments: no clock, no I/O. What a request is like comes from a [`Context`], which is asked only for the
//! keys that policies name.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html>

mod condition;
mod context;
mod document;
mod evaluate;
mod explain;
mod json;
mod malformed;
mod pattern;
mod permission;
mod principal;
mod statement;
mod template;
#[cfg(test)]
mod tests;
mod who;

pub use context::{Context, Keys, Values};
pub use document::{Document, Kind};
pub use evaluate::{Denial, Policies, Request, Verdict, evaluate};
pub use explain::{Explanation, Judged, Miss, explain};
pub use malformed::Malformed;
pub use pattern::{Case, Pattern};
pub use permission::{LabelTaken, Permission, Revoked, revoke};
pub use principal::{Principal, UnknownPrincipal};
pub use statement::{Effect, Statement};
