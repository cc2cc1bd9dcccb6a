//! The HTTP side on real sockets, with a handler that sends back what it was given.

mod arriving;
pub(super) mod certificates;
mod hostile;
mod http2;
mod leaving;
mod limits;
mod listeners;
mod overload;
mod pages;
mod streams;
mod support;
mod tls;
mod unread;
mod websockets;
