//! Receiving what topics have delivered, and deleting it.

use super::ledger::State;
use super::{Place, Sighting, letter};
use crate::crash::Run;
use crate::crash::client::{Client, Failure, Received};

/// So much of a body that nobody published is shown.
const START: usize = 60;
/// For how many seconds what was received is hidden: it is deleted at once.
const HIDDEN: u32 = 4;
/// A queue that is deleted may be gone.
const GONE: &str = "QueueDoesNotExist";

/// Receives from a queue; answers the receipt handles.
pub(super) fn receive(
    run: &Run,
    client: &mut Client,
    place: Place,
) -> Result<Vec<String>, Failure> {
    let before = run.topics(|ledger| ledger.standing(place.subscription()));
    let answer = client.receive(&place.url(), HIDDEN, 0);
    let after = run.topics(|ledger| ledger.standing(place.subscription()));
    let state = before.filter(|_| before == after).map(|(state, _)| state);
    let received = match answer {
        Err(Failure::Refused(why)) if place.is_deleted() && why.contains(GONE) => {
            if state == Some(State::Open) {
                return Err(Failure::Refused(why));
            }
            Vec::new()
        }
        received => received?,
    };
    let sightings: Vec<Sighting> = received.iter().map(|one| sighting(place, one)).collect();
    run.topics(|ledger| {
        if place.is_deleted() && state == Some(State::Away) {
            ledger.undone(place);
        }
        ledger.received(place, &sightings);
    });
    Ok(received.into_iter().map(|one| one.handle).collect())
}

/// Deletes what was received. A handle may be out of date: then the message comes again, as the same one.
pub(super) fn delete(
    run: &Run,
    client: &mut Client,
    place: Place,
    handles: &[String],
) -> Result<(), Failure> {
    if handles.is_empty() {
        return Ok(());
    }
    let handles: Vec<&str> = handles.iter().map(String::as_str).collect();
    let answer = client.delete(&place.url(), &handles);
    let is_excused = |why: &str| place.is_deleted() || why.contains("receipt handle has expired");
    let entries = match answer {
        Err(Failure::Refused(why)) if is_excused(&why) => Vec::new(),
        answer => answer?,
    };
    let refused = entries.into_iter().filter_map(Result::err).filter(|why| !is_excused(why));
    refused.for_each(|why| run.topics(|ledger| ledger.refused(why)));
    Ok(())
}

fn sighting(place: Place, received: &Received) -> Sighting {
    let read = letter::read(place, received);
    Sighting {
        token: read.as_ref().map(|read| read.token),
        start: received.body.chars().take(START).collect(),
        id: received.id.clone(),
        sent: received.sent,
        sequence: received.sequence,
        document: read.and_then(|read| read.document),
    }
}
