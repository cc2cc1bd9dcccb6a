//! Amazon SNS.

#[cfg_attr(not(test), expect(dead_code, reason = "deliveries are the first to use it"))]
mod envelope;
#[cfg_attr(not(test), expect(dead_code, reason = "deliveries are the first to use it"))]
mod signing;
