//! Refusals of callers that do not prove who they are, as AWS says them.
//!
//! Query's codes and statuses are those of
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html>; JSON has names of its own for
//! some of them, and the same statuses.

use identity::NoCredentials;
use shape::Fault;
use wire::sigv4;

/// Why somebody is not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The signature is not accepted.
    Signature(sigv4::Refusal),
    /// The access key, or the session token, is nobody's.
    UnknownKey,
    /// The temporary credentials have ended.
    ExpiredToken,
}

impl From<sigv4::Refusal> for Refusal {
    fn from(refusal: sigv4::Refusal) -> Self {
        Refusal::Signature(refusal)
    }
}

impl From<NoCredentials> for Refusal {
    fn from(none: NoCredentials) -> Self {
        match none {
            NoCredentials::Unknown => Refusal::UnknownKey,
            NoCredentials::Expired => Refusal::ExpiredToken,
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        use sigv4::Refusal as Signature;
        match refusal {
            Refusal::UnknownKey => Fault::common(
                "InvalidClientTokenId",
                403,
                "The security token included in the request is invalid.",
            )
            .named("UnrecognizedClientException"),
            Refusal::ExpiredToken => Fault::common(
                "ExpiredToken",
                403,
                "The security token included in the request is expired",
            )
            .named("ExpiredTokenException"),
            Refusal::Signature(Signature::Missing) => runtime::not_signed(),
            Refusal::Signature(Signature::Unsupported(what)) => Fault::not_implemented(&what),
            Refusal::Signature(refusal) => {
                let (code, status, name) = match &refusal {
                    Signature::Incomplete(_) => {
                        ("IncompleteSignature", 400, "IncompleteSignatureException")
                    }
                    Signature::Expired => ("RequestExpired", 400, "RequestExpired"),
                    Signature::Mismatch(_) | Signature::Unsupported(_) | Signature::Missing => {
                        ("SignatureDoesNotMatch", 403, "InvalidSignatureException")
                    }
                };
                Fault::common(code, status, refusal.to_string()).named(name)
            }
        }
    }
}
