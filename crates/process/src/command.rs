//! A child to be started.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::limits::Limits;
use crate::spec::Spec;

/// A program, its arguments, and everything that it gets from this one: nothing is inherited.
#[derive(Clone, Debug)]
pub struct Command {
    spec: Spec,
}

impl Command {
    /// Runs the program at an absolute path, in the folder `/`, with an empty environment.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let program = program.into().into_os_string();
        let (arguments, environment) = (Vec::new(), Vec::new());
        let limits = Limits::default();
        Command { spec: Spec { program, arguments, environment, folder: "/".into(), limits } }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.spec.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Adds a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.spec.environment.push((name.into(), value.into()));
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.spec.folder = folder.into().into_os_string();
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.spec.limits = limits;
        self
    }

    pub(crate) fn into_spec(self) -> Spec {
        self.spec
    }
}
