//! Pages of a module for operators: what AWS's operations cannot show.

use futures::future::BoxFuture;

/// A request for a page below `/_millpond/<name>/`. Pages only read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// The parts of the path behind the page's name, decoded.
    pub path: Vec<String>,
    /// The parameters of the query string, decoded.
    pub query: Vec<(String, String)>,
}

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPage {
    /// There is no such thing; the text says what.
    NotFound(String),
    /// The request makes no sense; the text says why.
    Invalid(String),
    /// Not now; the text says why.
    Unavailable(String),
}

/// The names of the program's own pages, which no module may take.
pub const PROGRAM_PAGES: [&str; 8] =
    ["clock", "facts", "faults", "health", "jobs", "metrics", "reset", "version"];

/// A JSON document, or why there is none.
pub type PageAnswer = Result<String, NoPage>;

/// Makes a page.
pub(crate) type MakePage = Box<dyn Fn(PageRequest) -> BoxFuture<'static, PageAnswer> + Send + Sync>;

impl PageRequest {
    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}
