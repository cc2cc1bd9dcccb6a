//! Modules that do not go together.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::module::Module;
use crate::page::PROGRAM_PAGES;

/// The reason why modules cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Conflict {
    /// Something is there twice.
    #[error("the {what} {name} is there twice: in the module {first} and in the module {second}")]
    Twice {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
        /// The module that has it.
        first: &'static str,
        /// The module that has it too; perhaps the same one.
        second: &'static str,
    },
    /// A page is called as one of the program's own.
    #[error("the module {module} must not have the page {page}: it is one of the program's own")]
    ProgramPage {
        /// The module.
        module: &'static str,
        /// The page.
        page: &'static str,
    },
    /// A metric does not say whose it is.
    #[error("the metric {metric} of the module {module} must begin with {module}_")]
    ForeignMetric {
        /// The module.
        module: &'static str,
        /// The metric.
        metric: &'static str,
    },
}

/// Names that have been seen, of things of one kind.
struct Names {
    what: &'static str,
    seen: BTreeMap<String, &'static str>,
}

impl Names {
    fn of(what: &'static str) -> Self {
        Names { what, seen: BTreeMap::new() }
    }

    fn add(&mut self, name: impl Into<String>, module: &Module) -> Result<(), Conflict> {
        let name = name.into();
        match self.seen.insert(name.clone(), module.name) {
            None => Ok(()),
            Some(first) => {
                Err(Conflict::Twice { what: self.what, name, first, second: module.name })
            }
        }
    }
}

/// Refuses modules that do not go together.
pub(super) fn check(modules: &[Module]) -> Result<(), Conflict> {
    check_names(modules)?;
    check_operations(modules)?;
    check_pages(modules)?;
    check_files(modules)?;
    check_metrics(modules)
}

/// A module's name is also that of its table in the configuration file.
fn check_names(modules: &[Module]) -> Result<(), Conflict> {
    let mut names = Names::of("module");
    let mut arns = Names::of("service of ARNs");
    for module in modules {
        names.add(module.name, module)?;
        for arn in &module.arns {
            arns.add(*arn, module)?;
        }
    }
    Ok(())
}

fn check_operations(modules: &[Module]) -> Result<(), Conflict> {
    let (mut services, mut operations) = (Names::of("service"), Names::of("operation"));
    for module in modules {
        for service in &module.services {
            services.add(service.model.name, module)?;
            for (operation, _) in &service.list {
                operations.add(format!("{}:{operation}", service.model.name), module)?;
            }
        }
    }
    Ok(())
}

fn check_pages(modules: &[Module]) -> Result<(), Conflict> {
    let mut pages = Names::of("page");
    for module in modules {
        for (page, _) in &module.pages {
            if PROGRAM_PAGES.contains(page) {
                return Err(Conflict::ProgramPage { module: module.name, page });
            }
            pages.add(*page, module)?;
        }
    }
    Ok(())
}

/// A path must lead to one module: no prefix may begin with another one.
fn check_files(modules: &[Module]) -> Result<(), Conflict> {
    let of = |module: &'_ Module| {
        let module = module.name;
        move |(prefix, _): &(&'static str, _)| (*prefix, module)
    };
    let mut prefixes: Vec<_> =
        modules.iter().flat_map(|module| module.files.iter().map(of(module))).collect();
    prefixes.sort_unstable();
    for pair in prefixes.windows(2) {
        let [(shorter, first), (longer, second)] = pair else { continue };
        if longer.starts_with(shorter) {
            let (first, second) = (*first, *second);
            let name = (*longer).to_owned();
            return Err(Conflict::Twice { what: "file path", name, first, second });
        }
    }
    Ok(())
}

fn check_metrics(modules: &[Module]) -> Result<(), Conflict> {
    let mut metrics = Names::of("metric");
    for module in modules {
        for metric in &module.metrics {
            let rest = metric.name.strip_prefix(module.name);
            if !rest.is_some_and(|rest| rest.starts_with('_')) {
                return Err(Conflict::ForeignMetric { module: module.name, metric: metric.name });
            }
            metrics.add(metric.name, module)?;
        }
    }
    Ok(())
}
