//! The text that a signature covers: names and values, a line each, in the order of the names.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html>

/// The text of these pairs, of which those without a value are left out.
pub(super) fn lines(pairs: &[(&str, Option<&str>)]) -> String {
    debug_assert!(pairs.is_sorted(), "the names are in order");
    let present = pairs.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    present.flat_map(|(name, value)| [name, "\n", value, "\n"]).collect()
}
