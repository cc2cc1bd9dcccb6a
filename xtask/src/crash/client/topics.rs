//! The operations of topics.

use super::{Accepted, Client, Entries, Failure};

/// A message for a topic.
pub(crate) struct Publishing {
    /// `Message`.
    pub(crate) message: String,
    /// `MessageAttributes`: name, type and value.
    pub(crate) attributes: Vec<(&'static str, &'static str, String)>,
    /// `MessageGroupId` and `MessageDeduplicationId`; only for FIFO topics.
    pub(crate) fifo: Option<(String, String)>,
}

impl Client {
    /// CreateTopic.
    pub(crate) fn create_topic(
        &mut self,
        name: &str,
        attributes: &[(&str, String)],
    ) -> Result<(), Failure> {
        let mut members = vec![member("Name", name)];
        members.extend(entries("Attributes.entry", attributes));
        self.ask_topics("CreateTopic", &members).map(drop)
    }

    /// Subscribe a queue; answers the `SubscriptionArn`.
    pub(crate) fn subscribe(
        &mut self,
        topic: &str,
        queue: &str,
        attributes: &[(&str, String)],
    ) -> Result<String, Failure> {
        let mut members =
            vec![member("TopicArn", topic), member("Protocol", "sqs"), member("Endpoint", queue)];
        members.extend(entries("Attributes.entry", attributes));
        let answer = self.ask_topics("Subscribe", &members)?;
        let arn = text(&answer, "SubscriptionArn").map(str::to_owned);
        arn.ok_or_else(|| Failure::Refused(format!("no subscription in {answer}")))
    }

    /// Unsubscribe.
    pub(crate) fn unsubscribe(&mut self, subscription: &str) -> Result<(), Failure> {
        self.ask_topics("Unsubscribe", &[member("SubscriptionArn", subscription)]).map(drop)
    }

    /// Publish, or PublishBatch unless there is only one message.
    pub(crate) fn publish(
        &mut self,
        topic: &str,
        messages: &[Publishing],
    ) -> Result<Entries<Accepted>, Failure> {
        let mut members = vec![member("TopicArn", topic)];
        if let [message] = messages {
            members.extend(publishing("", message));
            return match self.ask_topics("Publish", &members) {
                Err(Failure::Refused(why)) => Ok(vec![Err(why)]),
                answer => answer.map(|answer| vec![accepted(&answer)]),
            };
        }
        for (number, message) in messages.iter().enumerate() {
            let entry = format!("PublishBatchRequestEntries.member.{}.", number + 1);
            members.push((format!("{entry}Id"), number.to_string()));
            members.extend(publishing(&entry, message));
        }
        let answer = self.ask_topics("PublishBatch", &members)?;
        // The answer has those that were taken and those that were not.
        let outcomes: Vec<&str> = answer.split("<member>").skip(1).collect();
        let of = |number: usize| {
            let is_it = |outcome: &&&str| text(outcome, "Id") == Some(&number.to_string());
            outcomes.iter().find(is_it).map_or_else(|| Err(answer.clone()), |one| accepted(one))
        };
        Ok((0..messages.len()).map(of).collect())
    }
}

fn member(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn entries(list: &str, attributes: &[(&str, String)]) -> Vec<(String, String)> {
    let numbered = attributes.iter().enumerate().flat_map(|(index, (name, value))| {
        let entry = format!("{list}.{}", index + 1);
        [(format!("{entry}.key"), (*name).to_owned()), (format!("{entry}.value"), value.clone())]
    });
    numbered.collect()
}

fn publishing(entry: &str, message: &Publishing) -> Vec<(String, String)> {
    let mut members = vec![(format!("{entry}Message"), message.message.clone())];
    for (index, (name, kind, value)) in message.attributes.iter().enumerate() {
        let attribute = format!("{entry}MessageAttributes.entry.{}", index + 1);
        members.push((format!("{attribute}.Name"), (*name).to_owned()));
        members.push((format!("{attribute}.Value.DataType"), (*kind).to_owned()));
        members.push((format!("{attribute}.Value.StringValue"), value.clone()));
    }
    if let Some((group, once)) = &message.fifo {
        members.push((format!("{entry}MessageGroupId"), group.clone()));
        members.push((format!("{entry}MessageDeduplicationId"), once.clone()));
    }
    members
}

fn accepted(answer: &str) -> Result<Accepted, String> {
    let id = text(answer, "MessageId").ok_or_else(|| answer.to_owned())?.to_owned();
    let sequence = text(answer, "SequenceNumber").and_then(|number| number.parse().ok());
    Ok(Accepted { id, sequence })
}

/// What stands in the first element of this name: ids, numbers and ARNs need no decoding.
fn text<'a>(xml: &'a str, element: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{element}>"))?;
    rest.split_once(&format!("</{element}>")).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_far_as_it_is_of_interest() {
        let fifo = "<R><MessageId>a</MessageId><SequenceNumber>12</SequenceNumber></R>";
        assert_eq!(accepted(fifo), Ok(Accepted { id: "a".into(), sequence: Some(12) }));
        let standard = "<R><MessageId>a</MessageId></R>";
        assert_eq!(accepted(standard), Ok(Accepted { id: "a".into(), sequence: None }));
        assert_eq!(accepted("<R/>"), Err("<R/>".to_owned()));
    }

    #[test]
    fn an_entry_of_a_batch_is_named_as_query_names_it() {
        let message = Publishing {
            message: "m".into(),
            attributes: vec![("Kind", "String", "k".into())],
            fifo: Some(("g".into(), "o".into())),
        };
        let names: Vec<_> = publishing("E.1.", &message).into_iter().map(|pair| pair.0).collect();
        let expected = [
            "E.1.Message",
            "E.1.MessageAttributes.entry.1.Name",
            "E.1.MessageAttributes.entry.1.Value.DataType",
            "E.1.MessageAttributes.entry.1.Value.StringValue",
            "E.1.MessageGroupId",
            "E.1.MessageDeduplicationId",
        ];
        assert_eq!(names, expected);
    }
}
