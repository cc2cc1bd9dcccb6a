//! A lane for tests: a mailbox, in which letters lie until they are taken and bells ring when their time
//! has come. Its letters are a log, of which memory holds the places and, when it happens to, the text.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use base::{Arn, Incarnation, Timestamp};
use bytes::Bytes;
use runtime::{Fact, Lane, LogEnd, Ready, Rows, names};
use store::{Batch, KeyRange, PageLimit, Position, StoreError, Table};
use tokio::sync::Semaphore;

use super::bell::Bell;
use super::rows;

/// A mailbox in memory.
#[derive(Debug)]
pub(crate) struct Mailbox {
    arn: Arn,
    now: Timestamp,
    pub(crate) facts: Facts,
    /// Texts of letters that memory happens to hold.
    texts: BTreeMap<Position, Bytes>,
    /// Where it was last fetched from.
    fetches: Option<Arc<Fetches>>,
    fact: Option<Arc<Fact>>,
}

/// What the disk has, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) life: Option<Incarnation>,
    pub(crate) next: Position,
    /// Where the letters stand, and from when on each can be taken.
    pub(crate) letters: BTreeMap<Position, Timestamp>,
    pub(crate) bells: BTreeMap<Bell, u8>,
}

/// A change in the life of a mailbox.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) life: Incarnation,
    pub(crate) what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    Open,
    Put { position: Position, from: Timestamp, text: Bytes },
    Take(Position),
    SetBell(Bell, u8),
    Ring(Bell),
}

/// The texts of some letters.
pub(crate) struct Need {
    pub(crate) life: Incarnation,
    pub(crate) from: Position,
    pub(crate) fetches: Arc<Fetches>,
}

/// Counts fetches and lets them pass.
#[derive(Debug)]
pub(crate) struct Fetches {
    pub(crate) count: AtomicUsize,
    /// How often it was asked what else is worth fetching.
    pub(crate) widened: AtomicUsize,
    /// Whoever takes its permit holds all fetches up.
    pub(crate) gate: Semaphore,
    /// Whether texts are fetched before they are missed.
    pub(crate) ahead: AtomicBool,
}

/// What was fetched.
pub(crate) struct Supply {
    records: Vec<(Position, Bytes)>,
    fetches: Arc<Fetches>,
}

impl Mailbox {
    /// The first letter that can be taken, and its text if memory holds it.
    pub(crate) fn first(&self) -> Option<(Position, Option<Bytes>)> {
        let mut letters = self.facts.letters.iter();
        let (position, _) = letters.find(|&(_, &from)| from <= self.now)?;
        Some((*position, self.texts.get(position).cloned()))
    }
}

impl Lane for Mailbox {
    type Change = Change;
    type Need = Need;
    type Supply = Supply;

    async fn load(arn: &Arn, rows: &Rows) -> Result<Self, StoreError> {
        let mut facts = Facts::default();
        if let Some(life) = rows.get(Table::Names, names::key(arn)).await? {
            let life = Incarnation::from_bytes(rows::fixed(&life)?);
            facts.life = Some(life);
            let range = KeyRange::prefix(life.as_bytes().to_vec());
            rows.each(Table::Lane, range, |key, value| rows::read(&mut facts, &key, &value))
                .await?;
        }
        let fact = facts.life.map(|_| Arc::default());
        let (arn, now) = (arn.clone(), Timestamp::ZERO);
        Ok(Mailbox { arn, now, facts, texts: BTreeMap::new(), fetches: None, fact })
    }

    fn widen(&self, need: Need) -> Need {
        need.fetches.widened.fetch_add(1, Ordering::SeqCst);
        need
    }

    fn ahead(&self) -> Option<Need> {
        let fetches = self.fetches.clone().filter(|it| it.ahead.load(Ordering::SeqCst))?;
        let mut letters = self.facts.letters.keys();
        let from = *letters.find(|at| !self.texts.contains_key(at))?;
        Some(Need { life: self.facts.life?, from, fetches })
    }

    async fn fetch(need: Need, rows: &Rows) -> Result<Supply, StoreError> {
        need.fetches.count.fetch_add(1, Ordering::SeqCst);
        let _passed = need.fetches.gate.acquire().await;
        let limit = PageLimit { rows: 10, bytes: 1 << 20 };
        let records = rows.read(need.life, need.from, limit).await?.records;
        let fetches = Arc::clone(&need.fetches);
        Ok(Supply { records, fetches })
    }

    fn supply(&mut self, supply: Self::Supply) {
        let letters = &self.facts.letters;
        self.texts.extend(supply.records.into_iter().filter(|(at, _)| letters.contains_key(at)));
        self.fetches = Some(supply.fetches);
    }

    fn observe(&mut self, now: Timestamp) {
        self.now = now;
    }

    fn write(&self, Change { life, what }: &Change, batch: &mut Batch) {
        match what {
            What::Open => names::put(batch, &self.arn, life.as_bytes().to_vec()),
            What::Put { position, from, text } => {
                batch.append(*life, *position, text.clone());
                batch.put(Table::Lane, rows::letter(*life, *position), rows::time(*from));
                batch.put(Table::Lane, rows::next(*life), rows::position(position.next()));
            }
            What::Take(position) => {
                batch.release(*life, *position);
                batch.delete(Table::Lane, rows::letter(*life, *position));
            }
            What::SetBell(bell, echoes) => {
                batch.put(Table::Lane, rows::bell(*life, bell), vec![*echoes]);
                bell.entry(&self.arn).put(batch);
            }
            What::Ring(bell) => {
                batch.delete(Table::Lane, rows::bell(*life, bell));
                bell.entry(&self.arn).delete(batch);
            }
        }
    }

    fn apply(&mut self, Change { life, what }: Change) {
        match what {
            What::Open => {
                self.facts.life = Some(life);
                self.fact = Some(Arc::default());
            }
            What::Put { position, from, text } => {
                self.facts.next = position.next();
                self.facts.letters.insert(position, from);
                self.texts.insert(position, text);
            }
            What::Take(position) => {
                self.facts.letters.remove(&position);
                self.texts.remove(&position);
            }
            What::SetBell(bell, echoes) => _ = self.facts.bells.insert(bell, echoes),
            What::Ring(bell) => _ = self.facts.bells.remove(&bell),
        }
    }

    fn ready(&self) -> Ready {
        let (now, later): (Vec<_>, Vec<_>) =
            self.facts.letters.values().copied().partition(|&from| from <= self.now);
        Ready { now: now.len(), next: later.into_iter().min() }
    }

    fn log_end(&self) -> Option<LogEnd> {
        let incarnation = self.facts.life?;
        Some(LogEnd { incarnation, position: self.facts.next })
    }

    fn check(&self) -> Result<(), String> {
        let (letters, next) = (&self.facts.letters, self.facts.next);
        if letters.keys().next_back().is_some_and(|last| *last >= next) {
            return Err(format!("a letter stands behind the end {next:?}: {letters:?}"));
        }
        match self.texts.keys().find(|at| !letters.contains_key(at)) {
            Some(at) => Err(format!("a text without a letter: {at:?}")),
            None => Ok(()),
        }
    }

    fn fact(&self) -> Option<&Arc<Fact>> {
        self.fact.as_ref()
    }
}

impl Default for Fetches {
    fn default() -> Self {
        Fetches {
            count: AtomicUsize::new(0),
            widened: AtomicUsize::new(0),
            gate: Semaphore::new(1),
            ahead: AtomicBool::new(false),
        }
    }
}
