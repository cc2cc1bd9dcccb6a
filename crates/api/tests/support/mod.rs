//! Values at random, and the clients' half of the protocols.

pub(crate) mod dice;
pub(crate) mod dom;
pub(crate) mod form;
