//! AWS Signature Version 4: whether a request was signed with the secret of the access key that it names.
//!
//! Bytes in, a verdict out: the time and the secret are given. [`Claim::read`] finds what a request says of its
//! signature, in its header or, presigned, in its query string; the caller looks up the secret of
//! [`Claim::access_key`]; [`Claim::check`] and [`Claim::verify`] say whether all of it holds. The rules are those
//! of every service but S3: paths are normalised and encoded once more than they were sent, and a body is
//! always covered by the signature.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

mod canonical;
mod claim;
mod date;
mod key;
mod refusal;
#[cfg(test)]
mod tests;
mod verify;

pub use base::Secret;
pub use claim::Claim;
pub use key::{SigningKey, SigningKeys};
pub use refusal::Refusal;

use crate::codec::Headers;

/// The algorithm, as requests name it.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What every scope ends with.
const TERMINATOR: &str = "aws4_request";

/// What a signature covers.
#[derive(Clone, Copy)]
pub struct Signed<'a> {
    /// The HTTP method, in capitals.
    pub method: &'a str,
    /// The path, percent-encoded as it came.
    pub path: &'a str,
    /// The query string without its question mark, as it came.
    pub query: &'a str,
    /// The host that HTTP/2 has outside the headers; used where there is no `Host`.
    pub authority: Option<&'a str>,
    /// The headers.
    pub headers: &'a dyn Headers,
    /// The body as it was sent: compressed, if it was sent so.
    pub body: &'a [u8],
}
