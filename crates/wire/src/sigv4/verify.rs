//! Whether what a request says of its signature holds.

use base::{Secret, Timestamp};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::date::SKEW;
use super::key::{SigningKey, SigningKeys};
use super::{ALGORITHM, Claim, Refusal, Signed, TERMINATOR, canonical};

impl Claim {
    /// Whether it is a claim for this service, at this time, and covers what it must. Done first: it
    /// needs no secret and costs nothing.
    pub fn check(
        &self,
        request: &Signed<'_>,
        service: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if self.scope.service != service {
            return Err(Refusal::Mismatch(format!(
                "Credential should be scoped to correct service: '{service}'."
            )));
        }
        if self.scope.day != self.signed_at.day() {
            return Err(Refusal::Mismatch(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                 '{}' != '{}', from '{}'.",
                self.scope.day,
                self.signed_at.day(),
                self.signed_at.text
            )));
        }
        self.check_time(now)?;
        self.check_headers(request)?;
        check_payload(request)
    }

    /// Whether the signature is that of a secret. Compared in constant time.
    pub fn verify(
        &self,
        request: &Signed<'_>,
        secret: &Secret,
        keys: &SigningKeys,
    ) -> Result<(), Refusal> {
        let found = keys.find(&self.scope, secret);
        let is_new = found.is_none();
        let key = found.unwrap_or_else(|| SigningKey::derive(secret, &self.scope));
        let (canonical, string_to_sign) = self.to_sign(request);
        if key.over(&string_to_sign).verify_slice(&self.signature).is_err() {
            return Err(Refusal::mismatch(&canonical, &string_to_sign));
        }
        if is_new {
            keys.keep(&self.scope, secret, key);
        }
        Ok(())
    }

    /// The signature that the request should have, with the parts that it names.
    pub fn signature(&self, request: &Signed<'_>, secret: &Secret) -> [u8; 32] {
        let (_, string_to_sign) = self.to_sign(request);
        let mac: Hmac<Sha256> = SigningKey::derive(secret, &self.scope).over(&string_to_sign);
        mac.finalize().into_bytes().into()
    }

    /// The canonical request and the string to sign.
    fn to_sign(&self, request: &Signed<'_>) -> (String, String) {
        let names: Vec<&str> = self.signed_headers.split(';').collect();
        let canonical = canonical::request(request, &names);
        let scope = &self.scope;
        let string_to_sign = format!(
            "{ALGORITHM}\n{}\n{}/{}/{}/{TERMINATOR}\n{}",
            self.signed_at.text,
            scope.day,
            scope.region,
            scope.service,
            canonical::sha256_hex(canonical.as_bytes())
        );
        (canonical, string_to_sign)
    }

    /// A presigned request is good from a quarter of an hour before its date until it expires.
    fn check_time(&self, now: Timestamp) -> Result<(), Refusal> {
        let signed = &self.signed_at;
        if signed.at > now + SKEW {
            return Err(Refusal::too_early(signed, now));
        }
        match self.expires {
            Some(expires) if now > signed.at + expires => Err(Refusal::Expired),
            None if signed.at + SKEW < now => Err(Refusal::too_late(signed, now)),
            _ => Ok(()),
        }
    }

    /// The host must be signed, and every `x-amz-` header that is there: each may change what the
    /// request means. A session token need not: it is sealed itself.
    fn check_headers(&self, request: &Signed<'_>) -> Result<(), Refusal> {
        let is_signed = |name: &str| self.signed_headers.split(';').any(|signed| signed == name);
        let must_be = |name: &str| {
            Refusal::Mismatch(format!(
                "'{name}' must be a 'SignedHeader' in the AWS Authorization."
            ))
        };
        if !is_signed("host") {
            return Err(must_be("Host"));
        }
        let mut unsigned = None;
        request.headers.each(&mut |name, _| {
            let counts = name.starts_with("x-amz-") && name != "x-amz-security-token";
            if counts && unsigned.is_none() && !is_signed(name) {
                unsigned = Some(must_be(name));
            }
        });
        unsigned.map_or(Ok(()), Err)
    }
}

/// The body's hash is always computed here, so what the request says of it needs no comparison: the
/// signature is wrong when that is wrong. Words instead of a hash would leave the body open.
fn check_payload(request: &Signed<'_>) -> Result<(), Refusal> {
    match request.headers.get("x-amz-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => Err(Refusal::Mismatch(
            "UNSIGNED-PAYLOAD is not accepted: this service's requests are signed with their payload."
                .to_owned(),
        )),
        Some(streaming) if streaming.starts_with("STREAMING-") => {
            Err(Refusal::Unsupported("A payload that is signed in chunks".to_owned()))
        }
        _ => Ok(()),
    }
}
