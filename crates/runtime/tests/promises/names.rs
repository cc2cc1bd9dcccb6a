//! Lists of names, merged from all slots.

use runtime::names::{self, Query};
use store::{Batch, Durability};

use crate::support::{Office, arn, slot};

/// The names that a list has, with their values.
async fn list(office: &Office, query: Query<'_>) -> Vec<(String, String)> {
    let found = names::list(office.node.slots(), query, |value| value != b"gone").await;
    let text = |bytes: bytes::Bytes| String::from_utf8_lossy(&bytes).into_owned();
    found.expect("a list").into_iter().map(|(name, value)| (name, text(value))).collect()
}

fn query(prefix: &'static str, after: Option<&'static str>, limit: usize) -> Query<'static> {
    let (service, account, region) = ("post", "000000000000", "us-east-1");
    Query { service, account, region, prefix, after, limit }
}

async fn write(office: &Office, name: &str, write: impl Fn(&mut Batch)) {
    let mut batch = Batch::new();
    write(&mut batch);
    let commit = office.slot(name).submit(batch, Durability::Disk);
    office.slot(name).durable(commit).await.expect("durable");
}

/// An office with `count` names, spread over the slots, and some that no list here has.
async fn office_with(count: u32) -> Office {
    let office = Office::open().await;
    for number in 0..count {
        let name = format!("name-{number:04}");
        write(&office, &name, |batch| names::put(batch, &arn(&name), "there")).await;
    }
    for stranger in [
        "arn:aws:post:us-east-1:000000000001:name-0001",
        "arn:aws:post:us-east-2:000000000000:name-0001",
        "arn:aws:posts:us-east-1:000000000000:name-0001",
    ] {
        let stranger = stranger.parse().expect("an ARN");
        write(&office, "a", |batch| names::put(batch, &stranger, "strange")).await;
    }
    office
}

/// The numbers of the names found.
fn numbers(found: &[(String, String)]) -> Vec<u32> {
    assert!(found.iter().all(|(_, value)| value == "there"));
    let number = |(name, _): &(String, _)| name.strip_prefix("name-").expect("a name").parse();
    found.iter().map(number).collect::<Result<_, _>>().expect("numbers")
}

#[tokio::test]
async fn a_list_has_the_names_of_all_slots_in_order() {
    let office = office_with(600).await;
    let found = list(&office, query("", None, 1000)).await;
    assert_eq!(numbers(&found), (0..600).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_with_more_than_its_limit_has_one_more() {
    let office = office_with(20).await;
    assert_eq!(numbers(&list(&office, query("", None, 19)).await).len(), 20);
    assert_eq!(numbers(&list(&office, query("", None, 20)).await).len(), 20);
    assert_eq!(numbers(&list(&office, query("", None, 7)).await), (0..8).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_goes_on_after_a_name_whether_it_exists_or_not() {
    let office = office_with(20).await;
    let after = |name| query("", Some(name), 3);
    assert_eq!(numbers(&list(&office, after("name-0007")).await), [8, 9, 10, 11]);
    assert_eq!(numbers(&list(&office, after("name-0007x")).await), [8, 9, 10, 11]);
    assert_eq!(numbers(&list(&office, after("a")).await), [0, 1, 2, 3]);
    assert!(list(&office, after("name-0019")).await.is_empty());
    assert!(list(&office, after("z")).await.is_empty());
}

#[tokio::test]
async fn a_list_has_only_names_with_its_prefix() {
    let office = office_with(120).await;
    let found = list(&office, query("name-010", None, 100)).await;
    assert_eq!(numbers(&found), (100..110).collect::<Vec<_>>());
    let found = list(&office, query("name-010", Some("name-0107"), 100)).await;
    assert_eq!(numbers(&found), [108, 109]);
    let found = list(&office, query("name-010", Some("name-0002"), 2)).await;
    assert_eq!(numbers(&found), [100, 101, 102]);
    assert!(list(&office, query("no", None, 100)).await.is_empty());
}

#[tokio::test]
async fn names_that_do_not_count_make_no_page_short() {
    let office = office_with(300).await;
    for number in (0..300).filter(|number| number % 10 != 0) {
        let name = format!("name-{number:04}");
        write(&office, &name, |batch| names::put(batch, &arn(&name), "gone")).await;
    }
    let found = list(&office, query("", Some("name-0040"), 5)).await;
    assert_eq!(numbers(&found), [50, 60, 70, 80, 90, 100]);
}

#[tokio::test]
async fn many_names_of_one_slot_are_read_page_by_page() {
    let office = Office::open().await;
    let names: Vec<String> = crate::support::neighbours("a").take(40).collect();
    for (index, name) in names.iter().enumerate() {
        let value = if index < 35 { "gone" } else { "there" };
        write(&office, name, |batch| names::put(batch, &arn(name), value)).await;
    }
    let mut there = names[35..].to_vec();
    there.sort_unstable();
    let found = list(&office, query("", None, 2)).await;
    let found: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, there[..3]);
}

#[tokio::test]
async fn names_of_a_later_slot_come_before_those_of_an_earlier_one_though_some_do_not_count() {
    let office = Office::open().await;
    let in_slot = |prefix: &'static str, number: u8| {
        let names = (1000..10_000).map(move |name| format!("{prefix}-{name}"));
        names.filter(move |name| slot(name).number() == number)
    };
    for name in in_slot("z", 100).take(4) {
        write(&office, &name, |batch| names::put(batch, &arn(&name), "there")).await;
    }
    let early: Vec<String> = in_slot("a", 200).take(8).collect();
    for (index, name) in early.iter().enumerate() {
        let value = if index < 3 { "gone" } else { "there" };
        write(&office, name, |batch| names::put(batch, &arn(name), value)).await;
    }
    let found = list(&office, query("", None, 3)).await;
    let found: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, early[3..7]);
}

#[tokio::test]
async fn a_list_sees_what_a_creation_has_answered_and_not_what_was_deleted() {
    let office = Office::open().await;
    office.put("fresh", "1").await.expect("put");
    let found = names::list(office.node.slots(), query("", None, 10), |_| true).await;
    let found: Vec<String> = found.expect("a list").into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, ["fresh"]);
    write(&office, "fresh", |batch| names::delete(batch, &arn("fresh"))).await;
    assert!(list(&office, query("", None, 10)).await.is_empty());
}
