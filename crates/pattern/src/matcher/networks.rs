//! Blocks of addresses, found by an address that lies in them.

use std::collections::BTreeMap;

use super::few::Few;
use super::terms::Slot;
use crate::condition::Network;

/// Patterns by block.
#[derive(Debug, Default)]
pub(super) struct Networks {
    slots: BTreeMap<Network, Few<Slot>>,
    /// The number of blocks of each length in bits: only those lengths are looked for.
    lengths: BTreeMap<u8, usize>,
}

impl Networks {
    pub(super) fn insert(&mut self, network: Network, slot: Slot) {
        let slots = self.slots.entry(network).or_insert_with(|| {
            *self.lengths.entry(network.length()).or_default() += 1;
            Few::None
        });
        slots.insert(slot);
    }

    pub(super) fn remove(&mut self, network: Network, slot: Slot) {
        let Some(slots) = self.slots.get_mut(&network) else { return };
        slots.remove(slot);
        if slots.is_empty() {
            self.slots.remove(&network);
            if let Some(count) = self.lengths.get_mut(&network.length()) {
                *count -= 1;
                if *count == 0 {
                    self.lengths.remove(&network.length());
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The number of patterns that a block leads to.
    pub(super) fn crowd(&self, network: Network) -> usize {
        self.slots.get(&network).map_or(0, Few::len)
    }

    /// The patterns of all blocks that an address lies in; none for other text.
    pub(super) fn find(&self, text: &str, found: &mut Vec<Slot>) {
        for length in self.lengths.keys() {
            let around = Network::around(text, *length);
            if let Some(slots) = around.and_then(|network| self.slots.get(&network)) {
                slots.append_to(found);
            }
        }
    }
}
