//! How the negotiation of Thrift SASL, and the frames after it, fail.

use core::fmt;

use super::Blame;

/// What is wrong with a message of the negotiation, or with a frame after it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ThriftFault {
    /// The status is none of 1 to 5.
    UnknownStatus(u8),
    /// The message has no business in this state.
    Unexpected(ThriftStatus),
    /// A message announces more octets than the limit.
    TooLarge {
        /// Octets announced.
        size: u32,
        /// Octets allowed.
        limit: u32,
    },
    /// A frame announces more octets than the limit.
    FrameTooLarge {
        /// Octets announced.
        size: u32,
        /// Octets allowed.
        limit: u32,
    },
    /// A message of this side would exceed what a length can say.
    OwnTooLarge {
        /// Octets of the message.
        size: u32,
    },
    /// The peer understood and refused: BAD.
    Refused,
    /// The peer did not understand: ERROR.
    NotUnderstood,
}

impl ThriftFault {
    pub(super) const fn blame(self) -> Blame {
        match self {
            Self::Refused => Blame::Credentials,
            Self::OwnTooLarge { .. } => Blame::Configuration,
            Self::UnknownStatus(_)
            | Self::Unexpected(_)
            | Self::TooLarge { .. }
            | Self::FrameTooLarge { .. }
            | Self::NotUnderstood => Blame::Peer,
        }
    }
}

impl fmt::Display for ThriftFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownStatus(status) => {
                write!(f, "peer does not speak thrift sasl here, or expects tls (status {status})")
            }
            Self::Unexpected(status) => write!(f, "peer sent {status} out of turn"),
            Self::TooLarge { size, limit } => {
                write!(f, "peer announced a message of {size} octets, the limit is {limit}")
            }
            Self::FrameTooLarge { size, limit } => {
                write!(f, "peer announced a frame of {size} octets, the limit is {limit}")
            }
            Self::OwnTooLarge { size } => {
                write!(f, "a message of {size} octets is to be sent, more than a length can say")
            }
            Self::Refused => f.write_str("peer refused the login (BAD)"),
            Self::NotUnderstood => f.write_str("peer did not understand this side (ERROR)"),
        }
    }
}

impl core::error::Error for ThriftFault {}

/// The statuses of a message (Thrift SASL).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ThriftStatus {
    /// The client names its mechanism.
    Start,
    /// The exchange goes on.
    Ok,
    /// Understood, and refused.
    Bad,
    /// Not understood.
    Error,
    /// This side has come to its good end.
    Complete,
}

impl fmt::Display for ThriftStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "START",
            Self::Ok => "OK",
            Self::Bad => "BAD",
            Self::Error => "ERROR",
            Self::Complete => "COMPLETE",
        })
    }
}
