//! Octets from the socket, which layers work on in place.
//!
//! The buffer holds at most [`InputBuf::CAPACITY`] octets, grows only while reads fill it, and gives its
//! memory back when empty; octets past `end` stay initialised.

use alloc::boxed::Box;
use alloc::vec;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Range;

use crate::secret::wipe;

/// A bounded buffer between the socket and the layers.
#[derive(Clone)]
pub struct InputBuf {
    octets: Box<[u8]>,
    start: usize,
    end: usize,
    /// Behind so many octets, nothing was ever written since the memory was got.
    used: usize,
    /// Octets to allocate next time, adapted to what reads bring.
    hint: usize,
}

impl InputBuf {
    /// The largest number of octets held; several TLS records.
    pub const CAPACITY: usize = 72 << 10;

    /// Room for octets from the socket after those that are held; empty when the buffer is full.
    pub fn room(&mut self) -> &mut [u8] {
        if self.start != 0 {
            self.octets.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == 0 && self.octets.len() < self.hint {
            // What it held may have been a password.
            self.wipe_used();
            self.octets = zeros(self.hint);
        } else if self.end == self.octets.len() && self.end < Self::CAPACITY {
            self.grow(self.octets.len().saturating_mul(2).min(Self::CAPACITY));
        }
        let limit = self.octets.len().min(Self::CAPACITY);
        self.octets.get_mut(self.end..limit).unwrap_or_default()
    }

    /// Keeps the first `count` octets of [`Self::room`].
    pub fn fill(&mut self, count: usize) {
        self.end = self.end.saturating_add(count).min(self.octets.len());
        self.used = self.used.max(self.end);
        if self.end == self.octets.len() {
            self.hint = self.hint.saturating_mul(2).min(Self::CAPACITY);
        }
    }

    /// The octets that no layer is done with.
    pub fn unread(&mut self) -> &mut [u8] {
        self.octets.get_mut(self.start..self.end).unwrap_or_default()
    }

    /// Drops `count` octets from the front of [`Self::unread`].
    pub fn consume(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
    }

    /// Puts `octets` in the place of the first `count` of [`Self::unread`], and says where they lie: they
    /// are of no layer, and stay as a located range does.
    pub fn replace(&mut self, count: usize, octets: &[u8]) -> Range<usize> {
        let at = self.start.saturating_add(count).min(self.end);
        let (start, end) = (at.saturating_add(octets.len()), self.end.saturating_add(octets.len()));
        if self.octets.len() < end {
            self.grow(end);
        }
        self.octets.copy_within(at..self.end, start);
        self.octets.get_mut(at..start).unwrap_or_default().copy_from_slice(octets);
        (self.start, self.end, self.used) = (start, end, self.used.max(end));
        self.consume(0);
        at..start
    }

    /// Where a range of [`Self::unread`] lies in the buffer.
    #[must_use]
    pub const fn locate(&self, range: &Range<usize>) -> Range<usize> {
        self.start.saturating_add(range.start)..self.start.saturating_add(range.end)
    }

    /// The octets of a located range; they stay until the next [`Self::room`].
    #[must_use]
    pub fn octets(&self, range: Range<usize>) -> &[u8] {
        self.octets.get(range).unwrap_or_default()
    }

    /// How many octets no layer is done with.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether nothing is held.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether all octets that may ever be held are held.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        Self::CAPACITY <= self.len()
    }

    /// Drops everything, and overwrites it.
    pub fn wipe(&mut self) {
        self.wipe_used();
        *self = Self::default();
    }

    /// Overwrites what layers are done with, such as the password that a client sent.
    pub fn wipe_read(&mut self) {
        let (start, end, used) = (self.start, self.end, self.used);
        wipe(self.octets.get_mut(..start).unwrap_or_default());
        wipe(self.octets.get_mut(end..used).unwrap_or_default());
    }

    /// Gives the memory back when nothing is held.
    pub fn release(&mut self) {
        if self.is_empty() && !self.octets.is_empty() {
            (self.octets, self.used) = (zeros(0), 0);
            self.hint = (self.hint / 2).max(SMALLEST);
        }
    }

    /// Moves what is held to memory of `size` octets, and overwrites it where it was: it may hold a password.
    fn grow(&mut self, size: usize) {
        let mut octets = zeros(size);
        let used = self.octets.get_mut(..self.used).unwrap_or_default();
        octets.get_mut(..used.len()).unwrap_or_default().copy_from_slice(used);
        wipe(used);
        self.octets = octets;
    }

    fn wipe_used(&mut self) {
        wipe(self.octets.get_mut(..self.used).unwrap_or_default());
        self.used = 0;
    }

    fn held(&self) -> &[u8] {
        self.octets.get(self.start..self.end).unwrap_or_default()
    }
}

impl Default for InputBuf {
    fn default() -> Self {
        Self { octets: zeros(0), start: 0, end: 0, used: 0, hint: SMALLEST }
    }
}

impl fmt::Debug for InputBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputBuf").field("held", &self.held().len()).finish_non_exhaustive()
    }
}

impl PartialEq for InputBuf {
    fn eq(&self, other: &Self) -> bool {
        self.held() == other.held()
    }
}

impl Eq for InputBuf {}

impl Hash for InputBuf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.held().hash(state);
    }
}

fn zeros(count: usize) -> Box<[u8]> {
    vec![0; count].into_boxed_slice()
}

const SMALLEST: usize = 4 << 10;
