//! Whether an answer says what it must. Keys are looked for rather than parsed, since the load generator must
//! be cheap, and a body of letters cannot hold a key with its quotation marks.

use anyhow::{Context, ensure};
use memchr::memmem;

/// The answer to a send: so many messages, none of them refused.
pub(super) fn sent(body: &[u8], messages: usize) -> anyhow::Result<()> {
    let found = count(body, "\"MessageId\"");
    ensure!(found == messages && is_whole(body), "{messages} sent, {found} taken: {}", shown(body));
    Ok(())
}

/// The answer to a delete of a batch: so many messages, none of them refused.
pub(super) fn deleted(body: &[u8], messages: usize) -> anyhow::Result<()> {
    let found = count(body, "\"Id\"");
    let shown = || format!("{messages} to delete, {found} deleted: {}", shown(body));
    ensure!(found == messages && is_whole(body), shown());
    Ok(())
}

/// The answer to a publish: one message, taken.
pub(super) fn published(body: &[u8]) -> anyhow::Result<()> {
    let found = count(body, "<MessageId>");
    ensure!(found == 1, "published, and {found} taken: {}", shown(body));
    Ok(())
}

/// What stands in an element of an XML answer, which has it once.
pub(super) fn element<'b>(body: &'b str, name: &str) -> anyhow::Result<&'b str> {
    let inside = body.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once("</"));
    inside.map(|(text, _)| text).with_context(|| format!("no {name}: {}", shown(body.as_bytes())))
}

/// The receipt handles of an answer, still in JSON's escaping.
pub(crate) fn handles(body: &[u8]) -> anyhow::Result<Vec<&str>> {
    let key = "\"ReceiptHandle\"";
    let handle = |at: usize| -> Option<&str> {
        let rest = body[at + key.len()..].trim_ascii_start().strip_prefix(b":")?;
        let rest = rest.trim_ascii_start().strip_prefix(b"\"")?;
        std::str::from_utf8(&rest[..memchr::memchr(b'"', rest)?]).ok()
    };
    let found = memmem::find_iter(body, key).map(handle);
    found.collect::<Option<_>>().with_context(|| format!("a receipt handle: {}", shown(body)))
}

fn count(body: &[u8], key: &str) -> usize {
    memmem::find_iter(body, key).count()
}

/// No entry of a batch was refused: those that are carry a code.
fn is_whole(body: &[u8]) -> bool {
    memmem::find(body, b"\"Code\"").is_none()
}

fn shown(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipt_handles_are_found() {
        let answer = br#"{"Messages":[{"ReceiptHandle":"a/b=","Body":"x"},
            {"Body":"y","ReceiptHandle" : "c"}]}"#;
        assert_eq!(handles(answer).unwrap(), ["a/b=", "c"]);
        assert_eq!(handles(b"{}").unwrap(), [""; 0]);
        assert!(handles(br#"{"ReceiptHandle":7}"#).is_err());
    }

    #[test]
    fn what_an_xml_answer_says_is_found() {
        let answer = "<A><B><TopicArn>arn:x</TopicArn></B></A>";
        assert_eq!(element(answer, "TopicArn").unwrap(), "arn:x");
        assert!(element(answer, "MessageId").is_err());
        assert!(published(b"<A><MessageId>1</MessageId></A>").is_ok());
        assert!(published(b"<A></A>").is_err());
    }

    #[test]
    fn a_message_that_was_not_taken_is_noticed() {
        let two = br#"{"Successful":[{"Id":"0","MessageId":"a"},{"Id":"1","MessageId":"b"}]}"#;
        assert!(sent(two, 2).is_ok() && deleted(two, 2).is_ok());
        assert!(sent(two, 3).is_err() && deleted(two, 3).is_err());
        let refused = br#"{"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","Code":"X"}]}"#;
        assert!(deleted(refused, 2).is_err());
    }
}
