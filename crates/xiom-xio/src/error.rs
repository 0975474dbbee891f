//! Why a blocking call did not succeed.

use core::{error, fmt};
use std::io;

use xiom_core::{Failure, Rejected};

use crate::{Attempts, refusal};

/// Why a call did not succeed; `std::io::Error` can be made of it, and keeps the failure as its source.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The connection did not come about, or broke.
    Failed {
        /// Where and why.
        failure: Failure,
        /// The addresses that were tried; empty for an accepted socket.
        attempts: Attempts,
        /// What the peer said in its own words when it refused, if it did; for people to read.
        peer_text: Option<Box<str>>,
    },
    /// The connection does not admit the call.
    Rejected(Rejected),
    /// The system refused something that is not the connection's, such as to resolve a name.
    Io(io::Error),
}

impl Error {
    /// The failure of the connection, if it is one.
    #[must_use]
    pub const fn failure(&self) -> Option<Failure> {
        match self {
            Self::Failed { failure, .. } => Some(*failure),
            Self::Rejected(_) | Self::Io(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { failure, attempts, peer_text } => {
                failure.fmt(f)?;
                if let Some(text) = peer_text {
                    write!(f, ": {text:?}")?;
                }
                if attempts.list().is_empty() { Ok(()) } else { write!(f, " (tried {attempts})") }
            }
            Self::Rejected(rejected) => rejected.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Failed { failure, .. } => Some(failure),
            Self::Rejected(rejected) => Some(rejected),
            Self::Io(error) => Some(error),
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Failed { failure, peer_text, .. } => refusal(failure, peer_text),
            Error::Rejected(rejected) => Self::new(io::ErrorKind::NotConnected, rejected),
            Error::Io(error) => error,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}
