//! The headers of a request, as protocols read them.

use hyper::HeaderMap;
use wire::Headers;

/// Hyper's headers.
pub(crate) struct HeaderLines<'a>(pub(crate) &'a HeaderMap);

impl Headers for HeaderLines<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn each(&self, seen: &mut dyn FnMut(&str, &str)) {
        for (name, value) in self.0 {
            if let Ok(value) = value.to_str() {
                seen(name.as_str(), value);
            }
        }
    }
}
