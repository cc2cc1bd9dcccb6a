//! The ledger itself: each check can fail, and what proves nothing breaks nothing.

use super::*;
use crate::crash::client::Accepted;
use crate::crash::fanout::letter;
use crate::crash::fanout::subscription::Topic;

const ALL: Place = Place::Queue(Subscription::All);
const GUEST: Place = Place::Queue(Subscription::Guest);
const FIFO: Place = Place::Queue(Subscription::Fifo);
const DENIED: Place = Place::Queue(Subscription::Denied);
const DENIED_DEAD: Place = Place::DeadLetters(Subscription::Denied);
const RECREATED: Place = Place::Queue(Subscription::Recreated);
const RECREATED_DEAD: Place = Place::DeadLetters(Subscription::Recreated);

/// A ledger and how it is told things.
#[derive(Default)]
struct Story {
    ledger: Ledger,
    /// The next sequence number in any queue.
    next: u128,
}

impl Story {
    /// A message that every filter takes, on its way to a topic.
    fn publishing(&mut self, topic: Topic) -> Token {
        self.ledger.publish_for_all_begins(topic)
    }

    fn accept(&mut self, token: Token, sequence: Option<u128>) {
        let accepted = Accepted { id: format!("id-{}", token.0), sequence };
        self.ledger.published(token, &accepted, 0);
    }

    /// A message whose publishing was acknowledged.
    fn published(&mut self, topic: Topic) -> Token {
        let token = self.publishing(topic);
        self.accept(token, (topic == Topic::Fifo).then_some(u128::from(token.0) * 10));
        token
    }

    /// A sight of a message, as the next one in its queue, delivered at that time.
    fn sighting(&mut self, token: Token, sent: u64) -> Sighting {
        self.next += 1;
        Sighting {
            token: Some(token),
            start: String::new(),
            id: "in-the-queue".into(),
            sent,
            sequence: Some(self.next),
            document: None,
        }
    }

    fn see(&mut self, token: Token, place: Place) {
        self.see_sent(token, place, 0);
    }

    fn see_sent(&mut self, token: Token, place: Place, sent: u64) {
        let sighting = self.sighting(token, sent);
        self.ledger.received(place, &[sighting]);
    }

    /// It came to every queue of its topic but one.
    fn see_elsewhere(&mut self, token: Token, but: Subscription) {
        let topic = self.ledger.publication(token).map(|one| one.topic);
        let its = |one: &Subscription| Some(one.topic()) == topic && *one != but;
        for subscription in Subscription::ALL.into_iter().filter(its) {
            self.see(token, Place::Queue(subscription));
        }
    }

    /// It came to this queue, and to those of all other subscriptions.
    fn see_everywhere(&mut self, token: Token, place: Place) {
        self.see(token, place);
        self.see_elsewhere(token, place.subscription());
    }

    fn change(&mut self, subscription: Subscription, to: State) {
        self.ledger.change_begins(subscription, to);
        self.ledger.changed(subscription);
    }

    /// All breaches in the end.
    fn found(mut self) -> Vec<Breach> {
        self.ledger.close();
        let counted = Breach::ALL.into_iter().flat_map(|breach| {
            std::iter::repeat_n(breach, self.ledger.breaches.count(breach) as usize)
        });
        counted.collect()
    }
}

fn check(tell: impl FnOnce(&mut Story), expected: &[Breach]) {
    let mut story = Story::default();
    tell(&mut story);
    assert_eq!(story.found(), expected);
}

#[test]
fn what_reaches_everybody_breaks_nothing() {
    for (topic, place) in [(Topic::Standard, ALL), (Topic::Fifo, FIFO)] {
        let tell = |story: &mut Story| {
            let token = story.published(topic);
            story.see_everywhere(token, place);
        };
        check(tell, &[]);
    }
}

#[test]
fn an_acknowledged_message_is_missed_by_each_subscription_that_has_not_got_it() {
    check(|story| _ = story.published(Topic::Fifo), &[Breach::Undelivered; 3]);
    let one_is_missing = |story: &mut Story| {
        let token = story.published(Topic::Standard);
        story.see_elsewhere(token, Subscription::Signed);
    };
    check(one_is_missing, &[Breach::Undelivered]);
}

#[test]
fn what_nobody_answered_is_nowhere_or_everywhere() {
    check(|story| _ = story.publishing(Topic::Fifo), &[]);
    let seen_once = |story: &mut Story| {
        let token = story.publishing(Topic::Fifo);
        story.see(token, FIFO);
    };
    check(seen_once, &[Breach::Undelivered; 2]);
}

#[test]
fn a_filter_is_owed_what_it_takes_and_nothing_else() {
    let mut story = Story::default();
    let token = loop {
        let token = story.ledger.publish_begins(Topic::Standard, 1)[0];
        if letter::kind(token) == 1 && letter::shade(token) == "light" {
            break token;
        }
    };
    story.accept(token, None);
    story.see_elsewhere(token, Subscription::Signed);
    let mut with_it = Story { ledger: std::mem::take(&mut story.ledger), next: story.next };
    with_it.see(token, Place::Queue(Subscription::Signed));
    assert_eq!(with_it.found(), [Breach::Unfiltered]);
}

#[test]
fn a_message_has_one_message_id_in_a_queue_that_stays() {
    for (place, id, expected) in [
        (ALL, "in-the-queue", vec![]),
        (ALL, "other", vec![Breach::Multiplied]),
        (RECREATED, "other", vec![]),
    ] {
        let tell = |story: &mut Story| {
            let token = story.published(Topic::Standard);
            story.see_everywhere(token, place);
            let again = Sighting { id: id.into(), ..story.sighting(token, 0) };
            story.ledger.received(place, &[again]);
        };
        check(tell, &expected);
    }
}

#[test]
fn who_is_not_subscribed_gets_nothing() {
    for (is_seen, expected) in [(false, vec![]), (true, vec![Breach::Uninvited])] {
        let tell = |story: &mut Story| {
            story.change(Subscription::Guest, State::Ended);
            let token = story.published(Topic::Standard);
            story.change(Subscription::Guest, State::Open);
            story.see_elsewhere(token, Subscription::Guest);
            if is_seen {
                story.see(token, GUEST);
            }
        };
        check(tell, &expected);
    }
}

#[test]
fn what_was_on_its_way_when_a_subscription_ended_or_began_may_come_or_not() {
    for is_seen in [false, true] {
        let tell = |story: &mut Story| {
            let before_the_end = story.published(Topic::Standard);
            story.change(Subscription::Guest, State::Ended);
            let before_the_beginning = story.publishing(Topic::Standard);
            story.change(Subscription::Guest, State::Open);
            story.accept(before_the_beginning, None);
            for token in [before_the_end, before_the_beginning] {
                story.see_elsewhere(token, Subscription::Guest);
                if is_seen {
                    story.see(token, GUEST);
                }
            }
        };
        check(tell, &[]);
    }
}

#[test]
fn what_was_published_before_a_message_that_came_is_owed_though_the_subscription_ended() {
    for (is_later, expected) in [(false, vec![]), (true, vec![Breach::Undelivered])] {
        let tell = |story: &mut Story| {
            let first = story.published(Topic::Standard);
            let second = if is_later { story.published(Topic::Standard) } else { first };
            if is_later {
                story.see_everywhere(second, GUEST);
            }
            story.change(Subscription::Guest, State::Ended);
            story.see_elsewhere(first, Subscription::Guest);
        };
        check(tell, &expected);
    }
}

#[test]
fn a_subscription_that_has_begun_is_owed_what_is_published_then() {
    let tell = |story: &mut Story| {
        story.change(Subscription::Guest, State::Ended);
        story.change(Subscription::Guest, State::Open);
        let token = story.published(Topic::Standard);
        story.see_elsewhere(token, Subscription::Guest);
    };
    check(tell, &[Breach::Undelivered]);
}

#[test]
fn a_queue_takes_along_what_it_has_and_the_rest_is_dead_letters() {
    let tell = |story: &mut Story| {
        let taken_along = story.published(Topic::Standard);
        story.see_elsewhere(taken_along, Subscription::Recreated);
        story.change(Subscription::Recreated, State::Away);
        let dead = story.published(Topic::Standard);
        story.see_everywhere(dead, RECREATED_DEAD);
        story.change(Subscription::Recreated, State::Open);
        let delivered = story.published(Topic::Standard);
        story.see_everywhere(delivered, RECREATED);
    };
    check(tell, &[]);
}

#[test]
fn a_dead_letter_is_missed_once_a_later_one_has_come() {
    for (is_later, expected) in [(false, vec![]), (true, vec![Breach::Unburied])] {
        let tell = |story: &mut Story| {
            story.change(Subscription::Recreated, State::Away);
            let first = story.published(Topic::Standard);
            story.see_elsewhere(first, Subscription::Recreated);
            if is_later {
                let second = story.published(Topic::Standard);
                story.see_everywhere(second, RECREATED_DEAD);
            }
            // Otherwise it may have come to the queue that is made and deleted now.
            story.change(Subscription::Recreated, State::Open);
            story.change(Subscription::Recreated, State::Away);
        };
        check(tell, &expected);
    }
}

#[test]
fn after_its_queue_was_deleted_for_good_all_is_dead_letters() {
    let tell = |story: &mut Story| {
        story.change(Subscription::Deleted, State::Away);
        let token = story.published(Topic::Standard);
        story.see_elsewhere(token, Subscription::Deleted);
    };
    check(tell, &[Breach::Unburied]);
}

#[test]
fn what_no_deleted_queue_can_have_taken_along_is_in_one_of_the_two() {
    let tell = |story: &mut Story| {
        story.change(Subscription::Denied, State::Away);
        let token = story.published(Topic::Fifo);
        story.see_elsewhere(token, Subscription::Denied);
        story.change(Subscription::Denied, State::Open);
    };
    check(tell, &[Breach::Undelivered]);
}

#[test]
fn a_queue_that_is_made_again_is_owed_what_is_published_then() {
    let tell = |story: &mut Story| {
        story.change(Subscription::Recreated, State::Away);
        story.change(Subscription::Recreated, State::Open);
        let token = story.published(Topic::Standard);
        story.see_elsewhere(token, Subscription::Recreated);
    };
    check(tell, &[Breach::Undelivered]);
}

#[test]
fn a_queue_that_lets_nobody_in_gets_nothing_and_one_that_does_has_no_dead_letters() {
    let denied = |story: &mut Story| {
        story.change(Subscription::Denied, State::Away);
        let token = story.published(Topic::Fifo);
        story.see_everywhere(token, DENIED);
    };
    check(denied, &[Breach::Unburied, Breach::Misplaced]);
    let let_in = |story: &mut Story| {
        let token = story.published(Topic::Fifo);
        story.see_everywhere(token, DENIED_DEAD);
    };
    check(let_in, &[Breach::Undelivered, Breach::Misplaced]);
}

#[test]
fn a_dead_letter_is_not_delivered_as_well_unless_the_program_was_killed_meanwhile() {
    for (kill, expected) in [(None, vec![Breach::Multiplied]), (Some((20, 21)), vec![])] {
        let tell = |story: &mut Story| {
            story.change(Subscription::Denied, State::Away);
            let token = story.published(Topic::Fifo);
            story.see_sent(token, DENIED_DEAD, 10);
            kill.into_iter().for_each(|kill| story.ledger.killed(kill));
            story.change(Subscription::Denied, State::Open);
            story.see_elsewhere(token, Subscription::Denied);
            story.see_sent(token, DENIED, 30);
        };
        check(tell, &expected);
    }
}

#[test]
fn a_change_that_nobody_answered_leaves_both_ways_open() {
    for place in [DENIED, DENIED_DEAD] {
        let tell = |story: &mut Story| {
            story.ledger.change_begins(Subscription::Denied, State::Away);
            let token = story.published(Topic::Fifo);
            story.see_everywhere(token, place);
            story.ledger.changed(Subscription::Denied);
        };
        check(tell, &[]);
    }
}

#[test]
fn how_a_subscription_stands_is_certain_between_its_changes() {
    let mut ledger = Ledger::default();
    assert_eq!(ledger.standing(Subscription::Recreated), Some((State::Open, 0)));
    ledger.change_begins(Subscription::Recreated, State::Away);
    assert_eq!(ledger.standing(Subscription::Recreated), None);
    ledger.changed(Subscription::Recreated);
    assert_eq!(ledger.standing(Subscription::Recreated), Some((State::Away, 1)));
}

#[test]
fn what_nobody_published_is_noticed() {
    let elsewhere = |story: &mut Story| {
        let token = story.publishing(Topic::Fifo);
        story.see(token, ALL);
    };
    check(elsewhere, &[Breach::Invented]);
    let unreadable = |story: &mut Story| {
        let seen = Sighting { token: None, ..story.sighting(Token(0), 0) };
        story.ledger.received(ALL, &[seen]);
    };
    check(unreadable, &[Breach::Invented]);
    check(|story| story.see(Token(99), ALL), &[Breach::Invented]);
}

#[test]
fn a_document_says_what_its_publisher_was_told() {
    for (sequence, expected) in [(Some(10), vec![]), (Some(11), vec![Breach::Invented])] {
        let tell = |story: &mut Story| {
            let token = story.publishing(Topic::Fifo);
            story.accept(token, Some(10));
            let document = Some(Document { id: format!("id-{}", token.0), sequence });
            let seen = Sighting { document, ..story.sighting(token, 0) };
            story.ledger.received(Place::Queue(Subscription::Unordered), &[seen]);
            story.see_elsewhere(token, Subscription::Unordered);
        };
        check(tell, &expected);
    }
}

#[test]
fn publishing_again_is_answered_as_the_first_time() {
    for (sequence, expected) in [(10, vec![]), (11, vec![Breach::Multiplied])] {
        let tell = |story: &mut Story| {
            let token = story.publishing(Topic::Fifo);
            story.accept(token, Some(10));
            story.accept(token, Some(sequence));
            story.see_everywhere(token, FIFO);
        };
        check(tell, &expected);
    }
}

/// Two messages of one group of the FIFO topic, the second published after the first was answered, if it was.
fn two_of_a_group(story: &mut Story, first_sequence: Option<u128>) -> [Token; 2] {
    let first = story.publishing(Topic::Fifo);
    if first_sequence.is_some() {
        story.accept(first, first_sequence);
    }
    loop {
        let second = story.publishing(Topic::Fifo);
        if letter::group(second) == letter::group(first) {
            return [first, second];
        }
    }
}

#[test]
fn sequence_numbers_rise_and_are_nobody_elses() {
    for (number, expected) in
        [(101, vec![]), (99, vec![Breach::Disordered]), (100, vec![Breach::Disordered])]
    {
        let tell = |story: &mut Story| {
            let [first, second] = two_of_a_group(story, Some(100));
            story.accept(second, Some(number));
            let order = if number < 100 { [second, first] } else { [first, second] };
            order.into_iter().for_each(|token| story.see_everywhere(token, FIFO));
        };
        let mut story = Story::default();
        tell(&mut story);
        let found = story.found();
        assert_eq!(found.is_empty(), expected.is_empty(), "{number}: {found:?}");
        assert!(found.iter().all(|breach| *breach == Breach::Disordered));
    }
}

#[test]
fn a_group_comes_in_the_order_in_which_it_was_published() {
    for (is_reversed, expected) in [(false, vec![]), (true, vec![Breach::Disordered; 2])] {
        let tell = |story: &mut Story| {
            let mut tokens = two_of_a_group(story, Some(100));
            story.accept(tokens[1], Some(101));
            if is_reversed {
                tokens.reverse();
            }
            // Both FIFO queues have them in this order; a standard queue need not.
            tokens.into_iter().for_each(|token| story.see_everywhere(token, FIFO));
        };
        check(tell, &expected);
    }
}

#[test]
fn a_message_that_nobody_answered_comes_after_those_that_were_received_before() {
    let tell = |story: &mut Story| {
        let first = story.publishing(Topic::Fifo);
        story.next = 100;
        story.see_everywhere(first, FIFO);
        let second = loop {
            let second = story.publishing(Topic::Fifo);
            if letter::group(second) == letter::group(first) {
                break second;
            }
        };
        story.next = 0;
        story.see_everywhere(second, FIFO);
    };
    check(tell, &[Breach::Disordered; 2]);
}

#[test]
fn one_answer_has_a_group_in_order() {
    let tell = |story: &mut Story| {
        let tokens = two_of_a_group(story, Some(100));
        story.accept(tokens[1], Some(101));
        let [first, second] = tokens.map(|token| story.sighting(token, 0));
        story.ledger.received(FIFO, &[second, first]);
        tokens.into_iter().for_each(|token| story.see_elsewhere(token, Subscription::Fifo));
    };
    check(tell, &[Breach::Disordered]);
}

#[test]
fn a_kill_between_the_answer_and_the_last_delivery_is_counted() {
    for (kill, interrupted) in [((5, 6), 0), ((11, 12), 1), ((21, 22), 0)] {
        let mut story = Story::default();
        story.ledger.killed(kill);
        let token = story.publishing(Topic::Standard);
        let accepted = Accepted { id: "id".into(), sequence: None };
        story.ledger.published(token, &accepted, 10);
        story.see_sent(token, ALL, 9);
        story.see_sent(token, GUEST, 20);
        story.ledger.close();
        assert_eq!(story.ledger.totals.interrupted, interrupted, "{kill:?}");
    }
}
