//! Files that a service serves to anybody on the main port, beside its protocol: what AWS serves at an
//! address of its own, such as the certificates of SNS's signatures.

use bytes::Bytes;
use futures::future::BoxFuture;

use crate::plan::Trouble;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it is, as in the header `Content-Type`.
    pub content_type: &'static str,
    /// What it says.
    pub body: Bytes,
}

/// A file, none if there is none of that name, or why that is not known.
pub type FileAnswer = Result<Option<File>, Trouble>;

/// Finds the file at a path.
pub(crate) type FindFile = Box<dyn Fn(&str) -> BoxFuture<'static, FileAnswer> + Send + Sync>;
