//! Shapes, operations, errors and constraints of the services, generated from the public API models
//! by `cargo xtask codegen`. Only this file is by hand.
//!
//! A service has four modules: `types` (plain structs, each with one `Decode` and one `Encode` for all
//! protocols), `operations` (a type for each that names its input, its output and its model), `errors`
//! and `schemas` (what the model says of names and constraints). A member that the model requires is a
//! plain field: decoding leaves its default where a caller left it out, and [`shape::Validated`] notes
//! that it is missing.

pub mod sns;
pub mod sqs;
pub mod sts;

use shape::ServiceModel;

/// All services, sorted by name.
pub static SERVICES: &[&ServiceModel] = &[&sns::MODEL, &sqs::MODEL, &sts::MODEL];
