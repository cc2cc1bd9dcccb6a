//! Receiving a request's body whole, within limits.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};

use crate::admission::Permit;
use crate::deadline::within_unless;
use crate::refusal::Refusal;

/// The way in which a body is read.
pub(crate) struct Reading {
    /// The longest body, in bytes.
    pub(crate) most: usize,
    /// The longest time for all of it.
    pub(crate) time: Duration,
    /// True if the client waits for leave before it sends the body.
    pub(crate) is_awaited: bool,
}

/// The part of a body's time after which its pace is looked at.
const TICKS: u32 = 60;

/// The whole body. One that arrived in one piece, as most do, is not copied.
///
/// While memory is short, a body must keep the pace of a longest one that takes all of its time: one that stands still
/// would keep others out.
pub(crate) async fn collect(
    mut body: Incoming,
    reading: Reading,
    permit: &mut Permit,
) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let Reading { most, time, is_awaited } = reading;
    let (received, admission) = (AtomicUsize::new(0), permit.admission());
    let mut before = 0;
    let is_too_slow = || {
        let now = received.load(Relaxed);
        let pace = now - std::mem::replace(&mut before, now);
        admission.is_under_pressure() && pace < (most / TICKS as usize).max(1)
    };
    let collecting = async {
        let read = read(&mut body, most, permit, &received).await;
        if matches!(read, Err(Refusal::BodyTooLarge)) && !is_awaited {
            discard(&mut body, most).await;
        }
        read
    };
    within_unless((time, time / TICKS), is_too_slow, collecting)
        .await
        .unwrap_or(Err(Refusal::BodyTooSlow))
}

async fn read(
    body: &mut Incoming,
    most: usize,
    permit: &mut Permit,
    received: &AtomicUsize,
) -> Result<Bytes, Refusal> {
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > most {
        return Err(Refusal::BodyTooLarge);
    }
    let Some(first) = piece(body).await? else { return Ok(Bytes::new()) };
    admit(first.len(), 0, most, permit)?;
    received.store(first.len(), Relaxed);
    if body.is_end_stream() {
        return Ok(first);
    }
    let Some(second) = piece(body).await? else { return Ok(first) };
    let mut whole = BytesMut::with_capacity(declared.max(first.len() + second.len()).min(most));
    whole.extend_from_slice(&first);
    let mut next = Some(second);
    while let Some(piece_of_it) = next {
        admit(piece_of_it.len(), whole.len(), most, permit)?;
        whole.extend_from_slice(&piece_of_it);
        received.store(whole.len(), Relaxed);
        next = piece(body).await?;
    }
    Ok(whole.freeze())
}

fn admit(more: usize, have: usize, most: usize, permit: &mut Permit) -> Result<(), Refusal> {
    if have + more > most { Err(Refusal::BodyTooLarge) } else { permit.take(more) }
}

/// The next bytes; trailers are passed over, as no protocol here has any.
pub(crate) async fn piece(body: &mut Incoming) -> Result<Option<Bytes>, Refusal> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::BodyBroken)?;
        if let Ok(bytes) = frame.into_data() {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// The bytes that are read of a body that is refused, at least.
const DISCARDED: usize = 1 << 20;

/// Reads on for a while without keeping anything, unless the client has announced more than that. Clients send the whole
/// body before they read: a connection closed in their face would hide from them why.
async fn discard(body: &mut Incoming, most: usize) {
    let mut left = most.max(DISCARDED);
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > left.saturating_mul(2) {
        return;
    }
    while let Ok(Some(bytes)) = piece(body).await {
        match left.checked_sub(bytes.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
