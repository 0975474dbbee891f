//! Room for octets, and how they are written to it.
//!
//! Invariant: room beyond what is written lies within memory that the buffer has already, and is cut off at the end.

use alloc::vec::Vec;

use super::{Content, Sink, TO_WIDE, compound_code};
use crate::Value;
use crate::constructor::{code, is_narrow, overhead};

/// The end of a buffer: octets before `at` are written, those from there on are room.
///
/// A buffer that grew with each number would look at its capacity and store its length for each.
pub(super) struct Room<'a> {
    out: &'a mut Vec<u8>,
    at: usize,
}

impl<'a> Room<'a> {
    /// The room behind what `out` holds.
    pub(super) fn behind(out: &'a mut Vec<u8>) -> Self {
        let at = out.len();
        Self { out, at }
    }

    /// Cuts off what is not written.
    pub(super) fn finish(self) {
        self.out.truncate(self.at);
    }

    /// Writes `head`, and `octets` behind it.
    #[inline]
    pub(super) fn write<const N: usize>(self, head: [u8; N], octets: &[u8]) -> Self {
        let count = N + octets.len();
        let Self { out, at } = self.reserve(count);
        if let Some((first, rest)) =
            out.get_mut(at..at + count).and_then(<[u8]>::split_first_chunk_mut)
        {
            *first = head;
            copy(octets, rest);
        }
        Self { out, at: at + count }
    }

    /// Has room for `count` octets at least.
    #[inline]
    fn reserve(self, count: usize) -> Self {
        // Asked in the words of whoever takes it, so that one question serves both.
        if self.out.get(self.at..self.at + count).is_some() { self } else { self.grow(count) }
    }

    /// Makes more room than for `count` octets where no memory is needed for it.
    #[cold]
    fn grow(self, count: usize) -> Self {
        let Self { out, at } = self;
        let spare = out.capacity().saturating_sub(at);
        out.truncate(at);
        out.resize(at + spare.min(ROOM).max(count), 0);
        Self { out, at }
    }

    /// Writes many `octets` behind four of length.
    pub(super) fn write_wide(self, octets: &[u8]) -> Self {
        let Self { out, at } = self;
        out.truncate(at);
        out.reserve(4 + octets.len());
        out.extend_from_slice(&saturated(octets.len()));
        out.extend_from_slice(octets);
        Self::behind(out)
    }

    /// Writes a compound.
    fn write_compound(self, narrow: u8, content: &impl Content) -> Self {
        let (start, count) = (self.at, content.count());
        let guess = compound_code(narrow, 0, count);
        let room = self.write_head(guess, 0, count);
        let at = room.at;
        let Self { out, at: end } = content.put(room);
        let length = end - at;
        let code = compound_code(narrow, length, count);
        let added = overhead(code) - overhead(guess);
        if added != 0 {
            // Nothing was measured: what turns out too long for the narrow form moves behind a wider head.
            out.truncate(end);
            out.resize(end + added, 0);
            out.copy_within(at..end, at + added);
        }
        let Self { out, .. } = Self { out, at: start }.write_head(code, length, count);
        Self { out, at: end + added }
    }

    /// Writes `code size count`, for so many octets of content.
    #[inline]
    fn write_head(self, code: u8, length: usize, count: usize) -> Self {
        self.write([code], &[]).write_lengths(code, length, count)
    }

    /// Writes `size count` as `code` has them; `list0` has none.
    #[inline]
    fn write_lengths(self, code: u8, length: usize, count: usize) -> Self {
        if is_narrow(code) {
            let lengths = [length + 1, count].map(|length| u8::try_from(length).unwrap_or(u8::MAX));
            self.write(lengths, &[])
        } else if code == code::LIST0 {
            self
        } else {
            self.write(saturated(length.saturating_add(4)), &saturated(count))
        }
    }

    /// Writes the data of a compound behind `code`, which is wide enough.
    pub(super) fn write_data(self, code: u8, content: &impl Content) -> Self {
        let start = self.at;
        let room = self.write_lengths(code, 0, 0);
        let at = room.at;
        let Self { out, at: end } = content.put(room);
        let room = Self { out, at: start }.write_lengths(code, end - at, content.count());
        Self { out: room.out, at: end }
    }
}

impl Sink for Room<'_> {
    #[inline]
    fn fixed<const N: usize>(self, code: u8, octets: [u8; N]) -> Self {
        let count = 1 + N;
        let Self { out, at } = self.reserve(count);
        if let Some((first, rest)) = out.get_mut(at..at + count).and_then(<[u8]>::split_first_mut)
            && let Some(rest) = rest.first_chunk_mut()
        {
            (*first, *rest) = (code, octets);
        }
        Self { out, at: at + count }
    }

    #[inline]
    fn sized(self, narrow: u8, octets: &[u8]) -> Self {
        match u8::try_from(octets.len()) {
            Ok(length) => self.write([narrow, length], octets),
            Err(_) => self.write([narrow + TO_WIDE], &[]).write_wide(octets),
        }
    }

    #[inline]
    fn compound(self, narrow: u8, content: &impl Content) -> Self {
        self.write_compound(narrow, content)
    }

    /// Not in place, so that a loop over values that are decoded is short.
    #[inline(never)]
    fn value(self, value: &Value<'_>) -> Self {
        value.form(self)
    }
}

/// Copies `from` to `to`, which is as long; short ones, as most names are, without a call.
#[inline]
fn copy(from: &[u8], to: &mut [u8]) {
    if let (8..=16, Some(first), Some(last)) = (from.len(), from.first_chunk(), from.last_chunk()) {
        // The two halves of eight octets overlap.
        if let Some(to) = to.first_chunk_mut::<8>() {
            *to = *first;
        }
        if let Some(to) = to.last_chunk_mut::<8>() {
            *to = *last;
        }
    } else {
        to.copy_from_slice(from);
    }
}

/// A length or count in four octets.
fn saturated(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

/// Octets of room that are made at once.
const ROOM: usize = 256;
