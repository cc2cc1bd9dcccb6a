//! The operation's name in a Query request.

use bytes::Bytes;

use crate::aws_query::Parameters;
use crate::codec::Incoming;

/// The action and the version of a Query request: in the query string, or in a body that is a form
/// or does not say what it is.
pub(super) fn action(request: &Incoming<'_>) -> Option<(String, Option<String>)> {
    let content_type = request.headers.get("content-type").unwrap_or_default();
    let is_form = content_type.is_empty() || content_type.contains("x-www-form-urlencoded");
    let nothing = Bytes::new();
    let body = if is_form { request.body } else { &nothing };
    if !mentions_action(request.query.as_bytes()) && !mentions_action(body) {
        return None;
    }
    let parameters = Parameters::of(&Incoming { body, ..*request }).ok()?;
    let take = |name| parameters.take(name).map(|value| value.into_owned());
    Some((take("Action")?, take("Version")))
}

/// Whether bytes have the parameter's name in them: most requests of REST services do not.
fn mentions_action(bytes: &[u8]) -> bool {
    bytes.split(|&byte| byte == b'&').any(|pair| pair.starts_with(b"Action="))
}
