//! The rows of a mailbox: its life, then what, then which.

use base::{Incarnation, Timestamp};
use bytes::Bytes;
use store::{Position, StoreError};

use super::bell::Bell;
use super::mailbox::Facts;

const NEXT: u8 = 1;
const LETTER: u8 = 2;
const BELL: u8 = 3;

pub(crate) fn next(life: Incarnation) -> Bytes {
    key(life, NEXT, &[])
}

pub(crate) fn letter(life: Incarnation, position: Position) -> Bytes {
    key(life, LETTER, &position.0.to_be_bytes())
}

pub(crate) fn bell(life: Incarnation, bell: &Bell) -> Bytes {
    key(life, BELL, &[bell.at.millis().to_be_bytes(), bell.id.to_be_bytes()].concat())
}

pub(crate) fn time(at: Timestamp) -> Bytes {
    Bytes::copy_from_slice(&at.millis().to_be_bytes())
}

pub(crate) fn position(position: Position) -> Bytes {
    Bytes::copy_from_slice(&position.0.to_be_bytes())
}

/// Adds what a row says.
pub(crate) fn read(facts: &mut Facts, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    let (kind, which) = key[16..].split_first().ok_or_else(damaged)?;
    match *kind {
        NEXT => facts.next = Position(number(value)?),
        LETTER => {
            let from = Timestamp::from_millis(number(value)?);
            facts.letters.insert(Position(number(which)?), from);
        }
        BELL => {
            let (at, id) = which.split_at(8);
            let bell = Bell { at: Timestamp::from_millis(number(at)?), id: number(id)? };
            let [echoes] = fixed(value)?;
            facts.bells.insert(bell, echoes);
        }
        _ => return Err(damaged()),
    }
    Ok(())
}

/// Exactly that many bytes.
pub(crate) fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| damaged())
}

fn number(bytes: &[u8]) -> Result<u64, StoreError> {
    fixed(bytes).map(u64::from_be_bytes)
}

fn key(life: Incarnation, kind: u8, which: &[u8]) -> Bytes {
    [&life.as_bytes()[..], &[kind], which].concat().into()
}

fn damaged() -> StoreError {
    StoreError::Damaged("not a row of a mailbox".to_owned())
}
