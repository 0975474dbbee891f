//! The messages that were accepted and not yet completed, oldest first.
//!
//! A message is sealed whole or not at all: what is sealed goes out as one, and "cancelled" means that
//! no octet of it was sealed or, at least, that none has left.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use crate::{SendId, SendResult};

/// Messages in two queues: sealed ones in the wire buffer, then waiting ones in plain.
#[derive(Clone, Eq, Hash, PartialEq)]
pub(crate) struct Outbox {
    /// Each with the counts of wire octets at which it starts and ends.
    sealed: VecDeque<Sealed>,
    waiting: VecDeque<(SendId, Vec<u8>)>,
    octets: usize,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Sealed {
    id: SendId,
    start: u64,
    end: u64,
}

impl Outbox {
    pub(crate) const fn new() -> Self {
        Self { sealed: VecDeque::new(), waiting: VecDeque::new(), octets: 0 }
    }

    /// How many messages there are.
    pub(crate) fn len(&self) -> usize {
        self.sealed.len().saturating_add(self.waiting.len())
    }

    /// Octets of the messages that wait in plain.
    pub(crate) const fn octets(&self) -> usize {
        self.octets
    }

    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(crate) fn has_sealed(&self) -> bool {
        !self.sealed.is_empty()
    }

    /// Notes that the wire octets from `start` to `end` are the message `id`.
    pub(crate) fn push_sealed(&mut self, id: SendId, start: u64, end: u64) {
        self.sealed.push_back(Sealed { id, start, end });
    }

    pub(crate) fn push_waiting(&mut self, id: SendId, octets: &[u8]) {
        self.octets = self.octets.saturating_add(octets.len());
        self.waiting.push_back((id, octets.to_vec()));
    }

    /// Takes the oldest waiting message, to be sealed.
    pub(crate) fn pop_waiting(&mut self) -> Option<(SendId, Vec<u8>)> {
        let (id, octets) = self.waiting.pop_front()?;
        self.octets = self.octets.saturating_sub(octets.len());
        Some((id, octets))
    }

    /// Takes the oldest message if all its octets are among the `taken` ones.
    pub(crate) fn pop_written(&mut self, taken: u64) -> Option<SendId> {
        self.sealed.pop_front_if(|message| message.end <= taken).map(|message| message.id)
    }

    /// Takes the oldest message although it was not written: failed if some of it has left.
    pub(crate) fn pop_abandoned(&mut self, taken: u64) -> Option<(SendId, SendResult)> {
        if let Some(message) = self.sealed.pop_front() {
            //= SRS_TLSIO_50_018
            let left = message.start < taken;
            let result = if left { SendResult::Failed } else { SendResult::Cancelled };
            return Some((message.id, result));
        }
        self.pop_waiting().map(|(id, _)| (id, SendResult::Cancelled))
    }
}

/// Without the octets, which are the user's.
impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("sealed", &self.sealed)
            .field("waiting", &self.waiting.len())
            .field("octets", &self.octets)
            .finish()
    }
}
