//! AWS's policy language: who may do what, with which thing, under which conditions.

mod principal;

pub use principal::{Principal, UnknownPrincipal};
