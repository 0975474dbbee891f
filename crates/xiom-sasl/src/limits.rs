//! Bounds of one exchange; they are judged before anything is computed.

use core::ops::RangeInclusive;

/// Bounds of one exchange.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Limits {
    /// Octets of one message of the peer; 64 KiB.
    pub message: usize,
    /// Challenges in one exchange, which the driver counts; 16.
    pub rounds: u8,
    /// Iterations that a server may demand, or a store may hold; 4096 to 1 000 000.
    ///
    /// Fewer make a recorded exchange cheap to attack (RFC 7677 section 4), more let a server keep the
    /// client busy (RFC 5802 section 9).
    pub iterations: RangeInclusive<u32>,
    /// Octets of a salt; 1024.
    pub salt: usize,
    /// Octets of the peer's nonce, with ours where it repeats it; 1024.
    pub nonce: usize,
    /// Octets of the longest token of a security layer that the peer may send; 64 KiB.
    pub layer_buffer: u32,
}

impl Default for Limits {
    //= SRS_SASL_MECHANISMS_01_025
    fn default() -> Self {
        Self {
            message: 64 << 10,
            rounds: 16,
            iterations: 4096..=1_000_000,
            salt: 1024,
            nonce: 1024,
            layer_buffer: 64 << 10,
        }
    }
}
