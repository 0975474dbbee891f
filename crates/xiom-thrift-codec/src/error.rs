//! Why octets are no message and no frame: numbers, never the peer's octets.

use core::{error, fmt};

/// Why octets could not be decoded.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The input ends early; it may be the start of something good.
    Incomplete {
        /// Octets to add before another try can tell more.
        needed: usize,
    },
    /// The status is none of 1 to 5.
    UnknownStatus(u8),
    /// More octets are announced than the caller allows, or than a length can say.
    TooLarge {
        /// Octets announced.
        size: u32,
        /// Octets allowed.
        limit: u32,
    },
    /// The payload of START is no name of a mechanism.
    MechanismName,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete { needed } => write!(f, "input needs {needed} more octets"),
            Self::UnknownStatus(status) => write!(f, "unknown status {status}"),
            Self::TooLarge { size, limit } => {
                write!(f, "{size} octets announced, the limit is {limit}")
            }
            Self::MechanismName => f.write_str("not the name of a mechanism"),
        }
    }
}

impl error::Error for DecodeError {}
