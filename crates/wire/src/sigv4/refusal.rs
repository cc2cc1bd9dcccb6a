//! Why a signature is not accepted.

use std::fmt;

use super::date::{SKEW, SignedAt, written};
use base::Timestamp;

/// Why a signature is not accepted; displayed, it is what the caller reads, in AWS's words.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no signature.
    Missing,
    /// There is something like a signature, and it is not whole or not well-formed.
    Incomplete(String),
    /// A way of signing that is not implemented, by its name.
    Unsupported(String),
    /// The signature is for something else, or is not that of the secret.
    Mismatch(String),
    /// A presigned request came too late.
    Expired,
}

/// What AWS says of a signature that is not that of the secret.
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
    AWS Secret Access Key and signing method. Consult the service documentation for details.";

impl Refusal {
    pub(super) fn incomplete(text: impl Into<String>) -> Self {
        Refusal::Incomplete(text.into())
    }

    /// With what should have been signed: nothing of it is secret, and it is what helps.
    pub(super) fn mismatch(canonical: &str, string_to_sign: &str) -> Self {
        Refusal::Mismatch(format!(
            "{MISMATCH}\n\nThe Canonical String for this request should have been\n'{canonical}'\n\n\
             The String-to-Sign should have been\n'{string_to_sign}'\n"
        ))
    }

    pub(super) fn too_late(signed: &SignedAt, now: Timestamp) -> Self {
        Refusal::Mismatch(format!(
            "Signature expired: {} is now earlier than {} ({} - 15 min.)",
            signed.text,
            written(now - SKEW),
            written(now)
        ))
    }

    pub(super) fn too_early(signed: &SignedAt, now: Timestamp) -> Self {
        Refusal::Mismatch(format!(
            "Signature not yet current: {} is still later than {} ({} + 15 min.)",
            signed.text,
            written(now + SKEW),
            written(now)
        ))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing => f.write_str("Request is missing Authentication Token"),
            Refusal::Expired => f.write_str("Request has expired."),
            Refusal::Unsupported(what) => write!(f, "{what} is not implemented."),
            Refusal::Incomplete(text) | Refusal::Mismatch(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Refusal {}
