//! Bounds of one channel: every wait has a deadline, every growth a limit.

use core::time::Duration;

/// Bounds of one channel; what exceeds them is refused or fails, never grows.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Limits {
    /// Octets in the wire buffer from which on messages wait in plain; 64 KiB.
    ///
    /// The wire buffer holds at most this and one sealed message.
    pub wire: usize,
    /// Octets of one message; 16 MiB.
    pub message: usize,
    /// Octets of all messages that wait in plain; 1 MiB.
    pub queued: usize,
    /// Messages accepted and not yet completed; 1024.
    pub messages: u32,
    /// From open until it completes, connecting and every handshake included; 30 s.
    pub open: Duration,
    /// From close until what is pending is given up, and the longest wait for a peer that is told why it
    /// is refused; 5 s.
    pub close: Duration,
    /// Iterations of a slow computation in one [`crate::Channel::poll_action`]; 4096, some 0.5 ms.
    pub work: u32,
}

impl Limits {
    /// The defaults for the side that connects.
    pub const CLIENT: Self = Self {
        wire: 64 << 10,
        message: 16 << 20,
        queued: 1 << 20,
        messages: 1024,
        open: Duration::from_secs(30),
        close: Duration::from_secs(5),
        work: 4096,
    };

    /// The defaults for the side that accepts: a peer has 10 s to prove itself.
    pub const SERVER: Self = Self { open: Duration::from_secs(10), ..Self::CLIENT };
}

impl Default for Limits {
    fn default() -> Self {
        Self::CLIENT
    }
}
