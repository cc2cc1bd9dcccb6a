//! `cargo xtask tidy`: the house rules that no compiler knows.
//!
//! Who may use whom, how long a file and a function may be, what must not stand in the code, and
//! under which licences the code of others comes. Each rule says what it found, where, and why the
//! rule is there.

mod code;
mod files;
mod layers;
mod licences;
mod metadata;
mod text;

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail, ensure};

use self::files::Source;
use self::metadata::Metadata;

/// One rule broken in one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Broken {
    /// A file, or a package.
    place: String,
    /// Its line, where there is one.
    line: Option<usize>,
    /// What is wrong and what to do instead.
    what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.place, self.what),
            None => write!(f, "{}: {}", self.place, self.what),
        }
    }
}

/// Where the checks write what they find.
#[derive(Debug, Default)]
struct Findings(Vec<Broken>);

impl Findings {
    fn at_line(&mut self, place: &str, line: usize, what: impl Into<String>) {
        self.0.push(Broken { place: place.into(), line: Some(line), what: what.into() });
    }

    fn at(&mut self, place: &str, what: impl Into<String>) {
        self.0.push(Broken { place: place.into(), line: None, what: what.into() });
    }
}

/// Checks everything; fails when anything is found.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    ensure!(arguments.is_empty(), "usage: cargo xtask tidy");
    let mut findings = Findings::default();
    let metadata = Metadata::read()?;
    layers::check(&metadata, &mut findings);
    licences::check(&metadata, &mut findings);
    let sources = files::all()?;
    for source in &sources {
        check_source(source, &mut findings);
    }
    for expected in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"] {
        if !crate::root().join(expected).exists() {
            findings.at(expected, "is missing");
        }
    }
    findings.0.sort();
    for broken in &findings.0 {
        println!("{broken}");
    }
    match findings.0.len() {
        0 => println!("tidy: {} files, {} packages", sources.len(), metadata.packages.len()),
        number => bail!("{number} places break the rules of the house"),
    }
    Ok(())
}

fn check_source(source: &Source, findings: &mut Findings) {
    text::check(source, findings);
    if Path::new(&source.path).extension().is_some_and(|extension| extension == "rs") {
        code::check(source, findings);
    }
}
