//! Which states were seen, by fingerprints of 64 bits, in an open table of their numbers.
//!
//! Eight octets a state and five a slot: the states themselves are not kept. Two states that differ meet
//! in one fingerprint with a probability of some n^2 / 2^65, 3 in 10^8 for a million states; the second
//! search has another hash, so that an accident shows as another count. What no hash can tell apart, such
//! as states whose `Hash` leaves something out, is one state for both.

use core::hash::{BuildHasher, Hash};

use foldhash::quality::FixedState;

use super::lean::Lean;

/// The fingerprints of all states seen, by the number of each state in the order in which it was found.
///
/// A slot is empty or holds the number of a state. The slots from the one where a fingerprint belongs to
/// the one where it is are never empty.
#[derive(Debug)]
pub(super) struct Seen {
    fingerprints: Lean<u64>,
    /// Of each slot, some bits of the fingerprint, so that another one is seldom looked at; 0 is empty.
    tags: Vec<u8>,
    /// Of each slot that is not empty, the number of the state.
    numbers: Vec<u32>,
    /// How many states there may be.
    most: u32,
}

impl Seen {
    /// Nothing was seen, and no more than `most` will be.
    pub(super) fn new(most: u32) -> Self {
        let slots = 1 << 10;
        Self { fingerprints: Lean::new(), tags: vec![0; slots], numbers: vec![0; slots], most }
    }

    pub(super) const fn len(&self) -> usize {
        self.fingerprints.len()
    }

    /// The number of the state, and whether it was not seen before; nothing when there is no room.
    pub(super) fn insert(&mut self, fingerprint: u64) -> Option<(u32, bool)> {
        if self.tags.len() / 5 * 4 <= self.len() {
            self.grow();
        }
        let slot = self.find(fingerprint);
        if self.tags.get(slot) != Some(&0) {
            return self.numbers.get(slot).map(|number| (*number, false));
        }
        let number = u32::try_from(self.len()).ok().filter(|number| *number < self.most)?;
        self.put(slot, fingerprint, number);
        self.fingerprints.push(fingerprint);
        Some((number, true))
    }

    /// The slot of `fingerprint`, or the empty one where it belongs.
    fn find(&self, fingerprint: u64) -> usize {
        let (tag, mut slot) = (tag(fingerprint), self.home(fingerprint));
        let fingerprints = self.fingerprints.as_slice();
        while let Some(&found) = self.tags.get(slot) {
            let number = || self.numbers.get(slot).copied().map_or(usize::MAX, index);
            let is_here = || found == tag && fingerprints.get(number()) == Some(&fingerprint);
            if found == 0 || is_here() {
                break;
            }
            slot = self.after(slot);
        }
        slot
    }

    /// The slot where `fingerprint` belongs: its upper bits are spread evenly over any number of slots.
    fn home(&self, fingerprint: u64) -> usize {
        let slots = u64::try_from(self.tags.len()).unwrap_or(u64::MAX);
        let home = (u128::from(fingerprint) * u128::from(slots)) >> 64;
        usize::try_from(home).unwrap_or_default()
    }

    const fn after(&self, slot: usize) -> usize {
        if slot + 1 < self.tags.len() { slot + 1 } else { 0 }
    }

    fn put(&mut self, slot: usize, fingerprint: u64, number: u32) {
        if let (Some(tagged), Some(numbered)) =
            (self.tags.get_mut(slot), self.numbers.get_mut(slot))
        {
            (*tagged, *numbered) = (tag(fingerprint), number);
        }
    }

    /// Makes half as many slots again; the old ones are given back first, for nothing in them is needed.
    fn grow(&mut self) {
        let slots = self.tags.len() / 2 * 3;
        (self.tags, self.numbers) = (Vec::new(), Vec::new());
        (self.tags, self.numbers) = (vec![0; slots], vec![0; slots]);
        for number in 0..u32::try_from(self.len()).unwrap_or(u32::MAX) {
            let Some(&fingerprint) = self.fingerprints.as_slice().get(index(number)) else { break };
            // No fingerprint is there twice, so the first slot that is empty is its own.
            let mut slot = self.home(fingerprint);
            while self.tags.get(slot).is_some_and(|tag| *tag != 0) {
                slot = self.after(slot);
            }
            self.put(slot, fingerprint, number);
        }
    }

    /// The fingerprints by number; the slots are given back.
    pub(super) fn into_fingerprints(self) -> Lean<u64> {
        self.fingerprints
    }

    /// Octets that are held.
    pub(super) fn octets(&self) -> usize {
        let slots = self.tags.capacity() + self.numbers.capacity() * size_of::<u32>();
        self.fingerprints.octets() + slots
    }
}

/// The lowest bits, for the upper ones say where it belongs; never 0.
fn tag(fingerprint: u64) -> u8 {
    let [lowest, ..] = fingerprint.to_le_bytes();
    lowest.max(1)
}

/// The fingerprint of a state; the same on every machine and in every run.
#[must_use]
pub fn fingerprint<T: Hash>(state: &T) -> u64 {
    FixedState::with_seed(SEED).hash_one(state)
}

/// A state's number as an index.
pub(super) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

const SEED: u64 = 0x7869_6F6D;

#[cfg(test)]
mod tests {
    use super::*;

    /// Fingerprints that crowd at one end of the table, and differ by their upper bits or by their lower.
    fn crowded() -> impl Iterator<Item = u64> {
        let (low, high) = (0..3000_u64, (0..3000_u64).map(|it| u64::MAX - (it << 40)));
        low.chain(high).chain((0..3000).map(|it| (1 << 20) + (it << 8)))
    }

    #[test]
    fn every_fingerprint_has_one_number_however_they_crowd() {
        let mut seen = Seen::new(u32::MAX);
        for (number, print) in (0..).zip(crowded()) {
            assert_eq!(seen.insert(print), Some((number, true)));
        }
        for (number, print) in (0..).zip(crowded()) {
            assert_eq!(seen.insert(print), Some((number, false)));
        }
        assert_eq!(seen.len(), 9000);
        assert!(seen.into_fingerprints().as_slice().iter().copied().eq(crowded()));
    }

    #[test]
    fn what_finds_no_room_is_not_taken_for_another() {
        let mut seen = Seen::new(2);
        assert_eq!(seen.insert(7), Some((0, true)));
        assert_eq!(seen.insert(8), Some((1, true)));
        assert_eq!(seen.insert(9), None);
        assert_eq!(seen.insert(7), Some((0, false)));
        assert_eq!(seen.insert(9), None);
        assert_eq!(seen.len(), 2);
    }
}
