//! What was written and not flushed: bounded, and sent whole or not at all.

use std::io;

use crate::Overfull;

/// Octets since the last flush, never more than the limit.
#[derive(Debug)]
pub(crate) struct Written {
    octets: Vec<u8>,
    /// Octets of it that were sent, while a flush is under way.
    sent: usize,
    limit: usize,
}

impl Written {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { octets: Vec::new(), sent: 0, limit }
    }

    #[cfg(feature = "blocking")]
    pub(crate) const fn limit(&self) -> usize {
        self.limit
    }

    //= SRS_THRIFT_SASL_50_034, SRS_THRIFT_SASL_02_003
    /// Keeps `octets` until a flush, or drops everything when that is too much.
    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let (size, limit) = (self.octets.len().saturating_add(octets.len()), self.limit);
        if limit < size {
            self.clear();
            return Err(Overfull { size, limit }.into());
        }
        self.octets.extend_from_slice(octets);
        Ok(octets.len())
    }

    //= SRS_THRIFT_SASL_50_044
    /// The next message of a flush: all that was written, but for the bound of a message; none when
    /// everything was sent.
    pub(crate) fn message(&self, limit: usize) -> Option<&[u8]> {
        let left = self.octets.get(self.sent..).filter(|left| !left.is_empty())?;
        Some(left.get(..limit.max(1)).unwrap_or(left))
    }

    /// Notes that the next `count` octets were sent.
    pub(crate) fn note_sent(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count);
        if self.octets.len() <= self.sent {
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.octets.clear();
        self.octets.shrink_to(KEPT);
        self.sent = 0;
    }
}

/// Octets of memory that are kept between two messages.
const KEPT: usize = 64 << 10;

/// The bound unless another is known: that of a frame of Thrift.
pub(crate) const LIMIT: usize = 16_384_000;

/// The bound for one frame of at most `octets`.
pub(crate) fn frame(octets: u32) -> usize {
    usize::try_from(octets).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flush(written: &mut Written, limit: usize) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        while let Some(message) = written.message(limit).map(<[u8]>::to_vec) {
            written.note_sent(message.len());
            messages.push(message);
        }
        messages
    }

    //= test SRS_THRIFT_SASL_50_044
    #[test]
    fn a_flush_sends_one_message_or_several_in_their_order() {
        let mut written = Written::new(10);
        for part in [&b"ab"[..], b"", b"cde"] {
            assert_eq!(written.write(part).unwrap(), part.len());
        }
        assert_eq!(flush(&mut written, 5), [b"abcde"]);
        assert!(flush(&mut written, 5).is_empty(), "nothing was written");
        written.write(b"abcdefghij").unwrap();
        assert_eq!(flush(&mut written, 4), [&b"abcd"[..], b"efgh", b"ij"]);
    }

    //= test SRS_THRIFT_SASL_50_034, SRS_THRIFT_SASL_02_003
    #[test]
    fn what_is_too_much_is_refused_and_nothing_of_it_leaves() {
        let mut written = Written::new(10);
        written.write(b"abcdefgh").unwrap();
        let error = written.write(b"ijk").unwrap_err();
        let overfull: &Overfull = error.get_ref().unwrap().downcast_ref().unwrap();
        assert_eq!(*overfull, Overfull { size: 11, limit: 10 });
        assert!(flush(&mut written, 100).is_empty());
        written.write(b"abcdefghij").unwrap();
        assert_eq!(flush(&mut written, 100), [b"abcdefghij"]);
    }

    #[test]
    fn memory_of_a_large_message_is_given_back() {
        let mut written = Written::new(1 << 20);
        written.write(&vec![0; 1 << 20]).unwrap();
        flush(&mut written, 1 << 20);
        assert!(written.octets.capacity() <= KEPT);
    }
}
