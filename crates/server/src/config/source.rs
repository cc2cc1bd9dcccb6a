//! Reading the file again.

use super::settings::{AuthKind, Settings};
use super::{Auth, Callers, Config, file, resolve};

/// What was given beside the file, and which file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source(Box<Settings>);

impl Source {
    /// Where a configuration came from; none without a file. Whether signatures are required, and whose keys
    /// without an account are, does not change any more.
    pub(super) fn new(given: Settings, config: &Config) -> Option<Source> {
        given.config.as_ref()?;
        let auth = match config.auth {
            Auth::None => AuthKind::None,
            Auth::SigV4(_) => AuthKind::SigV4,
        };
        let pinned = Settings { auth: Some(auth), account: Some(config.account), ..given };
        Some(Source(Box::new(pinned)))
    }

    /// Who may call, as the file says it now; the error says what is wrong with it.
    pub(crate) fn callers(&self) -> Result<Callers, String> {
        resolve::callers(&mut file::under((*self.0).clone())?)
    }
}

/// Who may call where the file is used, whether signatures are required there or not; none without a file.
pub(super) fn callers(given: Settings) -> Result<Option<Box<Callers>>, String> {
    if given.config.is_none() {
        return Ok(None);
    }
    let mut settings = Settings { auth: None, ..file::under(given)? };
    resolve::callers(&mut settings).map(Box::new).map(Some)
}
