//! The rows of archives and replays.

use base::{Arn, Incarnation, Timestamp};
use runtime::jobs::Timer;
use store::{Batch, Table};

use crate::ids::SubscriptionId;
use crate::keys::{self, DueKind, Key};
use crate::model::Topic;
use crate::model::archive::Archive;
use crate::model::change::{Archived, Replayed};
use crate::model::replay::{self, Replay};

/// The archive's row, and the row that brings its next sweep.
pub(super) fn archived(arn: &Arn, topic: &Topic, archived: &Archived, batch: &mut Batch) {
    let incarnation = (arn, &topic.incarnation);
    if let Some(done) = &archived.done {
        done.delete(batch);
    }
    if let Some(before) = &topic.archive {
        sweep(incarnation, before.sweep_at).delete(batch);
    }
    match &archived.archive {
        Some(archive) => put_archive(incarnation, archive, batch),
        None => batch.delete(Table::Lane, Key::Archive.of(&topic.incarnation)),
    }
}

pub(super) fn put_archive(incarnation: (&Arn, &Incarnation), archive: &Archive, batch: &mut Batch) {
    batch.put(Table::Lane, Key::Archive.of(incarnation.1), keys::encode(&archive.to_row()));
    sweep(incarnation, archive.sweep_at).put(batch);
}

/// The rows of replays, and the rows that bring their turns.
pub(super) fn replayed(arn: &Arn, topic: &Topic, replayed: &Replayed, batch: &mut Batch) {
    for (id, replay) in &replayed.changed {
        let key = Key::Replay(*id).of(&topic.incarnation);
        batch.put(Table::Lane, key, keys::encode(&replay.to_row()));
        delete_turn(arn, topic, *id, batch);
        if let Some(at) = replay.at() {
            turn(arn, topic, *id, at).put(batch);
        }
    }
}

/// A subscription that has ended is replayed nothing any more.
pub(super) fn forgotten(arn: &Arn, topic: &Topic, id: SubscriptionId, batch: &mut Batch) {
    if topic.replays.get(id).is_some() {
        batch.delete(Table::Lane, Key::Replay(id).of(&topic.incarnation));
        delete_turn(arn, topic, id, batch);
    }
}

/// Nothing is kept or replayed any more.
pub(super) fn ended(arn: &Arn, topic: &Topic, batch: &mut Batch) {
    if let Some(archive) = &topic.archive {
        sweep((arn, &topic.incarnation), archive.sweep_at).delete(batch);
    }
    for (id, at) in topic.replays.active() {
        turn(arn, topic, id, at).delete(batch);
    }
}

fn delete_turn(arn: &Arn, topic: &Topic, id: SubscriptionId, batch: &mut Batch) {
    if let Some(at) = topic.replays.get(id).and_then(Replay::at) {
        turn(arn, topic, id, at).delete(batch);
    }
}

fn turn(arn: &Arn, topic: &Topic, id: SubscriptionId, at: Timestamp) -> Timer {
    let incarnation = replay::line(&topic.incarnation, id);
    Timer { at, incarnation, kind: DueKind::Replay as u8, arn: arn.clone() }
}

fn sweep((arn, incarnation): (&Arn, &Incarnation), at: Timestamp) -> Timer {
    let incarnation = *incarnation;
    Timer { at, incarnation, kind: DueKind::Archive as u8, arn: arn.clone() }
}
