//! How a security layer fails (RFC 4422 section 3.7).

use core::{error, fmt};

/// Why a security layer gave up; after the first of these it is of no use.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LayerFault {
    /// More octets than the limit.
    TooLong {
        /// Octets given, or announced.
        size: u32,
        /// Octets allowed.
        limit: u32,
    },
    /// The token does not follow the grammar.
    Malformed,
    /// The token was changed on the way.
    BadMac,
    /// The token is repeated, missing its predecessor, or not the next one.
    OutOfSequence,
    /// The token is not encrypted, although that was negotiated.
    NotConfidential,
    /// An earlier token was refused.
    Poisoned,
    /// The GSS library refused, with its two status codes (RFC 2744 section 3.9).
    Gss {
        /// The status of the interface.
        major: u32,
        /// The status of the mechanism below it, such as Kerberos.
        minor: u32,
    },
}

impl LayerFault {
    /// A token of `size` octets exceeds `limit`; numbers that the fault cannot hold are shown as its largest.
    #[must_use]
    pub fn too_long(size: usize, limit: usize) -> Self {
        let [size, limit] = [size, limit].map(|octets| u32::try_from(octets).unwrap_or(u32::MAX));
        Self::TooLong { size, limit }
    }
}

impl fmt::Display for LayerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong { size, limit } => {
                return write!(f, "a token of {size} octets exceeds the limit of {limit}");
            }
            Self::Malformed => "peer sent a malformed token",
            Self::BadMac => "peer's token was changed on the way",
            Self::OutOfSequence => "peer's token is out of sequence",
            Self::NotConfidential => "peer's token is not encrypted",
            Self::Poisoned => "an earlier token was refused",
            Self::Gss { major, minor } => {
                return write!(f, "the gss library refused (status {major:#x}, mechanism {minor})");
            }
        })
    }
}

impl error::Error for LayerFault {}
