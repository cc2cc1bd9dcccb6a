//! A topic and the queues that are subscribed to it, as rows prepare them.

use std::net::SocketAddr;

use anyhow::Context;
use serde_json::json;

use super::check::element;
use super::input::LENGTH;
use super::text::text;
use super::{Caller, Kind};
use crate::http;

/// A topic.
#[derive(Clone, Debug)]
pub(crate) struct Topic {
    arn: String,
    host: SocketAddr,
}

/// A queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub url: String,
    arn: String,
}

/// What a subscriber wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Each message as it was published.
    Raw,
    /// Each message in a signed document.
    Signed,
    /// The messages for that customer, as they were published.
    Customer(u64),
}

impl Topic {
    /// Creates it.
    pub(crate) fn create(caller: &mut Caller, name: &str) -> anyhow::Result<Topic> {
        let answer = caller.query("CreateTopic", &[("Name", name)])?;
        Ok(Topic { arn: element(&answer, "TopicArn")?.to_owned(), host: caller.address() })
    }

    /// Subscribes a queue.
    pub(crate) fn subscribe(
        &self,
        caller: &mut Caller,
        queue: &Queue,
        wish: Wish,
    ) -> anyhow::Result<()> {
        let parameters = self.subscription(&queue.arn, wish);
        let parameters: Vec<(&str, &str)> = shared(&parameters);
        caller.query("Subscribe", &parameters).map(drop)
    }

    /// Lists its subscriptions, page by page, and says how many there are.
    pub(crate) fn list(&self, caller: &mut Caller) -> anyhow::Result<u64> {
        let (mut count, mut token) = (0, String::new());
        loop {
            let parameters = [("TopicArn", self.arn.as_str()), ("NextToken", token.as_str())];
            let given = if token.is_empty() { &parameters[..1] } else { &parameters[..] };
            let answer = caller.query("ListSubscriptionsByTopic", given)?;
            count += answer.matches("<SubscriptionArn>").count() as u64;
            match element(&answer, "NextToken") {
                Ok(next) => token = next.to_owned(),
                Err(_) => return Ok(count),
            }
        }
    }

    /// The request that subscribes a queue, which need not exist.
    pub(super) fn subscribing(&self, queue: &str, wish: Wish) -> Vec<u8> {
        http::query(self.host, "Subscribe", &shared(&self.subscription(queue, wish)))
    }

    /// The request that publishes a message, perhaps for a customer; another text for each seed.
    pub(crate) fn publishing(&self, seed: usize, customer: Option<u64>) -> Vec<u8> {
        let (body, name) = (text(seed as u64, LENGTH), customer.map(customer_name));
        let mut parameters = vec![("TopicArn", self.arn.as_str()), ("Message", body.as_str())];
        if let Some(name) = &name {
            parameters.extend([
                ("MessageAttributes.entry.1.Name", "customer"),
                ("MessageAttributes.entry.1.Value.DataType", "String"),
                ("MessageAttributes.entry.1.Value.StringValue", name.as_str()),
            ]);
        }
        http::query(self.host, "Publish", &parameters)
    }

    fn subscription(&self, queue: &str, wish: Wish) -> Vec<(String, String)> {
        let fixed = [("TopicArn", self.arn.as_str()), ("Protocol", "sqs"), ("Endpoint", queue)];
        let policy = |customer| json!({ "customer": [customer_name(customer)] }).to_string();
        let attributes = match wish {
            Wish::Raw => vec![("RawMessageDelivery", "true".to_owned())],
            Wish::Signed => vec![],
            Wish::Customer(customer) => {
                vec![("RawMessageDelivery", "true".into()), ("FilterPolicy", policy(customer))]
            }
        };
        let mut parameters: Vec<(String, String)> =
            fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        for (number, (key, value)) in (1..).zip(attributes) {
            let entry = format!("Attributes.entry.{number}");
            parameters.push((format!("{entry}.key"), key.to_owned()));
            parameters.push((format!("{entry}.value"), value));
        }
        parameters
    }
}

impl Queue {
    /// Creates it.
    pub(crate) fn create(caller: &mut Caller, name: &str) -> anyhow::Result<Queue> {
        let url = caller.create_queue(Kind::Standard, name)?;
        let input = json!({ "QueueUrl": url, "AttributeNames": ["QueueArn"] }).to_string();
        let output = caller.call("GetQueueAttributes", &input)?;
        let arn = output["Attributes"]["QueueArn"].as_str().context("the queue has no ARN")?;
        Ok(Queue { arn: arn.to_owned(), url })
    }

    /// The ARN that another queue beside it would have.
    pub(super) fn beside(&self, name: &str) -> String {
        let end = self.arn.rfind(':').map_or(0, |at| at + 1);
        format!("{}{name}", &self.arn[..end])
    }
}

fn customer_name(customer: u64) -> String {
    format!("customer-{customer:07}")
}

fn shared(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_takes_what_is_published_for_its_customer() {
        let host = "127.0.0.1:1".parse().unwrap();
        let topic = Topic { arn: "arn:aws:sns:us-east-1:000000000000:t".into(), host };
        let filter = topic.subscription("arn:q", Wish::Customer(7));
        let policy = ("Attributes.entry.2.value", r#"{"customer":["customer-0000007"]}"#);
        assert_eq!(shared(&filter).last(), Some(&policy));
        let publish = String::from_utf8(topic.publishing(1, Some(7))).unwrap();
        assert!(publish.ends_with("Value.StringValue=customer-0000007"), "{publish}");
        assert_eq!(topic.subscription("arn:q", Wish::Signed).len(), 3);
    }

    #[test]
    fn queues_that_do_not_exist_stand_beside_one_that_does() {
        let queue = Queue { url: String::new(), arn: "arn:aws:sqs:r:1:there".into() };
        assert_eq!(queue.beside("other"), "arn:aws:sqs:r:1:other");
    }
}
