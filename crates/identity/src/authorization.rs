//! Authorization of a caller: enforced with an authority, or not enforced at all.

use std::net::IpAddr;
use std::sync::Arc;

use base::Timestamp;
use policy::Document;

/// How a caller's requests are authorized.
#[derive(Clone, Debug, PartialEq)]
pub enum Authorization {
    /// Everything is allowed: the program was started without signatures.
    NotEnforced(NotEnforced),
    /// What the authority and the resources' policies allow.
    Enforced(Arc<Authority>),
}

/// The decision that nothing is enforced. It is made once, where `--auth none` is read, and handed on from there:
/// a value that has to be passed on purpose, never the absence of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotEnforced(());

/// Whether callers must prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcement {
    /// They must sign.
    Required,
    /// They are taken at their word.
    NotRequired(NotEnforced),
}

/// The policies of a caller, and the circumstances of its request.
#[derive(Clone, Debug, PartialEq)]
pub struct Authority {
    /// The policies of the user or of the session's role. An account's root has none and needs none.
    pub policies: Vec<Arc<Document>>,
    /// The policy that was given with temporary credentials; without one they are not limited further.
    pub session: Option<Arc<Document>>,
    /// The address that the request came from; none for a call from inside the program.
    pub peer: Option<IpAddr>,
    /// Whether it came over TLS, or never left the program.
    pub is_secure: bool,
    /// When it came.
    pub at: Timestamp,
    /// What the client calls itself.
    pub user_agent: Option<Box<str>>,
    /// The page that it says it comes from.
    pub referer: Option<Box<str>>,
    /// The resource on whose behalf a service calls: `aws:SourceArn` and `aws:SourceAccount`.
    pub source: Option<base::Arn>,
}

impl NotEnforced {
    /// Decides that nothing is enforced. Only the configuration of a node may say so.
    pub fn declare() -> Self {
        NotEnforced(())
    }
}

impl Authority {
    /// A call from inside the program, with no policies.
    pub fn internal(at: Timestamp) -> Self {
        Authority {
            policies: Vec::new(),
            session: None,
            peer: None,
            is_secure: true,
            at,
            user_agent: None,
            referer: None,
            source: None,
        }
    }
}
