//! Reading a request's body whole, within limits.

use base::deadline;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use super::intake::Share;
use super::limits::Limits;
use super::refusal::Refusal;

/// The body. One that arrived in one piece, as most do, is not copied.
///
/// `expecting` says that the caller waits for leave before it sends the body.
pub(super) async fn collect(
    mut body: Incoming,
    limits: &Limits,
    share: &mut Share,
    expecting: bool,
) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let reading = async {
        let read = read(&mut body, limits.body, share).await;
        if matches!(read, Err(Refusal::BodyTooLarge)) && !expecting {
            discard(&mut body, limits.body).await;
        }
        read
    };
    deadline::within(limits.body_time, reading).await.unwrap_or(Err(Refusal::BodyTooSlow))
}

async fn read(body: &mut Incoming, most: usize, share: &mut Share) -> Result<Bytes, Refusal> {
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > most {
        return Err(Refusal::BodyTooLarge);
    }
    let Some(first) = piece(body).await? else { return Ok(Bytes::new()) };
    admit(first.len(), 0, most, share)?;
    if body.is_end_stream() {
        return Ok(first);
    }
    let Some(second) = piece(body).await? else { return Ok(first) };
    let mut whole = BytesMut::with_capacity(declared.max(first.len() + second.len()).min(most));
    whole.extend_from_slice(&first);
    let mut next = Some(second);
    while let Some(piece_of_it) = next {
        admit(piece_of_it.len(), whole.len(), most, share)?;
        whole.extend_from_slice(&piece_of_it);
        next = piece(body).await?;
    }
    Ok(whole.freeze())
}

fn admit(more: usize, have: usize, most: usize, share: &mut Share) -> Result<(), Refusal> {
    if have + more > most { Err(Refusal::BodyTooLarge) } else { share.take(more) }
}

/// The next bytes; trailers are passed over, as no protocol here has any.
async fn piece(body: &mut Incoming) -> Result<Option<Bytes>, Refusal> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::BodyBroken)?;
        if let Ok(bytes) = frame.into_data() {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// Reads on for a while without keeping anything. Clients send the whole body before they read: a
/// connection closed in their face would hide from them why.
async fn discard(body: &mut Incoming, most: usize) {
    let mut left = most;
    while let Ok(Some(bytes)) = piece(body).await {
        match left.checked_sub(bytes.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
