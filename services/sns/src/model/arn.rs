//! The names of topics and of subscriptions.

use std::fmt;

use base::{AccountId, Arn};
use runtime::Caller;

use crate::error::Error;
use crate::ids::SubscriptionId;
use crate::limits;

/// Checks the name of a new topic, which says its type.
/// <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
pub(crate) fn check_name(name: &str, is_fifo: bool) -> Result<(), Error> {
    let stem = name.strip_suffix(".fifo");
    let fits = is_name(stem.unwrap_or(name)) && name.len() <= limits::TOPIC_NAME;
    match (fits && stem.is_some() == is_fifo, is_fifo) {
        (true, _) => Ok(()),
        (false, true) => Err(Error::invalid(
            "Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.",
        )),
        (false, false) => Err(Error::invalid("Topic Name")),
    }
}

fn is_name(stem: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !stem.is_empty() && stem.bytes().all(allowed)
}

/// True for a FIFO topic, which its name decides.
pub(crate) fn is_fifo(topic: &Arn) -> bool {
    topic.resource().ends_with(".fifo")
}

/// The ARN of a caller's own topic.
pub(crate) fn of_name(caller: &Caller, name: &str) -> Arn {
    Arn::new("sns", &caller.region, &caller.account, name)
}

/// The topic that a caller names; `parameter` is what the API calls its ARN. A caller reaches the topics of
/// one region only.
pub(crate) fn topic(caller: &Caller, parameter: &str, text: &str) -> Result<Arn, Error> {
    let arn = parse(caller, parameter, text)?;
    let name = arn.resource();
    if is_name(name.strip_suffix(".fifo").unwrap_or(name)) {
        Ok(arn)
    } else {
        Err(Error::invalid(parameter))
    }
}

/// A name of this service's in the caller's region, whatever it names.
pub(crate) fn parse(caller: &Caller, parameter: &str, text: &str) -> Result<Arn, Error> {
    let elements = text.split(':').count();
    if elements < 6 {
        let reason = format!("An ARN must have at least 6 elements, not {elements}");
        return Err(Error::because(parameter, reason));
    }
    let arn: Option<Arn> = text.parse().ok();
    let is_ours = |arn: &Arn| {
        arn.service() == "sns" && arn.region() == caller.region && arn.account().is_some()
    };
    arn.filter(is_ours).ok_or_else(|| Error::invalid(parameter))
}

/// The caller in the region of the resource that it names. A visitor of a link in a document signs nothing, and
/// so names no region.
pub(crate) fn visitor(caller: &Caller, text: &str) -> Caller {
    let named: Option<Arn> = text.parse().ok().filter(|_| caller.access_key.is_none());
    let region = named.map_or_else(|| caller.region.clone(), |arn| arn.region());
    caller.clone().in_region(region)
}

/// The name of a subscription: its topic's, and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubscriptionArn {
    pub(crate) topic: Arn,
    pub(crate) id: SubscriptionId,
}

impl SubscriptionArn {
    /// The subscription that a caller names.
    pub(crate) fn parse(caller: &Caller, text: &str) -> Result<Self, Error> {
        let whole = parse(caller, "SubscriptionArn", text)?;
        let Some((topic, id)) = whole.as_str().rsplit_once(':') else {
            return Err(Error::invalid("SubscriptionArn"));
        };
        let id = id.parse().map_err(|()| Error::invalid("SubscriptionId"))?;
        let topic = self::topic(caller, "SubscriptionArn", topic)?;
        Ok(SubscriptionArn { topic, id })
    }

    /// The whole name.
    pub(crate) fn arn(&self) -> Arn {
        let name = [self.topic.resource(), ":", &self.id.to_string()].concat();
        self.topic.beside("sns", &name)
    }

    /// Under which name the index of an account's subscriptions lists it: `<topic's account>:<topic>:<id>`,
    /// in the region of the topic.
    pub(crate) fn listed(&self, owner: &AccountId) -> Arn {
        let (account, topic) = (self.topic.account_text(), self.topic.resource());
        let name = [account, ":", topic, ":", &self.id.to_string()].concat();
        Arn::new(LISTED, &self.topic.region(), owner, &name)
    }

    /// The subscription that a name in the index stands for.
    pub(crate) fn of_listed(region: &base::Region, name: &str) -> Option<Self> {
        let (account, rest) = name.split_once(':')?;
        let (topic, id) = rest.rsplit_once(':')?;
        let topic = Arn::new("sns", region, &account.parse().ok()?, topic);
        Some(SubscriptionArn { topic, id: id.parse().ok()? })
    }
}

/// The kind of subscriptions in the index of names.
pub(crate) const LISTED: &str = "sns-subscription";

impl fmt::Display for SubscriptionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.topic, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01234567-89ab-4def-8123-456789abcdef";

    fn caller() -> Caller {
        let account = AccountId::DEFAULT;
        identity::testing::root(account, base::Region::default())
    }

    #[test]
    fn names_are_as_aws_allows_them() {
        assert_eq!(check_name("a-Z_9", false), Ok(()));
        assert_eq!(check_name(&"n".repeat(256), false), Ok(()));
        assert_eq!(check_name("orders.fifo", true), Ok(()));
        for name in ["", "a.b", "ä", "a b", "a.fifo", &"n".repeat(257)] {
            let refused = check_name(name, false).unwrap_err().to_string();
            assert_eq!(refused, "Invalid parameter: Topic Name", "{name}");
        }
        for name in ["orders", ".fifo", "a b.fifo"] {
            let refused = check_name(name, true).unwrap_err().to_string();
            assert!(refused.contains("must end with .fifo"), "{name}: {refused}");
        }
    }

    #[test]
    fn what_is_no_arn_of_a_topic_here_is_refused_with_its_parameter() {
        let refused = |text: &str| topic(&caller(), "TopicArn", text).unwrap_err().to_string();
        assert_eq!(
            refused("orders"),
            "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"
        );
        for text in [
            "arn:aws:sqs:us-east-1:000000000000:orders",
            "arn:aws:sns:eu-west-1:000000000000:orders",
            "arn:aws:sns:us-east-1:000000000000:a b",
            &format!("arn:aws:sns:us-east-1:000000000000:orders:{ID}"),
        ] {
            assert_eq!(refused(text), "Invalid parameter: TopicArn", "{text}");
        }
    }

    #[test]
    fn who_signs_nothing_is_where_the_thing_is_that_it_names() {
        let there = "arn:aws:sns:eu-west-1:000000000000:orders";
        let at = |caller: &Caller, text| visitor(caller, text).region.to_string();
        assert_eq!(at(&caller(), there), "eu-west-1");
        assert_eq!(at(&caller(), "orders"), "us-east-1");
        let signs = identity::testing::signed_with("AKALICE", caller());
        assert_eq!(at(&signs, there), "us-east-1");
    }

    #[test]
    fn a_subscriptions_name_gives_its_topic_and_its_id_back() {
        let text = format!("arn:aws:sns:us-east-1:000000000000:orders:{ID}");
        let arn = SubscriptionArn::parse(&caller(), &text).unwrap();
        assert_eq!(arn.topic.as_str(), "arn:aws:sns:us-east-1:000000000000:orders");
        assert_eq!((arn.to_string(), arn.arn().as_str()), (text.clone(), &text[..]));
        let listed = arn.listed(&"111122223333".parse().unwrap());
        assert_eq!(listed.account_text(), "111122223333");
        let found = SubscriptionArn::of_listed(&listed.region(), listed.resource());
        assert_eq!(found, Some(arn));
        let refused = |text: &str| SubscriptionArn::parse(&caller(), text).unwrap_err().to_string();
        assert_eq!(
            refused("PendingConfirmation"),
            "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"
        );
        let topic = "arn:aws:sns:us-east-1:000000000000:orders";
        assert_eq!(refused(topic), "Invalid parameter: SubscriptionId");
        assert_eq!(refused(&text.to_uppercase()), "Invalid parameter: SubscriptionArn");
    }
}
