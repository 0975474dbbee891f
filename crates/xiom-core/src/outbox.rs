//! The messages that were accepted and not yet completed, oldest first.
//!
//! A message is sealed whole or not at all: what is sealed goes out as one, and "cancelled" means that
//! no octet of it was sealed or, at least, that none has left.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::{SendId, SendResult};

/// Messages that were accepted; a connection that sends nothing holds no memory for them.
#[derive(Clone)]
pub(crate) struct Outbox(Option<Box<Queues>>);

/// Messages in two queues: sealed ones in the wire buffer, then waiting ones in plain.
#[derive(Clone, Default, Eq, Hash, PartialEq)]
struct Queues {
    /// Each with the counts of wire octets at which it starts and ends.
    sealed: VecDeque<Sealed>,
    waiting: VecDeque<(SendId, Vec<u8>)>,
    /// Octets of those that wait.
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
        Self(None)
    }

    /// Gives the memory back when there is no message.
    pub(crate) fn release(&mut self) {
        if self.held().is_none() {
            self.0 = None;
        }
    }

    fn held(&self) -> Option<&Queues> {
        let is_empty = |it: &Queues| it.sealed.is_empty() && it.waiting.is_empty();
        self.0.as_deref().filter(|queues| !is_empty(queues))
    }

    /// How many messages there are.
    pub(crate) fn len(&self) -> u32 {
        let len = |queues: &Queues| queues.sealed.len().saturating_add(queues.waiting.len());
        u32::try_from(self.0.as_deref().map_or(0, len)).unwrap_or(u32::MAX)
    }

    /// Octets of the messages that wait in plain.
    pub(crate) fn octets(&self) -> usize {
        self.0.as_ref().map_or(0, |queues| queues.octets)
    }

    pub(crate) fn has_waiting(&self) -> bool {
        self.0.as_ref().is_some_and(|queues| !queues.waiting.is_empty())
    }

    pub(crate) fn has_sealed(&self) -> bool {
        self.0.as_ref().is_some_and(|queues| !queues.sealed.is_empty())
    }

    /// Notes that the wire octets from `start` to `end` are the message `id`.
    pub(crate) fn push_sealed(&mut self, id: SendId, start: u64, end: u64) {
        self.0.get_or_insert_default().sealed.push_back(Sealed { id, start, end });
    }

    pub(crate) fn push_waiting(&mut self, id: SendId, octets: &[u8]) {
        let queues = self.0.get_or_insert_default();
        queues.octets = queues.octets.saturating_add(octets.len());
        queues.waiting.push_back((id, octets.to_vec()));
    }

    /// Takes the oldest waiting message, to be sealed.
    pub(crate) fn pop_waiting(&mut self) -> Option<(SendId, Vec<u8>)> {
        let queues = self.0.as_mut()?;
        let (id, octets) = queues.waiting.pop_front()?;
        queues.octets = queues.octets.saturating_sub(octets.len());
        Some((id, octets))
    }

    /// Takes the oldest message if all its octets are among the `taken` ones.
    pub(crate) fn pop_written(&mut self, taken: u64) -> Option<SendId> {
        let sealed = &mut self.0.as_mut()?.sealed;
        sealed.pop_front_if(|message| message.end <= taken).map(|message| message.id)
    }

    /// Takes the oldest message although it was not written: failed if some of it has left.
    pub(crate) fn pop_abandoned(&mut self, taken: u64) -> Option<(SendId, SendResult)> {
        if let Some(message) = self.0.as_mut()?.sealed.pop_front() {
            //= SRS_TLSIO_50_018
            let left = message.start < taken;
            let result = if left { SendResult::Failed } else { SendResult::Cancelled };
            return Some((message.id, result));
        }
        self.pop_waiting().map(|(id, _)| (id, SendResult::Cancelled))
    }
}

impl PartialEq for Outbox {
    fn eq(&self, other: &Self) -> bool {
        self.held() == other.held()
    }
}

impl Eq for Outbox {}

impl Hash for Outbox {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.held().hash(state);
    }
}

/// Without the octets, which are the user's.
impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("sealed", &self.held().map(|queues| &queues.sealed))
            .field("waiting", &self.held().map(|queues| queues.waiting.len()))
            .field("octets", &self.octets())
            .finish()
    }
}
