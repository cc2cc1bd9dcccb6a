//! What a request says of its signature.

use std::borrow::Cow;

use base::{Region, Span};
use percent_encoding::percent_decode_str;

use super::date::SignedAt;
use super::key::Scope;
use super::{ALGORITHM, Refusal, Signed, TERMINATOR};

/// What a request says of its signature: read, and not yet believed.
#[derive(Clone, Debug)]
pub struct Claim {
    pub(super) scope: Scope,
    pub(super) region: Region,
    pub(super) token: Option<String>,
    pub(super) signed_at: SignedAt,
    pub(super) signed_headers: String,
    pub(super) signature: [u8; 32],
    /// How long it is good, if it is presigned.
    pub(super) expires: Option<Span>,
}

/// The parts of a signature as texts, wherever they stand.
#[derive(Default)]
struct Parts<'a> {
    credential: Option<Cow<'a, str>>,
    signed_headers: Option<Cow<'a, str>>,
    signature: Option<Cow<'a, str>>,
    date: Option<Cow<'a, str>>,
    token: Option<Cow<'a, str>>,
    expires: Option<Cow<'a, str>>,
}

/// The longest time for which a request can be presigned: seven days.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html>
const LONGEST: u64 = 604_800;

impl Claim {
    /// Reads what a request says of its signature.
    pub fn read(request: &Signed<'_>) -> Result<Claim, Refusal> {
        let is_presigned;
        let parts = match request.headers.get("authorization") {
            Some(line) => {
                is_presigned = false;
                of_header(line, request)?
            }
            None => {
                is_presigned = true;
                of_query(request.query)?
            }
        };
        let expires = if is_presigned { Some(expires(parts.expires.as_deref())?) } else { None };
        claim(parts, is_presigned, expires)
    }

    /// Who says to have signed.
    pub fn access_key(&self) -> &str {
        &self.scope.access_key
    }

    /// For which region.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The session token, which belongs to temporary credentials.
    pub fn session_token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

/// The parts in an `Authorization` header.
fn of_header<'a>(line: &'a str, request: &Signed<'a>) -> Result<Parts<'a>, Refusal> {
    let (algorithm, rest) = line.trim().split_once(' ').unwrap_or((line, ""));
    known(algorithm)?;
    let mut parts = Parts::default();
    for part in rest.split(',') {
        let Some((name, value)) = part.trim().split_once('=') else {
            return Err(Refusal::incomplete(format!(
                "'{}' not a valid key=value pair (missing equal-sign) in Authorization header.",
                part.trim()
            )));
        };
        let place = match name {
            "Credential" => &mut parts.credential,
            "SignedHeaders" => &mut parts.signed_headers,
            "Signature" => &mut parts.signature,
            _ => continue,
        };
        once(place, name, Cow::Borrowed(value))?;
    }
    let headers = request.headers;
    parts.date = headers.get("x-amz-date").or_else(|| headers.get("date")).map(Cow::Borrowed);
    parts.token = headers.get("x-amz-security-token").map(Cow::Borrowed);
    Ok(parts)
}

/// The parts in the query string of a presigned request.
fn of_query(query: &str) -> Result<Parts<'_>, Refusal> {
    let mut parts = Parts::default();
    let mut algorithm = None;
    for pair in query.split('&').filter(|pair| pair.starts_with("X-Amz-")) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = match name {
            "X-Amz-Algorithm" => &mut algorithm,
            "X-Amz-Credential" => &mut parts.credential,
            "X-Amz-SignedHeaders" => &mut parts.signed_headers,
            "X-Amz-Signature" => &mut parts.signature,
            "X-Amz-Date" => &mut parts.date,
            "X-Amz-Security-Token" => &mut parts.token,
            "X-Amz-Expires" => &mut parts.expires,
            _ => continue,
        };
        once(place, name, percent_decode_str(value).decode_utf8_lossy())?;
    }
    match algorithm {
        Some(algorithm) => known(&algorithm).map(|()| parts),
        None if parts.signature.is_some() => {
            Err(Refusal::incomplete("AWS query-string parameters must include 'X-Amz-Algorithm'."))
        }
        None => Err(Refusal::Missing),
    }
}

/// What is there twice could be read in two ways.
fn once<'a>(
    place: &mut Option<Cow<'a, str>>,
    name: &str,
    value: Cow<'a, str>,
) -> Result<(), Refusal> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Refusal::incomplete(format!("The signature has '{name}' more than once."))),
    }
}

fn known(algorithm: &str) -> Result<(), Refusal> {
    match algorithm {
        ALGORITHM => Ok(()),
        "AWS4-ECDSA-P256-SHA256" => {
            Err(Refusal::Unsupported("Signature Version 4A (AWS4-ECDSA-P256-SHA256)".to_owned()))
        }
        _ => Err(Refusal::incomplete(format!(
            "Unsupported AWS 'algorithm': '{}' (only {ALGORITHM} for now).",
            shown(algorithm)
        ))),
    }
}

/// Without `X-Amz-Expires` a presigned request is good as long as one that is signed in its header.
fn expires(text: Option<&str>) -> Result<Span, Refusal> {
    let Some(text) = text else { return Ok(super::date::SKEW) };
    let seconds = text.parse().ok().filter(|seconds| *seconds <= LONGEST);
    seconds.map(Span::from_seconds).ok_or_else(|| {
        Refusal::incomplete(format!("X-Amz-Expires must be a number from 0 to {LONGEST} seconds."))
    })
}

fn claim(parts: Parts<'_>, is_presigned: bool, expires: Option<Span>) -> Result<Claim, Refusal> {
    let (form, prefix) = match is_presigned {
        true => ("AWS query-string parameters must include", "X-Amz-"),
        false => ("Authorization header requires", ""),
    };
    let needed = |part: Option<Cow<'_, str>>, name: &str| {
        let part = part.map(Cow::into_owned).filter(|part| !part.is_empty());
        part.ok_or_else(|| Refusal::incomplete(format!("{form} '{prefix}{name}' parameter.")))
    };
    let (scope, region) = scope(&needed(parts.credential, "Credential")?)?;
    let date = parts.date.ok_or_else(|| {
        Refusal::incomplete(match is_presigned {
            true => "AWS query-string parameters must include 'X-Amz-Date'.",
            false => "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        })
    })?;
    let signed_at = SignedAt::read(&date).ok_or_else(|| {
        let date = shown(&date);
        Refusal::incomplete(format!("Date must be in ISO-8601 'basic format'. Got '{date}'."))
    })?;
    let signature = needed(parts.signature, "Signature")?;
    let signed_headers = needed(parts.signed_headers, "SignedHeaders")?;
    if !signed_headers.split(';').all(is_header) {
        return Err(Refusal::incomplete(
            "SignedHeaders must be names of headers in small letters, with semicolons between them.",
        ));
    }
    Ok(Claim {
        scope,
        region,
        token: parts.token.map(Cow::into_owned),
        signed_at,
        signed_headers,
        signature: hex(&signature)
            .ok_or_else(|| Refusal::incomplete("The signature is not 64 hexadecimal digits."))?,
        expires,
    })
}

/// `access key/date/region/service/aws4_request`. An access key may contain slashes; the parts behind
/// it do not.
fn scope(credential: &str) -> Result<(Scope, Region), Refusal> {
    let malformed = || {
        let credential = shown(credential);
        Refusal::incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, \
             got '{credential}'"
        ))
    };
    let parts: Vec<&str> = credential.rsplitn(5, '/').collect();
    let &[term, service, region, day, access_key] = &parts[..] else { return Err(malformed()) };
    if access_key.is_empty() {
        return Err(malformed());
    }
    if term != TERMINATOR {
        return Err(Refusal::Mismatch(format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{}'.",
            shown(term)
        )));
    }
    let parsed: Region = region.parse().map_err(|_| {
        Refusal::Mismatch("Credential should be scoped to a valid region.".to_owned())
    })?;
    let [access_key, day, region, service] = [access_key, day, region, service].map(str::to_owned);
    Ok((Scope { access_key, day, region, service }, parsed))
}

/// What else could stand there (line ends, colons) would let one canonical request be that of several requests.
/// RFC 9110, section 5.6.2.
fn is_header(name: &str) -> bool {
    let plain =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(plain)
}

fn hex(text: &str) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(bytes)
}

/// As much of what the caller sent as an error shows.
fn shown(text: &str) -> String {
    text.chars().take(128).collect()
}
