//! How a transport fails.

use core::fmt;

/// What happened to the socket.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SocketFault {
    /// The name has no address.
    NotFound,
    /// Nobody listens there.
    Refused,
    /// There is no way to the address.
    Unreachable,
    /// The network gave up waiting.
    TimedOut,
    /// The peer, or something between, reset the connection.
    Reset,
    /// This system does not permit it, or has no resources left.
    Denied,
    /// Anything else.
    Other,
}

impl SocketFault {
    pub(super) const fn is_retryable(self) -> bool {
        !matches!(self, Self::Denied)
    }
}

impl fmt::Display for SocketFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "the name has no address",
            Self::Refused => "nobody listens at the address",
            Self::Unreachable => "the address cannot be reached",
            Self::TimedOut => "the network gave up waiting",
            Self::Reset => "the connection was reset",
            Self::Denied => "this system does not permit the connection",
            Self::Other => "the connection broke",
        })
    }
}

impl core::error::Error for SocketFault {}
