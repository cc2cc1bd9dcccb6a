//! Lists in pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use runtime::names::{self, Query};
use runtime::{Caller, Slots, Trouble};
use store::StoreError;

use crate::error::Error;
use crate::limits;

/// A token is the name that the page before it ended with.
pub(super) fn token(last: &str) -> String {
    URL_SAFE_NO_PAD.encode(last)
}

/// Reads a token; an empty one asks for the first page.
pub(super) fn read_token(token: Option<&str>) -> Result<Option<String>, Error> {
    let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    // No name has a zero byte, and none is longer than an ARN.
    let is_name = |name: &String| !name.is_empty() && name.len() <= 1024 && !name.contains('\0');
    let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(is_name);
    name.map(Some).ok_or_else(|| Error::invalid("NextToken"))
}

/// Takes what a page has too much; answers the token of the next one, if there is more.
pub(super) fn cut<T>(found: &mut Vec<T>, name: impl Fn(&T) -> String) -> Option<String> {
    let more = found.len() > limits::PAGE;
    found.truncate(limits::PAGE);
    found.last().filter(|_| more).map(|last| token(&name(last)))
}

/// A page of the names that a service of the index lists for the caller, with their rows, and the token of the
/// next one.
pub(super) async fn names(
    slots: &Slots,
    caller: &Caller,
    service: &str,
    token: Option<&str>,
) -> Result<(Vec<(String, Bytes)>, Option<String>), Error> {
    let after = read_token(token)?;
    let query = Query {
        service,
        account: caller.account.as_str(),
        region: caller.region.as_str(),
        prefix: "",
        after: after.as_deref(),
        limit: limits::PAGE,
    };
    let mut found = names::list(slots, query, |_| true).await.map_err(unreadable)?;
    let next = cut(&mut found, |(name, _)| name.clone());
    Ok((found, next))
}

/// The store cannot be read.
pub(super) fn unreadable(error: StoreError) -> Error {
    Error::Trouble(Trouble::Unavailable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_its_name_back_and_another_text_does_not() {
        assert_eq!(read_token(Some(&token("orders"))), Ok(Some("orders".into())));
        assert_eq!((read_token(None), read_token(Some(""))), (Ok(None), Ok(None)));
        for bad in ["!", &token("a\0b"), &token(&"n".repeat(1025))] {
            assert_eq!(read_token(Some(bad)), Err(Error::invalid("NextToken")));
        }
    }

    #[test]
    fn a_page_has_a_hundred_and_a_token_only_if_there_is_more() {
        let cut = |count: usize| {
            let mut found: Vec<usize> = (0..count).collect();
            let token = super::cut(&mut found, usize::to_string);
            (found.len(), token)
        };
        assert_eq!((cut(0), cut(100)), ((0, None), (100, None)));
        assert_eq!(cut(101), (100, Some(token("99"))));
    }
}
