//! Callers of proven credentials.

use std::sync::Arc;

use base::{Secret, Timestamp};
use policy::{Document, Kind, Principal};

use crate::authorization::{Authority, Authorization, NotEnforced};
use crate::caller::{Caller, Claimed};
use crate::identity::Identity;
use crate::session::Session;
use crate::sessions::Opened;

/// Makes callers of credentials. The program's edge has it, services do not: they have [`Identity`].
pub struct Authenticator(Arc<Identity>);

/// Somebody who names credentials, and has yet to prove that they are its own.
pub struct Candidate {
    principal: Principal,
    policies: Vec<Arc<Document>>,
    session: Option<Session>,
    secret: Secret,
}

/// Why credentials are good for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCredentials {
    /// The access key, or the session token, is nobody's.
    Unknown,
    /// The temporary credentials have ended.
    Expired,
}

impl Authenticator {
    /// An authenticator over these identities.
    pub fn new(identity: Arc<Identity>) -> Self {
        Authenticator(identity)
    }

    /// The holder of an access key, of a temporary one if there is a session token.
    ///
    /// Temporary credentials are good until they end, or until whoever they were issued for is not known any more.
    /// Those that were given to somebody who did not have to prove anything are nothing.
    pub fn candidate(
        &self,
        access_key: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Candidate, NoCredentials> {
        let Some(token) = token else { return self.long_term(access_key) };
        let opened = self.0.sessions.open(access_key, token).ok_or(NoCredentials::Unknown)?;
        let Opened { principal, session, is_proven } = opened;
        let policies = self.0.policies(&principal).filter(|_| is_proven);
        let policies = policies.ok_or(NoCredentials::Unknown)?;
        if session.expires <= now {
            return Err(NoCredentials::Expired);
        }
        let secret = Secret::new(self.0.sessions.secret(access_key));
        Ok(Candidate { principal, policies, session: Some(session), secret })
    }

    fn long_term(&self, access_key: &str) -> Result<Candidate, NoCredentials> {
        let key = self.0.access_key(access_key).ok_or(NoCredentials::Unknown)?;
        let policies = self.0.policies(&key.principal).ok_or(NoCredentials::Unknown)?;
        Ok(Candidate { principal: key.principal, policies, session: None, secret: key.secret })
    }

    /// A caller taken at its word. Temporary credentials that were issued here are their holder's, whoever uses
    /// them and however long ago they ended.
    pub fn trusted(
        &self,
        not_enforced: NotEnforced,
        claimed: Claimed,
        token: Option<&str>,
    ) -> Caller {
        let key = claimed.access_key.as_deref().zip(token);
        match key.and_then(|(key, token)| self.0.sessions.open(key, token)) {
            None => Caller::trusted(not_enforced, claimed),
            Some(Opened { principal, session, .. }) => Caller::new(
                claimed.with(principal, Some(session)),
                Authorization::NotEnforced(not_enforced),
            ),
        }
    }
}

impl Candidate {
    /// The secret that a proof is checked with.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The caller, once a signature has proven that the candidate has the secret. Of the authority, the
    /// circumstances count.
    ///
    /// # Errors
    /// The session's policy cannot be read any more: it limits to nothing.
    pub fn proven(self, claimed: Claimed, authority: Authority) -> Result<Caller, NoCredentials> {
        let session = self.session.as_ref().and_then(|session| session.policy.as_deref());
        let session = session.map(|text| Document::parse(Kind::Session, text)).transpose();
        let session = session.map_err(|_| NoCredentials::Unknown)?.map(Arc::new);
        let authority = Authority { policies: self.policies, session, ..authority };
        let particulars = claimed.with(self.principal, self.session);
        Ok(Caller::new(particulars, Authorization::Enforced(Arc::new(authority))))
    }
}
