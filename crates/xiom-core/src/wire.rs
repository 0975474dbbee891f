//! Octets on their way down, with the two counters that decide completions.
//!
//! The octets past `end` stay initialised, so that sealing into the spare room costs no zeroing; what
//! is taken from the front is skipped, never moved.

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::secret::{wipe, wipe_all};

/// Octets to be written, oldest first; owned by the caller, appended to by layers.
///
/// ```
/// let mut wire = xiom_core::WireBuf::default();
/// wire.extend(b"sealed");
/// wire.take(4); // The socket took four octets for good.
/// assert_eq!((wire.pending(), wire.taken(), wire.appended()), (&b"ed"[..], 4, 6));
/// ```
#[derive(Clone)]
pub struct WireBuf {
    octets: Vec<u8>,
    start: usize,
    end: usize,
    taken: u64,
}

impl WireBuf {
    /// The octets not yet taken.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        self.octets.get(self.start..self.end).unwrap_or_default()
    }

    /// The same, for a reader in this process that decrypts them in place.
    pub fn pending_mut(&mut self) -> &mut [u8] {
        self.octets.get_mut(self.start..self.end).unwrap_or_default()
    }

    /// How many octets are not yet taken.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether every octet was taken.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Octets the socket took since the last reset.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.taken
    }

    /// Octets appended since the last reset.
    #[must_use]
    pub fn appended(&self) -> u64 {
        self.taken.saturating_add(u64::try_from(self.len()).unwrap_or(u64::MAX))
    }

    /// The octets appended after [`Self::appended`] was `mark`, as far as they are not yet taken.
    #[must_use]
    pub fn since(&self, mark: u64) -> &[u8] {
        let count = usize::try_from(self.appended().saturating_sub(mark)).unwrap_or(usize::MAX);
        let pending = self.pending();
        pending.get(pending.len().saturating_sub(count)..).unwrap_or_default()
    }

    /// Records that the socket took the first `count` octets for good.
    pub fn take(&mut self, count: usize) {
        let count = count.min(self.len());
        //= SRS_TLSIO_30_093
        self.start += count;
        self.taken = self.taken.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if self.start == self.end {
            (self.start, self.end) = (LEAD, LEAD);
        }
    }

    /// Appends `octets`.
    pub fn extend(&mut self, octets: &[u8]) {
        let end = self.end.saturating_add(octets.len());
        if let Some(room) = self.octets.get_mut(self.end..end) {
            room.copy_from_slice(octets);
        } else {
            // New room is filled once, and not zeroed before.
            self.grow(end);
            self.octets.resize(self.end, 0);
            self.octets.extend_from_slice(octets);
        }
        self.end = end;
    }

    /// Appends `octets` of which, and of the pending ones before them, the socket has just taken the first
    /// `count` for good: only the others are copied.
    pub fn pass(&mut self, octets: &[u8], count: usize) {
        let straight = count.saturating_sub(self.len()).min(octets.len());
        self.take(count);
        //= SRS_TLSIO_30_093
        self.taken = self.taken.saturating_add(u64::try_from(straight).unwrap_or(u64::MAX));
        self.extend(octets.get(straight..).unwrap_or_default());
    }

    /// Lets `write` append exactly `count` octets, and nothing else.
    pub fn extend_with(&mut self, count: usize, write: impl FnOnce(&mut Vec<u8>)) {
        self.grow(self.end.saturating_add(count));
        self.octets.resize(self.end, 0);
        write(&mut self.octets);
        self.end = self.octets.len();
    }

    /// Room for exactly `count` more octets, initialised with anything; [`Self::commit`] keeps them.
    pub fn spare(&mut self, count: usize) -> &mut [u8] {
        let end = self.end.saturating_add(count);
        if self.octets.len() < end {
            self.grow(end);
            self.octets.resize(end, 0);
        }
        self.octets.get_mut(self.end..end).unwrap_or_default()
    }

    /// Gets memory for `size` octets, and overwrites that which is given back: it may hold a password.
    fn grow(&mut self, size: usize) {
        if self.octets.capacity() < size {
            let twice = self.octets.capacity().saturating_mul(2);
            let mut octets = Vec::with_capacity(size.max(twice).max(SMALLEST));
            octets.extend_from_slice(&self.octets);
            wipe_all(&mut self.octets);
            self.octets = octets;
        }
    }

    /// Appends the first `count` octets of the last [`Self::spare`].
    pub fn commit(&mut self, count: usize) {
        self.end = self.end.saturating_add(count).min(self.octets.len());
    }

    /// Takes back what was appended behind the first `len` of the pending octets, and overwrites it.
    pub fn truncate(&mut self, len: usize) {
        let end = self.start.saturating_add(len.min(self.len()));
        wipe(self.octets.get_mut(end..self.end).unwrap_or_default());
        self.end = end;
    }

    /// Starts anew for another connection; what is pending is dropped.
    pub const fn reset(&mut self) {
        (self.start, self.end, self.taken) = (LEAD, LEAD, 0);
    }

    /// Gives the memory back when nothing is pending.
    pub fn release(&mut self) {
        if self.is_empty() {
            self.octets = Vec::new();
        }
    }

    /// Overwrites all octets, gives the memory back and starts anew.
    pub fn wipe(&mut self) {
        wipe_all(&mut self.octets);
        self.octets = Vec::new();
        self.reset();
    }
}

impl Default for WireBuf {
    fn default() -> Self {
        Self { octets: Vec::new(), start: LEAD, end: LEAD, taken: 0 }
    }
}

impl fmt::Debug for WireBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireBuf")
            .field("pending", &self.len())
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

impl PartialEq for WireBuf {
    fn eq(&self, other: &Self) -> bool {
        self.taken == other.taken && self.pending() == other.pending()
    }
}

impl Eq for WireBuf {}

impl Hash for WireBuf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.taken.hash(state);
        self.pending().hash(state);
    }
}

/// Octets at the front that stay unused.
///
/// Where memory comes in pages, a short header in front of a caller's octets would put their copy a few
/// octets further on in its page than they lie in theirs, and for that some processors copy at a tenth of
/// their speed.
const LEAD: usize = 64;

/// Octets of the first memory: room for the words of a handshake.
const SMALLEST: usize = 256;
