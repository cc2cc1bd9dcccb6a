//! Whatever reads bytes of others, fed with bytes that nobody meant.
//!
//! A [`Target`] takes bytes and must not panic; where something must hold of what it read, it checks that
//! too. The same targets run in two ways: under libFuzzer (`fuzz/`, with a nightly toolchain and `cargo fuzz`),
//! and by chance alone (`campaign.rs`: the tests here, and `cargo xtask fuzz`) with any toolchain. Both begin
//! with the samples in `fuzz/corpus/<target>`.
//!
//! Readers that are private to their crates have randomised tests there: compressed bodies, configuration and
//! whole requests in the server, timestamps in `wire`, journals in `store`. What is private to a service is
//! reached here through its operations (`service`) and its stored rows (`rows`).

pub mod campaign;
pub mod corpus;
pub mod mutate;
pub mod targets;

/// Something that reads.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name: of its folder in the corpus and of its file in `fuzz/fuzz_targets`.
    pub name: &'static str,
    /// Reads; panics only where there is a mistake.
    pub run: fn(&[u8]),
    /// How many executions the test makes: some are slower than others.
    pub executions: usize,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "archive", run: targets::archive::run, executions: 2_000 },
    Target { name: "cbor", run: targets::cbor::run, executions: 6_000 },
    Target { name: "json", run: targets::json::run, executions: 6_000 },
    Target { name: "names", run: targets::names::run, executions: 6_000 },
    Target { name: "policy", run: targets::policy::run, executions: 3_000 },
    Target { name: "query", run: targets::query::run, executions: 4_000 },
    Target { name: "route", run: targets::route::run, executions: 400 },
    Target { name: "rows", run: targets::rows::run, executions: 150 },
    Target { name: "service", run: targets::service::run, executions: 800 },
    Target { name: "xml", run: targets::xml::run, executions: 4_000 },
];
