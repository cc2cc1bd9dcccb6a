//! Subscriptions that are read in pages while they change.

use proptest::prelude::*;

use super::*;

impl SubscriptionIndex {
    /// All of them, in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SubscriptionId, &Subscriber)> {
        self.by_id.iter().map(|(id, subscriber)| (*id, subscriber))
    }
}

fn subscription(endpoint: &str) -> Subscription {
    Subscription {
        protocol: Protocol::Sqs,
        endpoint: format!("arn:aws:sqs:us-east-1:000000000000:{endpoint}"),
        owner: AccountId::DEFAULT,
        attributes: Arc::default(),
        expires: None,
        since: Position(0),
        authenticated_end: false,
    }
}

fn id(number: u8) -> SubscriptionId {
    SubscriptionId::from_bytes([number; 16])
}

type Rows = BTreeMap<SubscriptionId, Subscription>;

/// The next page of two.
fn page(rows: &Rows, asked: NextPage) -> SubscriptionPage {
    let lag = rows.iter().filter(|(id, _)| asked.0.is_none_or(|last| **id > last));
    let mut found: Vec<_> = lag.map(|(id, row)| (*id, row.clone())).collect();
    let more = found.len() > 2;
    found.truncate(2);
    SubscriptionPage { asked, subscriptions: found, more }
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, u8),
    Remove(u8),
    /// A page is read from the disk.
    Read,
    /// What was read arrives.
    Supply,
}

proptest! {
    #[test]
    fn pages_that_were_read_before_a_change_do_not_undo_it(
        rows in proptest::collection::btree_map(0_u8..20, 0_u8..9, 0..12),
        steps in proptest::collection::vec(
            prop_oneof![
                (0_u8..20, 0_u8..9).prop_map(|(id, name)| Step::Put(id, name)),
                (0_u8..20).prop_map(Step::Remove),
                Just(Step::Read),
                Just(Step::Supply),
            ],
            0..40,
        ),
    ) {
        let name = |number: u8| subscription(&format!("q{number}"));
        let mut rows: Rows = rows.into_iter().map(|(n, q)| (id(n), name(q))).collect();
        let mut subscribers = Subscribers::unread();
        let mut read = None;
        for step in steps {
            match step {
                Step::Put(number, queue) => {
                    rows.insert(id(number), name(queue));
                    subscribers.put(id(number), name(queue));
                }
                Step::Remove(number) => {
                    rows.remove(&id(number));
                    subscribers.remove(id(number));
                }
                Step::Read => read = subscribers.all().err().map(|asked| page(&rows, asked)),
                Step::Supply => {
                    if let Some(page) = read.take() {
                        subscribers.supply(page);
                    }
                }
            }
        }
        while let Err(asked) = subscribers.all() {
            subscribers.supply(page(&rows, asked));
        }
        let mut expected = Subscribers::default();
        for (id, row) in rows {
            expected.put(id, row);
        }
        prop_assert_eq!(subscribers, expected);
    }
}

#[test]
fn an_endpoint_is_found_whatever_shares_its_head() {
    let mut index = SubscriptionIndex::default();
    for number in 0..50 {
        index.put(id(number), subscription(&format!("q{number}")));
    }
    let queue = |name: &str| subscription(name).endpoint;
    assert_eq!(index.find(Protocol::Sqs, &queue("q7")), Some(id(7)));
    assert_eq!(index.find(Protocol::Sqs, &queue("q")), None);
    assert_eq!(index.get(id(7)), Some(subscription("q7")));
    index.remove(id(7));
    assert_eq!((index.find(Protocol::Sqs, &queue("q7")), index.iter().count()), (None, 49));
}

#[test]
fn what_all_have_in_common_is_there_once_and_goes_with_the_last() {
    let mut index = SubscriptionIndex::default();
    for number in 0..3 {
        index.put(id(number), subscription(&format!("q{number}")));
    }
    let attributes: Vec<_> = index.iter().map(|(_, subscriber)| subscriber.attributes()).collect();
    assert!(attributes.iter().all(|attributes| Arc::ptr_eq(attributes, attributes)));
    assert!(Arc::ptr_eq(attributes[0], attributes[2]));
    for number in 0..3 {
        index.remove(id(number));
    }
    assert_eq!(index, SubscriptionIndex::default());
}

#[test]
fn a_subscription_takes_what_came_after_it_once_it_is_confirmed() {
    let mut index = SubscriptionIndex::default();
    let waiting = Subscription { expires: Some(Timestamp::from_millis(9)), ..subscription("a") };
    index.put(id(1), waiting);
    index.put(id(2), Subscription { since: Position(5), ..subscription("b") });
    let takers = |at| -> Vec<_> {
        index.iter().filter(|(_, s)| s.takes_from(Position(at))).map(|(id, _)| id).collect()
    };
    assert_eq!((takers(4), takers(5)), (vec![], vec![id(2)]));
    let over = |at| index.expired(Timestamp::from_millis(at), 10);
    assert_eq!(over(8), (vec![], Some(Timestamp::from_millis(9))));
    assert_eq!(over(9), (vec![id(1)], None));
}

#[test]
fn a_million_subscriptions_fit_into_300_megabytes() {
    // Nodes of the maps are more than half full; a name is one small allocation. (Measured once with a million
    // of them: 242 bytes each when they come in order, 201 when they do not.)
    let rows = size_of::<(SubscriptionId, Subscriber)>() + size_of::<(u64, SubscriptionId)>();
    let with_slack = rows * 11 / 6;
    let name = 64;
    assert!(with_slack + name <= 300, "{with_slack}");
}
