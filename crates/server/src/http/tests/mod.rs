//! The HTTP side on real sockets, with a handler that sends back what it was given.

mod arriving;
pub(super) mod certificates;
mod leaving;
mod limits;
mod pages;
mod support;
mod tls;
