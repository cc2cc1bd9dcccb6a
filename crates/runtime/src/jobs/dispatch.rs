//! From timers to jobs: taking what is due, running it, and what happens when it fails.

use std::sync::Arc;

use base::{SlotId, Span};
use store::Refused;
use tracing::{error, warn};

use super::failures::{MOST_FAILURES, Quarantined};
use super::handler::JobHandlers;
use super::queues::{Job, Place};
use super::timer::{Row, Timer};
use crate::activity::Active;
use crate::backoff::Backoff;
use crate::node::Node;
use crate::plan::Trouble;

/// How many jobs wait before no more timers are taken, passed by what one look brings.
const CROWD: usize = 1 << 16;
/// The longest pause before a slot is read again in which more jobs have failed than memory holds: other timers
/// wait for it.
const REREAD: Span = Span::from_seconds(5);
/// The pauses before a job that failed is tried again.
const BACKOFF: Backoff = Backoff { first: Span::from_seconds(1), most: Span::from_seconds(300) };

/// Takes what is due and has it run, for as long as the node runs.
pub(super) async fn run(node: Arc<Node>, handlers: JobHandlers, active: Active) {
    let jobs = node.jobs();
    loop {
        let has_room = jobs.queues.lock().waiting() < CROWD;
        if has_room {
            take(&node, &handlers);
        }
        start_jobs(&node);
        let next = jobs.index().next_timer();
        let wait = async {
            tokio::select! {
                () = node.timers().sleep_until(next), if has_room => {}
                () = jobs.index().timers_changed() => {}
            }
        };
        active.park(wait).await;
    }
}

/// Moves what is due from the index to the queues, or to quarantine.
fn take(node: &Node, handlers: &JobHandlers) {
    let now = node.timers().now();
    for (slot, row) in node.jobs().index().take(now) {
        if node.jobs().failures.lock().is_quarantined(&row.0) {
            continue;
        }
        match job(handlers, slot, &row) {
            Ok(job) => node.jobs().queues.lock().add(job),
            Err(reason) => quarantine(node, row, Cause { failures: 0, reason }),
        }
    }
}

/// The job of a timer's row, or why there is none.
fn job(handlers: &JobHandlers, slot: SlotId, row: &Row) -> Result<Job, String> {
    let timer = Timer::read(row).ok_or("the row is not a timer's")?;
    let service = timer.arn.service();
    let handler = handlers.find(&timer.arn).ok_or(format!("no service {service} is here"))?;
    let unknown = || format!("the service {service} has no jobs of kind {}", timer.kind);
    let queue = handler.queue(timer.kind).ok_or_else(unknown)?;
    Ok(Job { handler: Arc::clone(handler), queue, timer, slot, row: row.clone() })
}

/// Starts jobs in all queues that have room for them.
fn start_jobs(node: &Arc<Node>) {
    while let Some((place, job)) = next_job(node) {
        let active = node.activity().begin();
        let kept = Arc::clone(node);
        node.tasks().spawn(async move {
            run_job(&kept, &place, job).await;
            start_jobs(&kept);
            drop(active);
        });
    }
}

fn next_job(node: &Node) -> Option<(Place, Job)> {
    let mut queues = node.jobs().queues.lock();
    let next = queues.next();
    if queues.waiting() + 1 == CROWD {
        // The dispatcher may be waiting for room.
        node.jobs().index().changed();
    }
    next
}

async fn run_job(node: &Node, place: &Place, job: Job) {
    let Job { handler, timer, slot, row, .. } = job;
    let result = handler.run(timer).await;
    let jobs = node.jobs();
    match &result {
        Ok(()) => jobs.failures.lock().succeeded(&row.0),
        Err(error) => failed(node, place, (slot, row), error),
    }
    jobs.queues.lock().ended(place, result.is_ok());
}

/// Has a job tried again, or puts its timer into quarantine.
fn failed(node: &Node, place: &Place, (slot, row): (SlotId, Row), error: &Trouble) {
    let now = node.timers().now();
    let failures = node.jobs().failures.lock().count(&row.0, &place.queue, now);
    if failures >= MOST_FAILURES && is_own_fault(error) {
        return quarantine(node, row, Cause { failures, reason: error.to_string() });
    }
    let next = now + BACKOFF.pause(failures, node.random());
    let timer = Timer::read(&row);
    let arn = timer.as_ref().map(|timer| timer.arn.as_str()).unwrap_or_default();
    warn!(arn, failures, %error, "a job has failed; it is tried again");
    node.jobs().failures.lock().tried_again(&row.0, next);
    node.jobs().index().retry(slot, next, next.min(now + REREAD), row);
}

/// False if the job failed only because the store has no room at present.
fn is_own_fault(error: &Trouble) -> bool {
    !matches!(error, Trouble::Refused(Refused::Full))
}

/// The reason for a quarantine.
struct Cause {
    failures: u32,
    reason: String,
}

fn quarantine(node: &Node, row: Row, Cause { failures, reason }: Cause) {
    let timer = Timer::read(&row);
    let arn = timer.as_ref().map(|timer| timer.arn.clone());
    let (kind, at) = (timer.as_ref().map(|timer| timer.kind), timer.map(|timer| timer.at));
    let shown = arn.as_ref().map(|arn| arn.as_str()).unwrap_or_default();
    error!(arn = shown, kind, failures, reason, "a timer is quarantined: /_millpond/jobs lists it");
    let since = node.timers().now();
    let quarantined = Quarantined { arn, kind, at, since, failures, reason };
    node.jobs().failures.lock().quarantine(row.0, quarantined);
}
