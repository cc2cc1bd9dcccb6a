//! What a replay holds back and lets through, and how it stands on disk.

use super::*;

const ID: SubscriptionId = SubscriptionId::from_bytes([1; 16]);
const OTHER: SubscriptionId = SubscriptionId::from_bytes([2; 16]);

fn ms(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn policy(ends: bool) -> ReplayPolicy {
    let start = r#""PointType":"Timestamp","StartingPoint":"1970-01-01T00:00:01Z""#;
    let end = if ends { r#","EndingPoint":"1970-01-01T00:00:02Z""# } else { "" };
    ReplayPolicy::parse(&format!("{{{start}{end}}}")).unwrap()
}

fn archived(since: u64, from: u64, end: u64) -> Archived {
    Archived { since: ms(since), from: Position(from), end: Position(end) }
}

fn begun(ends: bool) -> Replay {
    Replay::begin(None, &policy(ends), archived(0, 2, 7), ms(5000))
}

fn with(stage: Stage) -> Replay {
    Replay { stage, ..begun(true) }
}

fn stages() -> [Stage; 6] {
    let at = ms(9);
    [
        Stage::Pending { from: Position(2), at },
        Stage::Running { cursor: Position(3), attempts: 2, at },
        Stage::Withdrawn { at },
        Stage::Completed,
        Stage::Failed,
        Stage::Over,
    ]
}

#[test]
fn it_survives_its_row() {
    for stage in stages() {
        for ends in [true, false] {
            let replay = Replay { stage, base: 5, ..begun(ends) };
            assert_eq!(Replay::from_row(&replay.to_row()), Ok(replay));
        }
    }
    assert!(Replay::from_row(&ReplayRow::default()).is_err());
}

#[test]
fn it_begins_at_the_beginning_of_the_archive_at_the_earliest() {
    let from = |since| {
        let archive = Archived { since, ..archived(0, 2, 7) };
        Replay::begin(None, &policy(false), archive, ms(5000)).begins
    };
    assert_eq!((from(ms(400)), from(ms(1400))), (ms(1000), ms(1400)));
}

#[test]
fn new_messages_wait_for_its_end_and_are_then_judged_by_its_range() {
    let passes = |stage, position, published| {
        let replays = Replays::load([(ID, with(stage))]);
        replays.let_through(ID, Position(position), ms(published))
    };
    for stage in stages() {
        assert!(passes(stage, 6, 9000), "what came before the replay was asked for: {stage:?}");
    }
    let later: Vec<bool> = stages().map(|stage| passes(stage, 7, 9000)).to_vec();
    assert_eq!(later, [false, false, false, false, false, true]);
    assert!(passes(Stage::Completed, 7, 1500), "it is in the range");
    let replays = Replays::load([(ID, Replay { stage: Stage::Completed, ..begun(false) })]);
    assert!(replays.let_through(ID, Position(7), ms(9000)), "the range has no end");
    assert!(replays.let_through(OTHER, Position(0), ms(0)));
}

#[test]
fn numbers_rise_from_replay_to_replay_and_what_waits_goes_on_waiting() {
    let first = Replay { stage: Stage::Completed, ..begun(false) };
    let second = Replay::begin(Some(&first), &policy(true), archived(0, 2, 20), ms(6000));
    assert_eq!((second.base, second.resumes), (7, Position(20)), "numbers 1 to 7 are used");
    let third = Replay::begin(Some(&second), &policy(true), archived(0, 2, 30), ms(7000));
    assert_eq!((third.base, third.resumes), (27, Position(20)));
}

#[test]
fn a_policy_that_is_taken_away_ends_it_with_a_hand_over_where_something_waits() {
    let after: Vec<Stage> =
        stages().map(|stage| with(stage).withdraw(ms(10)).stage).into_iter().collect();
    let withdrawn = Stage::Withdrawn { at: ms(10) };
    assert_eq!(after, [withdrawn, withdrawn, withdrawn, Stage::Over, Stage::Over, Stage::Over]);
}

#[test]
fn what_those_need_that_are_not_over_is_kept() {
    let running = |cursor, at| {
        let stage = Stage::Running { cursor: Position(cursor), attempts: 0, at: ms(at) };
        Replay { stage, ..begun(true) }
    };
    let mut replays = Replays::load([(ID, running(3, 50)), (OTHER, running(5, 40))]);
    assert_eq!((replays.needs(), replays.count()), (Some(Position(3)), 2));
    assert_eq!(replays.active().collect::<Vec<_>>(), [(ID, ms(50)), (OTHER, ms(40))]);
    replays.put(ID, begun(true));
    assert_eq!(replays.needs(), Some(Position(2)), "it may begin there");
    replays.put(ID, with(Stage::Completed));
    replays.put(OTHER, running(6, 60));
    assert_eq!((replays.needs(), replays.count()), (Some(Position(6)), 1));
    replays.forget(OTHER);
    assert_eq!((replays.needs(), replays.count()), (None, 0));
}

#[test]
fn the_name_of_a_due_row_says_whose_replay_it_brings() {
    let incarnation = Incarnation::from_bytes([5; 16]);
    assert_eq!(of_line(&incarnation, &line(&incarnation, ID)), ID);
    assert_ne!(line(&incarnation, ID), line(&incarnation, OTHER));
}
