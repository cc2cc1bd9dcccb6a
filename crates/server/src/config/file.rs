//! The settings file.

use std::path::Path;

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
    let mut settings: Settings =
        toml::from_str(text).map_err(|error| format!("in {}: {error}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let keys = settings.keys.take();
    settings.keys = keys.map(|keys| keys.into_iter().map(|key| key.beside(folder)).collect());
    let roles = settings.roles.take();
    settings.roles = roles.map(|roles| roles.into_iter().map(|role| role.beside(folder)).collect());
    Ok(settings)
}
