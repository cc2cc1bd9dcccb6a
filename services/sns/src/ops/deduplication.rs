//! Groups and deduplication ids: what publishers give beside a message, and how it is known again.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html>

use base::Arn;

use crate::error::Error;
use crate::ids::SeenKey;
use crate::limits;
use crate::model::arn;
use crate::model::attributes::Scope;
use crate::model::seen::{self};

/// The ids that a publisher gives.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ids<'a> {
    pub(super) group: Option<&'a str>,
    pub(super) deduplication: Option<&'a str>,
}

/// The deduplication keys of a message: hashed before the lane is entered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys {
    /// Its publisher gave no deduplication id, so that the body counts.
    pub(super) is_content: bool,
    in_topic: SeenKey,
    in_group: SeenKey,
}

impl Keys {
    /// The key that counts where a topic is set so.
    pub(super) fn within(&self, scope: Scope) -> SeenKey {
        match scope {
            Scope::Topic => self.in_topic,
            Scope::MessageGroup => self.in_group,
        }
    }
}

impl Ids<'_> {
    /// Checks them for a topic, and hashes them. A standard topic knows no deduplication ids, and gives groups
    /// to standard queues only.
    pub(super) fn check(&self, topic: &Arn, message: &str) -> Result<Option<Keys>, Error> {
        check_id("MessageGroupId", self.group)?;
        check_id("MessageDeduplicationId", self.deduplication)?;
        if !arn::is_fifo(topic) {
            return match self.deduplication {
                Some(_) => Err(Error::because(
                    "MessageDeduplicationId",
                    "The request includes MessageDeduplicationId parameter that is not valid for this topic type",
                )),
                None => Ok(None),
            };
        }
        let group = self.group.ok_or_else(needs_group)?;
        let id = match self.deduplication {
            Some(id) => id.to_owned(),
            None => seen::content_id(message),
        };
        let (in_topic, in_group) = (seen::key(None, &id), seen::key(Some(group), &id));
        Ok(Some(Keys { is_content: self.deduplication.is_none(), in_topic, in_group }))
    }
}

/// The error of a message for a FIFO topic without a group.
pub(super) fn needs_group() -> Error {
    Error::invalid("The MessageGroupId parameter is required for FIFO topics")
}

fn check_id(parameter: &str, id: Option<&str>) -> Result<(), Error> {
    let is_sound =
        |id: &str| limits::FIFO_ID.contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    match id {
        Some(id) if !is_sound(id) => Err(Error::because(
            parameter,
            format!(
                "{parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length"
            ),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, ids: (Option<&str>, Option<&str>)) -> Result<Option<Keys>, Error> {
        let topic = format!("arn:aws:sns:us-east-1:000000000000:{name}").parse().unwrap();
        Ids { group: ids.0, deduplication: ids.1 }.check(&topic, "m")
    }

    #[test]
    fn groups_are_for_all_topics_and_deduplication_ids_for_fifo_topics() {
        let refused = |name, ids| check(name, ids).unwrap_err().to_string();
        assert!(check("t", (Some("g"), None)).unwrap().is_none());
        assert!(refused("t", (None, Some("d"))).contains("not valid for this topic type"));
        assert_eq!(
            refused("t.fifo", (None, Some("d"))),
            "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"
        );
        for bad in ["", "a b", "ä", &"x".repeat(129)] {
            assert!(refused("t.fifo", (Some(bad), None)).contains("1 to 128 in length"));
            assert!(refused("t.fifo", (Some("g"), Some(bad))).contains("Deduplication"));
        }
    }

    #[test]
    fn a_message_without_an_id_is_known_by_its_content() {
        let content = check("t.fifo", (Some("g"), None)).unwrap().unwrap();
        let id = seen::content_id("m");
        let given = check("t.fifo", (Some("g"), Some(&id))).unwrap().unwrap();
        assert!(content.is_content && !given.is_content);
        for scope in [Scope::Topic, Scope::MessageGroup] {
            assert_eq!(content.within(scope), given.within(scope));
        }
        assert_ne!(content.within(Scope::Topic), content.within(Scope::MessageGroup));
    }
}
