//! The settings file.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::de::{DeTable, Error, ValueDeserializer};

use super::settings::Settings;

/// These settings over those of the file that they name, if they name one.
pub(super) fn under(settings: Settings) -> Result<Settings, String> {
    let Some(path) = settings.config.clone() else { return Ok(settings) };
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    parse(&text, &path).map(|file| settings.over(file))
}

/// The settings in a file's text; the error names the file, the line and the key.
pub(super) fn parse(text: &str, path: &Path) -> Result<Settings, String> {
    let mut settings = read(text).map_err(|mut error| {
        error.set_input(Some(text));
        format!("in {}: {error}", path.display())
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let keys = settings.keys.take();
    settings.keys = keys.map(|keys| keys.into_iter().map(|key| key.beside(folder)).collect());
    let roles = settings.roles.take();
    settings.roles = roles.map(|roles| roles.into_iter().map(|role| role.beside(folder)).collect());
    Ok(settings)
}

/// The tables that are called as modules are the modules' own, who read them when they are made.
fn read(text: &str) -> Result<Settings, Error> {
    let mut file = DeTable::parse(text)?;
    let mut tables = BTreeMap::new();
    for (module, _) in modules::MODULES {
        if let Some(table) = file.get_mut().remove(*module) {
            let table = runtime::Table::deserialize(ValueDeserializer::from(table))?;
            tables.insert((*module).to_owned(), table);
        }
    }
    let settings = Settings::deserialize(toml::Deserializer::from(file))?;
    Ok(Settings { modules: Some(runtime::Settings::new(tables)), ..settings })
}
