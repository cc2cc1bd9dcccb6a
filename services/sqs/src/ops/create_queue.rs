//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>

use std::collections::BTreeMap;
use std::sync::Arc;

use api::types::{CreateQueueRequest, CreateQueueResult};
use base::Incarnation;
use runtime::{Call, Decision, Moment, Quotas};
use shape::Fault;

use crate::Sqs;
use crate::error::Error;
use crate::limits;
use crate::model::change::Created;
use crate::model::tags::{self, Tags};
use crate::model::{Attributes, Change, QueueLane, name};
use crate::ops::{dead_letters, set_queue_attributes};

/// What the caller wants, checked.
struct Wanted {
    given: BTreeMap<String, String>,
    attributes: Attributes,
    tags: Tags,
    quotas: Quotas,
}

pub(crate) async fn run(
    sqs: Arc<Sqs>,
    call: Call,
    input: CreateQueueRequest,
) -> Result<CreateQueueResult, Fault> {
    name::check(&input.queue_name)?;
    let tags = tags::with(&Tags::new(), &input.tags.unwrap_or_default(), &input.queue_name)?;
    let given = input.attributes.unwrap_or_default();
    let attributes = Attributes::parse(&given)?;
    name::check_type(&input.queue_name, attributes.fifo.is_some())?;
    let wanted = Wanted { given, attributes, tags, quotas: sqs.queues.node().quotas() };
    let queue = name::arn(&call.caller, &call.caller.account, &input.queue_name);
    dead_letters::check(&sqs, &queue, &wanted.given).await?;
    sqs.queues.enter(&queue, |lane, moment| decide(lane, moment, &wanted)).await?;
    set_queue_attributes::warn_of_encryption(&queue, &wanted.given);
    Ok(CreateQueueResult { queue_url: Some(name::url(&call, &queue)) })
}

/// A queue that is there already is answered as if it had been created, unless it is set differently. Its
/// tags are not looked at.
fn decide(lane: &QueueLane, moment: Moment<'_>, wanted: &Wanted) -> Decision<QueueLane, (), Error> {
    if let Some(queue) = &lane.queue {
        return match queue.attributes.difference(&wanted.given, &wanted.attributes) {
            None => Decision::answer(()),
            Some(attribute) => Decision::Refuse(Error::QueueNameExists(attribute)),
        };
    }
    let waits = lane.deleted_at.is_some_and(|at| moment.now < at + limits::DELETED_RECENTLY);
    if waits && wanted.quotas == Quotas::Aws {
        return Decision::Refuse(Error::QueueDeletedRecently);
    }
    let created = Created {
        incarnation: Incarnation::draw(moment.random),
        secret: moment.random.bytes(),
        at: moment.now,
        attributes: wanted.attributes.clone(),
        tags: wanted.tags.clone(),
    };
    Decision::grow(vec![Change::Created(Box::new(created))], ())
}

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;
    use crate::model::testing::{self, lane};

    fn wanted(given: &[(&str, &str)], quotas: Quotas) -> Wanted {
        let given: BTreeMap<String, String> =
            given.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let attributes = Attributes::parse(&given).unwrap();
        Wanted { attributes, given, tags: Tags::new(), quotas }
    }

    #[test]
    fn creating_twice_is_one_creation_unless_attributes_differ() {
        let equal = decide(&lane(), testing::moment(1), &wanted(&[], Quotas::None));
        assert!(matches!(&equal, Decision::Plan(plan) if plan.changes.is_empty()));
        let same = wanted(&[("VisibilityTimeout", "30")], Quotas::None);
        assert!(matches!(decide(&lane(), testing::moment(1), &same), Decision::Plan(_)));
        let other = wanted(&[("VisibilityTimeout", "31")], Quotas::None);
        let refused = decide(&lane(), testing::moment(1), &other);
        let Decision::Refuse(Error::QueueNameExists(attribute)) = refused else { panic!() };
        assert_eq!(attribute, "VisibilityTimeout");
    }

    #[test]
    fn a_deleted_name_waits_a_minute_with_aws_quotas_only() {
        let deleted_at = Some(Timestamp::from_millis(1000));
        let lane = QueueLane { queue: None, deleted_at, ..lane() };
        let at = |millis, quotas| decide(&lane, testing::moment(millis), &wanted(&[], quotas));
        let refused = at(60_999, Quotas::Aws);
        assert!(matches!(refused, Decision::Refuse(Error::QueueDeletedRecently)));
        assert!(matches!(at(61_000, Quotas::Aws), Decision::Plan(_)));
        assert!(matches!(at(1000, Quotas::None), Decision::Plan(_)));
    }
}
