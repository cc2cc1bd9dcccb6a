//! What the index lists, what it skips, and what it finds again.

use super::*;

const A: Group = Group(1);
const B: Group = Group(2);

fn admit(index: &mut Index, messages: impl IntoIterator<Item = (u64, Group)>) -> bool {
    messages.into_iter().all(|(position, group)| index.admit(Position(position), group))
}

/// Reads a part of the log in which these messages stand.
fn supply(index: &mut Index, from: u64, upto: u64, group_of: impl Fn(u64) -> Option<Group>) {
    let messages = (from..upto).filter_map(|at| Some((Position(at), group_of(at)?)));
    index.supply(Position(from), Position(upto), messages);
}

fn heads(index: &Index) -> Vec<(u64, Group)> {
    index.heads().map(|(position, group)| (position.0, group)).collect()
}

fn listed(index: &Index, group: Group) -> Vec<u64> {
    index.groups.get(&group).into_iter().flat_map(|w| w.listed.iter().map(|at| at.0)).collect()
}

#[test]
fn groups_stand_where_their_first_message_stands() {
    let mut index = Index::default();
    assert!(admit(&mut index, [(0, B), (1, A), (2, B)]));
    assert_eq!(heads(&index), [(0, B), (1, A)]);
    index.remove(Position(0), B);
    assert_eq!(heads(&index), [(1, A), (2, B)]);
    index.remove(Position(2), B);
    index.remove(Position(1), A);
    assert_eq!(index, Index::at(Position(3)));
}

#[test]
fn a_deep_group_is_skipped_and_does_not_keep_others_out() {
    let mut index = Index::default();
    let many = MOST as u64 + 1000;
    assert!(admit(&mut index, (0..many).map(|at| (at, A)).chain([(many, B)])));
    assert_eq!(heads(&index), [(0, A), (many, B)]);
    assert_eq!(index.listed, MOST_OF_GROUP + 1);
}

#[test]
fn what_was_skipped_is_listed_when_it_is_read_again() {
    let deep = MOST_OF_GROUP as u64;
    let mut index = Index::default();
    let group_of = |at| Some(if at % 2 == 0 { A } else { B });
    supply(&mut index, 0, 10 * deep, group_of);
    assert_eq!(index.nth(A, MOST_OF_GROUP), Some(Place::Skipped(Position(2 * deep))));
    (0..2 * deep).step_by(2).for_each(|at| index.remove(Position(at), A));
    assert_eq!(heads(&index), [(1, B), (2 * deep, A)]);
    supply(&mut index, 2 * deep, 2 * deep + 4, group_of);
    assert_eq!(listed(&index, A), [2 * deep, 2 * deep + 2]);
    assert_eq!(index.nth(A, 2), Some(Place::Skipped(Position(2 * deep + 4))));
    assert_eq!(index.nth(B, MOST_OF_GROUP), Some(Place::Skipped(Position(2 * deep + 1))));
}

#[test]
fn a_part_that_begins_behind_what_was_skipped_lists_nothing_out_of_order() {
    let deep = MOST_OF_GROUP as u64;
    let mut index = Index::default();
    supply(&mut index, 0, 2 * deep, |_| Some(A));
    index.remove(Position(0), A);
    supply(&mut index, deep + 5, 2 * deep, |_| Some(A));
    assert_eq!(index.nth(A, MOST_OF_GROUP - 1), Some(Place::Skipped(Position(deep))));
}

#[test]
fn a_group_of_which_no_skipped_message_is_left_is_forgotten() {
    let deep = MOST_OF_GROUP as u64;
    let mut index = Index::default();
    supply(&mut index, 0, deep + 5, |_| Some(A));
    (0..deep).for_each(|at| index.remove(Position(at), A));
    assert_eq!(heads(&index), [(deep, A)]);
    supply(&mut index, deep, deep + 2, |_| None);
    assert_eq!(heads(&index), [(deep + 2, A)]);
    supply(&mut index, deep + 2, deep + 5, |_| None);
    assert_eq!(index, Index::at(Position(deep + 5)));
}

#[test]
fn a_full_index_takes_no_new_group_until_there_is_room() {
    let mut index = Index::default();
    let most = MOST as u64 / 2;
    assert!(admit(&mut index, (0..most).map(|at| (at, Group(at + 1)))));
    assert!(!index.admit(Position(most), Group(most + 1)));
    assert_eq!(index.reach(), Position(most));
    supply(&mut index, most, most + 2, |at| Some(Group(at + 1)));
    assert_eq!(index.reach(), Position(most), "there is no room");
    index.remove(Position(0), Group(1));
    supply(&mut index, most, most + 2, |at| Some(Group(at + 1)));
    assert_eq!(index.reach(), Position(most + 1));
}

#[test]
fn a_group_whose_turn_it_is_gets_some_of_its_skipped_messages_though_there_is_no_room() {
    let deep = MOST_OF_GROUP as u64;
    let mut index = Index::default();
    supply(&mut index, 0, 2 * deep, |_| Some(A));
    (0..deep).for_each(|at| index.remove(Position(at), A));
    let others = 2 * deep..2 * deep + MOST as u64;
    assert!(!admit(&mut index, others.map(|at| (at, Group(at)))), "it is full");
    supply(&mut index, deep, 2 * deep, |_| Some(A));
    assert_eq!(listed(&index, A).len(), SOME_OF_GROUP);
}
