//! The rules for patterns of AWS's documentation, case by case, for a pattern alone and for the matcher.

mod naive;
mod operators;
mod random;
mod refusals;
mod support;
