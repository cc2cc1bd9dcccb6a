//! Settings of a module: a table of its own in the configuration file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A module's table, as it was written.
pub type Table = serde_json::Map<String, serde_json::Value>;

/// No settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The tables of the configuration file, by the modules' names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, Table>);

impl Settings {
    /// These tables.
    pub fn new(tables: BTreeMap<String, Table>) -> Self {
        Settings(tables)
    }

    /// A module's settings, all of them at their defaults where there is no table. `T` denies unknown fields.
    ///
    /// # Errors
    /// The text says which table, which key, and what is wrong with it.
    pub fn of<T: DeserializeOwned>(&self, module: &str) -> Result<T, String> {
        let table = self.0.get(module).cloned().unwrap_or_default();
        let read = T::deserialize(serde_json::Value::Object(table));
        read.map_err(|error| format!("in [{module}]: {error}"))
    }

    /// Refuses a table of a module that has no settings.
    ///
    /// # Errors
    /// It has a key: the text says which.
    pub fn none_of(&self, module: &str) -> Result<(), String> {
        self.of::<Nothing>(module).map(|Nothing {}| ())
    }

    /// The names of the tables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
