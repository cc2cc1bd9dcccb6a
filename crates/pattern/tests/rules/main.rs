//! What AWS's documentation says about patterns, case by case, and the matcher beside it.

mod naive;
mod operators;
mod random;
mod refusals;
mod support;
