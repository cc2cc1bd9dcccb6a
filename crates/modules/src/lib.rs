//! All services of the program, in one list: for the program itself, its tests, fuzzing and the benchmark.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use runtime::{Host, Module, Observe, Registry};

/// A service: its module's name, which is also that of its table in the configuration file, and what makes it.
pub type Entry = (&'static str, fn(&Host) -> Result<Module, String>);

/// All services: a new one is a line here.
pub const MODULES: &[Entry] = &[("sns", sns::module), ("sqs", sqs::module), ("sts", sts::module)];

/// Makes all modules, puts them together, and lets them reach each other. `observe` makes what watches the calls
/// between them.
///
/// # Errors
/// A module's settings are wrong, or modules do not go together.
pub fn open(
    host: &Host,
    observe: impl FnOnce(&Arc<Registry>) -> Arc<dyn Observe>,
) -> Result<Arc<Registry>, String> {
    assemble(MODULES, host, observe)
}

fn assemble(
    entries: &[Entry],
    host: &Host,
    observe: impl FnOnce(&Arc<Registry>) -> Arc<dyn Observe>,
) -> Result<Arc<Registry>, String> {
    let modules = entries.iter().map(|(_, module)| module(host));
    let modules = modules.collect::<Result<Vec<Module>, String>>()?;
    let registry = Registry::new(modules).map_err(|conflict| conflict.to_string())?;
    registry.connect(host.node.targets());
    host.calls.bind(&registry, observe(&registry));
    Ok(registry)
}
